#include "services/child_welfare/rules/assessment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {
namespace {

absl::Status Incomplete(const std::string& field, const std::string& detail) {
  return MakeError(Reason::B_PARENT_INCOMPLETE, {.field = field, .detail = detail});
}
absl::Status Conflict(const std::string& field, const std::string& detail) {
  return MakeError(Reason::B_EVIDENCE_CONFLICT, {.field = field, .detail = detail});
}

bool HasFirstDay(v1::ParentCondition condition) {
  return condition != v1::PARENT_CONDITION_UNTRACEABLE && condition != v1::PARENT_CONDITION_NONE;
}

bool HasDecidedTerm(v1::ParentCondition condition, const PolicyDay& day) {
  const auto term = day.terms.find(condition);
  return term != day.terms.end() && term->second.counted == TermRule::Counted::kDecided;
}

absl::StatusOr<std::optional<Date>> ReadDay(bool there, const type::v1::Date& date,
                                            const std::string& field) {
  if (!there) return std::optional<Date>();
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(date.value(), field));
  return std::optional<Date>(day);
}

// Evidence of a fact that was checked on paper.
absl::StatusOr<std::optional<Evidence>> ReadEvidence(const v1::ParentFact& stated, const PolicyDay& day,
                                                     Date today, const std::string& field) {
  if (stated.checked_by() == v1::CHECKED_BY_DATA) return std::optional<Evidence>();
  if (stated.checked_by() != v1::CHECKED_BY_DOCUMENT) {
    return Incomplete(field + ".checked_by", "neither DATA nor DOCUMENT");
  }
  if (!stated.has_evidence() || stated.evidence().number().empty() || stated.evidence().issuer().empty()) {
    return Incomplete(field + ".evidence", "kind, number, issuer and date are required");
  }
  Evidence out{.kind = stated.evidence().kind()};
  CHUANYU_ASSIGN_OR_RETURN(out.date, ParseDate(stated.evidence().date().value(), field + ".evidence.date"));
  if (out.date > today) return Conflict(field + ".evidence.date", "is after today");
  if (!day.proofs.at(stated.condition()).contains(out.kind)) {
    return Conflict(field + ".evidence.kind", "does not prove this condition");
  }
  return std::optional<Evidence>(out);
}

absl::StatusOr<ParentFact> ReadFact(const v1::ParentFact& stated, const PolicyDay& day, Date today,
                                    const std::string& field) {
  ParentFact out{.condition = stated.condition()};
  if (LetterOf(out.condition) == '?') return Incomplete(field + ".condition", "is not stated");
  CHUANYU_ASSIGN_OR_RETURN(out.since, ReadDay(stated.has_since(), stated.since(), field + ".since"));
  CHUANYU_ASSIGN_OR_RETURN(out.until, ReadDay(stated.has_until(), stated.until(), field + ".until"));
  if (HasFirstDay(out.condition) && !out.since) return Incomplete(field + ".since", "is required");
  if (HasDecidedTerm(out.condition, day) && !out.until) return Incomplete(field + ".until", "is required");
  if (out.since && *out.since > today) return Conflict(field + ".since", "is after today");
  if (out.until && (!out.since || *out.until < *out.since)) {
    return Conflict(field + ".until", "is before the first day");
  }
  // Nobody comes back from these by a date; a wrong declaration is taken back by a new decision.
  if (out.until &&
      (out.condition == v1::PARENT_CONDITION_DECEASED || out.condition == v1::PARENT_CONDITION_MISSING)) {
    return Conflict(field + ".until", "cannot have an end");
  }
  if (out.condition == v1::PARENT_CONDITION_NONE) return out;
  CHUANYU_ASSIGN_OR_RETURN(out.evidence, ReadEvidence(stated, day, today, field));
  if (out.evidence && out.since && out.evidence->date < *out.since &&
      out.condition == v1::PARENT_CONDITION_DECEASED) {
    return Conflict(field + ".evidence.date", "is before the death it proves");
  }
  return out;
}

}  // namespace

