// What other regions say and ask: claims, applications that come to their 户籍, results, statuses; and what
// the answers to own messages bring. Every call may come twice and in any order. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class Peers {
 public:
  Peers(Desk& desk, Applications& applications, Determinations& determinations)
      : desk_(desk), applications_(applications), determinations_(determinations) {}

  // As ChildWelfareProvider's calls; `from` is the asking region.
  absl::StatusOr<cases::v1::ClaimSubjectResponse> Claim(const std::string& from,
                                                        const cases::v1::ClaimSubjectRequest& request);
  absl::Status Release(const std::string& from, const cases::v1::ReleaseSubjectRequest& request);
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
  absl::StatusOr<std::string> ReadSubject(const std::string& bytes, const std::string& key_id) const;
  absl::Status ApplyAnswer(sql::Session& session, const OutboxMessage& message, const std::string& payload,
                           std::vector<std::string>* topics);
  absl::Status ActAsSystem(sql::Session& session, const std::string& act, StoredApplication* stored,
                           std::vector<std::string>* topics);

  Desk& desk_;
  Applications& applications_;
  Determinations& determinations_;
};

}  // namespace chuanyu::child_welfare
