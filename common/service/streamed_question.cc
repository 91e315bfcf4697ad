#include "common/service/streamed_question.h"

#include "common/errors/error.h"
#include "common/rpc/status_proto.h"

namespace chuanyu {
namespace {

// What a message of the stream may carry as well as what a response of a call of its own may be.
constexpr size_t kMaxAnswerBytes = 4u << 20;

}  // namespace

void StreamedQuestion::Finish(const absl::Status& status) {
  absl::Status end = status;
  if (end.ok() && response_ != nullptr) response_->SerializeToString(result_.mutable_payload());
  // One too large would end the stream, and with it everybody else's questions.
  if (end.ok() && result_.payload().size() > kMaxAnswerBytes) end = MakeError(Reason::PAYLOAD_TOO_LARGE);
  if (!end.ok()) {
    result_.clear_payload();
    result_.clear_fields();
    result_.clear_deferred();
    *result_.mutable_status() = rpc::StatusToProto(end);
  }
  const std::unique_ptr<StreamedQuestion> last(this);
  done_(std::move(result_));
}

}  // namespace chuanyu
