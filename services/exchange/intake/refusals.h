// The audit record of what was refused at the border. It says who, what and why: neither payload nor free
// text. At most `per_second` records a caller (after a burst), so that a flood cannot fill the disk; what is
// beyond is counted in the log. Thread-safe; never waits for the journal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/exchange/intake/envelope.h"
#include "services/exchange/intake/quota.h"
#include "services/exchange/pipeline/pipeline.h"

namespace chuanyu::exchange {

class Refusals {
 public:
  struct Limits {
    int64_t per_second = 1;  // about 30 MB a day and caller at worst
    int64_t burst = 100;
  };

  Refusals(Pipeline& pipeline, const Clock& clock, Limits limits);

  // `record` as far as ToRecord came, or an empty one. Nothing is recorded for errors of the node itself
  // (UNAVAILABLE, INTERNAL): they are not the caller's, and the caller will come again.
  void Record(const Submitter& caller, std::string_view request_id, const v1::JournalRecord& record,
              const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  bool MayRecord(const std::string& caller) ABSL_LOCKS_EXCLUDED(mu_);

  Pipeline& pipeline_;
  const Clock& clock_;
  const policy::Policy limits_;

  Mutex mu_;
  QuotaKeeper keeper_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, uint64_t> suppressed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
