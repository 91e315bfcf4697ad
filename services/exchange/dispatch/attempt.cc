#include "services/exchange/dispatch/attempt.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"

namespace chuanyu::exchange {
namespace {

std::string Trailer(const grpc::ClientContext& context, const char* key) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto it = trailers.find(key);
  return it == trailers.end() ? std::string() : std::string(it->second.data(), it->second.size());
}

std::vector<std::string> SplitFields(const std::string& list) {
  std::vector<std::string> fields;
  for (size_t begin = 0; begin < list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    if (comma > begin) fields.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return "";
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    // Too many calls are fewer by and by; anything else that is used up is what the provider has to say.
    case absl::StatusCode::kResourceExhausted:
      return !ReasonOf(status) || HasReason(status, Reason::QUOTA);
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

Attempt::Attempt(v1::JournalRecord request, Fence fence, Done done)
    : request_(std::move(request)), fence_(fence), done_(std::move(done)) {}

void Attempt::Start(grpc::GenericStub& stub, std::string_view payload, absl::Duration timeout) {
  AddMetadata();
  // gRPC counts by the machine's clock, whatever clock the dispatcher was given.
  rpc::SetDeadline(context_, absl::Now() + timeout);
  const grpc::Slice slice(payload.data(), payload.size());
  in_ = grpc::ByteBuffer(&slice, 1);
  stub.UnaryCall(&context_, request_.operation(), {}, &in_, &out_,
                 [this](const grpc::Status& status) { done_(this, Read(status)); });
}

// As provider.proto says. The legal basis is Chinese text, which plain metadata cannot carry.
void Attempt::AddMetadata() {
  context_.AddMetadata("chuanyu-request-id", request_.request_id());
  context_.AddMetadata("chuanyu-from-region", request_.from_region());
  context_.AddMetadata("chuanyu-from-system", request_.from_system());
  context_.AddMetadata("chuanyu-purpose", request_.purpose());
  context_.AddMetadata("chuanyu-legal-basis-bin", request_.legal_basis());
  context_.AddMetadata("chuanyu-authorization-no", request_.authorization_no());
  context_.AddMetadata("chuanyu-correlation-id", request_.correlation_id());
  context_.AddMetadata("chuanyu-attempt", std::to_string(fence_.attempt));
}

ProviderReply Attempt::Read(const grpc::Status& status) {
  if (!status.ok()) return {.status = rpc::FromGrpc(status)};
  return {.payload = ToString(out_),
          .deferred = Trailer(context_, "chuanyu-deferred") == "1",
          .fields = SplitFields(Trailer(context_, "chuanyu-fields"))};
}

}  // namespace chuanyu::exchange
