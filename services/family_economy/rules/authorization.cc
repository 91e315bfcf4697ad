#include "services/family_economy/rules/authorization.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Missing(const std::string& field, const std::string& detail) {
  return MakeError(Reason::AUTH_MISSING, {.field = field, .detail = detail});
}

absl::Status CheckDocument(const v1::Authorization& document) {
  if (!IsToken(document.auth_no(), 64, ".:/")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "authorization.auth_no", .detail = "malformed"});
  }
  if (!IsLowerHex(document.file_sm3(), 64)) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "authorization.file_sm3", .detail = "not 64 lower-case hex digits"});
  }
  return absl::OkStatus();
}

// In force on the day on which it is asked, and covering the day that is asked about. 先行救助 looks back to
// the day on which help was given, which lies before any paper: only there the second does not hold.
absl::Status CheckInForce(const v1::Authorization& document, const Application& application,
                          const RuleContext& context) {
  if (document.has_revoked_at() && TimeOf(document.revoked_at()) <= context.now) {
    return MakeError(Reason::AUTH_REVOKED, {.field = "authorization"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date from,
                           ParseDate(document.valid_from().value(), "authorization.valid_from"));
  if (from > context.today) return Missing("authorization.valid_from", "not in force yet");
  if (from > application.as_of && application.type != v1::VERIFICATION_TYPE_PROVISIONAL) {
    return Missing("authorization.valid_from", "not in force on as_of");
  }
  // No length is laid down anywhere, so a region may set one (domain page §4.1).
  if (context.auth_max_days > 0 && context.today - from >= context.auth_max_days) {
    return MakeError(Reason::AUTH_EXPIRED, {.field = "authorization.valid_from"});
  }
  if (!document.has_valid_to()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const Date to, ParseDate(document.valid_to().value(), "authorization.valid_to"));
  if (to < context.today) return MakeError(Reason::AUTH_EXPIRED, {.field = "authorization.valid_to"});
  return absl::OkStatus();
}

absl::Status CheckScope(const v1::Authorization& document, const Application& application) {
  const auto outside = [](const std::string& field) {
    return MakeError(Reason::AUTH_SCOPE, {.field = "authorization." + field});
  };
  // A change of members makes another household, which needs its own document.
  if (document.household_id() != application.household_id) return outside("household_id");
  // An authorisation that led to assistance lasts through it, so it covers looking again (domain page §4.1).
  const bool looks_again =
      IsReviewPurpose(application.purpose) && IsApplicationPurpose(document.purpose_code());
  if (document.purpose_code() != application.purpose && !looks_again) return outside("purpose_code");
  for (const v1::DataClass asked : application.classes) {
    if (std::find(document.scope().begin(), document.scope().end(), asked) == document.scope().end()) {
      return outside("scope");
    }
  }
  return absl::OkStatus();
}

const Member* FindMember(const Application& application, const std::string& id) {
  const auto found = std::find_if(application.members.begin(), application.members.end(),
                                  [&](const Member& member) { return member.id == id; });
  return found == application.members.end() ? nullptr : &*found;
}

// Whether this signature is one that counts for `member`.
absl::Status CheckSignature(const v1::Signatory& signature, const Member& member,
                            const Application& application, const RuleContext& context,
                            const std::string& field) {
  if (signature.method() == v1::SIGNATURE_METHOD_UNSPECIFIED ||
      !v1::SignatureMethod_IsValid(signature.method())) {
    return MakeError(Reason::BAD_REQUEST, {.field = field + ".method", .detail = "missing or unknown"});
  }
  if (!signature.has_signed_at() || TimeOf(signature.signed_at()) > context.now) {
    return Missing(field + ".signed_at", "not signed yet");
  }
  const bool alone = member.SignsAlone(context.today);
  switch (signature.guardian_case()) {
    case v1::Signatory::GUARDIAN_NOT_SET:
      return alone ? absl::OkStatus() : Missing(field, "needs a guardian's signature");
    case v1::Signatory::kGuardianMemberId: {
      const Member* const guardian = FindMember(application, signature.guardian_member_id());
      if (alone) return Missing(field, "must be the member's own signature");
      if (guardian == nullptr || !guardian->SignsAlone(context.today)) {
        return Missing(field + ".guardian_member_id", "not a member who can be a guardian");
      }
      return absl::OkStatus();
    }
    case v1::Signatory::kGuardianPerson: {
      if (alone) return Missing(field, "must be the member's own signature");
      std::vector<v1::Warning> ignored;
      CHUANYU_ASSIGN_OR_RETURN(const Person guardian, ParsePerson(signature.guardian_person(), context,
                                                                  field + ".guardian_person", &ignored));
      if (!guardian.IsAdultOn(context.today)) return Missing(field + ".guardian_person", "not an adult");
      return absl::OkStatus();
    }
  }
  return Missing(field, "unknown kind of signature");
}

absl::Status CheckSignatures(const v1::Authorization& document, const Application& application,
                             const RuleContext& context) {
  for (const Member& member : application.members) {
    absl::Status verdict = Missing("authorization.signatories", "no signature for member " + member.id);
    for (int i = 0; i < document.signatories_size() && !verdict.ok(); ++i) {
      const v1::Signatory& signature = document.signatories(i);
      if (signature.member_id() != member.id) continue;
      verdict = CheckSignature(signature, member, application, context,
                               absl::StrCat("authorization.signatories[", i, "]"));
    }
    CHUANYU_RETURN_IF_ERROR(verdict);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAuthorization(const v1::Verification& verification, const Application& application,
                                const RuleContext& context) {
  if (!verification.has_authorization()) return Missing("authorization", "absent");
  const v1::Authorization& document = verification.authorization();
  CHUANYU_RETURN_IF_ERROR(CheckDocument(document));
  CHUANYU_RETURN_IF_ERROR(CheckInForce(document, application, context));
  CHUANYU_RETURN_IF_ERROR(CheckScope(document, application));
  return CheckSignatures(document, application, context);
}

}  // namespace chuanyu::family_economy
