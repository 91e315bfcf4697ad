#include "services/exchange/intake/exchange_stream.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/status_proto.h"
#include "common/telemetry/log.h"
#include "services/exchange/intake/answers.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxUnsettled = 4'096;  // submissions without result or with one that is not written
constexpr size_t kMaxAnswers = 1'024;    // that wait for the writer
constexpr size_t kMaxAnswerBytes = 16u << 20;
constexpr size_t kMaxMessageBytes = 1u << 20;  // a larger single answer travels alone
constexpr size_t kMaxRemembered = 65'536;      // sent_; beyond it, answers may be repeated
constexpr size_t kPage = 256;
constexpr size_t kMaxEcho = 64;  // of a request id that may be anything

}  // namespace

std::shared_ptr<ExchangeStream> ExchangeStream::Start(const ExchangeDeps& deps, Submitter caller) {
  std::shared_ptr<ExchangeStream> stream(new ExchangeStream(deps, std::move(caller)));
  stream->self_ = stream;
  // First attached, then paged: an answer that arrives in between comes twice rather than never.
  deps.mailbox.Attach(stream->caller_.Caller(), stream);
  MutexLock lock(stream->mu_);
  stream->Advance();
  return stream;
}

void ExchangeStream::OnReadDone(bool ok) {
  if (!ok) return Close(absl::OkStatus());
  TakeRequest();
  MutexLock lock(mu_);
  reading_ = false;
  Advance();
}

void ExchangeStream::TakeRequest() {
  if (!request_.GetReflection()->GetUnknownFields(request_).empty()) {
    return Close(MakeError(Reason::UNKNOWN_FIELD));
  }
  std::vector<PendingSubmission> submissions;
  for (v1::Submission& submission : *request_.mutable_submissions()) {
    std::string id = submission.envelope().request_id().substr(0, kMaxEcho);
    submissions.push_back({.submitter = caller_,
                           .submission = std::move(submission),
                           .done = [self = shared_from_this(), id = std::move(id)](const Admitted& admitted) {
                             self->OnAdmitted(id, admitted);
                           }});
  }
  std::vector<std::string> acknowledged(request_.acknowledged_request_ids().begin(),
                                        request_.acknowledged_request_ids().end());
  request_.Clear();
  {
    MutexLock lock(mu_);
    unsettled_ += submissions.size();
    for (const std::string& id : acknowledged) sent_.erase(id);
  }
  if (!submissions.empty()) deps_.admission.Submit(std::move(submissions));
  if (acknowledged.empty()) return;
  // An acknowledgement that cannot be recorded is lost, and the answer comes again with the next stream.
  // There must be a next one, then: a stream may last for months.
  deps_.acknowledger.Acknowledge(caller_, std::move(acknowledged), Acknowledger::Unknown::kSkip,
                                 [self = shared_from_this()](const absl::Status& recorded) {
                                   if (!recorded.ok()) self->Close(recorded);
                                 });
}

void ExchangeStream::OnAdmitted(const std::string& request_id, const Admitted& admitted) {
  {
    MutexLock lock(mu_);
    --unsettled_;
    if (finished_) return;
    if (admitted.receipt.ok()) {
      *results_.add_receipts() = *admitted.receipt;
    } else {
      v1::Rejection& rejection = *results_.add_rejections();
      rejection.set_request_id(request_id);
      *rejection.mutable_status() = rpc::StatusToProto(admitted.receipt.status());
    }
    Advance();
  }
  if (admitted.receipt.ok()) Redeliver(admitted.receipt->request_id(), admitted);
}

// The stored answer of a repeat.
void ExchangeStream::Redeliver(const std::string& request_id, const Admitted& admitted) {
  if (admitted.answer_location.empty()) {
    if (admitted.ended == v1::REQUEST_STATE_UNSPECIFIED) return;
    MutexLock lock(mu_);
    Append(std::make_shared<const v1::Answer>(EndedAnswer(request_id, admitted.ended)), /*again=*/true);
    return Advance();
  }
  deps_.workers.Post([self = shared_from_this(), location = admitted.answer_location] {
    absl::StatusOr<v1::Answer> answer = ReadAnswer(self->deps_.journal, location);
    if (!answer.ok()) return;
    MutexLock lock(self->mu_);
    self->Append(std::make_shared<const v1::Answer>(*std::move(answer)), /*again=*/true);
    self->Advance();
  });
}

void ExchangeStream::OnAnswers(const std::vector<std::shared_ptr<const v1::Answer>>& answers) {
  MutexLock lock(mu_);
  for (const auto& answer : answers) {
    if (!Append(answer, /*again=*/false)) behind_ = true;
  }
  Advance();
}

