#include "services/family_economy/batch/warning_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "services/family_economy/registers/register_class.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/life_events.h"

namespace chuanyu::family_economy {

namespace {

constexpr size_t kMonthDigits = 7;  // "2026-03"

// Whose records are new, by kind; every other kind may have any class.
std::optional<v1::DataClass> ClassOfNew(v1::WarningKind kind) {
  switch (kind) {
    case v1::WARNING_KIND_NEW_COMPANY:
      return v1::DATA_CLASS_A07_BUSINESS;
    case v1::WARNING_KIND_NEW_VEHICLE:
      return v1::DATA_CLASS_A06_VEHICLE;
    case v1::WARNING_KIND_NEW_PROPERTY:
      return v1::DATA_CLASS_A05_REAL_ESTATE;
    default:
      return std::nullopt;
  }
}

absl::Status CheckClass(const Config& table, v1::WarningKind kind, const RegisterClass* found) {
  if (found == nullptr) return table.Invalid("classes", "names none of A01 to A15");
  const std::optional<v1::DataClass> only = ClassOfNew(kind);
  if (kind == v1::WARNING_KIND_PRISON_RELEASE || (only && *only != found->data_class)) {
    return table.Invalid("classes", "do not belong to the kind");
  }
  return absl::OkStatus();
}

std::string MonthOf(const v1::ClassItem& item) {
  if (item.has_business_interest()) return item.business_interest().from_month().value();
  if (item.has_vehicle()) return item.vehicle().from_month().value();
  return item.real_estate().from_month().value();
}

// Whoever is not told since when takes it for new: better one look too many. 残疾人机动轮椅车 is no property.
bool IsNew(const v1::ClassItem& item, const OnFile& on_file) {
  if (item.vehicle().type() == v1::VEHICLE_TYPE_MOTORISED_WHEELCHAIR) return false;
  const std::string month = MonthOf(item);
  return month.empty() || month >= on_file.until_month;
}

}  // namespace

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
      return table.Invalid("kind", "is none of those of WarningKind");
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> classes, table.Strings("classes"));
    for (const std::string& code : classes) {
      const RegisterClass* const found = FindRegisterClass(code);
      CHUANYU_RETURN_IF_ERROR(CheckClass(table, rule.kind, found));
      rule.classes.insert(found->data_class);
    }
    CHUANYU_ASSIGN_OR_RETURN(rule.due_days, table.Int("due_days", {.min = 0, .max = 366}));
    CHUANYU_ASSIGN_OR_RETURN(rule.owner, table.String("owner", ""));
    rules.rules_.push_back(std::move(rule));
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return rules;
}

bool WarningRules::Applies(const Rule& rule, const v1::ClassResult& result, const OnFile& on_file) {
  if (result.state() != v1::RESULT_STATE_HIT || !rule.classes.contains(result.data_class())) return false;
  const auto& items = result.items();
  if (ClassOfNew(rule.kind)) {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return IsNew(item, on_file); });
  }
  if (rule.kind != v1::WARNING_KIND_MARRIAGE_CHANGE) return true;
  if (on_file.marital_code.empty()) return false;
  // Any record in force that agrees is enough; none agreeing is a change.
  return std::none_of(items.begin(), items.end(), [&](const v1::ClassItem& item) {
    return SameMaritalStatus(item.marital_status().marital_code(), on_file.marital_code);
  });
}

v1::BatchWarning WarningRules::WarningOf(const Rule& rule, const std::string& org, Date today) {
  v1::BatchWarning warning;
  warning.set_rule_id(rule.id);
  warning.set_kind(rule.kind);
  warning.set_owner(rule.owner.empty() ? org : rule.owner);
  warning.mutable_due_date()->set_value(FormatDate(today + rule.due_days));
  warning.set_disposition(v1::WARNING_DISPOSITION_PENDING);
  warning.set_version(1);
  return warning;
}

std::vector<v1::BatchWarning> WarningRules::Raise(const v1::QueryStatusResponse& answer,
                                                  const OnFile& on_file, const std::string& org,
                                                  Date today) const {
  std::vector<v1::BatchWarning> raised;
  for (const v1::ClassResult& result : answer.results()) {
    for (const Rule& rule : rules_) {
      if (!Applies(rule, result, on_file)) continue;
      raised.push_back(WarningOf(rule, org, today));
      *raised.back().mutable_evidence() = result;
    }
  }
  return raised;
}

std::vector<v1::BatchWarning> WarningRules::RaiseFor(const v1::MemberLifeEvent& event, const std::string& org,
                                                     Date today) const {
  std::vector<v1::BatchWarning> raised;
  if (IsDeath(event)) {
    // As a register of deaths would say it, so that the same rule holds.
    v1::QueryStatusResponse answer;
    v1::ClassResult& result = *answer.add_results();
    result.set_data_class(v1::DATA_CLASS_A03_DEATH);
    result.set_state(v1::RESULT_STATE_HIT);
    result.set_source("life-events/" + SourceNameOf(event));
    v1::DeathRecord& record = *result.add_items()->mutable_death_record();
    record.set_type(v1::DEATH_RECORD_TYPE_DEATH);
    record.mutable_from_month()->set_value(event.date().value().substr(0, kMonthDigits));
    *record.mutable_region() = event.region();
    raised = Raise(answer, {}, org, today);
  } else {
    for (const Rule& rule : rules_) {
      const bool release = event.kind() == life_events::v1::LIFE_EVENT_KIND_PRISON_RELEASE;
      if (!release || rule.kind != v1::WARNING_KIND_PRISON_RELEASE) continue;
      raised.push_back(WarningOf(rule, org, today));
    }
  }
  for (v1::BatchWarning& warning : raised) {
    *warning.mutable_region() = event.region();
    *warning.mutable_life_event() = event;
    warning.mutable_life_event()->clear_member_id();
  }
  return raised;
}

}  // namespace chuanyu::family_economy
