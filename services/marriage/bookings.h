// Appointments at the offices of this region, for its own systems and for those of other regions
// (domain page §6.1).
//
// Life: a hold takes, in one transaction, a claim on each person for the service (in the order of their
// indexes) and a place of the slot. While another region has not answered the claims the booking is
// UNVERIFIED and holds; when a region answers that another booking was first, the place is given back and the
// appointment is CANCELLED as a duplicate (domain page §3.12). Blocks; thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/marriage/desk.h"
#include "services/marriage/no_shows.h"

namespace chuanyu::marriage {

class Bookings {
 public:
  explicit Bookings(const Desk& desk) : desk_(desk), no_shows_(desk) {}

  const NoShows& no_shows() const { return no_shows_; }

  // `org`: "county" of this region, or "510000/county".
  absl::StatusOr<std::vector<v1::Slot>> List(const v1::ListSlotsRequest& request) const;
  absl::StatusOr<v1::Appointment> Hold(const std::string& org,
                                       const v1::HoldAppointmentRequest& request) const;
  // CHECK_IN and FULFIL by officers of the office only.
  absl::StatusOr<v1::Appointment> Act(const std::string& org,
                                      const v1::ActOnAppointmentRequest& request) const;
  absl::StatusOr<v1::Appointment> Get(const std::string& org, const std::string& number) const;
  // For officers of the office.
  absl::StatusOr<v1::ListAppointmentsResponse> ListDay(const std::string& org,
                                                       const v1::ListAppointmentsRequest& request) const;
  // All of the day that are not over.
  absl::StatusOr<v1::WatchAppointmentsResponse> LiveOfDay(const std::string& org, const std::string& office,
                                                          const std::string& day) const;
  // Adds the versions of topics of days: how far what other processes did has come.
  absl::Status Versions(sql::Session& session, const std::vector<std::string>& topics,
                        std::map<std::string, int64_t>* versions) const;

  // What became of a claim of an appointment.
  absl::Status TakeClaim(sql::Session& session, const std::string& number, const uniqueness::Claim& claim,
                         CaseDesk::Topics* topics) const;
  // The couple was served; nothing when the appointment is none of these two or is over.
  absl::Status Fulfil(sql::Session& session, const std::string& number, const v1::RegistrationRecord& served,
                      CaseDesk::Topics* topics) const;
  // Ends holds that were not confirmed, and appointments of past days; at most `limit` at a time.
  absl::Status RunClock(int limit) const;

 private:
  struct Booker {
    v1::AppointmentRecord record;
    std::vector<std::string> unscoped;  // both persons, for missed appointments
  };
  absl::StatusOr<Booker> Read(const v1::Appointment& appointment, const RegistryOffice& office) const;
  absl::Status CheckIssueDay(sql::Session& session, const v1::Appointment& appointment) const;
  absl::Status TakePlace(sql::Session& session, const v1::Appointment& appointment, int capacity) const;
  absl::Status GivePlaceBack(sql::Session& session, const v1::Appointment& appointment) const;
  absl::Status Apply(sql::Session& session, const std::string& org,
                     const v1::ActOnAppointmentRequest& request, v1::AppointmentRecord* record) const;
  absl::Status End(sql::Session& session, v1::AppointmentState state, v1::AppointmentRecord* record) const;
  absl::Status EndPast(sql::Session& session, v1::AppointmentRecord* record) const;
  // Of one day after number `after`, as `condition` has them.
  absl::StatusOr<std::vector<v1::Appointment>> OfDay(const std::string& org, const std::string& office,
                                                     const std::string& day, const std::string& after,
                                                     const std::string& condition, int limit) const;
  absl::StatusOr<v1::AppointmentRecord> Load(sql::Session& session, const std::string& number) const;
  absl::Status Save(sql::Session& session, const v1::AppointmentRecord& record, bool is_new,
                    CaseDesk::Topics* topics) const;
  absl::Status CheckMaySee(const std::string& org, const v1::AppointmentRecord& record) const;

  const Desk& desk_;
  const NoShows no_shows_;
};

// The two as their claims hold them.
Pair PairOf(const v1::AppointmentRecord& record);
// What watchers of a day of an office wait for.
std::string DayTopic(const std::string& office, const std::string& day);
// Without persons.
v1::Appointment ViewOf(const v1::Appointment& appointment);

}  // namespace chuanyu::marriage
