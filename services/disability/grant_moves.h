// The 户籍 of a person moves to another region, and what is paid here with it (domain page §8). Blocks;
// thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "services/disability/applications.h"
#include "services/disability/desk.h"

namespace chuanyu::disability {

class GrantMoves {
 public:
  // All outlive the object.
  GrantMoves(const Desk& desk, Applications& applications) : desk_(desk), applications_(applications) {}

  // As the front's MoveGrants. CASE_NOT_FOUND for another organisation's grant.
  absl::StatusOr<v1::MoveGrantsResponse> Move(const Caller& caller,
                                              const v1::MoveGrantsRequest& request) const;

 private:
  const Desk& desk_;
  Applications& applications_;
};

}  // namespace chuanyu::disability
