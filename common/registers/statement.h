// A statement over a register about one person: which parameters it takes, how it is tried when a service
// starts, and how it is asked.
//
//   source = "社会救助库"
//   sql = "SELECT kind, from_month FROM assistance WHERE person_index = :person_index AND ..."
//   data_as_of = "SELECT complete_until FROM ..."     # optional: one value, RFC 3339
//   [columns] ...                                     # column_mapping.h
//
// It may use :person_index (64 hex digits, the blind index under the region's index key: registers hold no
// document numbers) and :as_of (YYYY-MM-DD) and returns the records in force on that day.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/config/config.h"
#include "common/crypto/blind_index.h"
#include "common/registers/column_mapping.h"
#include "common/sql/sql.h"

namespace chuanyu::registers {

// The :names in a statement; "::" is PostgreSQL's cast, and text in quotes is text.
std::set<std::string> ParametersOf(const std::string& sql);

struct Statement {
  std::string file;  // name for error messages
  std::string source;
  std::string sql;
  std::string data_as_of;  // empty: the register does not say
  Columns columns;         // of what `sql` gives
};

// The *.toml files of a folder, in order. CONFIG_INVALID when there is none.
absl::StatusOr<std::vector<std::string>> MappingFiles(const std::string& folder);

// Reads all of it, for rows that are `item`. CONFIG_INVALID unless `sql` uses both parameters and no other:
// one that ignores one of them would tell of everybody, or of another day.
absl::StatusOr<Statement> LoadStatement(const Config& file, const std::string& path,
                                        const google::protobuf::Descriptor& item);

sql::Binds BindsOf(const crypto::BlindIndex& person, Date as_of);

// Runs it about nobody. CONFIG_INVALID, naming the file, when it fails or gives other columns.
absl::Status Try(sql::Session& session, const Statement& statement);

struct Found {
  std::optional<int64_t> as_of;  // seconds; nothing when the register does not say
  sql::Result rows;
};
// Runs it. DATE_INVALID when the day of the data is none, CODE_UNKNOWN, naming the file, when a view was
// changed under a running service.
absl::StatusOr<Found> Find(sql::Session& session, const Statement& statement, const sql::Binds& binds);

// Whether `status` says that the database is away, and nothing about what it holds.
bool IsDown(const absl::Status& status);

// Runs `read`, and once more when it fails at once as if the database were away: a connection whose database
// was restarted fails at its next use and is made anew at the one after that, and a register that is there
// must not read as one that was not asked.
absl::Status AskAgainIfDown(absl::FunctionRef<absl::Status()> read);

}  // namespace chuanyu::registers