// False when there is no room. Unless `again`, what was sent before is not sent again.
bool ExchangeStream::Append(std::shared_ptr<const v1::Answer> answer, bool again) {
  if (finished_ || closing_) return true;
  const size_t bytes = answer->payload().size();
  if (answers_.size() >= kMaxAnswers || (answer_bytes_ > 0 && answer_bytes_ + bytes > kMaxAnswerBytes))
    return false;
  if (sent_.size() >= kMaxRemembered) sent_.clear();
  if (!sent_.insert(answer->request_id()).second && !again) return true;
  answer_bytes_ += bytes;
  answers_.push_back(std::move(answer));
  return true;
}

void ExchangeStream::Advance() {
  if (finished_) return;
  if (!writing_) {
    FillMessage();
    if (message_.receipts_size() + message_.rejections_size() + message_.answers_size() > 0) {
      writing_ = true;
      StartWrite(&message_);
    }
  }
  if (closing_) {
    if (writing_ || unsettled_ > 0) return;
    finished_ = true;
    return Finish(rpc::ToGrpc(close_status_));
  }
  const size_t results = static_cast<size_t>(results_.receipts_size() + results_.rejections_size());
  if (!reading_ && unsettled_ + results < kMaxUnsettled) {
    reading_ = true;
    StartRead(&request_);
  }
  if (behind_ && !paging_ && answers_.empty()) {
    behind_ = false;
    paging_ = deps_.workers.Post([self = shared_from_this()] { self->Page(); });
    // The caller opens another stream, later.
    if (paging_) return;
    CloseLocked(MakeError(Reason::QUOTA, {.detail = "the node is overloaded"}));
    Advance();
  }
}

void ExchangeStream::FillMessage() {
  message_.Clear();
  message_.Swap(&results_);
  size_t bytes = message_.ByteSizeLong();
  while (!answers_.empty()) {
    const v1::Answer& next = *answers_.front();
    const size_t size = next.ByteSizeLong();
    if (bytes > 0 && bytes + size > kMaxMessageBytes) break;
    *message_.add_answers() = next;
    bytes += size;
    answer_bytes_ -= next.payload().size();
    answers_.pop_front();
  }
}

void ExchangeStream::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  writing_ = false;
  if (!ok) {
    results_.Clear();
    answers_.clear();
    answer_bytes_ = 0;
    CloseLocked(absl::OkStatus());
  }
  Advance();
}

// On a worker: sends what the tracker holds, until there is no room or no more.
void ExchangeStream::Page() {
  std::string token;
  bool full = false;
  absl::Status status;
  do {
    status = PageOnce(token, full);
  } while (status.ok() && !full && !token.empty() && !Ended());
  MutexLock lock(mu_);
  paging_ = false;
  if (!status.ok()) CloseLocked(status);
  Advance();
}

absl::Status ExchangeStream::PageOnce(std::string& token, bool& full) {
  const std::string caller = caller_.Caller();
  CHUANYU_ASSIGN_OR_RETURN(const UndeliveredPage page, deps_.tracker.Undelivered(caller, kPage, token));
  token = page.next_page_token;
  for (const UndeliveredAnswer& undelivered : page.answers) {
    {
      MutexLock lock(mu_);
      if (sent_.contains(undelivered.request_id)) continue;
    }
    absl::StatusOr<v1::Answer> answer = ReadAnswer(deps_.journal, undelivered.answer_location);
    if (!answer.ok()) {
      // One damaged answer must not hold up the others; it stays undelivered and visible.
      LogEvent(Severity::kError, "answer_unreadable", {{"request_id", undelivered.request_id}});
      continue;
    }
    MutexLock lock(mu_);
    if (!Append(std::make_shared<const v1::Answer>(*std::move(answer)), /*again=*/false)) {
      behind_ = full = true;
      return absl::OkStatus();
    }
    Advance();
  }
  return absl::OkStatus();
}

bool ExchangeStream::Ended() {
  MutexLock lock(mu_);
  return closing_ || finished_;
}

void ExchangeStream::Close(const absl::Status& status) {
  MutexLock lock(mu_);
  CloseLocked(status);
  Advance();
}

void ExchangeStream::CloseLocked(const absl::Status& status) {
  if (closing_) return;
  closing_ = true;
  close_status_ = status;
  // They are undelivered as far as the tracker knows and come with the next stream.
  answers_.clear();
  answer_bytes_ = 0;
}

void ExchangeStream::OnCancel() {
  MutexLock lock(mu_);
  if (finished_) return;
  finished_ = closing_ = true;
  Finish(grpc::Status::CANCELLED);
}

void ExchangeStream::OnDone() {
  deps_.mailbox.Detach(caller_.Caller(), this);
  const std::shared_ptr<ExchangeStream> last = std::move(self_);
}

}  // namespace chuanyu::exchange
