// What auditors are told (reveal.proto): who looked at persons in clear, when, why. Rows are only ever added,
// with numbers without gaps and a keyed hash over each and the one before, so that whoever can write to the
// database and has no key cannot change, add or take away one unnoticed. Kept as long as the database:
// records of giving personal information are due for 3 years at least (网络数据安全管理条例 §12).
// Thread-safe; everything blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/reveal.pb.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

class AuditStore {
 public:
  // Brings the table up to date. All outlive the store; `indexer` keys the hashes.
  static absl::StatusOr<std::unique_ptr<AuditStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                          const crypto::BlindIndexer& indexer);

  // Durable on return. `event` without sequence.
  absl::Status Append(const v1::AuditEvent& event);

  // Newest first, those before `before` (0: from the newest). next_page_token is the plain sequence to go on
  // before, for the caller to sign.
  absl::StatusOr<v1::ListAuditEventsResponse> Page(int64_t before, int limit);

 private:
  AuditStore(sql::Pool& pool, const crypto::Sealer& sealer, const crypto::BlindIndexer& indexer)
      : pool_(pool), sealer_(sealer), indexer_(indexer) {}

  struct Row {
    int64_t sequence = 0;
    std::string sealed;
    std::string mac;
  };
  // Over an event, as it is stored, and the hash of the one before.
  std::string MacOf(const std::string& bytes, const std::string& previous) const;
  absl::Status AppendIn(sql::Session& session, v1::AuditEvent event);
  static absl::StatusOr<Row> Last(sql::Session& session);
  // What a row holds, as far as it can be read; false when it does not follow `previous`.
  bool Read(const Row& row, const Row& previous, v1::AuditEvent* event) const;

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  const crypto::BlindIndexer& indexer_;
};

}  // namespace chuanyu::family_economy
