#include "services/exchange/dispatch/provider_line.h"

#include <utility>
#include <vector>

#include "common/errors/error.h"
#include "common/rpc/error_details.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxMessageBytes = 1u << 20;  // a larger single question travels alone

// Why the questions of a stream that ended have no result.
absl::Status WhyEnded(const grpc::Status& status) {
  if (status.error_code() == grpc::UNIMPLEMENTED) return absl::UnimplementedError("no stream");
  absl::Status why = rpc::FromGrpc(status);
  // Whatever broke the stream says nothing about any one question, except when the provider turned the node
  // away.
  if (!why.ok() && ReasonOf(why) && !absl::IsResourceExhausted(why)) return why;
  return absl::UnavailableError("the stream to the provider ended");
}

}  // namespace

ProviderLine::ProviderLine(const std::shared_ptr<grpc::Channel>& channel)
    : calls_(channel), streams_(v1::Questions::NewStub(channel)) {}

ProviderLine::~ProviderLine() {
  std::shared_ptr<Stream> stream;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    stream = stream_;
  }
  if (stream != nullptr) stream->Cancel();
  stream.reset();
  MutexLock lock(mu_);
  while (stream_ != nullptr || ending_ > 0) ended_.Wait(mu_);
}

bool ProviderLine::Ask(v1::Question question, Result on_result) {
  std::shared_ptr<Stream> stream;
  {
    MutexLock lock(mu_);
    if (without_stream_ || stopping_) return false;
    asked_.insert_or_assign(question.request_id(), Asked{question.attempt(), std::move(on_result)});
    waiting_.push_back(std::move(question));
    if (stream_ == nullptr) stream_ = StartStream();
    stream = stream_;
  }
  stream->Wake();
  return true;
}

std::shared_ptr<ProviderLine::Stream> ProviderLine::StartStream() {
  return std::make_shared<Stream>(
      [this](grpc::ClientContext* context, Stream* stream) { streams_->async()->Ask(context, stream); },
      /*wait_for_ready=*/false,
      Stream::Hooks{.fill = [this](v1::AskRequest& request) { return Fill(request); },
                    .take = [this](v1::AskResponse& response) { Take(response); },
                    .done = [this](const grpc::Status& status) { StreamDone(status); }});
}

bool ProviderLine::Withdraw(const std::string& request_id, uint32_t attempt) {
  Result dropped;  // destroyed outside of the lock
  MutexLock lock(mu_);
  const auto found = asked_.find(request_id);
  if (found == asked_.end() || found->second.attempt != attempt) return false;
  dropped = std::move(found->second.on_result);
  asked_.erase(found);
  return true;
}

bool ProviderLine::Fill(v1::AskRequest& request) {
  request.Clear();
  size_t bytes = 0;
  MutexLock lock(mu_);
  while (!waiting_.empty()) {
    bytes += waiting_.front().ByteSizeLong();
    if (request.questions_size() > 0 && bytes > kMaxMessageBytes) break;
    *request.add_questions() = std::move(waiting_.front());
    waiting_.pop_front();
  }
  return request.questions_size() > 0;
}

void ProviderLine::Take(v1::AskResponse& response) {
  for (v1::QuestionResult& result : *response.mutable_results()) {
    Result on_result;
    {
      MutexLock lock(mu_);
      const auto found = asked_.find(result.request_id());
      if (found == asked_.end() || found->second.attempt != result.attempt()) continue;
      on_result = std::move(found->second.on_result);
      asked_.erase(found);
    }
    on_result(std::move(result));
  }
}

void ProviderLine::StreamDone(const grpc::Status& status) {
  const absl::Status why = WhyEnded(status);
  std::vector<Result> unanswered;
  std::shared_ptr<Stream> ended;
  {
    MutexLock lock(mu_);
    if (absl::IsUnimplemented(why)) without_stream_ = true;
    for (auto& [id, asked] : asked_) unanswered.push_back(std::move(asked.on_result));
    asked_.clear();
    waiting_.clear();
    ended = std::move(stream_);
    stream_ = nullptr;
    ++ending_;
  }
  for (const Result& on_result : unanswered) on_result(why);
  // Outside of the lock, and before the line may go: a stream holds the channel, and who drops the last hold
  // of one on a thread of gRPC makes that thread wait for itself.
  ended.reset();
  MutexLock lock(mu_);
  --ending_;
  ended_.NotifyAll();
}

}  // namespace chuanyu::exchange
