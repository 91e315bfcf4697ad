// The way to one provider process: a stream that carries many questions a message (questions.proto), or calls
// of their own where the provider has no stream.
//
// The stream begins with the first question and after its end with the next one. What it carried when it
// ended is for the dispatcher to ask again: a provider gives its stored answer to a question that it has
// seen.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/questions.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/rpc/client_stream.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/generic_stub.h"

namespace chuanyu::exchange {

// Thread-safe.
class ProviderLine {
 public:
  // Runs once, on a thread of gRPC: the result, UNAVAILABLE when the stream ended first, UNIMPLEMENTED when
  // it turned out that the provider has none, or why it turned the node away.
  using Result = std::function<void(absl::StatusOr<v1::QuestionResult>)>;

  explicit ProviderLine(const std::shared_ptr<grpc::Channel>& channel);
  // Ends the stream and waits for its end.
  ~ProviderLine();
  ProviderLine(const ProviderLine&) = delete;
  ProviderLine& operator=(const ProviderLine&) = delete;

  // For calls of their own.
  grpc::GenericStub& stub() { return calls_; }

  // False when the provider is known to have no stream: `on_result` will not run. A request is asked once at
  // a time: another attempt of it takes the place of the one before, whose result is dropped.
  bool Ask(v1::Question question, Result on_result) ABSL_LOCKS_EXCLUDED(mu_);
  // True when its result has not come: it is dropped when it does, and its `on_result` does not run.
  bool Withdraw(const std::string& request_id, uint32_t attempt) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Stream = rpc::ClientStream<v1::AskRequest, v1::AskResponse>;
  struct Asked {
    uint32_t attempt = 0;
    Result on_result;
  };

  std::shared_ptr<Stream> StartStream() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Fill(v1::AskRequest& request) ABSL_LOCKS_EXCLUDED(mu_);
  void Take(v1::AskResponse& response) ABSL_LOCKS_EXCLUDED(mu_);
  void StreamDone(const grpc::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  grpc::GenericStub calls_;
  const std::unique_ptr<v1::Questions::Stub> streams_;

  // Lock order: the stream's mutex, then this one; so it is not held while the stream is woken.
  Mutex mu_;
  CondVar ended_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool without_stream_ ABSL_GUARDED_BY(mu_) = false;
  std::shared_ptr<Stream> stream_ ABSL_GUARDED_BY(mu_);
  int ending_ ABSL_GUARDED_BY(mu_) = 0;  // streams that are over and whose questions are being told
  std::deque<v1::Question> waiting_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, Asked> asked_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
