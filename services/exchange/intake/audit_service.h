// chuanyu.exchange.v1.Audit, for auditors of this region. Whoever reads evidence leaves evidence: every call
// is journaled before it is answered.
#pragma once

#include <string>

#include "chuanyu/exchange/v1/audit.grpc.pb.h"
#include "services/exchange/intake/refusals.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/pipeline/pipeline.h"

namespace chuanyu::exchange {

class AuditService final : public v1::Audit::CallbackService {
 public:
  AuditService(std::string own_region, Journal& journal, Pipeline& pipeline, Refusals& refusals);

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;

 private:
  const std::string own_region_;
  Journal& journal_;
  Pipeline& pipeline_;
  Refusals& refusals_;
};

}  // namespace chuanyu::exchange
