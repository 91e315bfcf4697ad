// Where a service that follows life events finds them. Light: configurations of services include it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/config.h"

namespace chuanyu::life_events {

// Where the events are. Table [life_events] of a service's configuration; without it nothing is followed.
struct FollowConfig {
  std::string target;    // of chuanyu-life-events' front; empty: none
  std::string identity;  // "spiffe://500000.chuanyu/mzj/life-events"
  absl::Duration every = absl::Seconds(1);
};
// CONFIG_INVALID.
absl::StatusOr<FollowConfig> ReadFollowConfig(const Config& top);

}  // namespace chuanyu::life_events
