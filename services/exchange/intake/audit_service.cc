#include "services/exchange/intake/audit_service.h"

#include <utility>

#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/unknown_fields.h"
#include "services/exchange/intake/callers.h"

namespace chuanyu::exchange {

AuditService::AuditService(std::string own_region, Journal& journal, Pipeline& pipeline, Refusals& refusals)
    : own_region_(std::move(own_region)), journal_(journal), pipeline_(pipeline), refusals_(refusals) {}

grpc::ServerUnaryReactor* AuditService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                      const v1::GetCheckpointRequest* request,
                                                      v1::GetCheckpointResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  Submitter who;
  absl::Status status = AuthoriseCaller(*context, own_region_, rpc::CallerRole::kAuditor, &who).status();
  if (status.ok()) status = rpc::RejectUnknownFields(*request);
  if (!status.ok()) {
    refusals_.Record(who, "", {}, status);
    reactor->Finish(rpc::ToGrpc(status));
    return reactor;
  }
  Draft draft;
  draft.record.set_kind(v1::RECORD_KIND_EVIDENCE_READ);
  draft.record.set_from_region(who.region);
  draft.record.set_actor(who.system);
  draft.record.set_actor_role(v1::ROLE_AUDITOR);
  draft.record.set_note("CHECKPOINT");
  WorkGroup group;
  group.drafts.push_back(std::move(draft));
  group.done = [this, reactor, response](const Outcome& outcome) {
    if (!outcome.status.ok()) return reactor->Finish(rpc::ToGrpc(outcome.status));
    const absl::StatusOr<SignedCheckpoint> latest = journal_.SignedLatest();
    if (latest.ok()) response->set_note(latest->note);
    reactor->Finish(rpc::ToGrpc(latest.status()));
  };
  pipeline_.Submit(std::move(group));
  return reactor;
}

}  // namespace chuanyu::exchange
