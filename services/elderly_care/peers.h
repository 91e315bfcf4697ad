// What other regions say of filings besides claims and the map: filings that come to their authority, what
// has become of them; and what the answers to own messages bring. Every call may come twice and in any order.
// Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/claim_calls.h"
#include "services/elderly_care/desk.h"
#include "services/elderly_care/filings.h"

namespace chuanyu::elderly_care {

class Peers {
 public:
  Peers(const Desk& desk, const ClaimCalls& claims, const Filings& filings)
      : desk_(desk), claims_(claims), filings_(filings) {}

  // As ElderlyCareProvider's calls; `from` is the asking region.
  absl::StatusOr<v1::PushFilingResponse> Push(const std::string& from,
                                              const v1::PushFilingRequest& request) const;
  absl::Status TakeProgress(const std::string& from, const v1::ReturnProgressRequest& request) const;

  // The answer to an own message of the outbox: its effect and the end of the message in one transaction.
  absl::Status TakeAnswer(const OutboxMessage& message, const std::string& payload) const;
  // Tells filings what has become of their claims. At each tick and after each answer.
  absl::Status TellCases() const;

 private:
  // Each returns the reason of a refusal, "" when it was taken in.
  absl::StatusOr<std::string> TakeNew(sql::Session& session, const std::string& from,
                                      const v1::PushFilingRequest& request, CaseDesk::Topics* topics) const;
  absl::StatusOr<std::string> TakeCorrection(sql::Session& session, const v1::PushFilingRequest& request,
                                             StoredFiling* stored, CaseDesk::Topics* topics) const;
  absl::Status ApplyAnswer(sql::Session& session, const OutboxMessage& message, const std::string& payload,
                           CaseDesk::Topics* topics) const;
  absl::Status TellCase(sql::Session& session, const uniqueness::Claim& claim,
                        CaseDesk::Topics* topics) const;

  const Desk& desk_;
  const ClaimCalls& claims_;
  const Filings& filings_;
};

}  // namespace chuanyu::elderly_care
