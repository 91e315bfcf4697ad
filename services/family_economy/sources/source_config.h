// Which departments answer which classes by a server of their own (register_source.proto), as the
// configuration says:
//
//   [[source]]
//   id = "real-estate"                            # in metrics and logs
//   name = "不动产登记中心"                        # in results that name no source themselves
//   classes = ["A05"]
//   target = "unix:/run/register.sock"            # or host:port
//   identity = "spiffe://510000.chuanyu/zrzy/register"
//   channel = "province"                          # optional, "department" without it; A14 needs "province"
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/household.pb.h"
#include "common/config/config.h"

namespace chuanyu::family_economy {

struct SourceConfig {
  std::string id;
  std::string name;
  std::vector<v1::DataClass> classes;
  std::string target;
  std::string identity;
  // Of one call. A server that needs longer answers "later".
  absl::Duration timeout = absl::Seconds(3);
  // First pause after a failure; doubles up to the second. A server that is back is asked within a minute.
  absl::Duration min_pause = absl::Seconds(1);
  absl::Duration max_pause = absl::Minutes(1);
  // Between two looks at a ticket that names no time; doubles up to the second.
  absl::Duration min_poll = absl::Seconds(5);
  absl::Duration max_poll = absl::Minutes(10);
};

// The [[source]] tables. CONFIG_INVALID for a class twice, an unknown one, or one that the channel may not
// carry.
absl::StatusOr<std::vector<SourceConfig>> ReadSources(const Config& top);

}  // namespace chuanyu::family_economy
