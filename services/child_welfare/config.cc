#include "services/child_welfare/config.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/identity/token.h"

namespace chuanyu::child_welfare {
namespace {

absl::StatusOr<Office> ReadOffice(const Config& table) {
  Office office;
  CHUANYU_ASSIGN_OR_RETURN(office.org, table.String("org"));
  CHUANYU_ASSIGN_OR_RETURN(office.roles, table.Strings("roles"));
  if (office.roles.empty()) return table.Invalid("roles", "names no role");
  for (const std::string& role : office.roles) {
    if (role != "WINDOW" && role != "TOWN" && role != "COUNTY") {
      return table.Invalid("roles", "names another role than WINDOW, TOWN, COUNTY");
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(office.counties, table.Strings("counties"));
  for (const std::string& county : office.counties) {
    if (county.size() != 6) return table.Invalid("counties", "names no 6-digit county");
  }
  return office;
}

absl::Status ReadOwn(const Config& top, ServiceConfig& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config policy, top.Table("policy"));
  CHUANYU_ASSIGN_OR_RETURN(out.policy, policy.Path("child_welfare"));
  CHUANYU_ASSIGN_OR_RETURN(out.flow, policy.Path("flow"));
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(out.claim_key, keys.Path("claim"));
  CHUANYU_ASSIGN_OR_RETURN(out.claim_key_id, keys.String("claim_id"));
  if (!IsToken(out.claim_key_id, 64))
    return keys.Invalid("claim_id", "is not 1 to 64 letters, digits, - or _");
  CHUANYU_ASSIGN_OR_RETURN(out.sign_ed25519, keys.Path("sign_ed25519", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.sign_sm2, keys.Path("sign_sm2", ""));
  if (out.sign_ed25519.empty() && out.sign_sm2.empty()) {
    return keys.Invalid("sign_sm2", "and sign_ed25519 are both missing: recognitions are signed");
  }
  if (out.calendar.empty()) return top.Invalid("data", "lacks calendar: time limits are working days");
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> offices, top.Tables("office"));
  if (offices.empty()) return top.Invalid("office", "is missing: nobody could act");
  for (const Config& table : offices) {
    CHUANYU_ASSIGN_OR_RETURN(Office office, ReadOffice(table));
    if (FindOffice(out.offices, office.org) != nullptr) return table.Invalid("org", "is there twice");
    out.offices.push_back(std::move(office));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  ServiceConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadCommonConfig(top, out));
  CHUANYU_RETURN_IF_ERROR(ReadOwn(top, out));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu::child_welfare
