// chuanyu.child_welfare.v1.ChildWelfare: what systems of this region ask. Every handler admits the caller
// (role system, own region) first and hands blocking work to the worker pool.
//
// Shutdown order: CaseRuntime::Stop, then the front.
#pragma once

#include <functional>
#include <string>

#include "chuanyu/child_welfare/v1/child_welfare.grpc.pb.h"
#include "common/service/calls.h"
#include "common/service/watching.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/recognitions.h"
#include "services/child_welfare/status_acts.h"

namespace chuanyu::child_welfare {

struct FrontDeps {
  Applications& applications;
  StatusActs& acts;
  Recognitions& recognitions;
  WatchingDeps watching;
  std::string own_region;
};

class Front final : public v1::ChildWelfare::CallbackService {
 public:
  explicit Front(const FrontDeps& deps) : deps_(deps) {}

  grpc::ServerUnaryReactor* CreateApplication(grpc::CallbackServerContext* context,
                                              const v1::CreateApplicationRequest* request,
                                              v1::CreateApplicationResponse* response) override;
  grpc::ServerUnaryReactor* GetApplication(grpc::CallbackServerContext* context,
                                           const v1::GetApplicationRequest* request,
                                           v1::GetApplicationResponse* response) override;
  grpc::ServerUnaryReactor* ListApplications(grpc::CallbackServerContext* context,
                                             const v1::ListApplicationsRequest* request,
                                             v1::ListApplicationsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchApplicationResponse>* WatchApplication(
      grpc::CallbackServerContext* context, const v1::WatchApplicationRequest* request) override;
  grpc::ServerUnaryReactor* PerformStep(grpc::CallbackServerContext* context,
                                        const v1::PerformStepRequest* request,
                                        v1::PerformStepResponse* response) override;
  grpc::ServerUnaryReactor* GetDetermination(grpc::CallbackServerContext* context,
                                             const v1::GetDeterminationRequest* request,
                                             v1::GetDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* EndDetermination(grpc::CallbackServerContext* context,
                                             const v1::EndDeterminationRequest* request,
                                             v1::EndDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* SuspendDetermination(grpc::CallbackServerContext* context,
                                                 const v1::SuspendDeterminationRequest* request,
                                                 v1::SuspendDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* ResumeDetermination(grpc::CallbackServerContext* context,
                                                const v1::ResumeDeterminationRequest* request,
                                                v1::ResumeDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* ReviewDetermination(grpc::CallbackServerContext* context,
                                                const v1::ReviewDeterminationRequest* request,
                                                v1::ReviewDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* StateOtherBenefits(grpc::CallbackServerContext* context,
                                               const v1::StateOtherBenefitsRequest* request,
                                               v1::StateOtherBenefitsResponse* response) override;
  grpc::ServerUnaryReactor* MoveDetermination(grpc::CallbackServerContext* context,
                                              const v1::MoveDeterminationRequest* request,
                                              v1::MoveDeterminationResponse* response) override;
  grpc::ServerUnaryReactor* CheckRecognition(grpc::CallbackServerContext* context,
                                             const v1::CheckRecognitionRequest* request,
                                             v1::CheckRecognitionResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchRecognitionsResponse>* WatchRecognitions(
      grpc::CallbackServerContext* context, const v1::WatchRecognitionsRequest* request) override;

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const Caller& caller)> work);

  const FrontDeps deps_;
};

}  // namespace chuanyu::child_welfare
