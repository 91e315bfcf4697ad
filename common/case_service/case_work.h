// The life of an application that every item shares: taken in at any window, claimed against the other
// regions, pushed to the place of the 户籍, acted on by named officers there, and its result told at the
// window. What an item adds are the hooks: what an application says, what a decision makes of it.
//
// `T` names the item's messages, which all have the same fields: Application, CreateRequest, PerformRequest,
// ListRequest, ListResponse, PushRequest, PushResponse, ResultRequest, State with the functions ParseState
// and StateName, and LookedUp, what is found out before an act. Blocks; thread-safe.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/case_service/case_deaths.h"
#include "common/case_service/case_desk.h"
#include "common/case_service/case_store.h"
#include "common/case_service/claim_calls.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/calls.h"
#include "common/service/page_token.h"

namespace chuanyu {

// What an application says of whom it is about and who decides.
struct CaseFacts {
  std::string subject;
  std::string hukou_code;    // as stated
  std::string hukou_region;  // 6 digits
};

template <typename T>
class CaseWork {
 public:
  using Application = typename T::Application;
  using State = typename T::State;
  using Stored = StoredCase<Application>;
  using Topics = CaseDesk::Topics;

  virtual ~CaseWork() = default;
  CaseWork(const CaseWork&) = delete;
  CaseWork& operator=(const CaseWork&) = delete;

  // As the front's calls of these names.
  absl::StatusOr<Application> Create(const Caller& caller, const typename T::CreateRequest& request);
  absl::StatusOr<Application> Perform(const Caller& caller, const typename T::PerformRequest& request);
  // CASE_NOT_FOUND also for an organisation that has nothing to do with it.
  absl::StatusOr<Application> Get(const std::string& org, const std::string& application_no);
  absl::StatusOr<typename T::ListResponse> List(const std::string& org,
                                                const typename T::ListRequest& request);
  // In full, or without what view BASIC does not show.
  Application View(const Application& application, bool full) const {
    return full ? application : Basic(application);
  }
  // Whether nothing follows any more.
  bool IsOver(const Application& application) const {
    return cases::IsOver(desk_.flow(), application.steps());
  }

  // As the provider's calls; `from` is the asking region. Each may come twice.
  absl::StatusOr<typename T::PushResponse> Push(const std::string& from,
                                                const typename T::PushRequest& request);
  absl::Status TakeResult(const std::string& from, const typename T::ResultRequest& request);
  // The answer to an own message of the outbox: its effect and the end of the message in one transaction.
  absl::Status TakeAnswer(const OutboxMessage& message, const std::string& payload);
  // Ends cases that were decided and of which nobody recorded in time that the applicant was told: the flow's
  // act "end_untold". At each tick; at most `limit`. For items whose tables have kUntold.
  absl::Status EndUntold(int limit);
  // Tells cases what has become of their claims. At each tick and after each answer.
  absl::Status TellCases();
  // A death that was reported, in the caller's transaction: ends what is in force, and stops applications
  // that are open. Repeats change nothing. For items whose tables have CaseDeaths::Statements.
  absl::Status TakeDeath(sql::Session& session, const std::string& subject, Date day, Topics* topics);
  // Who was reported dead is not: may be granted something again. What ended by the report stays ended;
  // officers decide on a new application. In the caller's transaction.
  absl::Status TakeBackDeath(sql::Session& session, const std::string& subject) {
    return deaths_.Forget(session, subject);
  }

  // Erases persons from cases that closed as long ago as the configuration allows, some at a time; what
  // proves that there was a case, and what came of it, stays; deaths go with the last case of the person, and
  // what was paid when the item's policy says so. How many. For items whose tables have CaseDays::Statements
  // and CaseDeaths::Statements.
  absl::StatusOr<int> EraseOnce();

  // Of the current step, whose names are those of the enum.
  static State StateOf(const Application& application);
  bool DecidesHere(const Application& application) const {
    return application.deciding_region().code() == desk_.own_region();
  }

 protected:
  // `letter`: of the item in numbers, domain page §2.4.
  CaseWork(const CaseDesk& desk, const CaseStoreOf<Application>& store, const ClaimCalls& claims,
           std::string letter)
      : desk_(desk),
        store_(store),
        claims_(claims),
        deaths_(desk.item().tables),
        letter_(std::move(letter)) {}

