// Configuration of chuanyu-life-events (docs/configuration.md): the common part, who reports, who reads.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/service_config.h"

namespace chuanyu::life_events {

// "<org>/<system>" of a certificate and what it may do; whoever is in no grant may do nothing.
struct Grant {
  std::string system;
  std::set<int> kinds;         // LifeEventKind
  std::set<int> sources = {};  // LifeEventSource; only of feeds
};

struct ServiceConfig : CommonConfig {
  std::vector<Grant> feeds;
  std::vector<Grant> readers;
};

// nullptr when there is none.
const Grant* FindGrant(const std::vector<Grant>& grants, const std::string& system);

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::life_events
