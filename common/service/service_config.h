// The part of a domain service's configuration that all have (docs/configuration.md).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/config/config.h"
#include "common/identity/division.h"
#include "common/rpc/tls_files.h"

namespace chuanyu {

struct CommonConfig {
  std::string region;                        // 6 digits
  std::vector<std::string> front_listen;     // for own systems
  std::vector<std::string> provider_listen;  // for the own exchange node
  std::string ready_file;                    // written when serving; empty: none
  rpc::TlsFiles tls;
  std::string exchange_target;
  std::string exchange_identity;  // "spiffe://500000.chuanyu/exchange/node"
  std::string store_url;          // as sql::PoolOptions::url
  std::string kek;                // file of 48 bytes: seals what the store keeps about people
  std::string index_key;          // file of 32 bytes: blind indexes
  std::string divisions;          // folder
  std::string calendar;           // folder; empty: no working days are counted
  DivisionOptions division_options;
  std::set<std::string> peer_regions;  // reached through the exchange
  std::string log_file;                // empty: stderr
  std::string metrics_listen;          // empty: none
};

// CONFIG_INVALID, naming file, line and key. Says nothing about keys that only one service has.
absl::Status ReadCommonConfig(const Config& top, CommonConfig& out);

}  // namespace chuanyu
