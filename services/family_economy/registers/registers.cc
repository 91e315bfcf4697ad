#include "services/family_economy/registers/registers.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

// What takes longer than this to fail has waited for a database: asking again would wait once more.
constexpr absl::Duration kFailsAtOnce = absl::Seconds(1);

bool IsDown(const absl::Status& status) {
  return !status.ok() &&
         ReasonCode(ReasonOf(status).value_or(Reason::SOURCE_UNAVAILABLE)) == absl::StatusCode::kUnavailable;
}

v1::ClassResult Without(v1::DataClass data_class, v1::ResultState state, Reason reason) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(state);
  result.set_reason(std::string(ReasonName(reason)));
  return result;
}

// Nothing when the register does not say.
absl::StatusOr<std::optional<int64_t>> DataAsOf(sql::Session& session, const RegisterMapping& mapping) {
  if (mapping.data_as_of.empty()) return std::nullopt;
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(mapping.data_as_of));
  if (found.rows.empty() || std::holds_alternative<std::monostate>(found.rows[0].at(0))) return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, sql::TextOf(found.rows[0][0]), &time, &error)) {
    return MakeError(Reason::DATE_INVALID, {.field = "data_as_of", .detail = "not RFC 3339"});
  }
  return absl::ToUnixSeconds(time);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registers>> Registers::Load(sql::Pool& pool, const Options& options) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(options.folder, error)) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path().string());
  }
  if (error || paths.empty()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "registers.mapping", .detail = "no *.toml in the folder"});
  }
  std::sort(paths.begin(), paths.end());
  std::unique_ptr<Registers> registers(new Registers(pool, options));
  for (const std::string& path : paths) {
    CHUANYU_ASSIGN_OR_RETURN(RegisterMapping mapping, LoadMapping(path));
    CHUANYU_RETURN_IF_ERROR(registers->Try(mapping));
    const v1::DataClass data_class = mapping.register_class->data_class;
    if (!registers->mappings_.emplace(data_class, mapping).second) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.field = mapping.file, .detail = "maps a class a second time"});
    }
  }
  return registers;
}

absl::Status Registers::Try(const RegisterMapping& mapping) const {
  // An index that nobody has: HMAC never gives 64 zeros within the life of the universe.
  const sql::Binds nobody = {{"person_index", std::string(64, '0')}, {"as_of", "2000-01-01"}};
  return pool_.Run([&](sql::Session& session) -> absl::Status {
    const auto as_of = DataAsOf(session, mapping);
    const auto rows = session.Query(mapping.sql, nobody);
    const absl::Status failed = as_of.ok() ? rows.status() : as_of.status();
    if (!failed.ok()) {
      return MakeError(
          Reason::CONFIG_INVALID,
          {.field = mapping.file, .detail = "statement failed: " + std::string(failed.message())});
    }
    if (!mapping.persons.empty()) {
      const auto persons = session.Query(mapping.persons, {{"after", ""}, {"limit", int64_t{1}}});
      if (!persons.ok()) {
        return MakeError(Reason::CONFIG_INVALID,
                         {.field = mapping.file, .detail = "persons: statement failed"});
      }
    }
    return CheckColumns(mapping, *rows);
  });
}

v1::ClassResult Registers::Ask(v1::DataClass data_class, const crypto::BlindIndex& person, Date as_of) const {
  const auto found = mappings_.find(data_class);
  if (found == mappings_.end()) {
    return Without(data_class, v1::RESULT_STATE_NOT_CHECKED, Reason::SOURCE_NOT_CONFIGURED);
  }
  const sql::Binds binds = {{"person_index", person.ToHex()}, {"as_of", FormatDate(as_of)}};
  const absl::Time asked_at = absl::Now();
  auto result = Read(found->second, binds);
  // A connection whose database was restarted meanwhile fails at its next use and is made anew at the one
  // after that: a register that is there must not read as NOT_CHECKED for it.
  if (IsDown(result.status()) && absl::Now() < asked_at + kFailsAtOnce) result = Read(found->second, binds);
  if (result.ok()) return *std::move(result);
  const Reason reason = ReasonOf(result.status()).value_or(Reason::SOURCE_UNAVAILABLE);
  const bool down = IsDown(result.status());
  v1::ClassResult failed = Without(data_class, down ? v1::RESULT_STATE_NOT_CHECKED : v1::RESULT_STATE_ERROR,
                                   down ? Reason::SOURCE_UNAVAILABLE : reason);
  if (!down) failed.set_source(found->second.source);
  return failed;
}

absl::StatusOr<v1::ClassResult> Registers::Read(const RegisterMapping& mapping,
                                                const sql::Binds& binds) const {
  v1::ClassResult result;
  result.set_data_class(mapping.register_class->data_class);
  result.set_source(mapping.source);
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    // Before the records: what is complete until then is so for records read later.
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<int64_t> as_of, DataAsOf(session, mapping));
    if (as_of) result.mutable_data_as_of()->set_seconds(*as_of);
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(mapping.sql, binds));
    // A view that was changed under a running service must not shift columns.
    if (!CheckColumns(mapping, found).ok()) return MakeError(Reason::CODE_UNKNOWN, {.field = mapping.file});
    for (const sql::Row& row : found.rows) {
      CHUANYU_ASSIGN_OR_RETURN(*result.add_items(), ReadItem(mapping, found.columns, row, region_));
    }
    return absl::OkStatus();
  }));
  result.set_state(result.items().empty() ? v1::RESULT_STATE_NO_HIT : v1::RESULT_STATE_HIT);
  return result;
}

}  // namespace chuanyu::family_economy
