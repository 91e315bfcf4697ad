// child-welfare.toml, read strictly. Relative paths are meant from the folder of the file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/service_config.h"
#include "services/child_welfare/offices.h"

namespace chuanyu::child_welfare {

struct ServiceConfig : CommonConfig {
  std::string policy;        // folder: national.toml and <region>.toml
  std::string flow;          // file: deploy/policy/flows/child_welfare.toml
  std::string claim_key;     // file of 32 bytes, the same in all regions: blind indexes that cross the border
  std::string claim_key_id;  // as the regions call it
  std::string sign_ed25519;  // PEM files: sign recognitions; at least one of the two
  std::string sign_sm2;
  std::vector<Office> offices;
};

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::child_welfare
