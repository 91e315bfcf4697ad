#include "services/family_economy/batch/match_index.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kPage = 2'000;
// Of one statement: long enough to pay its preparation, short enough for any database's parser.
constexpr size_t kRowsPerStatement = 500;
constexpr size_t kIndexBytes = 32;

const std::vector<sql::Migration>& MatchMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // `generation`: the refresh that saw the person last.
          "CREATE TABLE fe_match_entry (key_id VARCHAR(64) NOT NULL, match_index VARCHAR(64) NOT NULL, "
          "class BIGINT NOT NULL, generation BIGINT NOT NULL, PRIMARY KEY (key_id, match_index, class))",
          "CREATE TABLE fe_match_class (key_id VARCHAR(64) NOT NULL, class BIGINT NOT NULL, "
          "complete_ms BIGINT NOT NULL, PRIMARY KEY (key_id, class))",
      }},
  };
  return *migrations;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MatchIndex>> MatchIndex::Open(sql::Pool& pool) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy_match", MatchMigrations()));
  return std::unique_ptr<MatchIndex>(new MatchIndex(pool));
}

absl::Status MatchIndex::StorePage(v1::DataClass data_class, const MatchKey& key,
                                   const std::vector<RegisterPerson>& persons, int64_t generation) {
  std::set<std::string> indexes;  // sorted: neighbours in the table are written together
  for (const RegisterPerson& person : persons) {
    indexes.insert(key.indexer->Index({.type = person.doc_type, .number = person.doc_no}).ToHex());
  }
  return pool_.Transact([&](sql::Session& session) -> absl::Status {
    auto next = indexes.begin();
    while (next != indexes.end()) {
      // Key ids and hex digits need no quoting.
      std::string statement = "INSERT INTO fe_match_entry (key_id, match_index, class, generation) VALUES ";
      for (size_t rows = 0; rows < kRowsPerStatement && next != indexes.end(); ++rows, ++next) {
        absl::StrAppend(&statement, rows == 0 ? "" : ",", "('", key.id, "','", *next, "',", int{data_class},
                        ",", generation, ")");
      }
      absl::StrAppend(
          &statement,
          " ON CONFLICT (key_id, match_index, class) DO UPDATE SET generation = excluded.generation");
      CHUANYU_RETURN_IF_ERROR(session.Execute(statement).status());
    }
    return absl::OkStatus();
  });
}

absl::Status MatchIndex::RefreshClass(const Registers& registers, v1::DataClass data_class,
                                      const MatchKey& key, absl::Time now) {
  const int64_t generation = absl::ToUnixMillis(now);
  const Date today = DayOf(now);
  std::string after;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const Registers::PersonPage page,
                             registers.ListPersons(data_class, after, kPage, today));
    CHUANYU_RETURN_IF_ERROR(StorePage(data_class, key, page.persons, generation));
    after = page.last_key;
  } while (!after.empty());
  return pool_.Transact([&](sql::Session& session) -> absl::Status {
    const sql::Binds binds = {{"key", key.id}, {"class", int64_t{data_class}}, {"now", generation}};
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute(
                "DELETE FROM fe_match_entry WHERE key_id = :key AND class = :class AND generation < :now",
                binds)
            .status());
    return session
        .Execute(
            "INSERT INTO fe_match_class (key_id, class, complete_ms) VALUES (:key, :class, :now) "
            "ON CONFLICT (key_id, class) DO UPDATE SET complete_ms = excluded.complete_ms",
            binds)
        .status();
  });
}

absl::Status MatchIndex::Refresh(const Registers& registers, const std::vector<MatchKey>& keys,
                                 absl::Time now) {
  absl::Status first;
  for (const v1::DataClass data_class : registers.ListableClasses()) {
    for (const MatchKey& key : keys) first.Update(RefreshClass(registers, data_class, key, now));
  }
  return first;
}

absl::StatusOr<MatchIndex::Hits> MatchIndex::Find(const std::string& key_id, std::string_view indexes,
                                                  const std::vector<v1::DataClass>& classes) {
  absl::flat_hash_map<std::string, uint32_t> position;  // a person asked twice: the first one hits
  for (size_t at = 0; at * kIndexBytes < indexes.size(); ++at) {
    position.try_emplace(crypto::HexEncode(indexes.substr(at * kIndexBytes, kIndexBytes)),
                         static_cast<uint32_t>(at));
  }
  std::string wanted;
  for (const v1::DataClass one : classes) absl::StrAppend(&wanted, wanted.empty() ? "" : ",", int{one});
  Hits hits{.as_of = absl::InfiniteFuture()};
  const absl::Status found = pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result complete,
        session.Query(
            absl::StrCat("SELECT complete_ms FROM fe_match_class WHERE key_id = :key AND class IN (", wanted,
                         ")"),
            {{"key", key_id}}));
    if (complete.rows.size() != classes.size()) {
      return MakeError(Reason::SOURCE_UNAVAILABLE, {.detail = "the index of a register is not complete"});
    }
    for (const sql::Row& row : complete.rows) {
      hits.as_of = std::min(hits.as_of, absl::FromUnixMillis(sql::IntOf(row[0])));
    }
    auto next = position.begin();
    while (next != position.end()) {
      std::string list;
      for (size_t n = 0; n < kRowsPerStatement && next != position.end(); ++n, ++next) {
        absl::StrAppend(&list, n == 0 ? "'" : ",'", next->first, "'");
      }
      CHUANYU_ASSIGN_OR_RETURN(
          const sql::Result rows,
          session.Query(
              absl::StrCat("SELECT DISTINCT match_index FROM fe_match_entry WHERE key_id = :key AND "
                           "match_index IN (",
                           list, ") AND class IN (", wanted, ")"),
              {{"key", key_id}}));
      for (const sql::Row& row : rows.rows) hits.positions.push_back(position.at(sql::TextOf(row[0])));
    }
    return absl::OkStatus();
  });
  CHUANYU_RETURN_IF_ERROR(found);
  std::sort(hits.positions.begin(), hits.positions.end());
  return hits;
}

}  // namespace chuanyu::family_economy
