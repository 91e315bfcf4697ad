// One Questions.Ask call, the provider's end. Private to QuestionServer.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "chuanyu/exchange/v1/questions.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/rpc/identity.h"
#include "common/service/question_server.h"

namespace chuanyu {

// Thread-safe. Kept by the server until gRPC is done with it, and by its questions until they are answered.
class QuestionStream final
    : public grpc::ServerBidiReactor<exchange::v1::AskRequest, exchange::v1::AskResponse>,
      public std::enable_shared_from_this<QuestionStream> {
 public:
  QuestionStream(QuestionServer& server, rpc::CallerIdentity node)
      : server_(server), node_(std::move(node)) {}

  void Start() ABSL_LOCKS_EXCLUDED(mu_);
  // Reads nothing more, gives the results of what it has read, then ends with `status`.
  void Close(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override;

 private:
  void Take(exchange::v1::Question question);
  void OnResult(exchange::v1::QuestionResult result) ABSL_LOCKS_EXCLUDED(mu_);
  void FillMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // What may be done now: write, finish or read.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  QuestionServer& server_;
  const rpc::CallerIdentity node_;
  exchange::v1::AskRequest request_;   // of the pending read
  exchange::v1::AskResponse message_;  // of the pending write

  Mutex mu_;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status close_status_ ABSL_GUARDED_BY(mu_);
  size_t unanswered_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<exchange::v1::QuestionResult> results_ ABSL_GUARDED_BY(mu_);  // that wait for the writer
};

}  // namespace chuanyu
