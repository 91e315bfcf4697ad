#include "services/child_welfare/front.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/child_welfare/watch_calls.h"

namespace chuanyu::child_welfare {

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const Caller& caller)> work) {
  return RunForSystem(context, request, deps_.own_region, deps_.watching.workers, std::move(work));
}

grpc::ServerUnaryReactor* Front::CreateApplication(grpc::CallbackServerContext* context,
                                                   const v1::CreateApplicationRequest* request,
                                                   v1::CreateApplicationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Application created, deps_.applications.Create(caller, *request));
    *response->mutable_application() = created;
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
  return ApplicationWatch::Start(std::make_shared<ApplicationWatch>(
      deps_.watching, deps_.applications, std::move(caller->org), request->application_no()));
}

grpc::ServerUnaryReactor* Front::PerformStep(grpc::CallbackServerContext* context,
                                             const v1::PerformStepRequest* request,
                                             v1::PerformStepResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Application after, deps_.applications.Perform(caller, *request));
    *response->mutable_application() = after;
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetDetermination(grpc::CallbackServerContext* context,
                                                  const v1::GetDeterminationRequest* request,
                                                  v1::GetDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.acts.Get(caller.org, request->determination_no()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::EndDetermination(grpc::CallbackServerContext* context,
                                                  const v1::EndDeterminationRequest* request,
                                                  v1::EndDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(), deps_.acts.End(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::SuspendDetermination(grpc::CallbackServerContext* context,
                                                      const v1::SuspendDeterminationRequest* request,
                                                      v1::SuspendDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(), deps_.acts.Suspend(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ResumeDetermination(grpc::CallbackServerContext* context,
                                                     const v1::ResumeDeterminationRequest* request,
                                                     v1::ResumeDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(), deps_.acts.Resume(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ReviewDetermination(grpc::CallbackServerContext* context,
                                                     const v1::ReviewDeterminationRequest* request,
                                                     v1::ReviewDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(), deps_.acts.Review(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::StateOtherBenefits(grpc::CallbackServerContext* context,
                                                    const v1::StateOtherBenefitsRequest* request,
                                                    v1::StateOtherBenefitsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(),
                             deps_.acts.StateOtherBenefits(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::MoveDetermination(grpc::CallbackServerContext* context,
                                                   const v1::MoveDeterminationRequest* request,
                                                   v1::MoveDeterminationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_determination(), deps_.acts.Move(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::CheckRecognition(grpc::CallbackServerContext* context,
                                                  const v1::CheckRecognitionRequest* request,
                                                  v1::CheckRecognitionResponse* response) {
  return BeginForSystem(
      context, *request, deps_.own_region, deps_.watching.workers,
      [this, request, response](const Caller& caller, std::function<void(const absl::Status&)> done) {
        deps_.recognitions.Check(
            caller.org, *request,
            [response, done = std::move(done)](absl::StatusOr<v1::CheckRecognitionResponse> answer) {
              const absl::Status status = answer.status();
              if (status.ok()) *response = *std::move(answer);
              done(status);
            });
      });
}

grpc::ServerWriteReactor<v1::WatchRecognitionsResponse>* Front::WatchRecognitions(
    grpc::CallbackServerContext* context, const v1::WatchRecognitionsRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.own_region);
  if (!caller.ok()) return new RefusedWatching<v1::WatchRecognitionsResponse>(caller.status());
  return RecognitionWatch::Start(std::make_shared<RecognitionWatch>(
      deps_.watching, deps_.recognitions, std::move(caller->org), request->after_sequence()));
}

}  // namespace chuanyu::child_welfare
