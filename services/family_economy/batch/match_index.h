// Who is in the own registers, as blind indexes under the keys shared with other regions: a table in SQL that
// is brought up to date from the registers (the `persons` statement of each mapping file) and answers, for
// thousands of indexes at once, which of them are there. A hit only means that a question is worth asking;
// the answer to it comes from the registers themselves. Blocks; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "services/family_economy/batch/match_keys.h"
#include "services/family_economy/registers/registers.h"

namespace chuanyu::family_economy {

class MatchIndex {
 public:
  // Brings the tables up to date. `pool` outlives the index.
  static absl::StatusOr<std::unique_ptr<MatchIndex>> Open(sql::Pool& pool);

  // Makes the table what the registers say, for every class that they can list and every key. Pages through
  // the registers, each page one transaction, so memory does not grow with them; a class is complete when its
  // last page is stored. Entries whose person is gone are removed. The first error, after trying every class.
  absl::Status Refresh(const Registers& registers, const std::vector<MatchKey>& keys, absl::Time now);

  struct Hits {
    std::vector<uint32_t> positions;  // ascending
    absl::Time as_of;                 // the oldest completion of the classes asked
  };
  // Positions of the 32-byte `indexes` that are in a register of one of `classes`. SOURCE_UNAVAILABLE when
  // one of the classes was never completed under the key: "not indexed" must not read as "has nothing".
  absl::StatusOr<Hits> Find(const std::string& key_id, std::string_view indexes,
                            const std::vector<v1::DataClass>& classes);

 private:
  explicit MatchIndex(sql::Pool& pool) : pool_(pool) {}
  absl::Status RefreshClass(const Registers& registers, v1::DataClass data_class, const MatchKey& key,
                            absl::Time now);
  absl::Status StorePage(v1::DataClass data_class, const MatchKey& key,
                         const std::vector<RegisterPerson>& persons, int64_t generation);

  sql::Pool& pool_;
};

}  // namespace chuanyu::family_economy
