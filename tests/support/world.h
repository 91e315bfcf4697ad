// Two complete regions made of real processes: Chongqing 500000 and Sichuan 510000, each with its node, its
// family_economy service and its Redis, under a PKI of their own in a temporary folder.
//
//   World world;
//   ASSERT_TRUE(world.Start().ok());
//   auto front = FamilyEconomy::NewStub(world.cq().ToFront(kPlatform));
//
// Goes away with the object, and every process with it; CHUANYU_KEEP_WORLD=1 keeps the folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/test_pki.h"
#include "tests/support/region.h"

namespace chuanyu::testing {

// Identities in the world's PKI.
inline constexpr char kPlatform[] = "500000/county/platform";         // files household checks
inline constexpr char kOtherPlatform[] = "500000/county/other";       // another system of that organisation
inline constexpr char kForeignPlatform[] = "510000/county/platform";  // of the other region
inline constexpr char kExpiredPlatform[] = "500000/county/expired";
inline constexpr char kAuditor[] = "500000/audit/auditor";
inline constexpr char kUnknownSystem[] =
    "500000/unknown/system";                            // of another organisation; no policy names it
inline constexpr char kLoad[] = "500000/test/load";     // drives the exchange directly
inline constexpr char kSchool[] = "500000/edu/school";  // asks about statuses of children
inline constexpr char kOperator[] = "500000/ops/duty";
inline constexpr char kForeignOperator[] = "510000/ops/duty";

class World {
 public:
  explicit World(const WorldOptions& options = {});
  ~World();

  // Registers, then nodes, then services; returns when all serve.
  absl::Status Start();
  // SIGTERM to all; an error when one does not end cleanly.
  absl::Status Stop();
  // When it is, Asia/Shanghai, for the programs that start from now on; only with WorldOptions::at.
  void SetTime(absl::CivilSecond at);
  // Ends all programs and starts them again at another time.
  absl::Status MoveTo(absl::CivilSecond at);

  Region& cq() { return *regions_[0]; }
  Region& sc() { return *regions_[1]; }
  const rpc::TestPki& pki() const { return pki_; }
  const std::string& folder() const { return folder_; }

 private:
  absl::Status StartPrograms();

  const WorldOptions options_;
  const rpc::TestPki pki_;
  std::string folder_;
  std::vector<std::unique_ptr<Region>> regions_;
};

}  // namespace chuanyu::testing
