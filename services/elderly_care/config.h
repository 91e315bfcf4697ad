// elderly-care.toml: what every case service has, and nothing else.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"

namespace chuanyu::elderly_care {

using ServiceConfig = CaseConfig;

// CONFIG_INVALID, naming file, line and key.
inline absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  return LoadCaseConfig(path, {.item = "elderly_care", .roles = {"WINDOW", "COUNTY"}, .signs = ""});
}

}  // namespace chuanyu::elderly_care
