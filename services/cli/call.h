// One unary call, as every verb makes it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"

namespace chuanyu::cli {

// Of a request that its file or caller gave none.
inline std::string FreshId() { return UuidV7Generator().Next(absl::ToUnixMillis(absl::Now())); }

// Within half a minute: `call(context, response)` runs the stub's method.
template <typename Response, typename Call>
absl::StatusOr<Response> CallOnce(Call call) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(30));
  Response response;
  const grpc::Status status = call(&context, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response;
}

// The same with the method by its name.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> CallMethod(Stub& stub,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                                    const Request& request) {
  return CallOnce<Response>([&](grpc::ClientContext* context, Response* response) {
    return (stub.*method)(context, request, response);
  });
}

}  // namespace chuanyu::cli
