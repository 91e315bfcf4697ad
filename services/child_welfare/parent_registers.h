// The region's registers, asked about the parents of a child. Blocks; thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/case_service/case_config.h"
#include "common/clock/clock.h"
#include "common/identity/division.h"
#include "common/registers/register_source.h"
#include "services/child_welfare/rules/verification.h"

namespace chuanyu::child_welfare {

class ParentRegisters {
 public:
  // CONFIG_INVALID. What is referred to outlives the object.
  static absl::StatusOr<std::unique_ptr<ParentRegisters>> Open(const registers::RegistersConfig& config,
                                                               const DivisionTable& divisions,
                                                               const Clock& clock);

  // What each register says of each parent; nothing where no register is configured. A parent without a
  // number is NOT_CHECKED (ID_DOC_TYPE).
  std::vector<v1::ParentCheck> Ask(const google::protobuf::RepeatedPtrField<v1::ParentFact>& parents) const;

 private:
  ParentRegisters(const DivisionTable& divisions, const Clock& clock)
      : divisions_(divisions), clock_(clock) {}

  const DivisionTable& divisions_;
  const Clock& clock_;
  std::unique_ptr<registers::CaseRegisters> registers_;
};

}  // namespace chuanyu::child_welfare
