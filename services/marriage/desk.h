// What all work of the service shares: the common desk, the policy, and the steps that more than one act
// takes. One object a process; thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/record.pb.h"
#include "common/base/uuid.h"
#include "common/case_service/case_desk.h"
#include "services/marriage/config.h"
#include "services/marriage/family_registers.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

// Methods of MarriageProvider that are sent to.
inline constexpr char kCheckMaritalStatus[] = "CheckMaritalStatus";
inline constexpr char kRecordEvent[] = "RecordEvent";
inline constexpr char kRecordNoShow[] = "RecordNoShow";
inline constexpr char kBook[] = "Book";

inline constexpr char kMarry[] = "P-MARRY";
inline constexpr char kDivorce[] = "P-DIVORCE";
inline constexpr char kAppointment[] = "P-APPT";

// Letter of the service in case numbers, domain page §2.4.
inline constexpr char kLetter[] = "C";

// Two persons are held for one registration, or one booking, by a claim each (docs/decisions/0007).
struct Pair {
  std::string subject_a;
  std::string subject_b;
  std::string claim_a;  // empty: none
  std::string claim_b;
};

class Desk final : public CaseDesk {
 public:
  // `clock` outlives the desk. CONFIG_INVALID.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const ServiceConfig& config, const Clock& clock);

  const MarriagePolicy& policy() const { return *policy_; }
  const FamilyRegisters& families() const { return *families_; }

  // BAD_REQUEST for an office that this region does not have.
  absl::StatusOr<const RegistryOffice*> OfficeOf(const std::string& code) const;
  // 6 digits: the county that is competent for the office today.
  absl::StatusOr<std::string> CountyOf(const RegistryOffice& office) const;
  // ORG_NOT_COMPETENT unless officers of `org` act at the office.
  absl::Status CheckOfficer(const std::string& org, const RegistryOffice& office) const;

  // Opens both claims for `number`, the smaller index first. The one that stands in the way, if any: then
  // nothing is held.
  absl::StatusOr<std::optional<uniqueness::Holder>> Hold(sql::Session& session, char kind,
                                                         const std::string& number, Pair* pair) const;
  // Ends both; nothing for a pair that holds none.
  absl::Status LetGo(sql::Session& session, Pair* pair) const;
  // Both are confirmed by every region, now and until the transaction commits.
  absl::StatusOr<bool> IsHeld(sql::Session& session, const Pair& pair) const;

  absl::StatusOr<v1::RegistrationRecord> LoadRegistration(sql::Session& session, const std::string& number,
                                                          CaseRow* row) const;
  // Sets state and version.
  absl::Status SaveRegistration(sql::Session& session, v1::RegistrationRecord* record, CaseRow* row,
                                CaseDesk::Topics* topics) const;

 private:
  Desk(const ServiceConfig& config, const Clock& clock);

  std::optional<MarriagePolicy> policy_;
  std::unique_ptr<FamilyRegisters> families_;
  mutable UuidV7Generator ids_;
};

// Of the current step and the check of the persons.
v1::RegistrationState StateOf(const v1::RegistrationRecord& record);

}  // namespace chuanyu::marriage
