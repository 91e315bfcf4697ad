#include "services/family_economy/rules/other_checks.h"

#include <algorithm>

#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

bool IsKind(v1::VerificationType type) {
  return type != v1::VERIFICATION_TYPE_UNSPECIFIED && v1::VerificationType_IsValid(type);
}

bool Has(const google::protobuf::RepeatedField<int>& types, v1::VerificationType type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

v1::OtherCheck* Find(const v1::OtherCheck& other, v1::Verification* verification) {
  auto& known = *verification->mutable_other_checks();
  const auto found = std::find_if(known.begin(), known.end(), [&](const v1::OtherCheck& one) {
    return one.member_id() == other.member_id() && one.region().code() == other.region().code() &&
           one.type() == other.type();
  });
  return found == known.end() ? nullptr : &*found;
}

v1::OtherCheck ToldBy(const v1::RemoteQuery& query, v1::VerificationType type) {
  v1::OtherCheck other;
  other.set_member_id(query.member_id());
  *other.mutable_region() = query.region();
  other.set_type(type);
  return other;
}

// An answer said that it is open, and no end of that was told.
bool IsToldOpen(const v1::OtherCheck& other, const v1::Verification& verification) {
  const auto queries = AllQueries(verification);
  return std::any_of(queries.begin(), queries.end(), [&](const auto& one) {
    const v1::RemoteQuery& query = *one.second;
    return query.member_id() == other.member_id() && query.region().code() == other.region().code() &&
           Has(query.open_checks(), other.type()) && !Has(query.ended_checks(), other.type());
  });
}

}  // namespace

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

bool NotesEnds(const v1::Verification& verification) {
  switch (verification.state()) {
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REJECTED:
    case v1::VERIFICATION_STATE_CANCELLED:
    case v1::VERIFICATION_STATE_REVOKED:
      return false;
    default:
      return !verification.erased();
  }
}

bool AddOtherCheck(const v1::OtherCheck& other, v1::Verification* verification) {
  if (!IsKind(other.type())) return false;
  v1::OtherCheck* const known = Find(other, verification);
  if (known != nullptr && known->ended() == other.ended()) return false;
  if (known != nullptr && other.ended()) return false;
  *(known != nullptr ? known : verification->add_other_checks()) = other;
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

void TakeOpenChecks(const std::string& request_id, const std::vector<v1::VerificationType>& types,
                    v1::Verification* verification) {
  v1::RemoteQuery* const query = FindAnyQuery(request_id, verification);
  if (query == nullptr) return;
  for (const v1::VerificationType type : types) {
    if (!IsKind(type)) continue;
    if (!Has(query->open_checks(), type)) query->add_open_checks(type);
    v1::OtherCheck other = ToldBy(*query, type);
    // Its end has overtaken the answer.
    other.set_ended(Has(query->ended_checks(), type));
    AddOtherCheck(other, verification);
  }
}

bool TakeEndOfOpenCheck(const std::string& request_id, v1::VerificationType type,
                        const std::set<std::string>& asking, v1::Verification* verification) {
  v1::RemoteQuery* const query = FindAnyQuery(request_id, verification);
  if (query == nullptr || !IsKind(type) || Has(query->ended_checks(), type)) return false;
  query->add_ended_checks(type);
  if (!asking.contains(query->member_id())) EndOtherCheck(ToldBy(*query, type), verification);
  return true;
}

bool EndOtherCheck(const v1::OtherCheck& other, v1::Verification* verification) {
  v1::OtherCheck* const known = Find(other, verification);
  if (known == nullptr || known->ended() || IsToldOpen(other, *verification)) return false;
  known->set_ended(true);
  return true;
}

}  // namespace chuanyu::family_economy
