#include "services/child_welfare/rules/verification.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/child_welfare/rules/codes.h"

namespace chuanyu::child_welfare {
namespace {

using Facts = google::protobuf::RepeatedPtrField<v1::ParentFact>;

constexpr char kPrefix[] = "PARENT_CONDITION_";

absl::Status Conflict(const std::string& field) {
  return MakeError(Reason::B_EVIDENCE_CONFLICT, {.field = field, .detail = "a register says otherwise"});
}

// A dead parent is in no prison, and who is there has not died; other conditions may come together.
bool Contradicts(v1::ParentCondition stated, v1::ParentCondition record) {
  if (stated == record) return false;
  return stated == v1::PARENT_CONDITION_NONE || stated == v1::PARENT_CONDITION_DECEASED ||
         record == v1::PARENT_CONDITION_DECEASED;
}

// The days of a record that is of the stated condition.
absl::Status CheckDays(const v1::ParentRecord& record, const std::string& field, v1::ParentFact* fact) {
  if (record.has_since() && record.since().value() != fact->since().value())
    return Conflict(field + ".since");
  if (!record.has_until()) return absl::OkStatus();
  if (fact->has_until() && record.until().value() != fact->until().value()) return Conflict(field + ".until");
  *fact->mutable_until() = record.until();
  return absl::OkStatus();
}

struct Said {
  bool confirmed = false;
  bool silent = false;   // a register of the condition was asked and has nothing
  bool unknown = false;  // one of them was not asked, or holds what cannot be read
};

absl::StatusOr<Said> Hear(const std::vector<v1::ParentCheck>& checks, const std::string& field,
                          v1::ParentFact* fact) {
  Said out;
  for (const v1::ParentCheck& check : checks) {
    if (check.role() != fact->role()) continue;
    bool has = false;
    for (const v1::ParentRecord& record : check.records()) {
      if (Contradicts(fact->condition(), record.condition())) return Conflict(field + ".condition");
      if (record.condition() != fact->condition()) continue;
      CHUANYU_RETURN_IF_ERROR(CheckDays(record, field, fact));
      has = true;
    }
    const bool of_condition = std::find(check.conditions().begin(), check.conditions().end(),
                                        fact->condition()) != check.conditions().end();
    const cases::v1::RegisterState state = check.answer().state();
    const bool asked = state == cases::v1::REGISTER_STATE_HIT || state == cases::v1::REGISTER_STATE_NO_HIT;
    out.confirmed |= has;
    out.silent |= of_condition && asked && !has;
    out.unknown |= of_condition && !asked;
  }
  return out;
}

}  // namespace

std::vector<std::string> ConditionNames() {
  std::vector<std::string> out;
  for (const v1::ParentCondition condition : kAllConditions) {
    out.push_back(v1::ParentCondition_Name(condition).substr(sizeof(kPrefix) - 1));
  }
  return out;
}

v1::ParentCondition ConditionNamed(const std::string& name) {
  v1::ParentCondition out = v1::PARENT_CONDITION_UNSPECIFIED;
  v1::ParentCondition_Parse(kPrefix + name, &out);
  return out;
}

void TakeFound(const Facts& found, Facts* facts) {
  for (const v1::ParentFact& each : found) {
    for (v1::ParentFact& fact : *facts) {
      if (fact.role() == each.role()) fact = each;
    }
  }
}

absl::Status Verify(const std::vector<v1::ParentCheck>& checks, Facts* facts) {
  for (int at = 0; at < facts->size(); ++at) {
    v1::ParentFact& fact = *facts->Mutable(at);
    const std::string field = absl::StrCat("parents[", at, "]");
    CHUANYU_ASSIGN_OR_RETURN(const Said said, Hear(checks, field, &fact));
    if (said.confirmed) {
      fact.set_checked_by(v1::CHECKED_BY_DATA);
      continue;
    }
    if (fact.condition() == v1::PARENT_CONDITION_NONE || fact.checked_by() != v1::CHECKED_BY_DATA) continue;
    if (said.unknown) {
      return MakeError(Reason::SOURCE_UNAVAILABLE,
                       {.field = field, .detail = "a register was not asked: a paper must prove it"});
    }
    if (said.silent) {
      return MakeError(Reason::B_PARENT_INCOMPLETE,
                       {.field = field + ".evidence", .detail = "no register has it: a paper must prove it"});
    }
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::child_welfare
