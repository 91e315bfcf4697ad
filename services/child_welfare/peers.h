// What other regions ask and say of statuses. Every call may come twice and in any order. Blocks;
// thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/service/statement_signer.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class Peers {
 public:
  Peers(const Desk& desk, const Determinations& determinations)
      : desk_(desk), determinations_(determinations), signer_(desk.signers()) {}

  // As ChildWelfareProvider's calls; `from` is the region that asks or tells.
  // `done` runs once: at once when there is nothing to sign, else on the thread that signs.
  using Done = std::function<void(absl::StatusOr<v1::SignedRecognition>)>;
  void CheckStatus(const std::string& from, const std::string& purpose, const v1::CheckStatusRequest& request,
                   Done done);
  absl::Status TakeChange(const std::string& from, const v1::StatusChangedRequest& request) const;

 private:
  absl::StatusOr<v1::Recognition> Recognise(const std::string& from, const std::string& purpose,
                                            const v1::CheckStatusRequest& request) const;

  const Desk& desk_;
  const Determinations& determinations_;
  StatementSigner signer_;
};

}  // namespace chuanyu::child_welfare
