#include "tests/support/test_provider.h"

#include <cstdio>
#include <cstdlib>

namespace chuanyu::testing {

TestProvider::TestProvider(const World& world, const Region& region) {
  auto server = rpc::Server::Start(
      {.listen = {region.provider_target()}, .tls = world.pki().Files(region.code() + "/mzj/family-economy")},
      {this});
  if (!server.ok()) {
    std::fprintf(stderr, "TestProvider: %s\n", std::string(server.status().message()).c_str());
    std::abort();
  }
  server_ = *std::move(server);
}

TestProvider::~TestProvider() { server_->Shutdown(absl::ZeroDuration()); }

void TestProvider::FailWith(const grpc::Status& status) {
  const MutexLock lock(mu_);
  failure_ = status;
}

std::map<std::string, int> TestProvider::calls() const {
  const MutexLock lock(mu_);
  return calls_;
}

grpc::Status TestProvider::QueryStatus(grpc::ServerContext* context,
                                       const family_economy::v1::QueryStatusRequest* request,
                                       family_economy::v1::QueryStatusResponse* response) {
  const auto id = context->client_metadata().find("chuanyu-request-id");
  if (id == context->client_metadata().end())
    return {grpc::StatusCode::INVALID_ARGUMENT, "no chuanyu-request-id"};
  const MutexLock lock(mu_);
  if (!failure_.ok()) return failure_;
  ++calls_[std::string(id->second.begin(), id->second.end())];
  for (const int data_class : request->classes()) {
    family_economy::v1::ClassResult& result = *response->add_results();
    result.set_data_class(static_cast<family_economy::v1::DataClass>(data_class));
    result.set_state(family_economy::v1::RESULT_STATE_NO_HIT);
  }
  context->AddTrailingMetadata("chuanyu-fields", "from_month,region,type");
  return grpc::Status::OK;
}

}  // namespace chuanyu::testing
