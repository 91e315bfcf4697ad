// Appointments that nobody came to, of this region and as others told of theirs, and the block they bring
// about (domain page §6.1): of booking alone, in every region. Only what the rule can still count is kept.
// Blocks; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/marriage/v1/provider.pb.h"
#include "services/marriage/desk.h"

namespace chuanyu::marriage {

class NoShows {
 public:
  explicit NoShows(const Desk& desk) : desk_(desk) {}

  // `subjects`: both persons. The other regions are told in the same transaction: two blind indexes and the
  // day, under a number that means nothing to them.
  absl::Status Record(sql::Session& session, const std::vector<std::string>& subjects,
                      const v1::Appointment& appointment) const;
  // As MarriageProvider's call.
  absl::Status Take(const std::string& from, const v1::RecordNoShowRequest& request) const;
  // C_BOOKING_BLOCKED when one of them may not book today.
  absl::Status CheckBlocks(sql::Session& session, const std::vector<std::string>& subjects) const;

 private:
  absl::Status Keep(sql::Session& session, const std::vector<std::string>& subjects, Date day,
                    const std::string& id) const;

  const Desk& desk_;
};

}  // namespace chuanyu::marriage
