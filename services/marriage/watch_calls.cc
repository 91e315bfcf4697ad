#include "services/marriage/watch_calls.h"

#include "common/base/status_macros.h"

namespace chuanyu::marriage {

absl::StatusOr<RegistrationWatch::Seen> RegistrationWatch::Read() const {
  v1::GetRegistrationRequest request;
  request.set_registration_no(registration_no_);
  CHUANYU_ASSIGN_OR_RETURN(const v1::Registration found, registrations_.Get(org_, request));
  Seen seen{.version = found.version(), .final = cases::IsOver(desk_.flow(), found.steps()), .response = {}};
  *seen.response.mutable_registration() = found;
  return seen;
}

absl::StatusOr<DayWatch::Seen> DayWatch::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(v1::WatchAppointmentsResponse day,
                           bookings_.LiveOfDay(org_, request_.office_code(), request_.date().value()));
  std::string now = day.SerializeAsString();
  // An empty day is told, too, once.
  if (version_ == 0 || now != told_) {
    ++version_;
    told_ = std::move(now);
  }
  return Seen{.version = version_, .response = std::move(day)};
}

}  // namespace chuanyu::marriage
