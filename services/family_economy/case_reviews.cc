// By which check a household is looked at again, and when.
#include "common/base/status_macros.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {
namespace {

// A decision that `before` does not have.
bool DecidedNow(const v1::Verification& before, const v1::Verification& after) {
  return after.has_decision() &&
         (!before.has_decision() || after.decision().report_no() != before.decision().report_no());
}

}  // namespace

absl::Status CaseStore::SaveReview(sql::Session& session, const v1::Verification& before,
                                   const v1::Verification& after) {
  const bool decided = DecidedNow(before, after);
  // Written only when it changes: what a later check of the household took over stays with that one.
  if (decided || before.next_review_date().value() != after.next_review_date().value()) {
    CHUANYU_RETURN_IF_ERROR(
        session.Write("UPDATE fe_case SET review_day = :day, review_tier = :tier WHERE verification_no = :no",
                      {{"day", after.next_review_date().value()},
                       {"tier", int64_t{after.review_tier()}},
                       {"no", after.verification_no()}}));
  }
  if (!decided) return absl::OkStatus();
  // Granted or refused: what was planned before about this household has been looked at now.
  return session.Write(
      "UPDATE fe_case SET review_day = '', review_tier = 0 WHERE verification_no <> :no AND "
      "review_day <> '' AND household <> '' AND org = (SELECT org FROM fe_case WHERE verification_no = "
      ":no) AND household = (SELECT household FROM fe_case WHERE verification_no = :no)",
      {{"no", after.verification_no()}});
}

}  // namespace chuanyu::family_economy
