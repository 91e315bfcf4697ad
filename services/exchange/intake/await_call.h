// One Exchange.AwaitAnswer call: waits without a thread, for the mailbox, a timer or the caller's end,
// whichever comes first.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"
#include "grpcpp/alarm.h"
#include "services/exchange/intake/exchange_deps.h"

namespace chuanyu::exchange {

// Thread-safe.
class AwaitCall final : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<AwaitCall> {
 public:
  // `until`: when to give up by the machine's clock. `response` belongs to the call.
  static std::shared_ptr<AwaitCall> Start(const ExchangeDeps& deps, Submitter caller, std::string request_id,
                                          absl::Time until, v1::AwaitAnswerResponse* response);

  void OnCancel() override;
  void OnDone() override;

 private:
  AwaitCall(const ExchangeDeps& deps, Submitter caller, std::string request_id,
            v1::AwaitAnswerResponse* response);

  void Look();
  absl::StatusOr<std::optional<v1::Answer>> Find();
  void OnAnswer(std::shared_ptr<const v1::Answer> answer) ABSL_LOCKS_EXCLUDED(mu_);
  void End(const grpc::Status& status, const v1::Answer* answer) ABSL_LOCKS_EXCLUDED(mu_);

  const ExchangeDeps deps_;
  const Submitter caller_;
  const std::string request_id_;
  v1::AwaitAnswerResponse* const response_;
  std::shared_ptr<AwaitCall> self_;  // until OnDone
  grpc::Alarm alarm_;
  uint64_t ticket_ = 0;

  Mutex mu_;
  bool own_ ABSL_GUARDED_BY(mu_) = false;  // the tracker says that the request is the caller's
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::shared_ptr<const v1::Answer> early_ ABSL_GUARDED_BY(mu_);  // came before that was known
};

}  // namespace chuanyu::exchange
