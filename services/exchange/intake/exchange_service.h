// chuanyu.exchange.v1.Exchange: what systems of this region ask of their node. Every handler authorises first
// (role system, own region), refuses what it does not know, and hands blocking work to the worker pool.
//
// Shutdown order of a node: Drain, rpc::Server::Shutdown, workers, Admission, Pipeline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"
#include "services/exchange/intake/exchange_deps.h"
#include "services/exchange/intake/exchange_stream.h"
#include "services/exchange/intake/refusals.h"
#include "services/exchange/intake/request_acts.h"

namespace chuanyu::exchange {

class ExchangeService final : public v1::Exchange::CallbackService {
 public:
  struct Options {
    std::string own_region;
    // Longest wait of one AwaitAnswer: the caller asks again, and a forgotten one does not wait forever.
    absl::Duration max_wait = absl::Minutes(10);
    int max_acknowledged = 1'000;  // as the protocol says
  };

  ExchangeService(const ExchangeDeps& deps, Refusals& refusals, RequestActs& acts, Options options);

  // Ends the open streams: each gives the results of what it has read. Later streams get SHUTTING_DOWN.
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::ServerBidiReactor<v1::OpenRequest, v1::OpenResponse>* Open(
      grpc::CallbackServerContext* context) override ABSL_LOCKS_EXCLUDED(mu_);
  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override;
  grpc::ServerUnaryReactor* GetRequest(grpc::CallbackServerContext* context,
                                       const v1::GetRequestRequest* request,
                                       v1::GetRequestResponse* response) override;
  grpc::ServerUnaryReactor* AwaitAnswer(grpc::CallbackServerContext* context,
                                        const v1::AwaitAnswerRequest* request,
                                        v1::AwaitAnswerResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeAnswers(grpc::CallbackServerContext* context,
                                               const v1::AcknowledgeAnswersRequest* request,
                                               v1::AcknowledgeAnswersResponse* response) override;
  grpc::ServerUnaryReactor* AnswerDeferred(grpc::CallbackServerContext* context,
                                           const v1::AnswerDeferredRequest* request,
                                           v1::AnswerDeferredResponse* response) override;
  grpc::ServerUnaryReactor* CancelRequest(grpc::CallbackServerContext* context,
                                          const v1::CancelRequestRequest* request,
                                          v1::CancelRequestResponse* response) override;

 private:
  // The caller, when it may call and `request` (if any) holds nothing unknown; refusals are recorded.
  absl::StatusOr<Submitter> Receive(const grpc::CallbackServerContext& context,
                                    const google::protobuf::Message* request);
  // Runs `work` on a worker; `work` finishes the reactor.
  grpc::ServerUnaryReactor* OnWorker(grpc::ServerUnaryReactor* reactor, std::function<void()> work);
  absl::Time WaitUntil(const grpc::CallbackServerContext& context,
                       const v1::AwaitAnswerRequest& request) const;

  const ExchangeDeps deps_;
  Refusals& refusals_;
  RequestActs& acts_;
  const Options options_;

  Mutex mu_;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::weak_ptr<ExchangeStream>> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