  // Reads what the application says, by the rules of today.
  virtual absl::StatusOr<CaseFacts> FactsOf(const Application& application) const = 0;
  // The 户籍 as stated; empty when the application does not hold it here.
  virtual std::string HukouOf(const Application& application) const = 0;
  // Why `hukou` is not of the counties of an office: the item's reason.
  virtual absl::Status NotHukou() const = 0;
  // The fields that are the service's are empty, besides those that all items have.
  virtual bool OwnOutputsEmpty(const Application& application) const = 0;
  // What of an application goes to the region that decides, and nothing else.
  virtual void CopyPushed(const Application& from, Application* to) const = 0;
  // A result that another region returned, or the one that is returned.
  virtual void CopyResult(const Application& from, typename T::ResultRequest* to) const = 0;
  virtual void CopyResult(const typename T::ResultRequest& from, Application* to) const = 0;
  // Corrections of a resubmission.
  virtual void Correct(const Application& correction, Application* application) const = 0;
  // Without what view BASIC does not show.
  virtual Application Basic(const Application& application) const = 0;
  // What is derived besides state and light: a proposal.
  virtual void Derive(Application*) const {}
  // OK when the window can tell the applicant what is asked for: nothing is taken in otherwise.
  virtual absl::Status CheckFiling(const Application&, const CaseFacts&) const { return absl::OkStatus(); }
  // OK when nothing of the person's is in force that keeps a new application out.
  virtual absl::Status CheckNew(sql::Session&, const Stored&) { return absl::OkStatus(); }
  // Has come to the place that decides, which is here.
  virtual absl::Status Arrived(sql::Session&, Stored*) { return absl::OkStatus(); }
  // Whether an act needs something from elsewhere, when the place that decides is here.
  virtual bool Examines(const typename T::PerformRequest&) const { return false; }
  // That, of a case that the caller may see, before the act's transaction: registers may be away, and nobody
  // else's act waits for them. What could not be found out says so.
  virtual typename T::LookedUp LookUp(const Application&, const typename T::PerformRequest&) const {
    return {};
  }
  // Before an act; what it changes is stored with the act.
  virtual absl::Status Before(sql::Session&, const Caller&, const typename T::PerformRequest&,
                              const typename T::LookedUp&, Stored*, Topics*) {
    return absl::OkStatus();
  }
  // "approve", when the flow allows it, every region agrees and the office is that of the 户籍.
  virtual absl::Status Decide(sql::Session& session, const Caller& caller,
                              const typename T::PerformRequest& request, Stored* stored, Topics* topics) = 0;
  // Somebody has died: what of the person's is in force,
  virtual absl::Status Died(sql::Session&, const std::string&, Date, Topics*) { return absl::OkStatus(); }
  // and each application of the person's that is not over; a change is stored by it.
  virtual absl::Status Stop(sql::Session&, Stored*, Topics*) { return absl::OkStatus(); }
  // The last day on which what is personal in a decided case was needed, some day before it was over if it
  // never was; nothing while it still is.
  virtual absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session&, const Stored&) const = 0;
  // Takes what is personal out of an application, and of what came of it. Of the 户籍 the county stays: whose
  // office may see the case.
  virtual absl::Status Erase(sql::Session& session, Stored* stored) const = 0;
  // Accounts of what was needed on this day or before may go today; nothing for an item that keeps none,
  // whose tables have no kAccounts.
  virtual absl::StatusOr<std::optional<Date>> AccountsKeptAfter() const { return std::optional<Date>(); }
  // Forgets what was paid by an application whose persons are erased. False while something of it is to be
  // recovered, or might still be paid.
  virtual absl::StatusOr<bool> ForgetAccounts(sql::Session&, const std::string&) const { return true; }
  // What else is known of subjects of whom no case is left, and of `last` or before; at most `limit`.
  virtual absl::Status ForgetMore(sql::Session&, Date, int) const { return absl::OkStatus(); }
  // The service itself has moved an application on: a result arrived, or another application was first.
  virtual absl::Status Settled(sql::Session&, Stored*, Topics*) { return absl::OkStatus(); }
  // The answer to a message that is neither a claim nor a push.
  virtual absl::Status TakeOther(sql::Session&, const OutboxMessage&, const std::string&, Topics*) {
    return absl::OkStatus();
  }

