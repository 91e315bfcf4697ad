// Grants and their ledger: what an approval begins, what changes it, and what each month posts. Blocks;
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "common/telemetry/metrics.h"
#include "services/disability/desk.h"
#include "services/disability/recoveries.h"

namespace chuanyu::disability {

class Grants {
 public:
  Grants(const Desk& desk, Metrics& metrics);

  // Grants what was assessed, from the month of application on, or where a former side ends, and posts what
  // is due. DUP_BENEFIT while the person has this subsidy here.
  absl::StatusOr<v1::Grant> Begin(sql::Session& session, const StoredApplication& stored, const Claim& claim,
                                  const Assessment& assessed, const std::string& org) const;
  // DUP_BENEFIT while the person has this subsidy here.
  absl::Status CheckNone(sql::Session& session, const std::string& subject, v1::Benefit benefit) const;

  // As the front's calls of these names. CASE_NOT_FOUND for another organisation's.
  absl::StatusOr<v1::GetGrantResponse> Get(const std::string& org, const std::string& grant_no) const;
  absl::StatusOr<v1::Grant> Change(const Caller& caller, const v1::ChangeGrantRequest& request) const;

  // Everything of a person stops with the month of `on`: an event that was told, a death. Repeats change
  // nothing.
  absl::Status StopAll(sql::Session& session, const std::string& subject, v1::StopReason reason,
                       Date on) const;

  // Those of a person that go on without an end; `org`: that this one has granted.
  absl::StatusOr<std::vector<StoredGrant>> InForce(sql::Session& session, const std::string& subject,
                                                   const std::optional<std::string>& org = {}) const;
  // The 户籍 has moved to `hukou_code`; the first month of the new side. Posts what is due before; the caller
  // stores it.
  absl::StatusOr<Month> BeginMove(sql::Session& session, const std::string& hukou_code, Date on,
                                  StoredGrant* stored) const;
  // The other side of a move has decided, or given it `back`.
  absl::Status AnswerMove(sql::Session& session, const std::string& grant_no, Date on, bool back) const;

  // The last day for which anything that an application was granted was paid; the day 0 when nothing was;
  // nothing while something is in force.
  absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session& session,
                                                  const std::string& application_no) const;
  // What of the person is in them goes; numbers, months and amounts stay.
  absl::Status Erase(sql::Session& session, const std::string& application_no) const;

  // What was paid by them, and the index of the person, go. False while something is to be recovered, and
  // while another application about the person is open.
  absl::StatusOr<bool> ForgetAccounts(sql::Session& session, const std::string& application_no) const;

  // What this region pays to a person.
  absl::StatusOr<std::vector<v1::BenefitStatus>> StatusOf(sql::Session& session,
                                                          const std::string& subject) const;

  // Posts what is due and ends what is over; at most `limit` grants. How many it looked at.
  absl::StatusOr<int> RunClock(int limit) const;

 private:
  absl::StatusOr<Month> FirstDue(const v1::Application& application, v1::Benefit benefit,
                                 std::optional<Month> earlier_to) const;
  // Those of an application; either may be missing.
  absl::StatusOr<std::vector<StoredGrant>> Of(sql::Session& session, const std::string& application_no) const;
  absl::Status PostDue(sql::Session& session, StoredGrant* stored) const;
  absl::Status StopOne(sql::Session& session, v1::StopReason reason, Date on, StoredGrant* stored) const;
  absl::Status ChangeOne(sql::Session& session, const v1::ChangeGrantRequest& request, Date on,
                         StoredGrant* stored) const;

  const Desk& desk_;
  const Recoveries recoveries_;
  // Handles; counting is no change of the object.
  mutable Counter posted_;
  mutable Counter stopped_;
};

}  // namespace chuanyu::disability
