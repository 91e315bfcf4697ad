#include "common/service/service_config.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace chuanyu {
namespace {

bool IsRegion(const std::string& text) {
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status ReadTop(const Config& top, CommonConfig& out) {
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

absl::Status ReadSecurity(const Config& top, CommonConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config tls, top.Table("tls"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.certificate, tls.Path("certificate"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.key, tls.Path("key"));
  CHUANYU_ASSIGN_OR_RETURN(out.tls.ca, tls.Path("ca"));
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(out.kek, keys.Path("kek"));
  CHUANYU_ASSIGN_OR_RETURN(out.index_key, keys.Path("index"));
  CHUANYU_ASSIGN_OR_RETURN(const Config exchange, top.Table("exchange"));
  CHUANYU_ASSIGN_OR_RETURN(out.exchange_target, exchange.String("target"));
  CHUANYU_ASSIGN_OR_RETURN(out.exchange_identity, exchange.String("identity"));
  return absl::OkStatus();
}

absl::Status ReadData(const Config& top, CommonConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config store, top.Table("store"));
  CHUANYU_ASSIGN_OR_RETURN(out.store_url, store.String("url"));
  CHUANYU_ASSIGN_OR_RETURN(const Config data, top.Table("data"));
  CHUANYU_ASSIGN_OR_RETURN(out.divisions, data.Path("divisions"));
  CHUANYU_ASSIGN_OR_RETURN(out.calendar, data.Path("calendar", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config divisions, top.Table("divisions"));
  CHUANYU_ASSIGN_OR_RETURN(const Config codes, divisions.Table("codes"));
  for (const std::string& name : codes.Keys()) {
    CHUANYU_ASSIGN_OR_RETURN(out.division_options.codes[name], codes.String(name));
  }
  CHUANYU_ASSIGN_OR_RETURN(const Config log, top.Table("log"));
  CHUANYU_ASSIGN_OR_RETURN(out.log_file, log.Path("file", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config metrics, top.Table("metrics"));
  CHUANYU_ASSIGN_OR_RETURN(out.metrics_listen, metrics.String("listen", ""));
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadCommonConfig(const Config& top, CommonConfig& out) {
  CHUANYU_RETURN_IF_ERROR(ReadTop(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadSecurity(top, out));
  return ReadData(top, out);
}

}  // namespace chuanyu
