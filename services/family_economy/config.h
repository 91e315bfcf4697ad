// family-economy.toml, read strictly. Relative paths are meant from the folder of the file.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/identity/division.h"
#include "common/rpc/tls_files.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/change_poller.h"
#include "services/family_economy/retention.h"

namespace chuanyu::family_economy {

struct ServiceConfig {
  std::string region;                        // 6 digits
  std::vector<std::string> front_listen;     // for own systems
  std::vector<std::string> provider_listen;  // for the own exchange node
  std::string ready_file;                    // written when serving; empty: none
  rpc::TlsFiles tls;
  std::string exchange_target;
  std::string exchange_identity;  // "spiffe://500000.chuanyu/exchange/node"
  std::string store_url;          // as sql::PoolOptions::url
  std::string registers_url;
  std::string registers_mapping;  // folder
  std::string registers_fields;   // file: purpose x field matrix
  std::string kek;                // file of 48 bytes: seals what the store keeps about people
  std::string index_key;          // file of 32 bytes: blind indexes
  std::string report_ed25519;     // PEM file: signs reports; empty: reports are not signed
  std::string report_sm2;         // PEM file: signs them as well; empty: not
  std::string match_keys;         // file, see batch/match_keys.h; empty: no re-checks
  absl::Duration match_refresh;   // of the match index
  std::string batch_warnings;     // file, see batch/warning_rules.h
  std::string assessment_policy;  // file: parameters of proposals, rules/assessment_policy.h
  std::string divisions;          // folder
  DivisionOptions division_options;
  std::set<std::string> peer_regions;  // asked through the exchange
  int auth_max_days = 0;               // 0: open-ended
  CaseStore::Options cases;
  ChangePoller::Options changes;
  RetentionOptions retention;
  std::string log_file;        // empty: stderr
  std::string metrics_listen;  // empty: none
};

// CONFIG_INVALID, naming file, line and key.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path);

}  // namespace chuanyu::family_economy
