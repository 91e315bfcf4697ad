// The watching calls of the front.
#pragma once

#include <string>
#include <utility>

#include "chuanyu/marriage/v1/marriage.pb.h"
#include "common/service/watching.h"
#include "services/marriage/bookings.h"
#include "services/marriage/registrations.h"

namespace chuanyu::marriage {

// One registration until it is final.
class RegistrationWatch final : public Watching<v1::WatchRegistrationResponse> {
 public:
  RegistrationWatch(WatchingDeps deps, const Desk& desk, const Registrations& registrations, std::string org,
                    std::string registration_no)
      : Watching(std::move(deps), registration_no),
        desk_(desk),
        registrations_(registrations),
        org_(std::move(org)),
        registration_no_(std::move(registration_no)) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  const Desk& desk_;
  const Registrations& registrations_;
  const std::string org_;
  const std::string registration_no_;
};

// A day of an office, without end.
class DayWatch final : public Watching<v1::WatchAppointmentsResponse> {
 public:
  DayWatch(WatchingDeps deps, const Bookings& bookings, std::string org,
           const v1::WatchAppointmentsRequest& request)
      : Watching(std::move(deps), DayTopic(request.office_code(), request.date().value())),
        bookings_(bookings),
        org_(std::move(org)),
        request_(request) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  const Bookings& bookings_;
  const std::string org_;
  const v1::WatchAppointmentsRequest request_;
  // Of the look that is under way; there is one at a time. What was told last, and how often.
  mutable std::string told_;
  mutable int64_t version_ = 0;
};

}  // namespace chuanyu::marriage
