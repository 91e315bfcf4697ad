// Submissions between admission and the tracker. The tracker answers repeats of what it holds; this answers
// repeats of what it does not hold yet, so that two equal submissions can never both be recorded.
// Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "common/base/mutex.h"
#include "common/crypto/hash.h"

namespace chuanyu::exchange {

// What became of one submission.
struct Admitted {
  absl::StatusOr<v1::Receipt> receipt;
  // Of a repeat whose answer is there: the caller gets it again.
  std::string answer_location;
  // Of a repeat that ended without an answer; UNSPECIFIED otherwise.
  v1::RequestState ended = v1::REQUEST_STATE_UNSPECIFIED;
};
using AdmittedCallback = std::function<void(const Admitted&)>;

// What must be equal in two submissions of one key: all but the times.
bool SameEnvelope(const v1::JournalRecord& a, const v1::JournalRecord& b);

class InFlight {
 public:
  enum class Verdict {
    kLeads,     // the first of its key: go on, and Release at the end
    kFollows,   // a repeat; its callback runs with the leader's outcome
    kConflict,  // the same key with another body
    kReplayed,  // its request id is in flight under another key
  };

  // `done` is only moved from when the verdict is kFollows.
  Verdict Reserve(const v1::JournalRecord& record, const crypto::Digest& payload, AdmittedCallback& done)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Ends the flight of `record` (a leader) and tells the followers; their receipts say `repeated`.
  void Release(const v1::JournalRecord& record, const Admitted& admitted) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Entry {
    v1::JournalRecord record;
    crypto::Digest payload;
    std::vector<AdmittedCallback> followers;
  };

  Mutex mu_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mu_);  // by caller and key
  absl::flat_hash_set<std::string> request_ids_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
