#include "services/exchange/dispatch/attempt.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/rpc/status_proto.h"

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

void Attempt::Start(ProviderLine& line, std::string_view payload, absl::Duration timeout) {
  line_ = &line;
  deadline_ = absl::Now() + timeout;
  // Kept for a call of its own, in case the provider has no stream.
  const grpc::Slice slice(payload.data(), payload.size());
  in_ = grpc::ByteBuffer(&slice, 1);
  v1::Question question;
  question.set_request_id(request_.request_id());
  question.set_operation(request_.operation());
  question.set_payload(payload.data(), payload.size());
  question.set_from_region(request_.from_region());
  question.set_from_system(request_.from_system());
  question.set_purpose(request_.purpose());
  question.set_legal_basis(request_.legal_basis());
  question.set_authorization_no(request_.authorization_no());
  question.set_correlation_id(request_.correlation_id());
  question.set_attempt(fence_.attempt);
  const bool asked = line.Ask(std::move(question), [this](absl::StatusOr<v1::QuestionResult> result) {
    OnResult(std::move(result));
  });
  if (!asked) Call();
}

bool Attempt::Drop() {
  dropped_.store(true);
  if (line_ != nullptr && line_->Withdraw(request_.request_id(), fence_.attempt)) return true;
  context_.TryCancel();
  return false;
}

bool Attempt::EndIfLate(absl::Time now) {
  return now >= deadline_ && line_->Withdraw(request_.request_id(), fence_.attempt);
}

void Attempt::OnResult(absl::StatusOr<v1::QuestionResult> result) {
  if (absl::IsUnimplemented(result.status())) return Call();
  if (!result.ok()) return done_(this, {.status = result.status()});
  if (result->has_status() && result->status().code() != 0) {
    return done_(this, {.status = rpc::StatusFromProto(result->status())});
  }
  done_(this, {.payload = std::move(*result->mutable_payload()),
               .deferred = result->deferred(),
               .fields = SplitFields(result->fields())});
}

void Attempt::Call() {
  AddMetadata();
  rpc::SetDeadline(context_, deadline_);
  line_->stub().UnaryCall(&context_, request_.operation(), {}, &in_, &out_,
                          [this](const grpc::Status& status) { done_(this, Read(status)); });
}

// As the provider.proto of each service says. The legal basis is Chinese text, which plain metadata cannot
// carry.
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
