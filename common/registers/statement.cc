#include "common/registers/statement.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::registers {
namespace {

// What takes longer than this to fail has waited for a database: asking again would wait once more.
constexpr absl::Duration kFailsAtOnce = absl::Seconds(1);

// Nothing when the register does not say.
absl::StatusOr<std::optional<int64_t>> DataAsOf(sql::Session& session, const Statement& statement) {
  if (statement.data_as_of.empty()) return std::nullopt;
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(statement.data_as_of));
  if (found.rows.empty() || std::holds_alternative<std::monostate>(found.rows[0].at(0))) return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, sql::TextOf(found.rows[0][0]), &time, &error)) {
    return MakeError(Reason::DATE_INVALID, {.field = "data_as_of", .detail = "not RFC 3339"});
  }
  return absl::ToUnixSeconds(time);
}

bool IsNameCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

std::set<std::string> ParametersOf(const std::string& sql) {
  std::set<std::string> names;
  bool quoted = false;
  for (size_t at = 0; at < sql.size(); ++at) {
    if (sql[at] == '\'') quoted = !quoted;
    if (quoted || sql[at] != ':') continue;
    size_t end = at + 1;
    if (end < sql.size() && sql[end] == ':') {
      at = end;
      continue;
    }
    while (end < sql.size() && IsNameCharacter(sql[end])) ++end;
    if (end > at + 1) names.insert(sql.substr(at + 1, end - at - 1));
    at = end - 1;
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> MappingFiles(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path().string());
  }
  if (error || paths.empty()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "registers.mapping", .detail = "no *.toml in the folder"});
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<Statement> LoadStatement(const Config& file, const std::string& path,
                                        const google::protobuf::Descriptor& item) {
  Statement out{.file = std::filesystem::path(path).filename().string()};
  CHUANYU_ASSIGN_OR_RETURN(out.source, file.String("source"));
  CHUANYU_ASSIGN_OR_RETURN(out.sql, file.String("sql"));
  CHUANYU_ASSIGN_OR_RETURN(out.data_as_of, file.String("data_as_of", ""));
  if (ParametersOf(out.sql) != std::set<std::string>{"as_of", "person_index"}) {
    return file.Invalid("sql", "must use :person_index and :as_of and no other parameter");
  }
  if (!ParametersOf(out.data_as_of).empty()) return file.Invalid("data_as_of", "takes no parameter");
  CHUANYU_ASSIGN_OR_RETURN(out.columns, LoadColumns(file, item));
  return out;
}

sql::Binds BindsOf(const crypto::BlindIndex& person, Date as_of) {
  return {{"person_index", person.ToHex()}, {"as_of", FormatDate(as_of)}};
}

absl::Status Try(sql::Session& session, const Statement& statement) {
  // An index that nobody has: HMAC never gives 64 zeros within the life of the universe.
  const sql::Binds nobody = {{"person_index", std::string(64, '0')}, {"as_of", "2000-01-01"}};
  const auto as_of = DataAsOf(session, statement);
  const auto rows = session.Query(statement.sql, nobody);
  const absl::Status failed = as_of.ok() ? rows.status() : as_of.status();
  if (failed.ok()) return CheckColumns(statement.file, statement.columns, *rows);
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = statement.file, .detail = "statement failed: " + std::string(failed.message())});
}

absl::StatusOr<Found> Find(sql::Session& session, const Statement& statement, const sql::Binds& binds) {
  Found out;
  // Before the records: what is complete until then is so for records read later.
  CHUANYU_ASSIGN_OR_RETURN(out.as_of, DataAsOf(session, statement));
  CHUANYU_ASSIGN_OR_RETURN(out.rows, session.Query(statement.sql, binds));
  // A view that was changed must not shift columns.
  if (!CheckColumns(statement.file, statement.columns, out.rows).ok()) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = statement.file});
  }
  return out;
}

bool IsDown(const absl::Status& status) {
  return !status.ok() &&
         ReasonCode(ReasonOf(status).value_or(Reason::SOURCE_UNAVAILABLE)) == absl::StatusCode::kUnavailable;
}

absl::Status AskAgainIfDown(absl::FunctionRef<absl::Status()> read) {
  const absl::Time asked_at = absl::Now();
  const absl::Status first = read();
  return IsDown(first) && absl::Now() < asked_at + kFailsAtOnce ? read() : first;
}

}  // namespace chuanyu::registers
