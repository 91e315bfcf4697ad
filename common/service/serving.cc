#include "common/service/serving.h"

#include "common/base/status_macros.h"
#include "common/service/ready_file.h"

namespace chuanyu {

absl::StatusOr<std::unique_ptr<Serving>> Serving::Start(const CommonConfig& config,
                                                        const std::vector<grpc::Service*>& front,
                                                        const std::vector<grpc::Service*>& provider,
                                                        const Metrics& metrics, QuestionServer* questions) {
  std::unique_ptr<Serving> serving(new Serving());
  serving->questions_ = questions;
  std::vector<grpc::Service*> answering = provider;
  if (questions != nullptr) {
    CHUANYU_RETURN_IF_ERROR(questions->CheckComplete());
    answering.push_back(questions);
  }
  CHUANYU_ASSIGN_OR_RETURN(
      serving->provider_,
      rpc::Server::Start({.listen = config.provider_listen, .tls = config.tls}, answering));
  CHUANYU_ASSIGN_OR_RETURN(serving->front_,
                           rpc::Server::Start({.listen = config.front_listen, .tls = config.tls}, front));
  if (!config.metrics_listen.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(serving->metrics_, MetricsServer::Start(config.metrics_listen, metrics));
  }
  if (config.ready_file.empty()) return serving;
  CHUANYU_RETURN_IF_ERROR(WriteReadyFile(
      config.ready_file, {.front_listen = serving->front_->addresses(),
                          .provider_listen = serving->provider_->addresses(),
                          .metrics_port = serving->metrics_ == nullptr ? 0 : serving->metrics_->port()}));
  return serving;
}

void Serving::Shutdown(absl::Duration grace) {
  front_->Shutdown(grace);
  if (questions_ != nullptr) questions_->Close();
  provider_->Shutdown(grace);
}

}  // namespace chuanyu
