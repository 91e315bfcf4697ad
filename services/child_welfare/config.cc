#include "services/child_welfare/config.h"

#include "common/service/keys.h"
#include "services/child_welfare/recognition_signature.h"

namespace chuanyu::child_welfare {

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  return LoadCaseConfig(path, {.item = "child_welfare",
                               .roles = {"WINDOW", "TOWN", "COUNTY"},
                               .signs = "recognitions",
                               .erases = true,
                               .looks_up = true});
}

absl::StatusOr<std::vector<merkle::NoteSigner>> LoadRecognitionSigners(const ServiceConfig& config) {
  return LoadSigners(RecognitionKeyName(config.region), config.sign_ed25519, config.sign_sm2);
}

}  // namespace chuanyu::child_welfare
