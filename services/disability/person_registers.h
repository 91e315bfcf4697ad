// The region's registers, asked about a disabled person. Blocks; thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/registers/register_source.h"
#include "services/disability/rules/register_findings.h"

namespace chuanyu::disability {

class PersonRegisters {
 public:
  // CONFIG_INVALID. The clock outlives the object.
  static absl::StatusOr<std::unique_ptr<PersonRegisters>> Open(const registers::RegistersConfig& config,
                                                               const Clock& clock);

  // What each register says; nothing where none is configured.
  std::vector<v1::RegisterCheck> Ask(const Person& person) const;

 private:
  explicit PersonRegisters(const Clock& clock) : clock_(clock) {}

  const Clock& clock_;
  std::unique_ptr<registers::CaseRegisters> registers_;
};

}  // namespace chuanyu::disability
