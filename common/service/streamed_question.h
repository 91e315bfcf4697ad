// One question that came in a message of Questions.Ask (proto: questions.proto) instead of in a call of its
// own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "chuanyu/exchange/v1/questions.pb.h"
#include "common/rpc/identity.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"

namespace chuanyu {

// Stands in for the context of a call, so that a typed method answers both in the same way; of the context's
// own members none means anything here. Lives until Finish. Not thread-safe, but may be finished on any
// thread.
class StreamedQuestion final : public grpc::CallbackServerContext {
 public:
  using Done = std::function<void(exchange::v1::QuestionResult result)>;

  // `node` lives as long as `done`.
  StreamedQuestion(exchange::v1::Question question, const rpc::CallerIdentity& node, Done done)
      : question_(std::move(question)), node_(node), done_(std::move(done)) {
    result_.set_request_id(question_.request_id());
    result_.set_attempt(question_.attempt());
  }

  // Null for the context of a call.
  static StreamedQuestion* Of(grpc::CallbackServerContext* context) {
    return dynamic_cast<StreamedQuestion*>(context);
  }
  static const StreamedQuestion* Of(const grpc::CallbackServerContext& context) {
    return dynamic_cast<const StreamedQuestion*>(&context);
  }

  const exchange::v1::Question& question() const { return question_; }
  // The exchange node whose stream it is.
  const rpc::CallerIdentity& node() const { return node_; }
  // Fields, payload and whether the answer comes later; the rest is there.
  exchange::v1::QuestionResult& result() { return result_; }

  // Keeps the messages of the typed method for as long as it runs; `response` becomes the payload.
  void Keep(std::unique_ptr<google::protobuf::Message> request,
            std::unique_ptr<google::protobuf::Message> response) {
    request_ = std::move(request);
    response_ = std::move(response);
  }

  // Once, instead of a reactor's Finish; destroys the question.
  void Finish(const absl::Status& status);

 private:
  const exchange::v1::Question question_;
  const rpc::CallerIdentity& node_;
  const Done done_;
  exchange::v1::QuestionResult result_;
  std::unique_ptr<google::protobuf::Message> request_;
  std::unique_ptr<google::protobuf::Message> response_;
};

}  // namespace chuanyu
