// family-economy.toml, read strictly. Relative paths are meant from the folder of the file.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/life_events/event_follower.h"
#include "common/service/change_poller.h"
#include "common/service/service_config.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/retention.h"
#include "services/family_economy/rules/time_limits.h"
#include "services/family_economy/sources/source_config.h"

namespace chuanyu::family_economy {

struct ServiceConfig : CommonConfig {
  std::string registers_url;
  std::string registers_mapping;         // folder
  std::string registers_fields;          // file: purpose x field matrix
  std::string report_ed25519;            // PEM file: signs reports; empty: reports are not signed
  std::string report_sm2;                // PEM file: signs them as well; empty: not
  std::string match_keys;                // file, see batch/match_keys.h; empty: no re-checks
  absl::Duration match_refresh;          // of the match index
  std::string batch_warnings;            // file, see batch/warning_rules.h
  std::string assessment_policy;         // file: parameters of proposals, rules/assessment_policy.h
  std::set<std::string> reveal_systems;  // "<org>/<system>" of those that may see persons in clear
  TimeLimits limits;                     // of answers
  std::vector<SourceConfig> sources;
  int auth_max_days = 0;  // 0: open-ended
  CaseStore::Options cases;
  ChangePoller::Options changes;
  RetentionOptions retention;
  life_events::FollowConfig life_events;
};

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::family_economy
