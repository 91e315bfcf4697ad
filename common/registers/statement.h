// A statement over a register about one person: which parameters it takes, how it is tried when a service
// starts, and how it is asked.
//
//   source = "社会救助库"
//   sql = "SELECT kind, from_month FROM assistance WHERE person_index = :person_index AND ..."
//   data_as_of = "SELECT complete_until FROM ..."     # optional: one value, RFC 3339
//
// It may use :person_index (64 hex digits, the blind index under the region's index key: registers hold no
// document numbers) and :as_of (YYYY-MM-DD) and returns the records in force on that day.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/config/config.h"
#include "common/crypto/blind_index.h"
#include "common/sql/sql.h"

namespace chuanyu::registers {

// The :names in a statement; "::" is PostgreSQL's cast, and text in quotes is text.
std::set<std::string> ParametersOf(const std::string& sql);

struct Statement {
  std::string file;  // name for error messages
  std::string source;
  std::string sql;
  std::string data_as_of;  // empty: the register does not say
};

// Reads source, sql and data_as_of. CONFIG_INVALID unless `sql` uses both parameters and no other: one that
// ignores one of them would tell of everybody, or of another day.
absl::StatusOr<Statement> LoadStatement(const Config& file, const std::string& path);

// Nothing when the register does not say. DATE_INVALID.
absl::StatusOr<std::optional<int64_t>> DataAsOf(sql::Session& session, const Statement& statement);

sql::Binds BindsOf(const crypto::BlindIndex& person, Date as_of);

// Runs it about nobody. CONFIG_INVALID, naming the file, when it fails; what it gave otherwise.
absl::StatusOr<sql::Result> Try(sql::Session& session, const Statement& statement);

// Whether `status` says that the database is away, and nothing about what it holds.
bool IsDown(const absl::Status& status);

// Runs `read`, and once more when it fails at once as if the database were away: a connection whose database
// was restarted fails at its next use and is made anew at the one after that, and a register that is there
// must not read as one that was not asked.
absl::Status AskAgainIfDown(absl::FunctionRef<absl::Status()> read);

}  // namespace chuanyu::registers
