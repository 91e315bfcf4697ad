// What other regions say and ask besides claims, and what the answers to own messages bring. Every call may
// come twice and in any order. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/claim_calls.h"
#include "services/marriage/bookings.h"
#include "services/marriage/checks.h"
#include "services/marriage/desk.h"
#include "services/marriage/register.h"

namespace chuanyu::marriage {

class Peers {
 public:
  Peers(const Desk& desk, const ClaimCalls& claims, const Register& registers, const Bookings& bookings,
        const Checks& checks)
      : desk_(desk), claims_(claims), registers_(registers), bookings_(bookings), checks_(checks) {}

  const ClaimCalls& claims() const { return claims_; }
  const NoShows& no_shows() const { return bookings_.no_shows(); }

  // As MarriageProvider's calls; `from` is the asking region. CheckMaritalStatus: PURPOSE_DENIED unless
  // P-MARRY or P-DIVORCE; says nothing of persons whom the region does not hold.
  absl::StatusOr<v1::CheckMaritalStatusResponse> CheckMaritalStatus(
      const std::string& from, const std::string& purpose,
      const v1::CheckMaritalStatusRequest& request) const;
  absl::Status RecordEvent(const std::string& from, const v1::RecordEventRequest& request) const;
  absl::StatusOr<v1::BookResponse> Book(const std::string& from, const v1::BookRequest& request) const;

  // The answer to an own message of the outbox: its effect and the end of the message in one transaction.
  absl::Status TakeAnswer(const OutboxMessage& message, const std::string& payload) const;
  // Tells appointments and registrations what has become of their claims. At each tick and after each answer.
  absl::Status TellCases() const;

 private:
  absl::Status ApplyAnswer(sql::Session& session, const OutboxMessage& message, const std::string& payload,
                           CaseDesk::Topics* topics) const;

  const Desk& desk_;
  const ClaimCalls& claims_;
  const Register& registers_;
  const Bookings& bookings_;
  const Checks& checks_;
};

}  // namespace chuanyu::marriage
