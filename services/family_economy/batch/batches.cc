#include "services/family_economy/batch/batches.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/calls.h"
#include "services/family_economy/batch/lines.h"
#include "services/family_economy/batch/submit_call.h"
#include "services/family_economy/batch/watch_batch_call.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/review_schedule.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 1'000;

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0 || asked > kLargestPage) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_size", .detail = "not 0 to 1,000"});
  }
  return asked == 0 ? kDefaultPage : asked;
}

absl::Status CheckDisposition(const v1::SetWarningDispositionRequest& request) {
  if (request.disposition() == v1::WARNING_DISPOSITION_UNSPECIFIED ||
      !v1::WarningDisposition_IsValid(request.disposition())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "disposition", .detail = "missing or unknown"});
  }
  // PIPL §24: a named person, never the machine alone.
  if (!IsReference(request.officer())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "officer", .detail = "missing or malformed"});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Batch> ViewOf(BatchStore& store, const StoredBatch& batch, absl::Time now) {
  v1::Batch out;
  *out.mutable_manifest() = batch.manifest;
  out.set_state(batch.state);
  out.set_outcome(batch.outcome);
  out.set_version(batch.version);
  out.set_chunks_stored(batch.chunks);
  CHUANYU_ASSIGN_OR_RETURN(*out.mutable_counts(), store.Counts(batch.seq));
  CHUANYU_ASSIGN_OR_RETURN(const Date as_of, ParseDate(batch.manifest.as_of().value()));
  out.mutable_next_due_date()->set_value(FormatDate(NextReview(as_of, as_of, batch.manifest.tier())));
  *out.mutable_create_time() = TimestampOf(batch.created);
  if (batch.started == absl::InfinitePast()) return out;
  *out.mutable_start_time() = TimestampOf(batch.started);
  const bool over = batch.ended != absl::InfinitePast();
  if (over) *out.mutable_end_time() = TimestampOf(batch.ended);
  const double seconds = absl::ToDoubleSeconds((over ? batch.ended : now) - batch.started);
  const auto checked = static_cast<double>(out.counts().ok() + out.counts().error());
  if (seconds > 0) out.set_lines_per_second(checked / seconds);
  return out;
}

void Batches::Drain() {
  deps_.draining->store(true);
  deps_.watchers.NotifyAll();
}

grpc::ServerUnaryReactor* Batches::Run(grpc::CallbackServerContext* context,
                                       const google::protobuf::Message& request,
                                       std::function<absl::Status(const std::string& org)> work) {
  return RunForSystem(context, request, deps_.own_region, deps_.workers,
                      [work = std::move(work)](const Caller& caller) { return work(caller.org); });
}

grpc::ServerReadReactor<v1::SubmitBatchRequest>* Batches::SubmitBatch(grpc::CallbackServerContext* context,
                                                                      v1::SubmitBatchResponse* response) {
  // The chunks are looked at as they come.
  return SubmitCall::Start(deps_, AdmitSystem(*context, deps_.own_region), response);
}

grpc::ServerUnaryReactor* Batches::GetBatch(grpc::CallbackServerContext* context,
                                            const v1::GetBatchRequest* request,
                                            v1::GetBatchResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org, request->batch_no()));
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_batch(), ViewOf(deps_.store, batch, deps_.clock.Now()));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchBatchResponse>* Batches::WatchBatch(grpc::CallbackServerContext* context,
                                                                      const v1::WatchBatchRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.own_region);
  if (!caller.ok()) return new RefusedWatching<v1::WatchBatchResponse>(caller.status());
  return WatchBatchCall::Start(
      std::make_shared<WatchBatchCall>(deps_, std::move(caller->org), request->batch_no()));
}

grpc::ServerUnaryReactor* Batches::ListBatchResults(grpc::CallbackServerContext* context,
                                                    const v1::ListBatchResultsRequest* request,
                                                    v1::ListBatchResultsResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    if (request->outcome() == v1::LINE_OUTCOME_UNSPECIFIED || !v1::LineOutcome_IsValid(request->outcome())) {
      return MakeError(Reason::BAD_REQUEST, {.field = "outcome", .detail = "missing or unknown"});
    }
    CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request->page_size()));
    CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org, request->batch_no()));
    CHUANYU_ASSIGN_OR_RETURN(BatchStore::ResultPage page,
                             deps_.store.Results(batch.seq, request->outcome(), size, request->page_token()));
    for (v1::BatchLineResult& line : page.results) *response->add_results() = std::move(line);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Batches::ListBatchWarnings(grpc::CallbackServerContext* context,
                                                     const v1::ListBatchWarningsRequest* request,
                                                     v1::ListBatchWarningsResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request->page_size()));
    CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org, request->batch_no()));
    CHUANYU_ASSIGN_OR_RETURN(
        BatchStore::WarningPage page,
        deps_.store.Warnings(batch.seq, request->disposition(), size, request->page_token()));
    for (v1::BatchWarning& warning : page.warnings) *response->add_warnings() = std::move(warning);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Batches::SetWarningDisposition(grpc::CallbackServerContext* context,
                                                         const v1::SetWarningDispositionRequest* request,
                                                         v1::SetWarningDispositionResponse* response) {
  return Run(context, *request, [this, request, response](const std::string& org) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(CheckDisposition(*request));
    CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org, request->batch_no()));
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_warning(), deps_.store.SetDisposition(batch.seq, *request));
    return absl::OkStatus();
  });
}

}  // namespace chuanyu::family_economy
