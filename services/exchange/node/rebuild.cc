#include "services/exchange/node/rebuild.h"

#include <cstdio>

#include "common/base/status_macros.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/node/keys.h"
#include "services/exchange/pipeline/replay.h"
#include "services/exchange/tracker/tracker.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {

absl::Status RebuildTracker(const NodeConfig& config) {
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const NodeKeys keys, LoadNodeKeys(config));
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Vault> vault,
                           Vault::Open({.dir = config.data_dir + "/vault", .kek_file = config.kek}));
  CHUANYU_ASSIGN_OR_RETURN(
      const std::unique_ptr<Journal> journal,
      Journal::Open(
          {.dir = config.data_dir + "/journal", .origin = config.origin(), .tree_hash = config.tree_hash},
          clock, *vault, keys.signers));
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Tracker> tracker,
                           Tracker::Open({.redis = config.redis,
                                          .profile = config.redis_profile,
                                          .shard = config.region + "." + config.name,
                                          .origin = config.origin()}));
  CHUANYU_RETURN_IF_ERROR(tracker->Reset());
  CHUANYU_RETURN_IF_ERROR(ReplayIntoTracker(*journal, *tracker, config.region, clock));
  std::printf("The tracker was rebuilt from %llu records.\n",
              static_cast<unsigned long long>(journal->Latest().size));
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
