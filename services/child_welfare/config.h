// child-welfare.toml: what every case service has, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"
#include "common/merkle/note_key.h"

namespace chuanyu::child_welfare {

using ServiceConfig = CaseConfig;

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

// The keys that sign recognitions.
absl::StatusOr<std::vector<merkle::NoteSigner>> LoadRecognitionSigners(const ServiceConfig& config);

}  // namespace chuanyu::child_welfare
