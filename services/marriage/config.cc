#include "services/marriage/config.h"

namespace chuanyu::marriage {

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  return LoadCaseConfig(path, {.item = "marriage", .roles = {kOfficer}, .signs = "", .looks_up = true});
}

}  // namespace chuanyu::marriage
