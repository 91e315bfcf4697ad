// Items whose person's 户籍 may move to another region while something is in force here: what carries it over
// is an application that the service itself files, claimed and pushed as any other, so that a cut, a crash or
// a repeat leaves one of them. A named officer of the new side decides.
//
// `T` as in CaseWork; its Application has a `transfer`, its flow the acts "transfer" and "end_transfer".
// Blocks; thread-safe.
#pragma once

#include <string>

#include "common/case_service/case_work.h"

namespace chuanyu {

template <typename T>
class MovingCases : public CaseWork<T> {
 public:
  using typename CaseWork<T>::Application;
  using typename CaseWork<T>::Stored;
  using typename CaseWork<T>::Topics;

 protected:
  using CaseWork<T>::CaseWork;

  // What the other side made of it.
  enum class MoveEnd {
    kTaken,    // it goes on there
    kRefused,  // it goes on nowhere
    kBack,  // the 户籍 is not there, or another application is open: it goes on here as if nothing had been
  };
  // To whatever the transfer of `moved`, filed here, names. In the transaction of the answer.
  virtual absl::Status MoveAnswered(sql::Session& session, const Application& moved, MoveEnd end,
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
    // No window has to tell anybody.
    if (this->desk_.flow().FindAct(step, "end_transfer") == nullptr) return absl::OkStatus();  // over already
    return this->ActAsSystem(session, "end_transfer", stored, topics);
  }
};

}  // namespace chuanyu
