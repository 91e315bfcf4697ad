#include "common/registers/statement.h"

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

absl::StatusOr<Statement> LoadStatement(const Config& file, const std::string& path) {
  Statement out{.file = std::filesystem::path(path).filename().string()};
  CHUANYU_ASSIGN_OR_RETURN(out.source, file.String("source"));
  CHUANYU_ASSIGN_OR_RETURN(out.sql, file.String("sql"));
  CHUANYU_ASSIGN_OR_RETURN(out.data_as_of, file.String("data_as_of", ""));
  if (ParametersOf(out.sql) != std::set<std::string>{"as_of", "person_index"}) {
    return file.Invalid("sql", "must use :person_index and :as_of and no other parameter");
  }
  if (!ParametersOf(out.data_as_of).empty()) return file.Invalid("data_as_of", "takes no parameter");
  return out;
}

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

sql::Binds BindsOf(const crypto::BlindIndex& person, Date as_of) {
  return {{"person_index", person.ToHex()}, {"as_of", FormatDate(as_of)}};
}

absl::StatusOr<sql::Result> Try(sql::Session& session, const Statement& statement) {
  // An index that nobody has: HMAC never gives 64 zeros within the life of the universe.
  const sql::Binds nobody = {{"person_index", std::string(64, '0')}, {"as_of", "2000-01-01"}};
  const auto as_of = DataAsOf(session, statement);
  auto rows = session.Query(statement.sql, nobody);
  const absl::Status failed = as_of.ok() ? rows.status() : as_of.status();
  if (failed.ok()) return rows;
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = statement.file, .detail = "statement failed: " + std::string(failed.message())});
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
