// Filings, receipts and the map in SQL: contract of common/case_service's CaseRows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/elderly_care.pb.h"
#include "common/case_service/case_store.h"
#include "services/elderly_care/schema.h"

namespace chuanyu::elderly_care {

using StoredFiling = StoredCase<v1::Filing>;

class Store : public CaseStoreOf<v1::Filing> {
 public:
  explicit Store(const crypto::Sealer& sealer) : CaseStoreOf(kTables, sealer) {}

  absl::Status InsertReceipt(sql::Session& session, const std::string& filing_no,
                             const std::string& application_no) const;
  // The filing of a receipt; nothing when there is none.
  absl::StatusOr<std::optional<std::string>> FindReceipt(sql::Session& session,
                                                         const std::string& filing_no) const;

  absl::StatusOr<std::optional<v1::PublicEntry>> FindEntry(sql::Session& session,
                                                           const std::string& entry_id) const;
  // New or changed: gets the next sequence.
  absl::Status SaveEntry(sql::Session& session, const v1::PublicEntry& entry) const;
  // After a sequence, oldest change first.
  absl::StatusOr<std::vector<v1::MapChange>> Changes(sql::Session& session, int64_t after, int limit) const;
  // Sequence of the newest one; 0: the map is empty.
  absl::StatusOr<int64_t> LastChange(sql::Session& session) const;
  // Shown ones, newest change first, below sequence `before` (0: from the newest).
  absl::StatusOr<std::vector<v1::MapChange>> Shown(sql::Session& session, int64_t before, int limit) const;

  absl::Status Subscribe(sql::Session& session, const std::string& region) const;
  absl::StatusOr<std::vector<std::string>> Subscribers(sql::Session& session) const;

 private:
  absl::StatusOr<std::vector<v1::MapChange>> Read(const sql::Result& found) const;
};

}  // namespace chuanyu::elderly_care
