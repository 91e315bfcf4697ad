// chuanyu.exchange.v1.Operations, for operators of this region. Shows no personal data: the tracker has none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "chuanyu/exchange/v1/operations.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "services/exchange/intake/refusals.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class OperationsService final : public v1::Operations::CallbackService {
 public:
  // One line per peer; must not block for long.
  using Links = std::function<std::vector<v1::LinkStatus>()>;

  OperationsService(std::string own_region, Journal& journal, Tracker& tracker, WorkerPool& workers,
                    Refusals& refusals, const Clock& clock, Links links);

  grpc::ServerUnaryReactor* InspectRequest(grpc::CallbackServerContext* context,
                                           const v1::InspectRequestRequest* request,
                                           v1::InspectRequestResponse* response) override;
  grpc::ServerUnaryReactor* GetOverview(grpc::CallbackServerContext* context,
                                        const v1::GetOverviewRequest* request,
                                        v1::GetOverviewResponse* response) override;

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request, std::function<absl::Status()> work);
  absl::Status Inspect(const std::string& request_id, v1::RequestView& view);
  absl::Status Overview(v1::GetOverviewResponse& response);

  const std::string own_region_;
  Journal& journal_;
  Tracker& tracker_;
  WorkerPool& workers_;
  Refusals& refusals_;
  const Clock& clock_;
  const Links links_;
};

}  // namespace chuanyu::exchange
