// disability.toml: what every case service has, and the file with the region's amounts.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"

namespace chuanyu::disability {

struct ServiceConfig : CaseConfig {
  std::string standards;  // file of amounts, [policy] standards; deploy/demo/disability-standards.toml's form
};

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::disability
