#include "common/rpc/error_details.h"

#include <optional>
#include <string>

#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace chuanyu::rpc {
namespace {

constexpr std::string_view kLocale = "zh-CN";

// MakeError writes "REASON at field: detail"; the detail alone lets the other side build the same status.
std::string DetailOf(std::string_view message, std::string_view reason, std::string_view field) {
  const auto skip = [&message](std::string_view prefix) {
    if (message.starts_with(prefix)) message.remove_prefix(prefix.size());
  };
  skip(reason);
  if (!field.empty()) {
    skip(" at ");
    skip(field);
  }
  skip(": ");
  return std::string(message);
}

absl::Status FromErrorInfo(absl::StatusCode code, const google::rpc::ErrorInfo& info,
                           const std::string& field, std::string_view message) {
  const std::optional<Reason> reason = ParseReason(info.reason());
  if (!reason) return absl::Status(code, info.reason());
  return MakeError(*reason, {.field = field, .detail = DetailOf(message, info.reason(), field)});
}

// gRPC refuses an oversized message below our handlers, with a bare status.
bool IsMessageTooLarge(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         (status.error_message().starts_with("Received message larger than max") ||
          status.error_message().starts_with("Sent message larger than max"));
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::optional<Reason> known = ReasonOf(status);
  if (!known) return ToGrpc(MakeError(Reason::INTERNAL));

  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(*known)));
  info.set_domain(std::string(kErrorDomain));
  wire.add_details()->PackFrom(info);
  if (const std::string field = FieldOf(status); !field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(std::string(ReasonName(*known)));
    wire.add_details()->PackFrom(bad);
  }
  google::rpc::LocalizedMessage localized;
  localized.set_locale(std::string(kLocale));
  localized.set_message(std::string(ReasonTextZh(*known)));
  wire.add_details()->PackFrom(localized);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(), wire.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) {
    std::optional<google::rpc::ErrorInfo> ours;
    std::string field;
    for (const google::protobuf::Any& any : wire.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad;
      if (any.UnpackTo(&info) && info.domain() == kErrorDomain) {
        ours = info;
      } else if (any.UnpackTo(&bad) && bad.field_violations_size() > 0) {
        field = bad.field_violations(0).field();
      }
    }
    if (ours) return FromErrorInfo(code, *ours, field, wire.message());
  }
  if (IsMessageTooLarge(status)) return MakeError(Reason::PAYLOAD_TOO_LARGE);
  return absl::Status(code, status.error_message());
}

}  // namespace chuanyu::rpc
