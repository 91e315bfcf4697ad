#include "common/case_service/case_config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/identity/token.h"

namespace chuanyu {
namespace {

absl::StatusOr<Office> ReadOffice(const Config& table, const std::vector<std::string>& known) {
  Office office;
  CHUANYU_ASSIGN_OR_RETURN(office.org, table.String("org"));
  CHUANYU_ASSIGN_OR_RETURN(office.roles, table.Strings("roles"));
  if (office.roles.empty()) return table.Invalid("roles", "names no role");
  for (const std::string& role : office.roles) {
    if (std::find(known.begin(), known.end(), role) == known.end()) {
      return table.Invalid("roles", "names another role than " + absl::StrJoin(known, ", "));
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(office.counties, table.Strings("counties"));
  for (const std::string& county : office.counties) {
    if (county.size() != 6) return table.Invalid("counties", "names no 6-digit county");
  }
  return office;
}

absl::Status ReadSigning(const Config& keys, const std::string& signs, CaseConfig& out) {
  if (signs.empty()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(out.sign_ed25519, keys.Path("sign_ed25519", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.sign_sm2, keys.Path("sign_sm2", ""));
  if (!out.sign_ed25519.empty() || !out.sign_sm2.empty()) return absl::OkStatus();
  return keys.Invalid("sign_sm2", "and sign_ed25519 are both missing: " + signs + " are signed");
}

absl::Status ReadRetention(const Config& top, CaseRetention& out) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, top.Table("retention"));
  for (const auto& [key, into] :
       {std::pair{"content_days", &out.content_days}, {"max_rows", &out.max_rows}}) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t read, table.Int(key, *into, {.min = 1, .max = 100'000}));
    *into = static_cast<int>(read);
  }
  CHUANYU_ASSIGN_OR_RETURN(out.every, table.Duration("every", out.every));
  return out.every < absl::Seconds(1) ? table.Invalid("every", "is less than a second") : absl::OkStatus();
}

}  // namespace

absl::Status ReadCaseConfig(const Config& top, const CaseConfigRules& rules, CaseConfig& out) {
  CHUANYU_RETURN_IF_ERROR(ReadCommonConfig(top, out));
  CHUANYU_ASSIGN_OR_RETURN(const Config policy, top.Table("policy"));
  CHUANYU_ASSIGN_OR_RETURN(out.policy, policy.Path(rules.item));
  CHUANYU_ASSIGN_OR_RETURN(out.flow, policy.Path("flow"));
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(out.claim_key, keys.Path("claim"));
  CHUANYU_ASSIGN_OR_RETURN(out.claim_key_id, keys.String("claim_id"));
  if (!IsToken(out.claim_key_id, 64))
    return keys.Invalid("claim_id", "is not 1 to 64 letters, digits, - or _");
  CHUANYU_RETURN_IF_ERROR(ReadSigning(keys, rules.signs, out));
  if (out.calendar.empty()) return top.Invalid("data", "lacks calendar: time limits are working days");
  CHUANYU_ASSIGN_OR_RETURN(out.life_events, life_events::ReadFollowConfig(top));
  if (rules.erases) CHUANYU_RETURN_IF_ERROR(ReadRetention(top, out.retention));
  if (rules.looks_up) {
    CHUANYU_ASSIGN_OR_RETURN(out.registers, registers::ReadRegistersConfig(top));
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> offices, top.Tables("office"));
  if (offices.empty()) return top.Invalid("office", "is missing: nobody could act");
  for (const Config& table : offices) {
    CHUANYU_ASSIGN_OR_RETURN(Office office, ReadOffice(table, rules.roles));
    if (FindOffice(out.offices, office.org) != nullptr) return table.Invalid("org", "is there twice");
    out.offices.push_back(std::move(office));
  }
  return absl::OkStatus();
}

absl::StatusOr<CaseConfig> LoadCaseConfig(const std::string& path, const CaseConfigRules& rules) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  CaseConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadCaseConfig(top, rules, out));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu
