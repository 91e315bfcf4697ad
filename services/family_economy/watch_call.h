// One FamilyEconomy.WatchVerification call.
#pragma once

#include <string>
#include <utility>

#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "common/service/watching.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

class WatchCall final : public Watching<v1::WatchVerificationResponse> {
 public:
  WatchCall(WatchingDeps deps, CaseStore& store, const Clock& clock, std::string org,
            std::string verification_no)
      : Watching(std::move(deps), verification_no),
        store_(store),
        clock_(clock),
        org_(std::move(org)),
        verification_no_(std::move(verification_no)) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  CaseStore& store_;
  const Clock& clock_;
  const std::string org_;
  const std::string verification_no_;
};

}  // namespace chuanyu::family_economy
