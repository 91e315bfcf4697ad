// chuanyu.disability.v1.Disability: what systems of this region ask. Every handler admits the caller (role
// system, own region) first and hands blocking work to the worker pool.
//
// Shutdown order: CaseRuntime::Stop, then the front.
#pragma once

#include <functional>
#include <string>

#include "chuanyu/disability/v1/disability.grpc.pb.h"
#include "common/case_service/case_watch.h"
#include "common/service/calls.h"
#include "services/disability/applications.h"
#include "services/disability/comparisons.h"
#include "services/disability/grant_moves.h"
#include "services/disability/recoveries.h"
#include "services/disability/status_query.h"

namespace chuanyu::disability {

struct FrontDeps {
  Applications& applications;
  const Grants& grants;
  const GrantMoves& moves;
  const Comparisons& comparisons;
  const Recoveries& recoveries;
  const StatusQuery& query;
  WatchingDeps watching;
  std::string own_region;
};

class Front final : public v1::Disability::CallbackService {
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
  grpc::ServerUnaryReactor* GetGrant(grpc::CallbackServerContext* context, const v1::GetGrantRequest* request,
                                     v1::GetGrantResponse* response) override;
  grpc::ServerUnaryReactor* ChangeGrant(grpc::CallbackServerContext* context,
                                        const v1::ChangeGrantRequest* request,
                                        v1::ChangeGrantResponse* response) override;
  grpc::ServerUnaryReactor* MoveGrants(grpc::CallbackServerContext* context,
                                       const v1::MoveGrantsRequest* request,
                                       v1::MoveGrantsResponse* response) override;
  grpc::ServerUnaryReactor* QueryBenefits(grpc::CallbackServerContext* context,
                                          const v1::QueryBenefitsRequest* request,
                                          v1::QueryBenefitsResponse* response) override;
  grpc::ServerUnaryReactor* StartComparison(grpc::CallbackServerContext* context,
                                            const v1::StartComparisonRequest* request,
                                            v1::StartComparisonResponse* response) override;
  grpc::ServerUnaryReactor* GetComparison(grpc::CallbackServerContext* context,
                                          const v1::GetComparisonRequest* request,
                                          v1::GetComparisonResponse* response) override;
  grpc::ServerUnaryReactor* RecordRecovery(grpc::CallbackServerContext* context,
                                           const v1::RecordRecoveryRequest* request,
                                           v1::RecordRecoveryResponse* response) override;
  grpc::ServerUnaryReactor* ListRecoveries(grpc::CallbackServerContext* context,
                                           const v1::ListRecoveriesRequest* request,
                                           v1::ListRecoveriesResponse* response) override;

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const Caller& caller)> work);

  const FrontDeps deps_;
};

}  // namespace chuanyu::disability
