#include "services/child_welfare/rules/application.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/uscc.h"

namespace chuanyu::child_welfare {
namespace {

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}
absl::Status Unproven(const std::string& field, const std::string& detail) {
  return MakeError(Reason::B_GUARDIAN_UNPROVEN, {.field = field, .detail = detail});
}

absl::StatusOr<Date> BirthOf(const v1::Child& child, const Person& person, Date today) {
  const auto by_number = person.document ? person.document->birth_date() : std::nullopt;
  if (!child.has_birth_date()) {
    if (by_number) return *by_number;
    return MakeError(Reason::DATE_INVALID, {.field = "child.birth_date", .detail = "required here"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date birth, ParseDate(child.birth_date().value(), "child.birth_date"));
  if (birth > today) return MakeError(Reason::DATE_INVALID, {.field = "child.birth_date"});
  if (by_number && *by_number != birth) {
    return MakeError(Reason::B_EVIDENCE_CONFLICT,
                     {.field = "child.birth_date", .detail = "is not that of the number"});
  }
  return birth;
}

absl::Status CheckProof(const v1::Guardian& guardian, Date today) {
  const std::string field = "guardian.evidence";
  if (!guardian.has_evidence()) return Unproven(field, "is required");
  const v1::Evidence& evidence = guardian.evidence();
  if (evidence.kind() != v1::EVIDENCE_KIND_GUARDIANSHIP_PROOF &&
      evidence.kind() != v1::EVIDENCE_KIND_COURT_JUDGMENT) {
    return Unproven(field + ".kind", "proves no guardianship");
  }
  if (evidence.number().empty() || evidence.issuer().empty()) {
    return Unproven(field, "number and issuer are required");
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date date, ParseDate(evidence.date().value(), field + ".date"));
  return date > today ? Unproven(field + ".date", "is after today") : absl::OkStatus();
}

absl::Status CheckGuardianPerson(const v1::Guardian& guardian, const Person& child, Date today,
                                 const DivisionTable& divisions, std::vector<Warning>* warnings) {
  if (!guardian.has_person()) return Unproven("guardian.person", "is required");
  CHUANYU_ASSIGN_OR_RETURN(const Person person,
                           ParsePerson(guardian.person(), today, divisions, "guardian.person", warnings));
  if (person.Key() == child.Key()) return Unproven("guardian.person", "is the child");
  if (!person.IsAdultOn(today)) return Unproven("guardian.person", "is not of full age");
  if (!IsRelation(guardian.relation())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "guardian.relation"});
  }
  // 50 to 52: a parent who cares for the child is neither gone nor unable to.
  if (guardian.relation() >= "50" && guardian.relation() <= "52") {
    return MakeError(Reason::B_EVIDENCE_CONFLICT, {.field = "guardian.relation", .detail = "is a parent"});
  }
  return absl::OkStatus();
}

// Who the parents are, where it is stated: neither the child nor who cares for it.
absl::Status CheckParentPersons(const std::vector<v1::ParentFact>& parents, const v1::Guardian& guardian,
                                const Person& child, Date today, const DivisionTable& divisions,
                                std::vector<Warning>* warnings) {
  for (size_t at = 0; at < parents.size(); ++at) {
    if (!parents[at].has_person()) continue;
    const std::string field = absl::StrCat("parents[", at, "].person");
    CHUANYU_ASSIGN_OR_RETURN(const Person parent,
                             ParsePerson(parents[at].person(), today, divisions, field, warnings));
    const bool cares = guardian.has_person() && guardian.person().doc_no() == parents[at].person().doc_no() &&
                       guardian.person().doc_type() == parents[at].person().doc_type();
    if (parent.Key() == child.Key() || cares) {
      return MakeError(Reason::B_EVIDENCE_CONFLICT,
                       {.field = field, .detail = cares ? "is the guardian" : "is the child"});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGuardian(const v1::Guardian& guardian, const Person& child, v1::CareType care, Date today,
                           const DivisionTable& divisions, std::vector<Warning>* warnings) {
  if (care == v1::CARE_TYPE_INSTITUTION) {
    if (guardian.institution_uscc().empty()) return Unproven("guardian.institution_uscc", "is required");
    CHUANYU_RETURN_IF_ERROR(ParseUscc(guardian.institution_uscc(), "guardian.institution_uscc").status());
  } else {
    CHUANYU_RETURN_IF_ERROR(CheckGuardianPerson(guardian, child, today, divisions, warnings));
  }
  return CheckProof(guardian, today);
}

}  // namespace

absl::StatusOr<ChildApplication> ParseChildApplication(const v1::Child& child,
                                                       const std::vector<v1::ParentFact>& parents,
                                                       const v1::Guardian& guardian, const PolicyDay& policy,
                                                       Date today, const DivisionTable& divisions) {
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(Person person,
                           ParsePerson(child.person(), today, divisions, "child.person", &warnings));
  CHUANYU_ASSIGN_OR_RETURN(const Date birth, BirthOf(child, person, today));
  CHUANYU_ASSIGN_OR_RETURN(const std::string region,
                           RegionOf(child.hukou_code(), today, divisions, "child.hukou_code"));
  CHUANYU_RETURN_IF_ERROR(
      RegionOf(child.residence_code(), today, divisions, "child.residence_code").status());
  if (child.care_type() != v1::CARE_TYPE_INSTITUTION && child.care_type() != v1::CARE_TYPE_FAMILY) {
    return Bad("child.care_type", "missing or unknown");
  }
  if (!v1::StudyStage_IsValid(child.study_stage())) return Bad("child.study_stage", "unknown");
  if (today > LastDayAsChild(birth, policy.age)) {
    return MakeError(Reason::B_AGE, {.field = "child", .detail = "is an adult today"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Parents checked, CheckParents(parents, policy, today));
  CHUANYU_RETURN_IF_ERROR(CheckParentPersons(parents, guardian, person, today, divisions, &warnings));
  CHUANYU_RETURN_IF_ERROR(CheckGuardian(guardian, person, child.care_type(), today, divisions, &warnings));
  return ChildApplication{.child = std::move(person),
                          .birth = birth,
                          .hukou_code = child.hukou_code().code(),
                          .hukou_region = region,
                          .care_type = child.care_type(),
                          .study_stage = child.study_stage(),
                          .parents = checked,
                          .warnings = std::move(warnings)};
}

absl::Status CheckTransfer(const v1::Transfer& transfer) {
  const std::string field = "transfer";
  if (transfer.determination_no().empty()) return Bad(field + ".determination_no", "is required");
  if (transfer.category() != v1::CATEGORY_ORPHAN && transfer.category() != v1::CATEGORY_DEFACTO) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".category"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date moved, ParseDate(transfer.moved_on().value(), field + ".moved_on"));
  CHUANYU_RETURN_IF_ERROR(ParseDate(transfer.confirmed_on().value(), field + ".confirmed_on").status());
  CHUANYU_ASSIGN_OR_RETURN(const Month from,
                           ParseMonth(transfer.from_month().value(), field + ".from_month"));
  if (from <= Month(moved)) return Bad(field + ".from_month", "is the former side's");
  return absl::OkStatus();
}

bool IsReusable(Date confirmed, const PolicyDay& policy, Date today) {
  return today <= AddMonths(confirmed, policy.evidence_reusable_months);
}

}  // namespace chuanyu::child_welfare
