// The region's registers of other benefits, asked about a child. Blocks; thread-safe.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"
#include "common/clock/clock.h"
#include "common/identity/division.h"
#include "common/registers/register_source.h"
#include "services/child_welfare/rules/benefit_check.h"

namespace chuanyu::child_welfare {

class BenefitRegisters {
 public:
  // The mappings are those of the folder "benefits" below that of the registers of parents; none is asked
  // without it. CONFIG_INVALID. What is referred to outlives the object.
  static absl::StatusOr<std::unique_ptr<BenefitRegisters>> Open(const registers::RegistersConfig& config,
                                                                const DivisionTable& divisions,
                                                                const Clock& clock);

  // What each register says of the child; nothing where no register is configured. A child without a number
  // is NOT_CHECKED (ID_DOC_TYPE).
  BenefitChecks Ask(const v1::Child& child) const;

 private:
  BenefitRegisters(const DivisionTable& divisions, const Clock& clock)
      : divisions_(divisions), clock_(clock) {}

  const DivisionTable& divisions_;
  const Clock& clock_;
  std::unique_ptr<registers::CaseRegisters> registers_;
};

}  // namespace chuanyu::child_welfare
