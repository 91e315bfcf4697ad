// FamilyEconomyProvider: what this region answers to others, to its own exchange node only. Registers block,
// so questions run on a few threads of the provider's own with a bounded queue; one too many is told to come
// back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/provider.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/service/calls.h"
#include "common/service/question_server.h"
#include "services/family_economy/answer_store.h"
#include "services/family_economy/batch/match_answerer.h"
#include "services/family_economy/registers/own_registers.h"
#include "services/family_economy/sources/source_desk.h"

namespace chuanyu::family_economy {

class Provider final : public v1::FamilyEconomyProvider::CallbackService {
 public:
  struct Options {
    std::string region;                // 6 digits; the node's certificate must be of it
    size_t threads = 4;                // as many as a pool has sessions: more would wait for one
    size_t max_queued = 1024;          // a node runs at most so many requests at once
    MatchAnswerer* matches = nullptr;  // outlives the provider; without it MatchPersons is KEY_UNKNOWN
    SourceDesk* desk = nullptr;        // outlives the provider; asks departments' servers
    // Runs for a question of a check, not of a batch, in one transaction with `then`: the kinds of check that
    // are open here about the same person, each of which learns of the other region's.
    using Then =
        absl::FunctionRef<absl::Status(sql::Session&, const std::vector<v1::VerificationType>& open)>;
    std::function<absl::Status(const ProviderCall& call, const v1::QueryStatusRequest& question, Then then)>
        meet = nullptr;
    // Another region's checks are over; well-formed.
    std::function<absl::Status(const std::string& from_region, const v1::TellCheckEndsRequest& told)> ends =
        nullptr;
  };
  // What is referred to outlives the provider.
  Provider(const Options& options, const OwnRegisters& registers, AnswerStore& answers, const Clock& clock)
      : region_(options.region),
        matches_(options.matches),
        desk_(options.desk),
        meet_(options.meet),
        ends_(options.ends),
        registers_(registers),
        answers_(answers),
        clock_(clock),
        workers_(options.threads, options.max_queued) {}

  // Every method also over the node's stream.
  void AddTo(QuestionServer& questions);

  grpc::ServerUnaryReactor* QueryStatus(grpc::CallbackServerContext* context,
                                        const v1::QueryStatusRequest* question,
                                        v1::QueryStatusResponse* answer) override;
  grpc::ServerUnaryReactor* MatchPersons(grpc::CallbackServerContext* context,
                                         const v1::MatchPersonsRequest* question,
                                         v1::MatchPersonsResponse* answer) override;
  grpc::ServerUnaryReactor* TellCheckEnds(grpc::CallbackServerContext* context,
                                          const v1::TellCheckEndsRequest* told,
                                          v1::TellCheckEndsResponse* answer) override;

 private:
  // Nothing: departments have to answer, and the desk brings it to the node later.
  absl::StatusOr<std::optional<v1::QueryStatusResponse>> Answer(const ProviderCall& call,
                                                                const v1::QueryStatusRequest& question);
  // What the registers say, together with the checks that are open here; stored unless departments are to
  // answer still.
  absl::Status Complete(const ProviderCall& call, const v1::QueryStatusRequest& question,
                        v1::QueryStatusResponse* answer);

  const std::string region_;
  MatchAnswerer* const matches_;
  SourceDesk* const desk_;
  const decltype(Options::meet) meet_;
  const decltype(Options::ends) ends_;
  const OwnRegisters& registers_;
  AnswerStore& answers_;
  const Clock& clock_;
  WorkerPool workers_;  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::family_economy
