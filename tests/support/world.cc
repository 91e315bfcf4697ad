#include "tests/support/world.h"

#include <signal.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"

namespace chuanyu::testing {

namespace {

std::vector<std::string> Identities(const WorldOptions& options) {
  std::vector<std::string> specs = {"500000/edu/school/system", "500000/county/other/system",
                                    "500000/county/expired/system/expired", "500000/unknown/system/system",
                                    "500000/test/load/system"};
  for (const std::string region : {"500000", "510000"}) {
    for (const char* one : {"exchange/node/node", "mzj/family-economy/system", "county/platform/system",
                            "ops/duty/operator", "audit/auditor/auditor", "zrzy/register/system"}) {
      specs.push_back(region + "/" + one);
    }
    for (const RegionService* service : options.services) {
      specs.push_back(region + "/mzj/" + service->system + "/system");
      for (const std::string& caller : service->callers) specs.push_back(region + "/" + caller + "/system");
    }
  }
  return specs;
}

}  // namespace

World::World(const WorldOptions& options) : options_(options), pki_(Identities(options)) {
  // A disk that is full must look to the children like one, not end them.
  signal(SIGXFSZ, SIG_IGN);
  folder_ = (std::filesystem::temp_directory_path() / "cy-world-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) {
    std::perror("World: no temporary folder");
    std::abort();
  }
  regions_.push_back(std::make_unique<Region>(folder_, "500000", "510000", pki_, options_));
  regions_.push_back(std::make_unique<Region>(folder_, "510000", "500000", pki_, options_));
  if (options_.at) SetTime(*options_.at);
  cq().WriteConfigs(sc().folder());
  sc().WriteConfigs(cq().folder());
}

World::~World() {
  regions_.clear();
  if (getenv("CHUANYU_KEEP_WORLD") == nullptr) {
    std::filesystem::remove_all(folder_);
  } else {
    std::fprintf(stderr, "World: kept %s\n", folder_.c_str());
  }
}

absl::Status World::Start() {
  CHUANYU_RETURN_IF_ERROR(cq().ExportTrust(sc().folder()));
  CHUANYU_RETURN_IF_ERROR(sc().ExportTrust(cq().folder()));
  if (options_.family_economy) {
    for (const auto& region : regions_) CHUANYU_RETURN_IF_ERROR(region->LoadRegisters());
  }
  return StartPrograms();
}

void World::SetTime(absl::CivilSecond at) {
  const absl::Duration ahead = absl::FromCivil(at, ChinaTime()) - absl::Now();
  for (const auto& region : regions_) region->SetAhead(ahead);
}

absl::Status World::MoveTo(absl::CivilSecond at) {
  CHUANYU_RETURN_IF_ERROR(Stop());
  SetTime(at);
  return StartPrograms();
}

absl::Status World::StartPrograms() {
  for (const auto& region : regions_) CHUANYU_RETURN_IF_ERROR(region->StartNode());
  for (const auto& region : regions_) {
    region->SetDepartmentMode("now");
    if (options_.departments) CHUANYU_RETURN_IF_ERROR(region->StartDepartment());
    if (options_.family_economy) CHUANYU_RETURN_IF_ERROR(region->StartFamilyEconomy());
    for (const RegionService* service : options_.services) {
      CHUANYU_RETURN_IF_ERROR(region->Start(*service));
    }
  }
  return absl::OkStatus();
}

absl::Status World::Stop() {
  for (const auto& region : regions_) CHUANYU_RETURN_IF_ERROR(region->Stop());
  return absl::OkStatus();
}

}  // namespace chuanyu::testing
