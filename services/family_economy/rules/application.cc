#include "services/family_economy/rules/application.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/class_groups.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kMaxMembers = 30;
constexpr size_t kMaxNumber = 64;  // of household and authorisation
// What the exchange takes at most.
constexpr absl::Duration kLongestDeadline = absl::Hours(24 * 366);

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::StatusOr<Member> ParseMember(const v1::Member& in, const RuleContext& context, const std::string& field,
                                   std::vector<v1::Warning>* warnings) {
  Member member;
  if (!IsToken(in.member_id(), 16)) return Bad(field + ".member_id", "not 1 to 16 of [A-Za-z0-9_-]");
  member.id = in.member_id();
  CHUANYU_ASSIGN_OR_RETURN(member.person, ParsePerson(in.person(), context, field + ".person", warnings));
  if (!IsRelation(in.relation())) return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".relation"});
  member.relation = in.relation();
  CHUANYU_ASSIGN_OR_RETURN(member.region, RegionOf(in.hukou_code(), context, field + ".hukou_code"));
  if (in.has_residence_code()) {
    CHUANYU_RETURN_IF_ERROR(
        DivisionCode::Parse(in.residence_code().code(), field + ".residence_code").status());
  }
  if (in.capacity() == v1::CAPACITY_UNSPECIFIED || !v1::Capacity_IsValid(in.capacity())) {
    return Bad(field + ".capacity", "missing or unknown");
  }
  member.capacity = in.capacity();
  if (!in.declared_marital_code().empty() && !IsMaritalStatus(in.declared_marital_code())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".declared_marital_code"});
  }
  if (in.has_disability() && (in.disability().type() < 1 || in.disability().type() > 7 ||
                              in.disability().grade() < 1 || in.disability().grade() > 4)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".disability"});
  }
  return member;
}

absl::Status CheckApplicant(const v1::Household& household, const std::vector<Member>& members) {
  int applicants = 0;
  for (const Member& member : members) {
    if (member.relation != "01") continue;
    ++applicants;
    if (member.id != household.applicant_member_id()) {
      return Bad("household.applicant_member_id", "not the member with relation 01");
    }
  }
  return applicants == 1 ? absl::OkStatus() : Bad("household.members", "needs one member with relation 01");
}

absl::Status ParseHousehold(const v1::Household& household, const RuleContext& context, Application* into) {
  if (!IsToken(household.household_id(), kMaxNumber, ".:/"))
    return Bad("household.household_id", "malformed");
  if (household.type() == v1::HOUSEHOLD_TYPE_UNSPECIFIED || !v1::HouseholdType_IsValid(household.type())) {
    return Bad("household.type", "missing or unknown");
  }
  if (household.members_size() < 1 || household.members_size() > kMaxMembers) {
    return Bad("household.members", "not 1 to 30");
  }
  into->household_id = household.household_id();
  std::set<std::string> ids;
  std::set<std::pair<uint8_t, std::string>> persons;
  for (int i = 0; i < household.members_size(); ++i) {
    const std::string field = absl::StrCat("household.members[", i, "]");
    CHUANYU_ASSIGN_OR_RETURN(Member member,
                             ParseMember(household.members(i), context, field, &into->warnings));
    if (!ids.insert(member.id).second) return Bad(field + ".member_id", "twice in one household");
    if (!persons.insert(member.person.Key()).second) return Bad(field + ".person", "twice in one household");
    into->members.push_back(std::move(member));
  }
  return CheckApplicant(household, into->members);
}

absl::Status ParseClasses(const v1::Verification& in, Application* into) {
  if (in.classes().empty()) return Bad("classes", "missing");
  std::set<int> seen;
  for (int i = 0; i < in.classes_size(); ++i) {
    const std::string field = absl::StrCat("classes[", i, "]");
    if (!IsDataClass(in.classes(i))) return Bad(field, "not one of A01 to A15");
    if (!seen.insert(in.classes(i)).second) return Bad(field, "asked twice");
    into->classes.push_back(in.classes(i));
  }
  return absl::OkStatus();
}

absl::Status ParseTimes(const v1::Verification& in, const RuleContext& context, Application* into) {
  CHUANYU_ASSIGN_OR_RETURN(into->as_of, ParseDate(in.as_of().value(), "as_of"));
  if (into->as_of > context.today) {
    return MakeError(Reason::DATE_INVALID, {.field = "as_of", .detail = "in the future"});
  }
  if (in.income_window_months() > 36) return Bad("income_window_months", "more than 36");
  if (!in.has_deadline()) return Bad("deadline", "missing");
  // Clamped: what lies beyond the range below overflows nothing.
  const int64_t seconds = std::clamp<int64_t>(in.deadline().seconds(), 0, int64_t{1} << 40);
  into->deadline = absl::FromUnixSeconds(seconds) + absl::Nanoseconds(in.deadline().nanos());
  if (into->deadline <= context.now) return MakeError(Reason::DEADLINE_PASSED, {.field = "deadline"});
  if (into->deadline > context.now + kLongestDeadline) return Bad("deadline", "more than 366 days ahead");
  return absl::OkStatus();
}

