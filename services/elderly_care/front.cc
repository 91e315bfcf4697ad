#include "services/elderly_care/front.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/elderly_care/rules/change.h"
#include "services/elderly_care/watch_calls.h"

namespace chuanyu::elderly_care {

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const Caller& caller)> work) {
  return RunForSystem(context, request, deps_.desk.own_region(), deps_.watching.workers, std::move(work));
}

grpc::ServerUnaryReactor* Front::CreateFiling(grpc::CallbackServerContext* context,
                                              const v1::CreateFilingRequest* request,
                                              v1::CreateFilingResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Filing created, deps_.filings.Create(caller, *request));
    *response->mutable_filing() = BasicOf(created);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetFiling(grpc::CallbackServerContext* context,
                                           const v1::GetFilingRequest* request,
                                           v1::GetFilingResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Filing found,
                             deps_.filings.Get(caller.org, request->application_no()));
    *response->mutable_filing() = request->view() == v1::FILING_VIEW_FULL ? found : BasicOf(found);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListFilings(grpc::CallbackServerContext* context,
                                             const v1::ListFilingsRequest* request,
                                             v1::ListFilingsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.filings.List(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchFilingResponse>* Front::WatchFiling(grpc::CallbackServerContext* context,
                                                                      const v1::WatchFilingRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.desk.own_region());
  if (!caller.ok()) return new RefusedWatching<v1::WatchFilingResponse>(caller.status());
  return FilingWatch::Start(std::make_shared<FilingWatch>(deps_.watching, deps_.desk, deps_.filings,
                                                          std::move(caller->org), request->application_no()));
}

grpc::ServerUnaryReactor* Front::PerformStep(grpc::CallbackServerContext* context,
                                             const v1::PerformStepRequest* request,
                                             v1::PerformStepResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Filing after, deps_.filings.Perform(caller, *request));
    *response->mutable_filing() = BasicOf(after);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ChangeFiling(grpc::CallbackServerContext* context,
                                              const v1::ChangeFilingRequest* request,
                                              v1::ChangeFilingResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Filing after, deps_.filings.Change(caller, *request));
    *response->mutable_filing() = BasicOf(after);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::EndFiling(grpc::CallbackServerContext* context,
                                           const v1::EndFilingRequest* request,
                                           v1::EndFilingResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Filing after, deps_.filings.End(caller, *request));
    *response->mutable_filing() = BasicOf(after);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::RecordUnfiled(grpc::CallbackServerContext* context,
                                               const v1::RecordUnfiledRequest* request,
                                               v1::RecordUnfiledResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_found(), deps_.unfiled.Record(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ActOnUnfiled(grpc::CallbackServerContext* context,
                                              const v1::ActOnUnfiledRequest* request,
                                              v1::ActOnUnfiledResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_found(), deps_.unfiled.Act(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListUnfiled(grpc::CallbackServerContext* context,
                                             const v1::ListUnfiledRequest* request,
                                             v1::ListUnfiledResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.unfiled.List(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListInstitutions(grpc::CallbackServerContext* context,
                                                  const v1::ListInstitutionsRequest* request,
                                                  v1::ListInstitutionsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller&) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.map.List(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::SubscribeMap(grpc::CallbackServerContext* context,
                                              const v1::SubscribeMapRequest* request,
                                              v1::SubscribeMapResponse*) {
  return Run(context, *request, [this, request](const Caller& caller) -> absl::Status {
    if (FindOffice(deps_.desk.config().offices, caller.org) == nullptr) return MakeError(Reason::ROLE_DENIED);
    return deps_.map.Subscribe(*request);
  });
}

grpc::ServerWriteReactor<v1::WatchInstitutionsResponse>* Front::WatchInstitutions(
    grpc::CallbackServerContext* context, const v1::WatchInstitutionsRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.desk.own_region());
  if (!caller.ok()) return new RefusedWatching<v1::WatchInstitutionsResponse>(caller.status());
  return MapWatch::Start(std::make_shared<MapWatch>(deps_.watching, deps_.map, request->after_sequence()));
}

grpc::ServerUnaryReactor* Front::CheckStatus(grpc::CallbackServerContext* context,
                                             const v1::CheckStatusRequest* request,
                                             v1::CheckStatusResponse* response) {
  return BeginForSystem(
      context, *request, deps_.desk.own_region(), deps_.watching.workers,
      [this, request, response](const Caller&, std::function<void(const absl::Status&)> done) {
        deps_.map.Check(*request,
                        [response, done = std::move(done)](absl::StatusOr<v1::CheckStatusResponse> answer) {
                          const absl::Status status = answer.status();
                          if (status.ok()) *response = *std::move(answer);
                          done(status);
                        });
      });
}

}  // namespace chuanyu::elderly_care
