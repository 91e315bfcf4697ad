#include "services/disability/person_registers.h"

#include <algorithm>
#include <string>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

// A record without what its register is about, or with a day that is none, cannot be read. A person has one
// certificate.
absl::Status CheckRecords(const registers::CaseRegisters::Source& source,
                          const registers::CaseRegisters::Records& records) {
  const bool certificate = std::all_of(source.knows.begin(), source.knows.end(),
                                       [](const std::string& name) { return name == kCertificate; });
  bool readable = !certificate || records.size() <= 1;
  for (const auto& each : records) {
    const auto& record = dynamic_cast<const v1::RegisterRecord&>(*each);
    readable = readable &&
               (certificate ? record.cert_state() != v1::CERT_STATE_UNSPECIFIED
                            : record.status() != v1::STATUS_UNSPECIFIED) &&
               record.fen_month() >= 0 &&
               (!record.has_cert_valid_to() || ParseDate(record.cert_valid_to().value()).ok());
  }
  return readable ? absl::OkStatus() : MakeError(Reason::CODE_UNKNOWN);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PersonRegisters>> PersonRegisters::Open(
    const registers::RegistersConfig& config, const Clock& clock) {
  std::unique_ptr<PersonRegisters> out(new PersonRegisters(clock));
  CHUANYU_ASSIGN_OR_RETURN(out->registers_,
                           registers::CaseRegisters::Open(config, v1::RegisterRecord::default_instance(),
                                                          RegisterWords(), CheckRecords));
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
  }
  return out;
}

}  // namespace chuanyu::disability
