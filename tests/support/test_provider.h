// A FamilyEconomyProvider inside the test, for what concerns the exchange alone: it counts how often each
// request came, and can be told to fail or to hold. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "chuanyu/family_economy/v1/provider.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/rpc/server.h"
#include "tests/support/world.h"

namespace chuanyu::testing {

class TestProvider final : public family_economy::v1::FamilyEconomyProvider::Service {
 public:
  // Serves on the region's provider socket; aborts when it cannot.
  TestProvider(const World& world, const Region& region);
  ~TestProvider() override;

  // Every call fails with this from now on; OK takes it back.
  void FailWith(const grpc::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Calls by chuanyu-request-id. An effect is the first call of an id; repeats return the stored answer.
  std::map<std::string, int> calls() const ABSL_LOCKS_EXCLUDED(mu_);

  grpc::Status QueryStatus(grpc::ServerContext* context,
                           const family_economy::v1::QueryStatusRequest* request,
                           family_economy::v1::QueryStatusResponse* response) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable Mutex mu_;
  grpc::Status failure_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> calls_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace chuanyu::testing
