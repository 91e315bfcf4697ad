// What this region has to recover of what it paid, and what officers record of it (rules/recovery.h). Blocks;
// thread-safe.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "services/disability/desk.h"
#include "services/disability/recovery_store.h"

namespace chuanyu::disability {

class Recoveries {
 public:
  // `desk` outlives it.
  explicit Recoveries(const Desk& desk) : desk_(desk), store_(desk.rows()) {}

  // The months of a grant that are, or were, to be recovered, oldest first.
  absl::StatusOr<std::vector<v1::Recovery>> Of(sql::Session& session, const v1::Grant& grant) const;
  // Whether anything of them is left.
  absl::StatusOr<bool> IsSettled(sql::Session& session, const v1::Grant& grant) const;

  // As the front's calls of these names. CASE_NOT_FOUND for another organisation's grant.
  absl::StatusOr<v1::Recovery> Record(const Caller& caller, const v1::RecordRecoveryRequest& request) const;
  absl::StatusOr<v1::ListRecoveriesResponse> List(const Caller& caller,
                                                  const v1::ListRecoveriesRequest& request) const;

 private:
  absl::StatusOr<v1::Recovery> OfMonth(sql::Session& session, const v1::Grant& grant, Month month) const;

  const Desk& desk_;
  const RecoveryStore store_;
};

}  // namespace chuanyu::disability
