#include "services/family_economy/batch/lines.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/month.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/class_groups.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/review_schedule.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kMaxToken = 64;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::Status CheckAuthorizationOf(const v1::BatchLine& line, const v1::BatchManifest& manifest,
                                  const RuleContext& context) {
  if (line.auth_no().empty()) return MakeError(Reason::AUTH_MISSING, {.field = "auth_no"});
  if (!IsReference(line.auth_no())) return Bad("auth_no", "malformed");
  if (line.has_auth_revoked_at() && TimeOf(line.auth_revoked_at()) <= context.now) {
    return MakeError(Reason::AUTH_REVOKED, {.field = "auth_revoked_at"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date from, ParseDate(line.auth_valid_from().value(), "auth_valid_from"));
  if (from > context.today) return MakeError(Reason::AUTH_MISSING, {.field = "auth_valid_from"});
  if (line.has_auth_valid_to()) {
    CHUANYU_ASSIGN_OR_RETURN(const Date to, ParseDate(line.auth_valid_to().value(), "auth_valid_to"));
    if (to < context.today) return MakeError(Reason::AUTH_EXPIRED, {.field = "auth_valid_to"});
  }
  for (const int asked : manifest.classes()) {
    if (std::find(line.auth_scope().begin(), line.auth_scope().end(), asked) == line.auth_scope().end()) {
      return MakeError(Reason::AUTH_SCOPE, {.field = "auth_scope"});
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool IsReference(std::string_view text) { return IsToken(text, kMaxToken, ".:/"); }

absl::Status CheckManifest(const v1::BatchManifest& manifest) {
  if (!IsToken(manifest.batch_no(), kMaxToken, ".")) {
    return Bad("manifest.batch_no", "not 1 to 64 characters of [A-Za-z0-9._-]");
  }
  if (!IsToken(manifest.request_id(), kMaxToken, ".")) {
    return Bad("manifest.request_id", "not 1 to 64 characters of [A-Za-z0-9._-]");
  }
  if (!IsReviewPurpose(manifest.purpose())) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "manifest.purpose"});
  }
  if (manifest.tier() == v1::BATCH_TIER_UNSPECIFIED || !v1::BatchTier_IsValid(manifest.tier())) {
    return Bad("manifest.tier", "missing or unknown");
  }
  CHUANYU_RETURN_IF_ERROR(ParseDate(manifest.as_of().value(), "manifest.as_of").status());
  if (manifest.classes().empty()) return Bad("manifest.classes", "missing");
  std::set<int> classes;
  for (int i = 0; i < manifest.classes_size(); ++i) {
    const std::string field = absl::StrCat("manifest.classes[", i, "]");
    if (!IsDataClass(manifest.classes(i))) return MakeError(Reason::CODE_UNKNOWN, {.field = field});
    if (!classes.insert(manifest.classes(i)).second) return Bad(field, "asked twice");
  }
  if (manifest.count() < 1 || manifest.count() > kMaxBatchLines) {
    return Bad("manifest.count", "not 1 to 10,000,000");
  }
  if (!IsLowerHex(manifest.sm3(), 64)) return Bad("manifest.sm3", "not 64 lower-case hex digits");
  return absl::OkStatus();
}

absl::StatusOr<Person> CheckLine(const v1::BatchLine& line, const v1::BatchManifest& manifest,
                                 const RuleContext& context) {
  std::vector<v1::Warning> oddities;  // known already to whoever assists the person
  CHUANYU_ASSIGN_OR_RETURN(Person person, ParsePerson(line.person(), context, "person", &oddities));
  // Registers are matched by number.
  if (!person.document) return MakeError(Reason::ID_DOC_TYPE, {.field = "person.doc_type"});
  CHUANYU_RETURN_IF_ERROR(CheckAuthorizationOf(line, manifest, context));
  if (!line.case_ref().empty() && !IsReference(line.case_ref())) return Bad("case_ref", "malformed");
  if (!line.known_marital_code().empty() && !IsMaritalStatus(line.known_marital_code())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "known_marital_code"});
  }
  if (line.has_known_until()) {
    CHUANYU_RETURN_IF_ERROR(ParseDate(line.known_until().value(), "known_until").status());
  }
  return person;
}

OnFile OnFileOf(const v1::BatchLine& line, const v1::BatchManifest& manifest) {
  OnFile out{.marital_code = line.known_marital_code()};
  const absl::StatusOr<Date> as_of = ParseDate(manifest.as_of().value());
  const absl::StatusOr<Date> until = ParseDate(line.known_until().value());
  if (until.ok()) {
    out.until_month = FormatMonth(Month(*until));
  } else if (as_of.ok()) {
    out.until_month = FormatMonth(Month(PreviousReview(manifest.tier(), *as_of)));
  }
  return out;
}

v1::QueryStatusRequest QuestionAbout(const Person& person, const v1::BatchManifest& manifest) {
  v1::QueryStatusRequest question;
  *question.mutable_person() = person.ToProto();
  *question.mutable_classes() = manifest.classes();
  *question.mutable_as_of() = manifest.as_of();
  return question;
}

}  // namespace chuanyu::family_economy
