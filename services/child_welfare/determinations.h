// Statuses of children: how one begins and ends, what is said of it, and who is told. Each call runs in the
// caller's transaction. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/child_welfare/desk.h"

namespace chuanyu::child_welfare {

class Determinations {
 public:
  explicit Determinations(const Desk& desk) : desk_(desk) {}

  // Confirms the status of an application that a county has approved today. DUP_BENEFIT when the child has
  // one in force here.
  absl::StatusOr<v1::Determination> Begin(sql::Session& session, const StoredApplication& stored,
                                          const ChildApplication& application, const Assessment& assessment,
                                          v1::Category category, const std::string& org,
                                          CaseDesk::Topics* topics);
  // Ends on `on`: holds and is paid to the end of that month. STATE_CONFLICT when it ends already, or `on` is
  // after today.
  absl::StatusOr<v1::Determination> End(sql::Session& session, const std::string& number,
                                        v1::EndReason reason, Date on, const std::string& officer_id,
                                        CaseDesk::Topics* topics);
  // What time brings: majority, and the months in which endings take effect. At most `limit` of them.
  absl::Status RunClock(int limit);

  // What this region says about a subject today; `purpose` decides how much.
  absl::StatusOr<v1::SignedRecognition> Recognise(sql::Session& session, const std::string& subject,
                                                  const Person& person, const std::string& purpose) const;
  // The holder of a status in force here: a new application about the child is refused with it.
  absl::StatusOr<std::optional<uniqueness::Holder>> InForce(sql::Session& session,
                                                            const std::string& subject) const;

 private:
  v1::Recognition Statement(const std::optional<StoredDetermination>& newest, bool service_only) const;
  // Whoever subscribed hears of it: other regions by message, own organisations by their watch.
  absl::Status Tell(sql::Session& session, const StoredDetermination& stored, CaseDesk::Topics* topics) const;
  absl::Status Look(const std::string& number);

  const Desk& desk_;
};

}  // namespace chuanyu::child_welfare