  // Sets what follows from the steps and the day.
  absl::Status Refresh(Application* application) const;
  // What another region's window is told of a decision; nothing when the window is here.
  absl::Status ReturnToWindow(sql::Session& session, const Stored& stored) const;
  // Refreshed, stored and told.
  absl::Status Store(sql::Session& session, Stored* stored, Topics* topics);
  // By the service itself; stored. What is over with it lets go of its claim.
  absl::Status ActAsSystem(sql::Session& session, const std::string& act, Stored* stored, Topics* topics);
  absl::StatusOr<Stored> LoadFor(sql::Session& session, const std::string& org,
                                 const std::string& application_no);
  bool ActsFor(const std::string& org, const std::string& hukou_code) const;
  // Opens the claim of `stored` and begins it at its window, in `county`. DUP_ACTIVE_APPLICATION; those of
  // CheckNew.
  absl::Status CreateNew(sql::Session& session, const CaseFacts& facts, const std::string& county,
                         Stored* stored);

  const CaseDesk& desk_;
  const CaseStoreOf<Application>& store_;
  const ClaimCalls& claims_;
  const CaseDeaths deaths_;

 private:
  bool MaySee(const std::string& org, const Stored& stored) const;
  // What LookUp found, and of which version of the case; nothing when nothing is needed.
  struct Looked {
    int64_t version = 0;
    typename T::LookedUp up;
  };
  absl::StatusOr<std::optional<Looked>> LookBefore(const Caller& caller,
                                                   const typename T::PerformRequest& request);
  // In one transaction. STALE_VERSION when the case is not what was looked at any more.
  absl::StatusOr<Application> PerformLooked(const Caller& caller, const ActKey& key,
                                            const typename T::PerformRequest& request,
                                            const std::optional<Looked>& looked);
  absl::Status ActOn(sql::Session& session, const Caller& caller, const typename T::PerformRequest& request,
                     const typename T::LookedUp& looked_up, Stored* stored, Topics* topics);
  // A window that has been decided about waits for its officer to tell the applicant.
  absl::Status AwaitTelling(sql::Session& session, const Stored& stored) const;
  absl::Status EndIfUntold(sql::Session& session, const std::string& number, Topics* topics);
  absl::Status CheckDecision(sql::Session& session, const Caller& caller, const Stored& stored) const;
  // May go on to the place that decides: at once in this region, by message to another as soon as its claim
  // is confirmed.
  absl::Status Forward(sql::Session& session, Stored* stored);
  // A window's case that has ended lets go of its claim; another region's is released there.
  absl::Status ReleaseEnded(sql::Session& session, const Stored& stored) const;
  absl::Status TellCase(sql::Session& session, const uniqueness::Claim& claim, Topics* topics);
  // Nothing waits for it any more, unless it is needed.
  absl::Status Close(sql::Session& session, const Stored& stored) const;
  // As EraseOnce, of what was paid.
  absl::Status ForgetAccountsOnce();
  absl::Status ForgetAccountsIfDue(sql::Session& session, const std::string& number, Date last);
  // Since when; nothing while something does.
  absl::StatusOr<std::optional<Date>> ClosedOn(sql::Session& session, const Stored& stored) const;
  // What closed on `last` or before. Whether it was erased.
  absl::StatusOr<bool> EraseIfDue(sql::Session& session, const std::string& number, Date last);
  static bool OutputsEmpty(const Application& in);

  // The exchange takes no longer deadline than 366 days: after that no repeat of a message can come.
  static constexpr int kRepeatsEndDays = 367;
  // A case changes by itself a few times in its life, so more looks would not help.
  static constexpr int kMostLooks = 5;
  // What is not recovered yet is looked at again so many days later.
  static constexpr int kAccountsAgainDays = 30;

  const std::string letter_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu

#include "common/case_service/case_retention_impl.h"   // IWYU pragma: export
#include "common/case_service/case_untold_impl.h"      // IWYU pragma: export
#include "common/case_service/case_work_impl.h"        // IWYU pragma: export
#include "common/case_service/case_work_peers_impl.h"  // IWYU pragma: export
