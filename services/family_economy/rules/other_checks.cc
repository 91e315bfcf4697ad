#include "services/family_economy/rules/other_checks.h"

#include <algorithm>

#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {

bool IsOpenToOthers(const v1::Verification& verification) {
  switch (verification.state()) {
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REJECTED:
    case v1::VERIFICATION_STATE_CANCELLED:
    case v1::VERIFICATION_STATE_REVOKED:
    case v1::VERIFICATION_STATE_EXPIRED:
      return false;
    default:
      return !verification.erased() && !verification.has_decision();
  }
}

bool AddOtherCheck(const v1::OtherCheck& other, v1::Verification* verification) {
  if (other.type() == v1::VERIFICATION_TYPE_UNSPECIFIED || !v1::VerificationType_IsValid(other.type())) {
    return false;
  }
  const auto& known = verification->other_checks();
  const bool is_known = std::any_of(known.begin(), known.end(), [&](const v1::OtherCheck& one) {
    return one.member_id() == other.member_id() && one.region().code() == other.region().code() &&
           one.type() == other.type();
  });
  if (is_known) return false;
  *verification->add_other_checks() = other;
  return true;
}

bool RecordOtherCheck(const Actor& actor, const std::string& own_region, const v1::OtherCheck& other,
                      v1::Verification* verification) {
  if (!IsOpenToOthers(*verification) || !AddOtherCheck(other, verification)) return false;
  const bool reported = HasReport(verification->state()) && !IsPending(verification->state()) &&
                        verification->report().has_generated_at();
  if (reported) {
    PutReportAside(verification);
    FindDuplicatesAndDiscrepancies(own_region, verification);
    CompleteReport(actor.now, verification);
  }
  RecordEvent(v1::CASE_EVENT_KIND_OTHER_CHECK, actor, verification);
  return true;
}

}  // namespace chuanyu::family_economy
