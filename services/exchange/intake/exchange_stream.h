// One Exchange.Open call: submissions and acknowledgements in, receipts, rejections and answers out, in
// batches of whatever gathered while the one before was being written.
//
// Memory is bounded: reading pauses while too many submissions have no result yet, and answers that a slow
// reader does not take are dropped here and paged again from the tracker, which knows what is undelivered.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"
#include "services/exchange/intake/exchange_deps.h"

namespace chuanyu::exchange {

// Thread-safe. Lives until gRPC is done with it and nobody holds it any more.
class ExchangeStream final : public grpc::ServerBidiReactor<v1::OpenRequest, v1::OpenResponse>,
                             public AnswerSink,
                             public std::enable_shared_from_this<ExchangeStream> {
 public:
  static std::shared_ptr<ExchangeStream> Start(const ExchangeDeps& deps, Submitter caller);

  // Reads nothing more, gives the results of what it has read, then ends with `status`.
  void Close(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  void OnAnswers(const std::vector<std::shared_ptr<const v1::Answer>>& answers) override
      ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override;

 private:
  ExchangeStream(const ExchangeDeps& deps, Submitter caller) : deps_(deps), caller_(std::move(caller)) {}

  void TakeRequest();
  void OnAdmitted(const std::string& request_id, const Admitted& admitted) ABSL_LOCKS_EXCLUDED(mu_);
  void Redeliver(const std::string& request_id, const Admitted& admitted);
  void Page();
  bool Append(std::shared_ptr<const v1::Answer> answer, bool again) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status PageOnce(std::string& token, bool& full) ABSL_LOCKS_EXCLUDED(mu_);

  // What may be done now: write, read, page or finish.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FillMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CloseLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Ended() ABSL_LOCKS_EXCLUDED(mu_);

  const ExchangeDeps deps_;
  const Submitter caller_;
  std::shared_ptr<ExchangeStream> self_;  // until OnDone

  v1::OpenRequest request_;   // of the pending read
  v1::OpenResponse message_;  // of the pending write

  Mutex mu_;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool paging_ ABSL_GUARDED_BY(mu_) = false;
  bool behind_ ABSL_GUARDED_BY(mu_) = true;  // the tracker may have answers that are not here
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status close_status_ ABSL_GUARDED_BY(mu_);
  size_t unsettled_ ABSL_GUARDED_BY(mu_) = 0;  // submissions without a result
  v1::OpenResponse results_ ABSL_GUARDED_BY(mu_);
  std::deque<std::shared_ptr<const v1::Answer>> answers_ ABSL_GUARDED_BY(mu_);
  size_t answer_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  // Sent or about to be, and not acknowledged: not sent a second time by paging.
  absl::flat_hash_set<std::string> sent_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
