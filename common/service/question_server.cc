#include "common/service/question_server.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/error_details.h"
#include "common/service/calls.h"
#include "common/service/question_stream.h"
#include "google/protobuf/descriptor.h"

namespace chuanyu {
namespace {

using exchange::v1::AskRequest;
using exchange::v1::AskResponse;

class Refusal final : public grpc::ServerBidiReactor<AskRequest, AskResponse> {
 public:
  explicit Refusal(const absl::Status& why) { Finish(rpc::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerBidiReactor<AskRequest, AskResponse>* QuestionServer::Ask(grpc::CallbackServerContext* context) {
  absl::StatusOr<rpc::CallerIdentity> node = AdmitOwnNode(*context, AskRequest::default_instance(), region_);
  if (!node.ok()) return new Refusal(node.status());
  auto stream = std::make_shared<QuestionStream>(*this, *std::move(node));
  {
    MutexLock lock(mu_);
    if (closed_) return new Refusal(MakeError(Reason::SHUTTING_DOWN));
    streams_.emplace(stream.get(), stream);
  }
  stream->Start();
  return stream.get();
}

absl::Status QuestionServer::CheckComplete() const {
  for (const std::string& name : services_) {
    const auto* const service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int at = 0; service != nullptr && at < service->method_count(); ++at) {
      const std::string operation = absl::StrCat("/", name, "/", service->method(at)->name());
      if (handlers_.contains(operation)) continue;
      return MakeError(Reason::INTERNAL, {.detail = "not offered over the stream: " + operation});
    }
  }
  return absl::OkStatus();
}

void QuestionServer::Answer(StreamedQuestion* question) const {
  const auto found = handlers_.find(question->question().operation());
  if (found != handlers_.end()) return found->second(question);
  if (default_) return default_(question);
  question->Finish(MakeError(Reason::INTERNAL, {.detail = "no such method"}));
}

void QuestionServer::Close() {
  std::vector<std::shared_ptr<QuestionStream>> open;
  {
    MutexLock lock(mu_);
    closed_ = true;
    for (const auto& [key, stream] : streams_) open.push_back(stream);
  }
  for (const auto& stream : open) stream->Close(MakeError(Reason::SHUTTING_DOWN));
}

void QuestionServer::Ended(const QuestionStream* stream) {
  std::shared_ptr<QuestionStream> last;  // destroyed outside of the lock
  MutexLock lock(mu_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  last = std::move(found->second);
  streams_.erase(found);
}

}  // namespace chuanyu
