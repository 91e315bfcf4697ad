// chuanyu.elderly_care.v1.ElderlyCare: what systems of this region ask. Every handler admits the caller (role
// system, own region) first and hands blocking work to the worker pool.
//
// Shutdown order: CaseRuntime::Stop, then the front.
#pragma once

#include <functional>

#include "chuanyu/elderly_care/v1/elderly_care.grpc.pb.h"
#include "common/service/calls.h"
#include "common/service/watching.h"
#include "services/elderly_care/filings.h"
#include "services/elderly_care/map.h"

namespace chuanyu::elderly_care {

struct FrontDeps {
  const Desk& desk;
  Filings& filings;
  const Map& map;
  const Unfiled& unfiled;
  WatchingDeps watching;
};

class Front final : public v1::ElderlyCare::CallbackService {
 public:
  explicit Front(const FrontDeps& deps) : deps_(deps) {}

  grpc::ServerUnaryReactor* CreateFiling(grpc::CallbackServerContext* context,
                                         const v1::CreateFilingRequest* request,
                                         v1::CreateFilingResponse* response) override;
  grpc::ServerUnaryReactor* GetFiling(grpc::CallbackServerContext* context,
                                      const v1::GetFilingRequest* request,
                                      v1::GetFilingResponse* response) override;
  grpc::ServerUnaryReactor* ListFilings(grpc::CallbackServerContext* context,
                                        const v1::ListFilingsRequest* request,
                                        v1::ListFilingsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchFilingResponse>* WatchFiling(
      grpc::CallbackServerContext* context, const v1::WatchFilingRequest* request) override;
  grpc::ServerUnaryReactor* PerformStep(grpc::CallbackServerContext* context,
                                        const v1::PerformStepRequest* request,
                                        v1::PerformStepResponse* response) override;
  grpc::ServerUnaryReactor* ChangeFiling(grpc::CallbackServerContext* context,
                                         const v1::ChangeFilingRequest* request,
                                         v1::ChangeFilingResponse* response) override;
  grpc::ServerUnaryReactor* EndFiling(grpc::CallbackServerContext* context,
                                      const v1::EndFilingRequest* request,
                                      v1::EndFilingResponse* response) override;
  grpc::ServerUnaryReactor* RecordUnfiled(grpc::CallbackServerContext* context,
                                          const v1::RecordUnfiledRequest* request,
                                          v1::RecordUnfiledResponse* response) override;
  grpc::ServerUnaryReactor* ActOnUnfiled(grpc::CallbackServerContext* context,
                                         const v1::ActOnUnfiledRequest* request,
                                         v1::ActOnUnfiledResponse* response) override;
  grpc::ServerUnaryReactor* ListUnfiled(grpc::CallbackServerContext* context,
                                        const v1::ListUnfiledRequest* request,
                                        v1::ListUnfiledResponse* response) override;
  grpc::ServerUnaryReactor* ListInstitutions(grpc::CallbackServerContext* context,
                                             const v1::ListInstitutionsRequest* request,
                                             v1::ListInstitutionsResponse* response) override;
  grpc::ServerUnaryReactor* SubscribeMap(grpc::CallbackServerContext* context,
                                         const v1::SubscribeMapRequest* request,
                                         v1::SubscribeMapResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchInstitutionsResponse>* WatchInstitutions(
      grpc::CallbackServerContext* context, const v1::WatchInstitutionsRequest* request) override;
  grpc::ServerUnaryReactor* CheckStatus(grpc::CallbackServerContext* context,
                                        const v1::CheckStatusRequest* request,
                                        v1::CheckStatusResponse* response) override;

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const Caller& caller)> work);

  const FrontDeps deps_;
};

}  // namespace chuanyu::elderly_care
