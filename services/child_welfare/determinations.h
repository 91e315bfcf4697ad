// Statuses of children: how one begins and changes, the months that are posted for it, what is said of it,
// and who is told. What may happen to one is rules/status.h's. Calls run in the caller's transaction but for
// RunClock. Blocks; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/rules/status.h"
#include "services/child_welfare/rules/top_up.h"

namespace chuanyu::child_welfare {

class Determinations {
 public:
  explicit Determinations(const Desk& desk) : desk_(desk) {}

  // Confirms the status of an application that a county has approved today; one that was carried over from
  // another region goes on with its months. `others`: what other benefits pay. DUP_BENEFIT when the child has
  // one in force here; those of ReadOtherBenefits.
  absl::StatusOr<v1::Determination> Begin(sql::Session& session, const StoredApplication& stored,
                                          const ChildApplication& application, const Assessment& assessment,
                                          v1::Category category, const StatedBenefits& others,
                                          const std::string& org, CaseDesk::Topics* topics) const;

  enum class Tell { kWhenItCounts, kNobody };
  // Changes one by an act of rules/status.h: posts what is due before it and after it, stores it, and tells
  // whoever subscribed when whether it counts, or as what, has changed. The error of the act.
  absl::Status Change(sql::Session& session, StoredDetermination* stored,
                      absl::FunctionRef<absl::Status(v1::Determination*)> act, CaseDesk::Topics* topics,
                      Tell tell = Tell::kWhenItCounts) const;
  // An officer has looked at one, which is `category` by what is stated now.
  absl::Status Review(const ChildApplication& application, const Assessment& assessment,
                      v1::Category category, Date on, v1::Determination* determination) const;
  // What is due for a month of `due`, an entitlement of the determination, by the policy of the month.
  absl::StatusOr<MonthAmount> AmountFor(const v1::Determination& determination, const Entitlement& due,
                                        Month month) const;
  // What is in force of a subject ends: an event that was told. OK also when nothing is, or ends before.
  absl::Status EndOf(sql::Session& session, const std::string& subject, v1::EndReason reason, Date on,
                     CaseDesk::Topics* topics) const;

  // What time brings: months to post, majority, and the months in which endings take effect. At most `limit`
  // of them, each in a transaction of its own.
  absl::Status RunClock(int limit) const;

  // The last day for which the status of an application was paid; the day 0 when there is none; nothing while
  // it is in force.
  absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session& session,
                                                  const std::string& application_no) const;
  // What of the child is in it goes; number, category and months stay. Nobody is told of the subject any
  // more, unless its status goes on elsewhere.
  absl::Status Erase(sql::Session& session, const std::string& application_no,
                     const std::string& subject) const;

  // The months paid by an application's status, and the index of the child, go. False while something was
  // paid that was not due, and while another application about the child is open.
  absl::StatusOr<bool> ForgetAccounts(sql::Session& session, const std::string& application_no) const;

  // What this region says about a subject today; `purpose` decides how much.
  absl::StatusOr<v1::Recognition> Recognise(sql::Session& session, const std::string& subject,
                                            const Person& person, const std::string& purpose) const;
  // The holder of a status in force here: a new application about the child is refused with it.
  absl::StatusOr<std::optional<uniqueness::Holder>> InForce(sql::Session& session,
                                                            const std::string& subject) const;

 private:
  v1::Recognition Statement(const std::optional<StoredDetermination>& newest, bool service_only) const;
  // Whoever subscribed hears of it: other regions by message, own organisations by their watch.
  absl::Status TellOthers(sql::Session& session, const StoredDetermination& stored,
                          CaseDesk::Topics* topics) const;
  absl::Status PostDue(sql::Session& session, StoredDetermination* stored) const;
  absl::StatusOr<Month> FirstDue(sql::Session& session, const StoredApplication& stored) const;
  absl::Status Look(const std::string& number) const;

  const Desk& desk_;
};

}  // namespace chuanyu::child_welfare
