// Items whose person's 户籍 may move to another region while something is in force here: what carries it over
// is an application that the service itself files, claimed and pushed as any other, so that a cut, a crash or
// a repeat leaves one of them. A named officer of the new side decides.
//
// An officer of the former side begins it, or a move that the 公安 side reports (domain page §3.11, X-2). The
// report decides nothing that the law leaves to a person (PIPL §24): what it begins is the task of the new
// county's officer, and where no region is reached that could take it over, 户籍 out of the region is an end
// as a death is (§5.3, §8). Whatever it cannot begin, an officer sees on the application.
//
// `T` as in CaseWork; its Application has a `transfer` with `moved_on` and a `reported_move`, its flow the
// acts "transfer" and "end_transfer", its tables CaseHukouMoves::Statements. Blocks; thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "chuanyu/cases/v1/hukou_move.pb.h"
#include "common/case_service/case_hukou_moves.h"
#include "common/case_service/case_work.h"
#include "common/telemetry/log.h"

namespace chuanyu {

template <typename T>
class MovingCases : public CaseWork<T> {
 public:
  using typename CaseWork<T>::Application;
  using typename CaseWork<T>::Stored;
  using typename CaseWork<T>::Topics;

  // A move of a subject's 户籍 that was reported, in the caller's transaction; FollowMoves does what follows.
  // While nothing about the subject is open or in force here it is kept for what may come. Repeats change
  // nothing.
  absl::Status TakeMove(sql::Session& session, const std::string& subject, const HukouMove& move,
                        Topics* topics);
  // It was reported wrongly: is not followed if it has not been, and whoever is to decide about what it began
  // is told; what it had overtaken counts again. In the caller's transaction.
  absl::Status TakeBackMove(sql::Session& session, const std::string& subject, const HukouMove& move,
                            Topics* topics);
  // Moves or ends what is in force of those whose move was reported and about whom no application is open any
  // more. At each tick; at most `limit` of them are looked at.
  absl::Status FollowMoves(int limit);

 protected:
  MovingCases(const CaseDesk& desk, const CaseStoreOf<Application>& store, const ClaimCalls& claims,
              std::string letter)
      : CaseWork<T>(desk, store, claims, std::move(letter)), moves_(desk.item().tables) {}

  // What the other side made of it.
  enum class MoveEnd {
    kTaken,    // it goes on there
    kRefused,  // it goes on nowhere
    kBack,  // the 户籍 is not there, or another application is open: it goes on here as if nothing had been
  };
  // As Arrived, of the item.
  virtual absl::Status ArrivedHere(sql::Session&, Stored*) { return absl::OkStatus(); }

  // To whatever the transfer of `moved`, filed here, names. In the transaction of the answer.
  virtual absl::Status MoveAnswered(sql::Session& session, const Application& moved, MoveEnd end,
                                    Topics* topics) = 0;

  // Applications by which something of the subject's is in force here that neither ends nor moves already.
  virtual absl::StatusOr<std::vector<std::string>> InForceBy(sql::Session& session,
                                                             const std::string& subject) = 0;
  // What is in force of a subject whose 户籍 is in `hukou_code` since `on` goes on there, as when an officer
  // says so. False when something is left that cannot go with it.
  virtual absl::StatusOr<bool> MoveAway(sql::Session& session, const std::string& subject,
                                        const std::string& hukou_code, Date on, Topics* topics) = 0;
  // It ends with the month of `on`: nobody is reached there who could take it over.
  virtual absl::Status EndMovedAway(sql::Session& session, const std::string& subject, Date on,
                                    Topics* topics) = 0;

  // Files `stored`, an application of this region with a transfer, and sends it on its way. BAD_REQUEST
  // (hukou_code) when the new 户籍 is in this region, PEER_UNAVAILABLE when its region is not reached; those
  // of FactsOf and CreateNew.
  absl::Status FileTransfer(sql::Session& session, Stored* stored, Topics* topics) {
    const auto& desk = this->desk_;
    CHUANYU_ASSIGN_OR_RETURN(const CaseFacts facts, this->FactsOf(stored->application));
    if (facts.hukou_region == desk.own_region()) {
      return MakeError(Reason::BAD_REQUEST, {.field = "hukou_code", .detail = "is in this region"});
    }
    if (!desk.config().peer_regions.contains(facts.hukou_region)) {
      return MakeError(Reason::PEER_UNAVAILABLE,
                       {.field = "hukou_code", .detail = "no region that is reached"});
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::string county,
                             desk.WindowCounty(stored->application.accept_division(), "hukou_code"));
    CHUANYU_RETURN_IF_ERROR(this->CreateNew(session, facts, county, stored));
    return this->ActAsSystem(session, "transfer", stored, topics);
  }

 private:
  using Waiting = CaseHukouMoves::Waiting;

  static std::string RegionOf(const std::string& division) { return division.substr(0, 2) + "0000"; }
  bool IsUndecided(const Application& application) const;
  absl::Status Mark(sql::Session& session, const cases::v1::ReportedMove& move, Stored* stored,
                    Topics* topics);
  // Whoever was told of a move of that day learns that it was none, or, when another one `stands`, what is
  // right.
  absl::Status MarkWithdrawn(sql::Session& session, const std::string& subject, const HukouMove& move,
                             bool stands, Topics* topics);
  // What of the subject's moves has not been followed is begun to be when it concerns something here; `but`:
  // not to that place.
  absl::Status Recall(sql::Session& session, const std::string& subject, Topics* topics,
                      const std::string& but = "");
  // The same of an application that comes to be examined.
  absl::Status RecallFor(sql::Session& session, Stored* stored);
  absl::Status Follow(const Waiting& move);
  enum class Outcome { kWaits, kFollowed, kNothingHere };
  absl::StatusOr<Outcome> TryToFollow(sql::Session& session, const Waiting& move, Topics* topics);
  absl::Status Arrived(sql::Session& session, Stored* stored) final {
    CHUANYU_RETURN_IF_ERROR(ArrivedHere(session, stored));
    return IsUndecided(stored->application) ? RecallFor(session, stored) : absl::OkStatus();
  }
  absl::Status ForgetMore(sql::Session& session, Date last, int limit) const final {
    return moves_.ForgetErased(session, last, limit);
  }
  absl::Status Settled(sql::Session& session, Stored* stored, Topics* topics) final {
    const Application& application = stored->application;
    if (!application.has_transfer() || stored->window_region != this->desk_.own_region()) {
      return absl::OkStatus();
    }
    const std::string step = cases::Current(application.steps()).step();
    MoveEnd end = MoveEnd::kRefused;
    if (step == "APPROVED") end = MoveEnd::kTaken;
    if (step == "RETURNED" || step == "DUPLICATE") end = MoveEnd::kBack;
    CHUANYU_RETURN_IF_ERROR(MoveAnswered(session, application, end, topics));
    // It may have moved on meanwhile, to another place.
    if (end == MoveEnd::kBack) {
      CHUANYU_RETURN_IF_ERROR(Recall(session, stored->subject, topics, this->HukouOf(application)));
    }
    // No window has to tell anybody.
    if (this->desk_.flow().FindAct(step, "end_transfer") == nullptr) return absl::OkStatus();  // over already
    return this->ActAsSystem(session, "end_transfer", stored, topics);
  }

  const CaseHukouMoves moves_;
};

}  // namespace chuanyu

#include "common/case_service/case_moves_impl.h"  // IWYU pragma: export
