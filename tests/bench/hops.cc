#include "tests/bench/hops.h"

#include <utility>

#include "common/rpc/deadline.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"

namespace chuanyu::bench {
namespace {

class EchoReactor final : public grpc::ServerGenericBidiReactor {
 public:
  EchoReactor() { StartRead(&bytes_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer bytes_;
};

class Echo final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new EchoReactor;
  }
};

class RelayReactor final : public grpc::ServerGenericBidiReactor {
 public:
  RelayReactor(grpc::GenericStub& next, std::string method) : next_(next), method_(std::move(method)) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    rpc::SetDeadline(context_, absl::Now() + absl::Seconds(30));
    next_.UnaryCall(&context_, method_, {}, &request_, &answer_, [this](grpc::Status status) {
      if (!status.ok()) return Finish(status);
      StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
    });
  }
  void OnDone() override { delete this; }

 private:
  grpc::GenericStub& next_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

class Relay final : public grpc::CallbackGenericService {
 public:
  explicit Relay(std::shared_ptr<grpc::Channel> next) : next_(std::move(next)) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new RelayReactor(next_, context->method());
  }

 private:
  grpc::GenericStub next_;
};

}  // namespace

std::unique_ptr<grpc::CallbackGenericService> MakeEcho() { return std::make_unique<Echo>(); }

std::unique_ptr<QuestionServer> MakeStreamedEcho(const std::string& region) {
  auto echo = std::make_unique<QuestionServer>(region);
  echo->SetDefault([](StreamedQuestion* question) {
    question->result().set_payload(question->question().payload());
    question->Finish(absl::OkStatus());
  });
  return echo;
}

std::unique_ptr<grpc::CallbackGenericService> MakeRelay(std::shared_ptr<grpc::Channel> next) {
  return std::make_unique<Relay>(std::move(next));
}

}  // namespace chuanyu::bench
