// The calls of chuanyu.cases.v1 that every item's provider has, and what their answers mean for the item's
// own cases (docs/decisions/0005). Every call may come twice and in any order. Blocks; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "chuanyu/cases/v1/claim.pb.h"
#include "common/case_service/case_desk.h"
#include "common/errors/error.h"

namespace chuanyu {

class ClaimCalls {
 public:
  // What keeps a new case out although none is open: a status or benefit that is in force here.
  using InForceFn = std::function<absl::StatusOr<std::optional<uniqueness::Holder>>(
      sql::Session& session, const std::string& subject)>;
  // `in_force` may be empty: then nothing does.
  ClaimCalls(const CaseDesk& desk, InForceFn in_force) : desk_(desk), in_force_(std::move(in_force)) {}

  // As the provider's calls; `from` is the asking region.
  absl::StatusOr<cases::v1::ClaimSubjectResponse> Claim(const std::string& from,
                                                        const cases::v1::ClaimSubjectRequest& request) const;
  absl::Status Release(const std::string& from, const cases::v1::ReleaseSubjectRequest& request) const;

  // The answer to an own message of the outbox, in the transaction that removes it. False when the message is
  // no claim's; then nothing is done.
  absl::StatusOr<bool> TakeAnswer(sql::Session& session, const OutboxMessage& message,
                                  const std::string& payload) const;

  // Tells the cases of all claims that were confirmed or refused since, a page in one transaction; when that
  // fails, each in one of its own, and the first failure is returned. At each tick and after each answer.
  absl::Status TellCases(absl::FunctionRef<absl::Status(sql::Session& session, const uniqueness::Claim& claim,
                                                        CaseDesk::Topics* topics)>
                             tell) const;

  // OK when every region agrees that there is no other case: `own` claims are confirmed, others granted.
  // PEER_UNAVAILABLE while one has not answered, STATE_CONFLICT otherwise.
  absl::Status CheckHeld(sql::Session& session, const std::string& claim_id, bool own) const;
  // Whether `region` holds the claim here: a case may be pushed with it,
  absl::StatusOr<bool> IsGranted(sql::Session& session, const std::string& claim_id,
                                 const std::string& region) const;
  // but only one about whom the claim is.
  absl::StatusOr<bool> IsAbout(sql::Session& session, const std::string& claim_id,
                               const std::string& subject) const;

 private:
  struct Asked;
  absl::StatusOr<std::vector<Asked>> AskedIn(const cases::v1::ClaimSubjectRequest& request) const;
  absl::StatusOr<uniqueness::Reply> Answer(sql::Session& session, const std::string& from,
                                           const Asked& asked) const;

  using TellFn = absl::FunctionRef<absl::Status(sql::Session& session, const uniqueness::Claim& claim,
                                                CaseDesk::Topics* topics)>;
  absl::Status TellPage(const std::vector<uniqueness::Claim>& claims, TellFn tell) const;

  const CaseDesk& desk_;
  const InForceFn in_force_;
};

// DUP_ACTIVE_APPLICATION, or what the item calls it, saying where and since which day.
absl::Status DuplicateOf(const uniqueness::Holder& holder, const std::string& field,
                         Reason reason = Reason::DUP_ACTIVE_APPLICATION);

void SetHolder(const uniqueness::Holder& holder, cases::v1::ClaimHolder* out);

}  // namespace chuanyu
