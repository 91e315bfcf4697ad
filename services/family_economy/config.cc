#include "services/family_economy/config.h"

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/rpc/identity.h"

namespace chuanyu::family_economy {
namespace {

absl::Status ReadReportKeys(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(out.report_ed25519, keys.Path("report_ed25519", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.report_sm2, keys.Path("report_sm2", ""));
  return absl::OkStatus();
}

absl::Status ReadData(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config registers, top.Table("registers"));
  CHUANYU_ASSIGN_OR_RETURN(out.registers_url, registers.String("url"));
  CHUANYU_ASSIGN_OR_RETURN(out.registers_mapping, registers.Path("mapping"));
  // As the two lie beside each other in deploy/.
  CHUANYU_ASSIGN_OR_RETURN(
      out.registers_fields,
      registers.Path("fields", out.registers_mapping + "/../policy/fields/family_economy.toml"));
  CHUANYU_ASSIGN_OR_RETURN(const Config match, top.Table("match"));
  CHUANYU_ASSIGN_OR_RETURN(out.match_keys, match.Path("keys", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.match_refresh, match.Duration("refresh", absl::Hours(1)));
  CHUANYU_ASSIGN_OR_RETURN(
      out.batch_warnings,
      registers.Path("warnings", out.registers_mapping + "/../policy/warnings/family_economy.toml"));
  CHUANYU_ASSIGN_OR_RETURN(const Config assessment, top.Table("assessment"));
  CHUANYU_ASSIGN_OR_RETURN(
      out.assessment_policy,
      assessment.Path("policy", out.registers_mapping + "/../policy/assessment/" + out.region + ".toml"));
  // Time limits are working days. As the two lie beside each other in deploy/data.
  if (out.calendar.empty()) out.calendar = out.divisions + "/../calendar";
  return absl::OkStatus();
}

// How long answers may take, and who gives them besides the own registers.
absl::Status ReadSourcesAndLimits(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config limits, top.Table("limits"));
  CHUANYU_ASSIGN_OR_RETURN(out.limits.own_data, limits.Duration("own_data", out.limits.own_data));
  if (out.limits.own_data < absl::Milliseconds(100)) return limits.Invalid("own_data", "is less than 100 ms");
  for (const auto& [key, days] : {std::pair{"departmental_days", &out.limits.departmental_days},
                                  std::pair{"finance_days", &out.limits.finance_days}}) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t read, limits.Int(key, *days, {.min = 1, .max = 250}));
    *days = static_cast<int>(read);
  }
  CHUANYU_ASSIGN_OR_RETURN(out.limits.business_ends,
                           limits.Duration("business_ends", out.limits.business_ends));
  if (out.limits.business_ends > absl::Hours(24)) {
    return limits.Invalid("business_ends", "is no time of day");
  }
  CHUANYU_ASSIGN_OR_RETURN(out.sources, ReadSources(top));
  return absl::OkStatus();
}

// How long what is kept where, and how soon another process's changes are told. All have defaults.
absl::Status ReadKeeping(const Config& top, ServiceConfig& out) {
  constexpr absl::Duration kDay = absl::Hours(24);
  const auto days = [&](const Config& table, const char* key, absl::Duration& into,
                        int64_t most) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t read,
                             table.Int(key, absl::ToInt64Hours(into) / 24, {.min = 1, .max = most}));
    into = read * kDay;
    return absl::OkStatus();
  };
  CHUANYU_ASSIGN_OR_RETURN(const Config retention, top.Table("retention"));
  CHUANYU_RETURN_IF_ERROR(days(retention, "answers_days", out.retention.answers, 3660));
  CHUANYU_RETURN_IF_ERROR(days(retention, "content_days", out.retention.content, 3660));
  CHUANYU_RETURN_IF_ERROR(days(retention, "application_days", out.cases.application_lasts, 366));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t rows,
                           retention.Int("max_rows", out.retention.max_rows, {.min = 1, .max = 100'000}));
  out.retention.max_rows = static_cast<int>(rows);
  CHUANYU_ASSIGN_OR_RETURN(out.retention.every, retention.Duration("every", out.retention.every));
  if (out.retention.every < absl::Seconds(1)) return retention.Invalid("every", "is less than a second");
  CHUANYU_ASSIGN_OR_RETURN(const Config authorization, top.Table("authorization"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t max_days, authorization.Int("max_days", 0, {.min = 0, .max = 3660}));
  out.auth_max_days = static_cast<int>(max_days);
  CHUANYU_ASSIGN_OR_RETURN(const Config report, top.Table("report"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t valid_days, report.Int("valid_days", 0, {.min = 0, .max = 3660}));
  out.cases.report_valid_days = static_cast<int>(valid_days);
  CHUANYU_ASSIGN_OR_RETURN(const Config watch, top.Table("watch"));
  CHUANYU_ASSIGN_OR_RETURN(out.changes.interval, watch.Duration("poll", out.changes.interval));
  if (out.changes.interval < absl::Milliseconds(10)) return watch.Invalid("poll", "is less than 10 ms");
  return absl::OkStatus();
}

// Who may see persons in clear: nobody who is not named (domain page §3.8, a separate permission).
absl::Status ReadReveal(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config reveal, top.Table("reveal"));
  if (!reveal.Has("systems")) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> systems, reveal.Strings("systems"));
  for (const std::string& system : systems) {
    const bool well_formed = rpc::ParseSpiffe("spiffe://" + out.region + ".chuanyu/" + system).ok();
    if (!well_formed) return reveal.Invalid("systems", "is not a list of <org>/<system>");
    out.reveal_systems.insert(system);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  ServiceConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadCommonConfig(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadReportKeys(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadData(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadSourcesAndLimits(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadKeeping(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadReveal(top, out));
  CHUANYU_ASSIGN_OR_RETURN(out.life_events, life_events::ReadFollowConfig(top));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu::family_economy