absl::Status ParseOrganization(const v1::Organization& in, const RuleContext& context, Application* into) {
  CHUANYU_RETURN_IF_ERROR(ParseUscc(in.uscc(), "accept_org.uscc").status());
  const std::string field = "accept_org.division";
  CHUANYU_ASSIGN_OR_RETURN(const std::string region, RegionOf(in.division(), context, field));
  if (region != context.own_region) return MakeError(Reason::ORG_NOT_COMPETENT, {.field = field});
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode code, DivisionCode::Parse(in.division().code(), field));
  const auto competent = context.divisions.CompetentCounty(code, context.today);
  // A county that was divided has no single successor; its own code still tells which files are meant.
  into->accepting_county = competent.ok() ? competent->str() : code.County().str();
  return absl::OkStatus();
}

absl::Status CheckOutputsEmpty(const v1::Verification& in) {
  const bool empty = in.verification_no().empty() && in.request_id().empty() &&
                     in.state() == v1::VERIFICATION_STATE_UNSPECIFIED && in.version() == 0 &&
                     !in.has_create_time() && !in.has_update_time() && in.results().empty() &&
                     in.duplicates().empty() && in.discrepancies().empty() && in.warnings().empty() &&
                     in.remote_queries().empty() && !in.has_report() && in.events().empty() &&
                     !in.has_decision() && !in.has_review() && in.earlier_reports().empty() && !in.erased() &&
                     !in.has_partial_time() && in.life_events().empty() && in.other_checks().empty() &&
                     in.household().version() == 0 && in.review_tier() == v1::BATCH_TIER_UNSPECIFIED &&
                     !in.has_next_review_date() && in.review_unknowns().empty() && in.due_acts().empty() &&
                     in.due_problem().empty();
  return empty ? absl::OkStatus() : Bad("verification", "holds fields that are the service's");
}

absl::Status CheckPurpose(const v1::Verification& in) {
  if (in.type() == v1::VERIFICATION_TYPE_UNSPECIFIED || !v1::VerificationType_IsValid(in.type())) {
    return Bad("type", "missing or unknown");
  }
  if (in.assist_type().empty()) return Bad("assist_type", "missing");
  if (IsApplicationPurpose(in.assist_type())) return absl::OkStatus();
  // Nobody applies for a re-check.
  if (IsReviewPurpose(in.assist_type()) && in.type() != v1::VERIFICATION_TYPE_NEW) return absl::OkStatus();
  return MakeError(Reason::PURPOSE_DENIED, {.field = "assist_type"});
}

}  // namespace

absl::StatusOr<Person> ParsePerson(const type::v1::PersonRef& person, const RuleContext& context,
                                   const std::string& field, std::vector<v1::Warning>* warnings) {
  std::vector<Warning> odd;
  CHUANYU_ASSIGN_OR_RETURN(Person parsed,
                           chuanyu::ParsePerson(person, context.today, context.divisions, field, &odd));
  for (const Warning warning : odd) {
    v1::Warning out;
    out.set_field(field + ".doc_no");
    out.set_code(std::string(WarningName(warning)));
    warnings->push_back(std::move(out));
  }
  return parsed;
}

absl::StatusOr<std::string> RegionOf(const type::v1::DivisionCode& code, const RuleContext& context,
                                     const std::string& field) {
  return chuanyu::RegionOf(code, context.today, context.divisions, field);
}

absl::StatusOr<Application> ParseApplication(const v1::Verification& verification,
                                             const RuleContext& context) {
  Application application;
  CHUANYU_RETURN_IF_ERROR(CheckOutputsEmpty(verification));
  CHUANYU_RETURN_IF_ERROR(CheckPurpose(verification));
  application.type = verification.type();
  application.purpose = verification.assist_type();
  CHUANYU_RETURN_IF_ERROR(ParseHousehold(verification.household(), context, &application));
  CHUANYU_RETURN_IF_ERROR(ParseClasses(verification, &application));
  CHUANYU_RETURN_IF_ERROR(ParseTimes(verification, context, &application));
  CHUANYU_RETURN_IF_ERROR(ParseOrganization(verification.accept_org(), context, &application));
  return application;
}

}  // namespace chuanyu::family_economy
