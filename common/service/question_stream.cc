#include "common/service/question_stream.h"

#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"

namespace chuanyu {
namespace {

using exchange::v1::Question;
using exchange::v1::QuestionResult;

constexpr size_t kMaxUnanswered = 4'096;       // with results that are not written
constexpr size_t kMaxMessageBytes = 1u << 20;  // a larger single result travels alone

}  // namespace

void QuestionStream::Start() {
  MutexLock lock(mu_);
  Advance();
}

void QuestionStream::OnReadDone(bool ok) {
  if (!ok) return Close(absl::OkStatus());
  // A stream may last longer than the certificate with which it began.
  if (absl::Now() >= node_.not_after) return Close(MakeError(Reason::CALLER_UNKNOWN));
  {
    MutexLock lock(mu_);
    unanswered_ += static_cast<size_t>(request_.questions_size());
  }
  for (Question& question : *request_.mutable_questions()) Take(std::move(question));
  request_.Clear();
  MutexLock lock(mu_);
  reading_ = false;
  Advance();
}

void QuestionStream::Take(Question question) {
  const bool understood = question.GetReflection()->GetUnknownFields(question).empty();
  auto* const streamed = new StreamedQuestion(
      std::move(question), node_,
      [self = shared_from_this()](QuestionResult result) { self->OnResult(std::move(result)); });
  if (!understood) return streamed->Finish(MakeError(Reason::UNKNOWN_FIELD));
  server_.Answer(streamed);
}

void QuestionStream::OnResult(QuestionResult result) {
  MutexLock lock(mu_);
  --unanswered_;
  if (finished_) return;
  results_.push_back(std::move(result));
  Advance();
}

void QuestionStream::FillMessage() {
  message_.Clear();
  size_t bytes = 0;
  while (!results_.empty()) {
    bytes += results_.front().ByteSizeLong();
    if (message_.results_size() > 0 && bytes > kMaxMessageBytes) break;
    *message_.add_results() = std::move(results_.front());
    results_.pop_front();
  }
}

void QuestionStream::Advance() {
  if (finished_) return;
  if (!writing_ && !results_.empty()) {
    FillMessage();
    writing_ = true;
    StartWrite(&message_);
  }
  if (closing_) {
    if (writing_ || unanswered_ > 0) return;
    finished_ = true;
    return Finish(rpc::ToGrpc(close_status_));
  }
  if (!reading_ && unanswered_ + results_.size() < kMaxUnanswered) {
    reading_ = true;
    StartRead(&request_);
  }
}

void QuestionStream::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  writing_ = false;
  if (!ok) {
    results_.clear();
    closing_ = true;
  }
  Advance();
}

void QuestionStream::Close(const absl::Status& status) {
  MutexLock lock(mu_);
  if (closing_) return;
  closing_ = true;
  close_status_ = status;
  Advance();
}

void QuestionStream::OnCancel() {
  MutexLock lock(mu_);
  if (finished_) return;
  finished_ = closing_ = true;
  results_.clear();
  Finish(grpc::Status::CANCELLED);
}

void QuestionStream::OnDone() { server_.Ended(this); }

}  // namespace chuanyu