absl::StatusOr<Parents> CheckParents(const std::vector<v1::ParentFact>& stated, const PolicyDay& day,
                                     Date today) {
  std::array<std::optional<ParentFact>, 2> found;
  for (size_t at = 0; at < stated.size(); ++at) {
    const std::string field = absl::StrCat("parents[", at, "]");
    const v1::ParentRole role = stated[at].role();
    if (role != v1::PARENT_ROLE_FATHER && role != v1::PARENT_ROLE_MOTHER) {
      return Incomplete(field + ".role", "neither father nor mother");
    }
    CHUANYU_ASSIGN_OR_RETURN(const ParentFact fact, ReadFact(stated[at], day, today, field));
    std::optional<ParentFact>& slot = found[role == v1::PARENT_ROLE_FATHER ? 0 : 1];
    if (slot) return Conflict(field + ".role", "is stated twice");
    slot = fact;
  }
  if (!found[0] || !found[1]) return Incomplete("parents", "father and mother are both required");
  return Parents({*found[0], *found[1]});
}

Assessment AssessParents(const Parents& parents, const PolicyDay& day, Date today) {
  std::array<v1::ParentCondition, 2> conditions;
  for (size_t at = 0; at < 2; ++at) {
    const ParentFact& fact = parents.facts()[at];
    const bool over = fact.until && *fact.until < today;
    conditions[at] = over ? v1::PARENT_CONDITION_NONE : fact.condition;
  }
  Assessment out{.result = day.ResultFor(conditions[0], conditions[1])};
  if (out.result != v1::TABLE_RESULT_ORPHAN && out.result != v1::TABLE_RESULT_DEFACTO) return out;
  bool ever = true;
  for (int at = 0; at < 2; ++at) {
    const ParentFact& fact = parents.facts()[at];
    if (!fact.since) continue;
    Date from = *fact.since;
    if (const auto term = day.terms.find(fact.condition); term != day.terms.end()) {
      const Date full = AddMonths(*fact.since, term->second.months);
      if (term->second.counted == TermRule::Counted::kElapsed) {
        from = full;
        if (from > today) out.short_terms.push_back({.parent = at, .eligible_from = from});
      } else if (!fact.until || *fact.until < full) {
        ever = false;
        out.short_terms.push_back({.parent = at, .eligible_from = std::nullopt});
      }
    }
    out.earliest_eligible = out.earliest_eligible ? std::max(*out.earliest_eligible, from) : from;
    if (fact.until) out.until = out.until ? std::min(*out.until, *fact.until) : *fact.until;
  }
  if (!ever) out.earliest_eligible = std::nullopt;
  return out;
}

Date LastDayAsChild(Date birth, const AgeRules& rules, const AgeRule& counting) {
  return DayOfAge(birth, rules.adult_at, counting) - 1;
}

bool MayStudyOn(v1::Category category, v1::StudyStage stage, const AgeRules& rules) {
  return rules.studying && rules.studying->categories.contains(category) &&
         rules.studying->stages.contains(stage);
}

bool MayContinue(Date birth, v1::Category category, v1::StudyStage stage, const AgeRules& rules, Date today,
                 const AgeRule& counting) {
  if (today <= LastDayAsChild(birth, rules, counting)) return true;
  return MayStudyOn(category, stage, rules);
}

absl::StatusOr<v1::Category> Decide(const Assessment& assessment, Date birth, const AgeRules& rules,
                                    Date today, v1::Category manual) {
  if (today > LastDayAsChild(birth, rules)) {
    return MakeError(Reason::B_AGE, {.field = "child", .detail = "is an adult today"});
  }
  switch (assessment.result) {
    case v1::TABLE_RESULT_NOT_ELIGIBLE:
      return MakeError(Reason::B_NOT_ELIGIBLE, {.field = "parents"});
    case v1::TABLE_RESULT_MANUAL:
      if (manual == v1::CATEGORY_UNSPECIFIED) {
        return MakeError(Reason::STATE_CONFLICT,
                         {.field = "category", .detail = "the table leaves this pair to an officer"});
      }
      return manual;
    default:
      break;
  }
  if (!assessment.short_terms.empty()) {
    const ShortTerm& term = assessment.short_terms.front();
    return MakeError(
        Reason::B_TERM_TOO_SHORT,
        {.field = absl::StrCat("parents[", term.parent, "]"),
         .detail = term.eligible_from ? "counts from " + FormatDate(*term.eligible_from) : "never counts"});
  }
  return assessment.result == v1::TABLE_RESULT_ORPHAN ? v1::CATEGORY_ORPHAN : v1::CATEGORY_DEFACTO;
}

Month FirstMonth(Date confirmed) { return Month(confirmed) + 1; }

}  // namespace chuanyu::child_welfare
