// What a caller does to one request besides submitting it: cancel it, answer it when it was deferred. Both
// look at the tracker and the journal and so block until their record is handed to the pipeline: call them on
// a worker. Thread-safe.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "services/exchange/intake/envelope.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class RequestActs {
 public:
  // True when this system is configured as the provider of the operation.
  using IsProvider = std::function<bool(const Submitter& caller, std::string_view operation)>;

  RequestActs(Journal& journal, Tracker& tracker, Pipeline& pipeline, IsProvider is_provider);

  // `request_id` of `caller`'s own; CASE_NOT_FOUND otherwise.
  absl::StatusOr<TrackedRequest> FindOwn(const Submitter& caller, std::string_view request_id) const;

  // State after the call. Idempotent; STATE_CONFLICT when there is an answer or another end.
  void Cancel(const Submitter& caller, std::string_view request_id,
              std::function<void(const absl::StatusOr<v1::RequestState>&)> done);

  // Journal index of the answer. A repeat with the same answer gets the first one's index,
  // IDEMPOTENCY_CONFLICT with another. POLICY_DENIED when the caller is not the provider of the operation,
  // STATE_CONFLICT when the request is neither deferred nor still with the provider (who may answer before
  // the node has noted the deferral).
  void AnswerDeferred(const Submitter& caller, const v1::AnswerDeferredRequest& answer,
                      std::function<void(const absl::StatusOr<uint64_t>&)> done);

 private:
  absl::StatusOr<uint64_t> FindSameAnswer(const TrackedRequest& request, const Draft& draft);
  absl::StatusOr<Draft> DraftFor(const TrackedRequest& request, v1::RecordKind kind, const Submitter& actor);

  Journal& journal_;
  Tracker& tracker_;
  Pipeline& pipeline_;
  const IsProvider is_provider_;
};

}  // namespace chuanyu::exchange
