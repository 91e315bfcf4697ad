// What this region's checks know about authorisations to which other papers refer: the lines of a re-check
// batch (domain page §4.5 "authorisation must still be in force per line"). A paper may be older than what
// became of its authorisation here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

// Of the index of a person, by which a batch knows it: 96 bits.
inline constexpr size_t kPersonHexDigits = 24;

struct AuthorizationUse {
  std::string auth_no;  // checked to be a token of [A-Za-z0-9._:/-]
  std::string person;   // the first kPersonHexDigits of the person's index
};

// Those of `uses` that do not hold, by position: AUTH_REVOKED or AUTH_EXPIRED when the authorisation has
// ended here; STALE_VERSION when the members of its household have changed under a later one; AUTH_SCOPE when
// its household has no such member. An authorisation that no check here was filed under is not known, and
// neither are members that were erased: the paper alone speaks then. Reads in pages; thread-safe.
absl::StatusOr<std::map<size_t, absl::Status>> RefusedUses(sql::Session& session, const std::string& org,
                                                           const std::vector<AuthorizationUse>& uses);

}  // namespace chuanyu::family_economy
