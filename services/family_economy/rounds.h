// One round of asking about a household: the own registers at once, the other region by questions that travel
// later. The first round belongs to Create, each further one to a review. Blocks on the own registers;
// thread-safe.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/base/uuid.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

// The own registers: the same question and the same matrix of fields as for another region. A register that
// is down answers NOT_CHECKED; an error means that none could be asked.
using AskOwnRegisters = std::function<absl::StatusOr<v1::QueryStatusResponse>(
    const v1::QueryStatusRequest& question, const std::string& purpose)>;

class Rounds {
 public:
  Rounds(std::string own_region, std::set<std::string> peer_regions, AskOwnRegisters ask_own)
      : own_region_(std::move(own_region)),
        peer_regions_(std::move(peer_regions)),
        ask_own_(std::move(ask_own)) {}

  // Adds to `verification` what the own registers say, NOT_CHECKED for members whom nobody can be asked
  // about, and a query for each member of another region. The queries' payloads, to be stored with them.
  Questions Ask(const Application& application, const std::string& purpose, absl::Time now,
                v1::Verification* verification);

 private:
  void AskRegisters(const Application& application, const Member& member, const std::string& purpose,
                    v1::Verification* verification) const;

  const std::string own_region_;
  const std::set<std::string> peer_regions_;
  const AskOwnRegisters ask_own_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu::family_economy
