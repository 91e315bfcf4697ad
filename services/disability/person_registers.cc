#include "services/disability/person_registers.h"

#include <string>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

// Nothing follows from half a truth: a record without what its register is about, or with a day that is none,
// makes the whole answer unreadable. A person has one certificate.
bool IsReadable(const v1::RegisterCheck& check) {
  const bool certificate = check.statuses().empty();
  for (const v1::RegisterRecord& record : check.records()) {
    if (certificate ? record.cert_state() == v1::CERT_STATE_UNSPECIFIED
                    : record.status() == v1::STATUS_UNSPECIFIED) {
      return false;
    }
    if (record.fen_month() < 0) return false;
    if (record.has_cert_valid_to() && !ParseDate(record.cert_valid_to().value()).ok()) return false;
  }
  return !certificate || check.records_size() <= 1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PersonRegisters>> PersonRegisters::Open(
    const registers::RegistersConfig& config, const Clock& clock) {
  std::unique_ptr<PersonRegisters> out(new PersonRegisters(clock));
  CHUANYU_ASSIGN_OR_RETURN(
      out->registers_,
      registers::CaseRegisters::Open(config, v1::RegisterRecord::default_instance(), RegisterWords()));
  return out;
}

std::vector<v1::RegisterCheck> PersonRegisters::Ask(const Person& person) const {
  std::vector<v1::RegisterCheck> out;
  for (const auto& said : registers_->Ask(person, TodayShanghai(clock_), clock_.Now())) {
    v1::RegisterCheck& check = out.emplace_back();
    for (const std::string& name : said.source->knows) {
      if (name != kCertificate) check.add_statuses(StatusNamed(name));
    }
    *check.mutable_answer() = said.answer;
    for (const auto& record : said.records) check.add_records()->CopyFrom(*record);
    if (IsReadable(check)) continue;
    check.clear_records();
    check.mutable_answer()->set_state(cases::v1::REGISTER_STATE_ERROR);
    check.mutable_answer()->set_reason(std::string(ReasonName(Reason::CODE_UNKNOWN)));
  }
  return out;
}

}  // namespace chuanyu::disability
