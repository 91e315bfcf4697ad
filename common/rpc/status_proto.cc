#include "common/rpc/status_proto.h"

#include "common/rpc/error_details.h"

namespace chuanyu::rpc {

google::rpc::Status StatusToProto(const absl::Status& status) {
  google::rpc::Status proto;
  if (!status.ok()) proto.ParseFromString(ToGrpc(status).error_details());
  return proto;
}

absl::Status StatusFromProto(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  return FromGrpc(grpc::Status(static_cast<grpc::StatusCode>(status.code()), status.message(),
                               status.SerializeAsString()));
}

}  // namespace chuanyu::rpc
