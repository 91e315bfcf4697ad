#include "services/child_welfare/parent_registers.h"

#include <optional>
#include <string>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

// A record whose condition is not said, or whose days are none, cannot be read.
absl::Status CheckRecords(const registers::CaseRegisters::Source&,
                          const registers::CaseRegisters::Records& records) {
  for (const auto& each : records) {
    const auto& record = dynamic_cast<const v1::ParentRecord&>(*each);
    if (record.condition() == v1::PARENT_CONDITION_UNSPECIFIED ||
        (record.has_since() && !ParseDate(record.since().value()).ok()) ||
        (record.has_until() && !ParseDate(record.until().value()).ok())) {
      return MakeError(Reason::DATE_INVALID);
    }
  }
  return absl::OkStatus();
}

v1::ParentCheck CheckOf(v1::ParentRole role, const registers::CaseRegisters::Answer& said) {
  v1::ParentCheck out;
  out.set_role(role);
  for (const std::string& name : said.source->knows) out.add_conditions(ConditionNamed(name));
  *out.mutable_answer() = said.answer;
  for (const auto& record : said.records) out.add_records()->CopyFrom(*record);
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ParentRegisters>> ParentRegisters::Open(
    const registers::RegistersConfig& config, const DivisionTable& divisions, const Clock& clock) {
  std::unique_ptr<ParentRegisters> out(new ParentRegisters(divisions, clock));
  CHUANYU_ASSIGN_OR_RETURN(out->registers_,
                           registers::CaseRegisters::Open(config, v1::ParentRecord::default_instance(),
                                                          ConditionNames(), CheckRecords));
  return out;
}

std::vector<v1::ParentCheck> ParentRegisters::Ask(
    const google::protobuf::RepeatedPtrField<v1::ParentFact>& parents) const {
  std::vector<v1::ParentCheck> out;
  if (registers_->empty()) return out;
  const Date today = TodayShanghai(clock_);
  for (const v1::ParentFact& fact : parents) {
    std::optional<Person> person;
    std::vector<Warning> warnings;
    if (fact.has_person()) {
      auto parsed = ParsePerson(fact.person(), today, divisions_, "parents.person", &warnings);
      if (parsed.ok()) person = *std::move(parsed);
    }
    for (const auto& said : registers_->Ask(person, today, clock_.Now())) {
      out.push_back(CheckOf(fact.role(), said));
    }
  }
  return out;
}

}  // namespace chuanyu::child_welfare
