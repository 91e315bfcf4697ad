// Who calls, in which role, from which region: the first thing every handler asks. Thread-safe.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/identity.h"
#include "services/exchange/intake/envelope.h"

namespace chuanyu::exchange {

// The caller of this RPC when it is of `own_region` and has `role`; CALLER_UNKNOWN, CALLER_WRONG_REGION or
// ROLE_DENIED otherwise. `who`, when given, is filled as far as the certificate goes, for the audit record.
absl::StatusOr<rpc::CallerIdentity> AuthoriseCaller(const grpc::ServerContextBase& context,
                                                    std::string_view own_region, rpc::CallerRole role,
                                                    Submitter* who = nullptr);

Submitter SubmitterOf(const rpc::CallerIdentity& caller);

}  // namespace chuanyu::exchange
