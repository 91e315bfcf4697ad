// What other regions ask and say of statuses. Every call may come twice and in any order. Blocks;
// thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class Peers {
 public:
  Peers(const Desk& desk, const Determinations& determinations)
      : desk_(desk), determinations_(determinations) {}

  // As ChildWelfareProvider's calls; `from` is the region that asks or tells.
  absl::StatusOr<v1::SignedRecognition> CheckStatus(const std::string& from, const std::string& purpose,
                                                    const v1::CheckStatusRequest& request) const;
  absl::Status TakeChange(const std::string& from, const v1::StatusChangedRequest& request) const;

 private:
  const Desk& desk_;
  const Determinations& determinations_;
};

}  // namespace chuanyu::child_welfare
