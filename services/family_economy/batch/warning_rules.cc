#include "services/family_economy/batch/warning_rules.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "services/family_economy/registers/register_class.h"
#include "services/family_economy/rules/class_groups.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {

absl::StatusOr<WarningRules> WarningRules::Load(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, file.Tables("rule"));
  WarningRules rules;
  std::set<std::string> ids;
  for (const Config& table : tables) {
    Rule rule;
    CHUANYU_ASSIGN_OR_RETURN(rule.id, table.String("id"));
    if (!IsToken(rule.id, 64) || !ids.insert(rule.id).second)
      return table.Invalid("id", "malformed or used twice");
    CHUANYU_ASSIGN_OR_RETURN(const std::string kind, table.String("kind"));
    if (!v1::WarningKind_Parse("WARNING_KIND_" + kind, &rule.kind) || rule.kind == 0) {
      return table.Invalid("kind", "is none of DEATH, OTHER_REGION_BENEFIT, MARRIAGE_CHANGE");
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> classes, table.Strings("classes"));
    for (const std::string& code : classes) {
      const RegisterClass* const found = FindRegisterClass(code);
      if (found == nullptr || !IsStatusClass(found->data_class))
        return table.Invalid("classes", "names none of A02, A03, A10 to A13");
      rule.classes.insert(found->data_class);
    }
    CHUANYU_ASSIGN_OR_RETURN(rule.due_days, table.Int("due_days", {.min = 0, .max = 366}));
    CHUANYU_ASSIGN_OR_RETURN(rule.owner, table.String("owner", ""));
    rules.rules_.push_back(std::move(rule));
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return rules;
}

bool WarningRules::Applies(const Rule& rule, const v1::ClassResult& result,
                           const std::string& known_marital_code) {
  if (result.state() != v1::RESULT_STATE_HIT || !rule.classes.contains(result.data_class())) return false;
  if (rule.kind != v1::WARNING_KIND_MARRIAGE_CHANGE) return true;
  if (known_marital_code.empty()) return false;
  // Any record in force that agrees is enough; none agreeing is a change.
  for (const v1::ClassItem& item : result.items()) {
    if (SameMaritalStatus(item.marital_status().marital_code(), known_marital_code)) return false;
  }
  return true;
}

std::vector<v1::BatchWarning> WarningRules::Raise(const v1::QueryStatusResponse& answer,
                                                  const std::string& known_marital_code,
                                                  const std::string& org, Date today) const {
  std::vector<v1::BatchWarning> raised;
  for (const v1::ClassResult& result : answer.results()) {
    for (const Rule& rule : rules_) {
      if (!Applies(rule, result, known_marital_code)) continue;
      v1::BatchWarning& warning = raised.emplace_back();
      warning.set_rule_id(rule.id);
      warning.set_kind(rule.kind);
      *warning.mutable_evidence() = result;
      warning.set_owner(rule.owner.empty() ? org : rule.owner);
      warning.mutable_due_date()->set_value(FormatDate(today + rule.due_days));
      warning.set_disposition(v1::WARNING_DISPOSITION_PENDING);
      warning.set_version(1);
    }
  }
  return raised;
}

}  // namespace chuanyu::family_economy
