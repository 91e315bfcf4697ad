// marriage.toml: what every case service has, and nothing else.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"

namespace chuanyu::marriage {

using ServiceConfig = CaseConfig;

inline constexpr char kOfficer[] = "MARRIAGE_OFFICER";

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::marriage
