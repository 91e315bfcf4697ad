// A provider's end of Questions.Ask: questions of the own exchange node, many in one message, each answered
// by the method of the typed service that a call of its own would have reached.
//
//   QuestionServer questions("510000");
//   questions.Add<v1::FamilyEconomyProvider>("QueryStatus", provider, &Provider::QueryStatus);
//   ... serve it beside `provider`; Close() before the server shuts down.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "chuanyu/exchange/v1/questions.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/errors/error.h"
#include "common/service/streamed_question.h"
#include "grpcpp/support/server_callback.h"

namespace chuanyu {

class QuestionStream;

// Thread-safe once every method is added. Outlives the server that serves it.
class QuestionServer final : public exchange::v1::Questions::CallbackService {
 public:
  // Answers a question, on one of gRPC's threads: must not block, and must Finish it, then or later.
  using Handler = std::function<void(StreamedQuestion* question)>;

  explicit QuestionServer(std::string region) : region_(std::move(region)) {}

  // `function` of `provider` (which outlives the server) answers what is asked of `method` of ServiceT.
  template <typename ServiceT, typename ProviderT, typename RequestT, typename ResponseT>
  void Add(const std::string& method, ProviderT& provider,
           grpc::ServerUnaryReactor* (ProviderT::*function)(grpc::CallbackServerContext*, const RequestT*,
                                                            ResponseT*)) {
    services_.insert(ServiceT::service_full_name());
    AddHandler(std::string("/") + ServiceT::service_full_name() + "/" + method,
               [&provider, function](StreamedQuestion* question) {
                 auto request = std::make_unique<RequestT>();
                 auto response = std::make_unique<ResponseT>();
                 if (!request->ParseFromString(question->question().payload())) {
                   return question->Finish(MakeError(Reason::BAD_REQUEST, {.field = "payload"}));
                 }
                 const RequestT* const asked = request.get();
                 ResponseT* const answer = response.get();
                 question->Keep(std::move(request), std::move(response));
                 (provider.*function)(question, asked, answer);
               });
  }
  // INTERNAL, naming it, when a method of a service of which another one was added is missing: asked over the
  // stream it would be an error, asked by a call of its own an answer.
  absl::Status CheckComplete() const;
  // `handler` answers what is asked of `operation`, a path.
  void AddHandler(const std::string& operation, Handler handler) {
    handlers_[operation] = std::move(handler);
  }
  // For operations that have no handler; without one they get INTERNAL, as a call of an unknown method does.
  void SetDefault(Handler handler) { default_ = std::move(handler); }

  // Takes no more questions; a stream ends once its results are written, with SHUTTING_DOWN. Idempotent.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::ServerBidiReactor<exchange::v1::AskRequest, exchange::v1::AskResponse>* Ask(
      grpc::CallbackServerContext* context) override;

 private:
  friend class QuestionStream;
  void Answer(StreamedQuestion* question) const;
  void Ended(const QuestionStream* stream) ABSL_LOCKS_EXCLUDED(mu_);

  const std::string region_;
  absl::flat_hash_map<std::string, Handler> handlers_;
  std::set<std::string> services_;  // "package.Service"
  Handler default_;

  Mutex mu_;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_map<const QuestionStream*, std::shared_ptr<QuestionStream>> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu
