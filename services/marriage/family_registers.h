// The region's registers of families, asked whether the two are related (domain page §6.2). What they say of
// relatives is compared and not kept. Blocks; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/registers/register_source.h"
#include "services/marriage/rules/eligibility.h"

namespace chuanyu::marriage {

class FamilyRegisters {
 public:
  struct Said {
    std::vector<v1::FamilyCheck> checks;  // of both; nothing when no register is configured
    // By what the couple declares and what the registers say, together. What was not answered is not in it.
    Kinship kinship = Kinship::kNone;
  };

  // CONFIG_INVALID. The clock outlives the object.
  static absl::StatusOr<std::unique_ptr<FamilyRegisters>> Open(const registers::RegistersConfig& config,
                                                               const Clock& clock);

  // kReview also for somebody without a document number, whom no register can be asked about.
  Said Ask(const Couple& couple) const;
  bool empty() const { return registers_->empty(); }

 private:
  explicit FamilyRegisters(const Clock& clock) : clock_(clock) {}
  Family AskAbout(const PartyFacts& party, const std::string& name, Said* said) const;

  const Clock& clock_;
  std::unique_ptr<registers::CaseRegisters> registers_;
};

// The source that has not answered, or whose answer cannot be read; empty when all have answered.
std::string Unanswered(const google::protobuf::RepeatedPtrField<v1::FamilyCheck>& checks);

}  // namespace chuanyu::marriage
