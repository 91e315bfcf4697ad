#include "services/child_welfare/benefit_registers.h"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

// A record whose kind is not said, a second one of a kind, or an amount that is none cannot be read.
absl::Status CheckRecords(const registers::CaseRegisters::Source&,
                          const registers::CaseRegisters::Records& records) {
  std::set<v1::OtherBenefitKind> kinds;
  for (const auto& each : records) {
    const auto& record = dynamic_cast<const v1::BenefitRecord&>(*each);
    if (record.kind() == v1::OTHER_BENEFIT_KIND_UNSPECIFIED || !kinds.insert(record.kind()).second ||
        record.fen_month() < 0 || record.fen_month() > kMaxFen) {
      return MakeError(Reason::CODE_UNKNOWN);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<BenefitRegisters>> BenefitRegisters::Open(
    const registers::RegistersConfig& config, const DivisionTable& divisions, const Clock& clock) {
  std::unique_ptr<BenefitRegisters> out(new BenefitRegisters(divisions, clock));
  registers::RegistersConfig own = config;
  own.mapping += "/benefits";
  std::error_code error;
  if (!std::filesystem::is_directory(own.mapping, error)) own = {};
  CHUANYU_ASSIGN_OR_RETURN(out->registers_,
                           registers::CaseRegisters::Open(own, v1::BenefitRecord::default_instance(),
                                                          BenefitNames(), CheckRecords));
  return out;
}

BenefitChecks BenefitRegisters::Ask(const v1::Child& child) const {
  BenefitChecks out;
  if (registers_->empty()) return out;
  const Date today = TodayShanghai(clock_);
  std::optional<Person> person;
  std::vector<Warning> warnings;
  auto parsed = ParsePerson(child.person(), today, divisions_, "child.person", &warnings);
  if (parsed.ok()) person = *std::move(parsed);
  for (const auto& said : registers_->Ask(person, today, clock_.Now())) {
    v1::BenefitCheck& check = *out.Add();
    for (const std::string& name : said.source->knows) check.add_kinds(BenefitNamed(name));
    *check.mutable_answer() = said.answer;
    for (const auto& record : said.records) check.add_records()->CopyFrom(*record);
  }
  return out;
}

}  // namespace chuanyu::child_welfare
