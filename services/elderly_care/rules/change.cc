#include "services/elderly_care/rules/change.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::elderly_care {

absl::Status Apply(const v1::Institution& institution, const v1::Premises& premises, v1::Filing* filing) {
  v1::Filing after = *filing;
  v1::Institution& who = *after.mutable_institution();
  v1::Premises& where = *after.mutable_premises();
  // Merging field by field would leave the number of one person under the name of another.
  if (institution.has_legal_rep()) who.clear_legal_rep();
  if (premises.has_location()) where.clear_location();
  if (premises.ownership() != v1::OWNERSHIP_UNSPECIFIED) where.clear_lease_until();
  who.MergeFrom(institution);
  where.MergeFrom(premises);
  if (who.uscc() != filing->institution().uscc() || where.premises_id() != filing->premises().premises_id()) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "premises.premises_id",
                                              .detail = "another institution or premises files anew"});
  }
  *filing = std::move(after);
  return absl::OkStatus();
}

absl::StatusOr<bool> IsMoveOut(const v1::Filing& before, const v1::Filing& after, const PolicyDay& policy,
                               Date today, const DivisionTable& divisions) {
  if (after.institution().nature() != v1::NATURE_FOR_PROFIT) return false;
  CHUANYU_ASSIGN_OR_RETURN(const Authority old, AuthorityOf(before, policy, today, divisions));
  CHUANYU_ASSIGN_OR_RETURN(const Authority now, AuthorityOf(after, policy, today, divisions));
  return old != now;
}

void CopyPushed(const v1::Filing& from, v1::Filing* to) {
  to->set_application_no(from.application_no());
  *to->mutable_institution() = from.institution();
  *to->mutable_premises() = from.premises();
  *to->mutable_materials() = from.materials();
  if (from.has_first_admission_date()) *to->mutable_first_admission_date() = from.first_admission_date();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
  to->set_late(from.late());
}

v1::Filing BasicOf(const v1::Filing& filing) {
  v1::Filing out = filing;
  out.mutable_institution()->clear_legal_rep();
  out.mutable_institution()->clear_contact_name();
  out.mutable_institution()->clear_contact_phone();
  out.clear_pending_change();
  out.clear_discrepancy_note();
  return out;
}

}  // namespace chuanyu::elderly_care
