// What other regions say and ask besides claims: applications that come to their 户籍, results, statuses; and
// what the answers to own messages bring. Every call may come twice and in any order. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/claim_calls.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class Peers {
 public:
  Peers(Desk& desk, const ClaimCalls& claims, Applications& applications, Determinations& determinations)
      : desk_(desk), claims_(claims), applications_(applications), determinations_(determinations) {}

  const ClaimCalls& claims() const { return claims_; }

  // As ChildWelfareProvider's calls; `from` is the asking region.
  absl::StatusOr<v1::PushApplicationResponse> Push(const std::string& from,
                                                   const v1::PushApplicationRequest& request);
  absl::Status TakeResult(const std::string& from, const v1::ReturnResultRequest& request);
  absl::StatusOr<v1::SignedRecognition> CheckStatus(const std::string& from, const std::string& purpose,
                                                    const v1::CheckStatusRequest& request);
  absl::Status TakeChange(const v1::StatusChangedRequest& request);

  // The answer to an own message of the outbox: its effect and the end of the message in one transaction.
  absl::Status TakeAnswer(const OutboxMessage& message, const std::string& payload);
  // Tells cases what has become of their claims. At each tick and after each answer.
  absl::Status TellCases();

 private:
  absl::Status ApplyAnswer(sql::Session& session, const OutboxMessage& message, const std::string& payload,
                           CaseDesk::Topics* topics);
  absl::Status ActAsSystem(sql::Session& session, const std::string& act, StoredApplication* stored,
                           CaseDesk::Topics* topics);

  absl::Status TellCase(sql::Session& session, const uniqueness::Claim& claim, CaseDesk::Topics* topics);

  Desk& desk_;
  const ClaimCalls& claims_;
  Applications& applications_;
  Determinations& determinations_;
};

}  // namespace chuanyu::child_welfare
