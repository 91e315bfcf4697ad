// The 户籍 of a person moves to another region, and what is paid here with it (domain page §8). Blocks;
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "services/disability/applications.h"
#include "services/disability/desk.h"
#include "services/disability/grants.h"

namespace chuanyu::disability {

class GrantMoves {
 public:
  // All outlive the object.
  GrantMoves(const Desk& desk, const Grants& grants, Applications& applications)
      : desk_(desk), grants_(grants), applications_(applications) {}

  // As the front's MoveGrants. CASE_NOT_FOUND for another organisation's grant.
  absl::StatusOr<v1::MoveGrantsResponse> Move(const Caller& caller,
                                              const v1::MoveGrantsRequest& request) const;

 private:
  // Number of the application that carries them over.
  absl::StatusOr<std::string> MoveAll(sql::Session& session, const v1::MoveGrantsRequest& request, Date on,
                                      const StoredGrant& named, CaseDesk::Topics* topics) const;

  const Desk& desk_;
  const Grants& grants_;
  Applications& applications_;
};

}  // namespace chuanyu::disability
