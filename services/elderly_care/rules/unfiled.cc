#include "services/elderly_care/rules/unfiled.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/uscc.h"
#include "services/elderly_care/rules/fields.h"

namespace chuanyu::elderly_care {
namespace {

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

bool OutputsEmpty(const v1::UnfiledInstitution& found) {
  return found.finding_no().empty() && found.state() == v1::UNFILED_STATE_UNSPECIFIED &&
         found.version() == 0 && !found.has_onsite_due() && !found.overdue() && !found.has_checked_on() &&
         found.urgings().empty() && found.application_no().empty();
}

}  // namespace

absl::StatusOr<std::string> ParseUnfiled(const v1::UnfiledInstitution& found, Date today,
                                         const DivisionTable& divisions) {
  if (!OutputsEmpty(found)) return Bad("found", "holds fields that are the service's");
  CHUANYU_RETURN_IF_ERROR(CheckText(found.name(), 50, "found.name"));
  CHUANYU_RETURN_IF_ERROR(CheckText(found.address(), 100, "found.address"));
  if (!found.premises_id().empty()) {
    CHUANYU_RETURN_IF_ERROR(CheckPremisesId(found.premises_id(), "found.premises_id"));
  }
  if (!found.uscc().empty()) CHUANYU_RETURN_IF_ERROR(ParseUscc(found.uscc(), "found.uscc").status());
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(found.found_on().value(), "found.found_on"));
  if (day > today)
    return MakeError(Reason::DATE_INVALID, {.field = "found.found_on", .detail = "is to come"});
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address,
                           DivisionCode::Parse(found.address_code().code(), "found.address_code"));
  if (!address.has_town()) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "found.address_code", .detail = "names no town"});
  }
  const auto county = divisions.CompetentCounty(address, today);
  if (!county.ok()) return MakeError(Reason::CODE_UNKNOWN, {.field = "found.address_code"});
  return county->str();
}

absl::Status RefreshUnfiled(const PolicyDay& policy, const WorkCalendar& calendar, Date today,
                            v1::UnfiledInstitution* found) {
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(found->found_on().value()));
  CHUANYU_ASSIGN_OR_RETURN(const Date due, calendar.NthWorkingDayAfter(day, policy.unfiled_days));
  found->mutable_onsite_due()->set_value(FormatDate(due));
  found->set_overdue(found->state() == v1::UNFILED_STATE_FOUND && today > due);
  return absl::OkStatus();
}

absl::Status ActOn(v1::UnfiledAct act, const std::string& officer_id, Date today,
                   v1::UnfiledInstitution* found) {
  if (IsOver(*found)) return MakeError(Reason::STATE_CONFLICT, {.field = "act"});
  switch (act) {
    case v1::UNFILED_ACT_CHECK:
      if (found->state() != v1::UNFILED_STATE_FOUND) {
        return MakeError(Reason::STATE_CONFLICT, {.field = "act", .detail = "was checked before"});
      }
      found->set_state(v1::UNFILED_STATE_CHECKED);
      found->mutable_checked_on()->set_value(FormatDate(today));
      return absl::OkStatus();
    case v1::UNFILED_ACT_URGE: {
      v1::Urging& urging = *found->add_urgings();
      urging.mutable_date()->set_value(FormatDate(today));
      urging.set_officer_id(officer_id);
      return absl::OkStatus();
    }
    case v1::UNFILED_ACT_CLOSE:
      found->set_state(v1::UNFILED_STATE_CLOSED);
      return absl::OkStatus();
    default:
      return Bad("act", "is unknown");
  }
}

bool IsOver(const v1::UnfiledInstitution& found) {
  return found.state() == v1::UNFILED_STATE_FILED || found.state() == v1::UNFILED_STATE_CLOSED;
}

}  // namespace chuanyu::elderly_care
