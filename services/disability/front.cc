#include "services/disability/front.h"

#include <memory>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"

namespace chuanyu::disability {

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const Caller& caller)> work) {
  return RunForSystem(context, request, deps_.own_region, deps_.watching.workers, std::move(work));
}

grpc::ServerUnaryReactor* Front::CreateApplication(grpc::CallbackServerContext* context,
                                                   const v1::CreateApplicationRequest* request,
                                                   v1::CreateApplicationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_application(), deps_.applications.Create(caller, *request));
    const auto materials = deps_.applications.MaterialsOf(request->application(), response->application());
    *response->mutable_materials() = {materials.begin(), materials.end()};
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetApplication(grpc::CallbackServerContext* context,
                                                const v1::GetApplicationRequest* request,
                                                v1::GetApplicationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Application found,
                             deps_.applications.Get(caller.org, request->application_no()));
    *response->mutable_application() =
        deps_.applications.View(found, request->view() == v1::APPLICATION_VIEW_FULL);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListApplications(grpc::CallbackServerContext* context,
                                                  const v1::ListApplicationsRequest* request,
                                                  v1::ListApplicationsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.applications.List(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchApplicationResponse>* Front::WatchApplication(
    grpc::CallbackServerContext* context, const v1::WatchApplicationRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.own_region);
  if (!caller.ok()) return new RefusedWatching<v1::WatchApplicationResponse>(caller.status());
  return CaseWatch<Messages>::Start(std::make_shared<CaseWatch<Messages>>(
      deps_.watching, deps_.applications, std::move(caller->org), request->application_no()));
}

grpc::ServerUnaryReactor* Front::PerformStep(grpc::CallbackServerContext* context,
                                             const v1::PerformStepRequest* request,
                                             v1::PerformStepResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_application(), deps_.applications.Perform(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetGrant(grpc::CallbackServerContext* context,
                                          const v1::GetGrantRequest* request,
                                          v1::GetGrantResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.grants.Get(caller.org, request->grant_no()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ChangeGrant(grpc::CallbackServerContext* context,
                                             const v1::ChangeGrantRequest* request,
                                             v1::ChangeGrantResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_grant(), deps_.grants.Change(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::MoveGrants(grpc::CallbackServerContext* context,
                                            const v1::MoveGrantsRequest* request,
                                            v1::MoveGrantsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.moves.Move(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::QueryBenefits(grpc::CallbackServerContext* context,
                                               const v1::QueryBenefitsRequest* request,
                                               v1::QueryBenefitsResponse* response) {
  return BeginForSystem(
      context, *request, deps_.own_region, deps_.watching.workers,
      [this, request, response](const Caller&, std::function<void(const absl::Status&)> done) {
        deps_.query.Ask(*request,
                        [response, done = std::move(done)](absl::StatusOr<v1::QueryBenefitsResponse> answer) {
                          const absl::Status status = answer.status();
                          if (status.ok()) *response = *std::move(answer);
                          done(status);
                        });
      });
}

grpc::ServerUnaryReactor* Front::StartComparison(grpc::CallbackServerContext* context,
                                                 const v1::StartComparisonRequest* request,
                                                 v1::StartComparisonResponse*) {
  return Run(context, *request,
             [this, request](const Caller& caller) { return deps_.comparisons.Start(caller, *request); });
}

grpc::ServerUnaryReactor* Front::GetComparison(grpc::CallbackServerContext* context,
                                               const v1::GetComparisonRequest* request,
                                               v1::GetComparisonResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.comparisons.Get(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::RecordRecovery(grpc::CallbackServerContext* context,
                                                const v1::RecordRecoveryRequest* request,
                                                v1::RecordRecoveryResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_recovery(), deps_.recoveries.Record(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListRecoveries(grpc::CallbackServerContext* context,
                                                const v1::ListRecoveriesRequest* request,
                                                v1::ListRecoveriesResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.recoveries.List(caller, *request));
    return absl::OkStatus();
  });
}

}  // namespace chuanyu::disability
