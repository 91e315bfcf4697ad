#include "services/exchange/intake/operations_service.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/unknown_fields.h"
#include "services/exchange/intake/callers.h"
#include "services/exchange/intake/views.h"

namespace chuanyu::exchange {

OperationsService::OperationsService(std::string own_region, Journal& journal, Tracker& tracker,
                                     WorkerPool& workers, Refusals& refusals, const Clock& clock, Links links)
    : own_region_(std::move(own_region)),
      journal_(journal),
      tracker_(tracker),
      workers_(workers),
      refusals_(refusals),
      clock_(clock),
      links_(std::move(links)) {}

grpc::ServerUnaryReactor* OperationsService::Run(grpc::CallbackServerContext* context,
                                                 const google::protobuf::Message& request,
                                                 std::function<absl::Status()> work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  Submitter who;
  absl::Status status = AuthoriseCaller(*context, own_region_, rpc::CallerRole::kOperator, &who).status();
  if (status.ok()) status = rpc::RejectUnknownFields(request);
  if (!status.ok()) {
    refusals_.Record(who, "", {}, status);
    reactor->Finish(rpc::ToGrpc(status));
    return reactor;
  }
  const bool posted =
      workers_.Post([reactor, work = std::move(work)] { reactor->Finish(rpc::ToGrpc(work())); });
  if (!posted) reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the node is overloaded"})));
  return reactor;
}

grpc::ServerUnaryReactor* OperationsService::InspectRequest(grpc::CallbackServerContext* context,
                                                            const v1::InspectRequestRequest* request,
                                                            v1::InspectRequestResponse* response) {
  return Run(context, *request,
             [=, this] { return Inspect(request->request_id(), *response->mutable_request()); });
}

grpc::ServerUnaryReactor* OperationsService::GetOverview(grpc::CallbackServerContext* context,
                                                         const v1::GetOverviewRequest* request,
                                                         v1::GetOverviewResponse* response) {
  return Run(context, *request, [=, this] { return Overview(*response); });
}

absl::Status OperationsService::Inspect(const std::string& request_id, v1::RequestView& view) {
  if (!IsUuidV7(request_id))
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not a UUIDv7"});
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<TrackedRequest> request, tracker_.Get(request_id));
  if (!request) return MakeError(Reason::CASE_NOT_FOUND, {.field = "request_id"});
  view = ToView(*request);
  return absl::OkStatus();
}

absl::Status OperationsService::Overview(v1::GetOverviewResponse& response) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StateCount> counts, tracker_.Counts());
  const int64_t now_ms = clock_.NowMs();
  for (const StateCount& count : counts) {
    v1::StateCount& line = *response.add_counts();
    line.set_outbound(count.direction == Direction::kOut);
    line.set_state(ToProto(count.state));
    line.set_count(count.count);
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<OldestRequest> oldest,
                             tracker_.Oldest(count.direction, count.state));
    if (oldest) line.set_oldest_age_ms(std::max<int64_t>(0, now_ms - oldest->submitted_ms));
  }
  for (v1::LinkStatus& link : links_()) *response.add_links() = std::move(link);
  response.set_journal_size(journal_.Latest().size);
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
