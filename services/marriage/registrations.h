// Registrations of marriages and divorces at the offices of this region (domain page §6.2, §6.4). Blocks;
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/marriage/checks.h"

namespace chuanyu::marriage {

class Registrations {
 public:
  Registrations(const Desk& desk, const Register& registers, const Checks& checks)
      : desk_(desk), registers_(registers), checks_(checks) {}

  // As chuanyu.marriage.v1.Marriage; `org` is the caller's organisation. All return the view BASIC.
  absl::StatusOr<v1::Registration> Start(const std::string& org,
                                         const v1::StartRegistrationRequest& request) const;
  absl::StatusOr<v1::Registration> Get(const std::string& org,
                                       const v1::GetRegistrationRequest& request) const;
  absl::StatusOr<v1::ListRegistrationsResponse> List(const std::string& org,
                                                     const v1::ListRegistrationsRequest& request) const;
  absl::StatusOr<v1::Registration> Perform(const std::string& org,
                                           const v1::PerformStepRequest& request) const;
  absl::StatusOr<std::string> VoidNumber(const std::string& org,
                                         const v1::VoidCertificateNumberRequest& request) const;
  // Days of divorces that have come; at most `limit` at a time.
  absl::Status RunClock(int limit) const;

 private:
  absl::StatusOr<Couple> CoupleOf(const v1::Registration& registration) const;
  // Fills the record and finds what stands in the way; asks the registers of families.
  absl::StatusOr<Findings> Read(const v1::Registration& registration, const RegistryOffice& office,
                                v1::RegistrationRecord* record) const;
  absl::Status Begin(sql::Session& session, const Findings& findings, v1::RegistrationRecord* record) const;
  absl::Status OpenIfAnswered(sql::Session& session, v1::RegistrationRecord* record) const;
  // CASE_NOT_FOUND also for an organisation whose officers do not act at the office.
  absl::StatusOr<v1::RegistrationRecord> LoadFor(sql::Session& session, const std::string& org,
                                                 const std::string& number, CaseRow* row) const;
  // What the registers of families say before an act that needs it; nothing for others.
  absl::StatusOr<std::optional<FamilyRegisters::Said>> LookUp(const std::string& org,
                                                              const v1::PerformStepRequest& request) const;
  absl::Status CheckAgain(sql::Session& session, const std::optional<FamilyRegisters::Said>& said,
                          v1::RegistrationRecord* record) const;
  absl::Status Apply(sql::Session& session, const std::string& org, const v1::PerformStepRequest& request,
                     const std::optional<FamilyRegisters::Said>& said, v1::RegistrationRecord* record,
                     CaseDesk::Topics* topics) const;
  absl::Status Accept(sql::Session& session, v1::RegistrationRecord* record) const;
  // Takes the steps that the days of a divorce bring.
  absl::Status FollowDays(sql::Session& session, v1::RegistrationRecord* record) const;
  absl::Status NoteNextDay(sql::Session& session, const v1::RegistrationRecord& record) const;

  const Desk& desk_;
  const Register& registers_;
  const Checks& checks_;
};

// As much as `view` shows.
v1::Registration ViewOf(const v1::Registration& registration, v1::RegistrationView view);

}  // namespace chuanyu::marriage
