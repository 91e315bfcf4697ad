// The check of both persons in all regions before something is registered about them, and what follows its
// registration (docs/decisions/0007):
//
//   open    both persons are held by a claim each; every region grants them or says who was first
//   ask     once both claims are confirmed: what the other registers say (C-3)
//   pass    all have answered and nothing stands in the way: the officer may go on, for ten minutes
//   commit  number, register, act and notices to the other regions in one transaction, only while both are
//   held end     once every region has the notice in its register, both persons are let go
//
// A check that is not used in time, that another one was before, or that finds something, lets both go.
// Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/marriage/bookings.h"
#include "services/marriage/desk.h"
#include "services/marriage/register.h"

namespace chuanyu::marriage {

class Checks {
 public:
  Checks(const Desk& desk, const Register& registers, const Bookings& bookings)
      : desk_(desk), registers_(registers), bookings_(bookings) {}

  // Opens the check of a registration whose documents are in order; refuses it when the own register or
  // another registration of one of the two stands in the way: at once, or for one in another region after
  // seconds, when the register knows what came of that.
  absl::Status Open(sql::Session& session, v1::RegistrationRecord* record) const;
  // What became of a claim of a registration.
  absl::Status TakeClaim(sql::Session& session, const std::string& number, const uniqueness::Claim& claim,
                         CaseDesk::Topics* topics) const;
  absl::Status TakeStatus(sql::Session& session, const std::string& number, const std::string& from,
                          const v1::CheckMaritalStatusRequest& question,
                          const v1::CheckMaritalStatusResponse& answer, CaseDesk::Topics* topics) const;
  // OK while both are held for it and the check has passed; PEER_UNAVAILABLE while a region has not answered,
  // STATE_CONFLICT otherwise. Holds until the transaction commits.
  absl::Status NeedPassed(sql::Session& session, const v1::RegistrationRecord& record) const;
  // Lets both go without a registration.
  absl::Status Close(sql::Session& session, v1::RegistrationRecord* record) const;
  // Number, register, notices. NeedPassed comes before, in the same transaction.
  absl::Status Commit(sql::Session& session, const std::string& officer, v1::RegistrationRecord* record,
                      CaseDesk::Topics* topics) const;
  // A region has taken the notice in.
  absl::Status TakeNoticed(sql::Session& session, const std::string& number, const std::string& from,
                           CaseDesk::Topics* topics) const;
  // Ends checks that were not used in time.
  absl::Status RunClock(int limit) const;

  // Ends it as REFUSED, and the check.
  absl::Status Refuse(sql::Session& session, const std::vector<Reason>& reasons,
                      v1::RegistrationRecord* record) const;
  // Ends the check; an officer decides on the matters.
  absl::Status Refer(sql::Session& session, const std::vector<v1::ReviewMatter>& matters,
                     v1::RegistrationRecord* record) const;
  absl::Status ActAsSystem(const std::string& act, v1::RegistrationRecord* record) const;

 private:
  // Refused by the claim of `holder`, with nothing held.
  absl::Status StandsInTheWay(sql::Session& session, const uniqueness::Holder& holder, bool looked_before,
                              v1::RegistrationRecord* record) const;
  absl::Status NoteHold(sql::Session& session, absl::Duration length, v1::RegistrationRecord* record) const;
  absl::Status AskOthers(sql::Session& session, v1::RegistrationRecord* record) const;
  absl::Status Pass(sql::Session& session, v1::RegistrationRecord* record) const;
  absl::StatusOr<std::vector<Reason>> OwnRefusals(sql::Session& session,
                                                  const v1::RegistrationRecord& record) const;

  const Desk& desk_;
  const Register& registers_;
  const Bookings& bookings_;
};

// An officer has looked at it and found no reason to refuse.
bool IsReviewed(const v1::RegistrationRecord& record, v1::ReviewMatter matter);

std::string PurposeOf(const v1::RegistrationRecord& record);
bool IsDivorce(const v1::RegistrationRecord& record);
// The name of the current step.
const std::string& StepOf(const v1::RegistrationRecord& record);

}  // namespace chuanyu::marriage
