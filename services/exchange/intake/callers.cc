#include "services/exchange/intake/callers.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {

absl::StatusOr<rpc::CallerIdentity> AuthoriseCaller(const grpc::ServerContextBase& context,
                                                    std::string_view own_region, rpc::CallerRole role,
                                                    Submitter* who) {
  CHUANYU_ASSIGN_OR_RETURN(rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  if (who != nullptr) *who = SubmitterOf(caller);
  if (caller.region != own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, role));
  return caller;
}

Submitter SubmitterOf(const rpc::CallerIdentity& caller) {
  return {.region = caller.region, .system = caller.org + "/" + caller.system};
}

}  // namespace chuanyu::exchange
