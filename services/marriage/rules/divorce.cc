#include "services/marriage/rules/divorce.h"

#include "common/base/status_macros.h"

namespace chuanyu::marriage {

absl::StatusOr<v1::DivorceDays> CountDivorceDays(Date receipt, const MarriagePolicy& policy,
                                                 const WorkCalendar& calendar) {
  CHUANYU_ASSIGN_OR_RETURN(const Date cooling_ends,
                           calendar.EndOfNaturalPeriod(receipt, policy.cooling_days));
  // "届满后三十日内": the window is counted from the day on which the cooling period really ended.
  CHUANYU_ASSIGN_OR_RETURN(const Date window_ends,
                           calendar.EndOfNaturalPeriod(cooling_ends, policy.window_days));
  v1::DivorceDays out;
  out.mutable_receipt()->set_value(FormatDate(receipt));
  out.mutable_cooling_ends()->set_value(FormatDate(cooling_ends));
  out.mutable_window_begins()->set_value(FormatDate(cooling_ends + 1));
  out.mutable_window_ends()->set_value(FormatDate(window_ends));
  return out;
}

absl::StatusOr<v1::RegistrationState> DivorceStateOn(const v1::DivorceDays& days, Date today) {
  CHUANYU_ASSIGN_OR_RETURN(const Date receipt, ParseDate(days.receipt().value()));
  CHUANYU_ASSIGN_OR_RETURN(const Date cooling_ends, ParseDate(days.cooling_ends().value()));
  CHUANYU_ASSIGN_OR_RETURN(const Date window_ends, ParseDate(days.window_ends().value()));
  if (today <= receipt) return v1::REGISTRATION_STATE_APPLIED;
  if (today <= cooling_ends) return v1::REGISTRATION_STATE_COOLING;
  if (today <= window_ends) return v1::REGISTRATION_STATE_ISSUE_WINDOW;
  return v1::REGISTRATION_STATE_LAPSED;
}

}  // namespace chuanyu::marriage
