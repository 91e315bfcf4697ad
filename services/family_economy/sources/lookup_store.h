// Questions to departments' servers in SQL, so that they survive a restart: a row a question, and a row for
// each department that is asked. What is known of persons is sealed; everything is deleted with the delivery
// of the answer. Blocks; thread-safe, also between processes: an ask is taken under a lease.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/lookup.pb.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

// Who waits for the answer.
enum class LookupFor : int64_t { kOwnCheck = 1, kOtherRegion = 2 };

struct DueAsk {
  std::string request_id;
  int64_t attempts = 0;
  v1::StoredLookup lookup;
  v1::StoredAsk ask;
};

struct FinishedLookup {
  std::string request_id;
  LookupFor waiting = LookupFor::kOwnCheck;
  int64_t attempts = 0;  // of delivering
  v1::StoredLookup lookup;
  std::vector<v1::ClassResult> results;
};

class LookupStore {
 public:
  // Brings the tables up to date. Both outlive the store.
  static absl::StatusOr<std::unique_ptr<LookupStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer);

  // By source id.
  using Asks = std::vector<std::pair<std::string, v1::StoredAsk>>;
  // Stores the question unless it is there.
  absl::Status Begin(const std::string& request_id, LookupFor waiting, const v1::StoredLookup& lookup,
                     const Asks& asks, absl::Time now);
  absl::StatusOr<bool> Has(const std::string& request_id);
  // Nobody waits for it any more; persons are erased. OK when it is not there.
  absl::Status Remove(const std::string& request_id);

  // Open asks of the source that are due to be made, oldest first, each under a lease until `leased_until`.
  absl::StatusOr<std::vector<DueAsk>> Take(const std::string& source, absl::Time now, absl::Time leased_until,
                                           int limit);
  // Open asks of any source whose time limit has passed.
  struct OverdueAsk {
    std::string source;
    DueAsk ask;
  };
  absl::StatusOr<std::vector<OverdueAsk>> TakeOverdue(absl::Time now, int limit);
  // Not answered: again at `next`.
  absl::Status Postpone(const std::string& source, const DueAsk& ask, absl::Time next);
  // Answered, or ended. Nothing when it was before.
  absl::Status Finish(const std::string& source, const DueAsk& ask);

  // Questions all of whose asks are finished and whose delivery is due.
  absl::StatusOr<std::vector<FinishedLookup>> TakeFinished(absl::Time now, absl::Time leased_until,
                                                           int limit);

  // Open asks by source, for metrics.
  absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> CountOpen();

 private:
  LookupStore(sql::Pool& pool, const crypto::Sealer& sealer) : pool_(pool), sealer_(sealer) {}
  absl::Status OpenMessage(const std::string& sealed, const std::string& name,
                           google::protobuf::Message* message) const;
  absl::StatusOr<v1::StoredLookup> LoadLookup(sql::Session& session, const std::string& request_id);

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
};

}  // namespace chuanyu::family_economy
