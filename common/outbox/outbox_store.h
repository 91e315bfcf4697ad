// Messages to other regions that must arrive, in SQL: written in the transaction of the change that they tell
// of, removed in the transaction that takes in their answer. So a crash loses neither, and neither happens
// twice. Payloads are sealed. Blocks; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu {

struct OutboxMessage {
  std::string request_id = "";  // given by Add
  std::string to_region;        // 6 digits
  std::string operation;        // full gRPC method path
  std::string purpose;
  std::string correlation_id;  // number of the case; never personal data
  std::string payload;         // request message of the operation, serialised
  uint32_t subjects = 1;       // how many persons it is about
};

class OutboxStore {
 public:
  // Brings the table up to date. `owner`, at most 32 letters, is the service: several may have one database,
  // and each sends its own messages only. `pool` and `sealer` outlive the store.
  static absl::StatusOr<std::unique_ptr<OutboxStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                           const std::string& owner);

  // In the caller's transaction. The request id it goes out under.
  absl::StatusOr<std::string> Add(sql::Session& session, const OutboxMessage& message, absl::Time now);
  // In the caller's transaction: its answer is taken in. False when it was removed before.
  absl::StatusOr<bool> Remove(sql::Session& session, const std::string& request_id);

  // Nothing when it is not there any more.
  absl::StatusOr<std::optional<OutboxMessage>> Find(const std::string& request_id);
  // Request ids of those that may go out at `now`, in order, after `after`; at most `limit`.
  absl::StatusOr<std::vector<std::string>> Due(absl::Time now, const std::string& after, int limit);
  // It came back without an answer: goes out again at `due`, under a new request id, because an exchange node
  // answers an old one with the old failure. The new id; nothing when it is not there any more.
  absl::StatusOr<std::optional<std::string>> Renew(const std::string& request_id, absl::Time now,
                                                   absl::Time due);

 private:
  OutboxStore(sql::Pool& pool, const crypto::Sealer& sealer, std::string owner)
      : pool_(pool), sealer_(sealer), owner_(std::move(owner)) {}
  absl::StatusOr<OutboxMessage> Read(const sql::Row& row) const;
  absl::Status Insert(sql::Session& session, const OutboxMessage& message, absl::Time due);

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  const std::string owner_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu
