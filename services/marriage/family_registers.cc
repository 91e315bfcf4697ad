#include "services/marriage/family_registers.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {
namespace {

constexpr char kFamily[] = "FAMILY";  // what a mapping `knows`
constexpr size_t kIndexDigits = 64;

// A record that names nobody, or no relation, cannot be read.
absl::Status CheckRecords(const registers::CaseRegisters::Source&,
                          const registers::CaseRegisters::Records& records) {
  for (const auto& each : records) {
    const auto& record = dynamic_cast<const v1::FamilyRecord&>(*each);
    if (record.relation() == v1::KIN_RELATION_UNSPECIFIED || record.relative_index().size() != kIndexDigits ||
        record.relative_index().find_first_not_of("0123456789abcdef") != std::string::npos) {
      return MakeError(Reason::CODE_UNKNOWN);
    }
  }
  return absl::OkStatus();
}

bool Answered(const v1::FamilyCheck& check) {
  const auto state = check.answer().state();
  return state == cases::v1::REGISTER_STATE_HIT || state == cases::v1::REGISTER_STATE_NO_HIT;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FamilyRegisters>> FamilyRegisters::Open(
    const registers::RegistersConfig& config, const Clock& clock) {
  std::unique_ptr<FamilyRegisters> out(new FamilyRegisters(clock));
  CHUANYU_ASSIGN_OR_RETURN(
      out->registers_,
      registers::CaseRegisters::Open(config, v1::FamilyRecord::default_instance(), {kFamily}, CheckRecords));
  return out;
}

Family FamilyRegisters::AskAbout(const PartyFacts& party, const std::string& name, Said* said) const {
  Family out = FamilyOf(party, [this](const Person& person) { return registers_->IndexOf(person).ToHex(); });
  // Nobody will ever answer about somebody without a number.
  if (!party.person.document) said->kinship = Kinship::kReview;
  for (const auto& each : registers_->Ask(party.person, TodayShanghai(clock_), clock_.Now())) {
    for (const auto& record : each.records) {
      const auto& of = dynamic_cast<const v1::FamilyRecord&>(*record);
      out.relatives.push_back(
          {.relation = of.relation(),
           .key = of.relative_index(),
           .by_blood = of.bond() == v1::KIN_BOND_UNSPECIFIED || of.bond() == v1::KIN_BOND_BLOOD});
    }
    v1::FamilyCheck& check = said->checks.emplace_back();
    check.set_party(name);
    *check.mutable_answer() = each.answer;
  }
  return out;
}

FamilyRegisters::Said FamilyRegisters::Ask(const Couple& couple) const {
  Said said;
  if (empty()) return said;
  const Family a = AskAbout(couple.a, "party_a", &said);
  const Family b = AskAbout(couple.b, "party_b", &said);
  said.kinship = std::max(said.kinship, KinshipOf(a, b));
  return said;
}

std::string Unanswered(const google::protobuf::RepeatedPtrField<v1::FamilyCheck>& checks) {
  for (const v1::FamilyCheck& check : checks) {
    if (!Answered(check) && check.answer().reason() != ReasonName(Reason::ID_DOC_TYPE))
      return check.answer().source();
  }
  return "";
}

}  // namespace chuanyu::marriage
