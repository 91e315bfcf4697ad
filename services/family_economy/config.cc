#include "services/family_economy/config.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/config/config.h"

namespace chuanyu::family_economy {
namespace {

bool IsRegion(const std::string& text) {
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status ReadTop(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(out.region, top.String("region"));
  if (!IsRegion(out.region)) return top.Invalid("region", "is not a 6-digit region code");
  CHUANYU_ASSIGN_OR_RETURN(out.front_listen, top.Strings("front_listen"));
  if (out.front_listen.empty()) return top.Invalid("front_listen", "names no address");
  CHUANYU_ASSIGN_OR_RETURN(out.provider_listen, top.Strings("provider_listen"));
  if (out.provider_listen.empty()) return top.Invalid("provider_listen", "names no address");
  CHUANYU_ASSIGN_OR_RETURN(out.ready_file, top.Path("ready_file", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config peers, top.Table("peers"));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> regions, peers.Strings("regions"));
  for (const std::string& region : regions) {
    if (!IsRegion(region) || region == out.region) {
      return peers.Invalid("regions", "names no other 6-digit region");
    }
    out.peer_regions.insert(region);
  }
  return absl::OkStatus();
}

absl::Status ReadSecurity(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config tls, top.Table("tls"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.certificate, tls.Path("certificate"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.key, tls.Path("key"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.ca, tls.Path("ca"));
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(out.kek, keys.Path("kek"));
  CHUANYU_ASSIGN_OR_RETURN(out.index_key, keys.Path("index"));
  CHUANYU_ASSIGN_OR_RETURN(out.report_ed25519, keys.Path("report_ed25519", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.report_sm2, keys.Path("report_sm2", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config exchange, top.Table("exchange"));
  CHUANYU_ASSIGN_OR_RETURN(out.exchange_target, exchange.String("target"));
  CHUANYU_ASSIGN_OR_RETURN(out.exchange_identity, exchange.String("identity"));
  return absl::OkStatus();
}

absl::Status ReadData(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config store, top.Table("store"));
  CHUANYU_ASSIGN_OR_RETURN(out.store_url, store.String("url"));
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
  CHUANYU_ASSIGN_OR_RETURN(const Config data, top.Table("data"));
  CHUANYU_ASSIGN_OR_RETURN(out.divisions, data.Path("divisions"));
  // No rule here counts working days yet; the key is one that every domain service has.
  CHUANYU_RETURN_IF_ERROR(data.Path("calendar", "").status());
  CHUANYU_ASSIGN_OR_RETURN(const Config divisions, top.Table("divisions"));
  CHUANYU_ASSIGN_OR_RETURN(const Config codes, divisions.Table("codes"));
  for (const std::string& name : codes.Keys()) {
    CHUANYU_ASSIGN_OR_RETURN(out.division_options.codes[name], codes.String(name));
  }
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
  CHUANYU_ASSIGN_OR_RETURN(const Config watch, top.Table("watch"));
  CHUANYU_ASSIGN_OR_RETURN(out.changes.interval, watch.Duration("poll", out.changes.interval));
  if (out.changes.interval < absl::Milliseconds(10)) return watch.Invalid("poll", "is less than 10 ms");
  return absl::OkStatus();
}

absl::Status ReadTelemetry(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config log, top.Table("log"));
  CHUANYU_ASSIGN_OR_RETURN(out.log_file, log.Path("file", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config metrics, top.Table("metrics"));
  CHUANYU_ASSIGN_OR_RETURN(out.metrics_listen, metrics.String("listen", ""));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  ServiceConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadTop(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadSecurity(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadData(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadKeeping(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadTelemetry(top, out));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu::family_economy
