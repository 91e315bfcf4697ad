// Destroys the data keys of payloads that may not be kept any longer (个人信息保护法 §19; 180 days: domain
// page §3.4). The records, their commitments and signatures stay: the log verifies as before, and says in a
// record of its own which key was destroyed.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/tracker/tracker.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {

// One run; how many keys it destroyed. Payloads of days (Asia/Shanghai) before `keep` ago go, but none of the
// day on which a request was made that has not ended, or of a later one: it may have to be run or answered
// again. Returns once the records are durable: a key whose record was not is destroyed and reported again by
// the next run. Errors: those of the tracker, the vault and the pipeline. One run at a time.
absl::StatusOr<size_t> DestroyOldPayloads(Vault& vault, Tracker& tracker, Pipeline& pipeline,
                                          const Clock& clock, absl::Duration keep);

}  // namespace chuanyu::exchange
