// Configuration of a service whose cases go through steps and are unique across regions: what all of them
// have (docs/configuration.md). Read strictly; relative paths are meant from the folder of the file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/case_service/offices.h"
#include "common/life_events/follow_config.h"
#include "common/registers/register_source.h"
#include "common/service/service_config.h"

namespace chuanyu {

// How long what is personal is kept. 个人信息保护法 §19: no longer than the purpose needs. Domain page §3.4
// asks for three years of records (PIPL §56), and for business archives to be kept longer.
struct CaseRetention {
  int content_days = 1830;  // five years after a case is over and nothing is paid by it any more [PROP]
  absl::Duration every = absl::Hours(1);
  int max_rows = 1000;  // in one run
};

struct CaseConfig : CommonConfig {
  std::string policy;        // folder of the item's rules, read by the service
  std::string flow;          // file: deploy/policy/flows/<item>.toml
  std::string claim_key;     // file of 32 bytes, the same in all regions: blind indexes that cross the border
  std::string claim_key_id;  // as the regions call it
  std::string sign_ed25519;  // PEM files: sign what the service states; empty: not
  std::string sign_sm2;
  std::vector<Office> offices;
  CaseRetention retention;                // [retention]; of items that erase
  life_events::FollowConfig life_events;  // [life_events]; without it no death is heard of
  registers::RegistersConfig registers;   // [registers]; of items that look up what is stated
};

// What differs between items.
struct CaseConfigRules {
  std::string item;                // "child_welfare": key of the folder in [policy]
  std::vector<std::string> roles;  // that an [[office]] may have
  std::string signs;               // "recognitions": a signing key is needed; empty: none may be given
  bool erases = false;             // [retention] may be given
  bool looks_up = false;           // [registers] may be given
};

// CONFIG_INVALID, naming file, line and key. Says nothing about keys that only one service has: those are
// read from the same `top` before CheckNoUnknownKeys.
absl::Status ReadCaseConfig(const Config& top, const CaseConfigRules& rules, CaseConfig& out);
// The whole file of a service that has no keys of its own.
absl::StatusOr<CaseConfig> LoadCaseConfig(const std::string& path, const CaseConfigRules& rules);

}  // namespace chuanyu
