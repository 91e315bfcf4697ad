#include "services/marriage/import.h"

#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {
namespace {

constexpr char kHead[] = "certificate_no,doc_type_a,doc_no_a,doc_type_b,doc_no_b,registered_on";
constexpr size_t kMaxCertificate = 24;

absl::StatusOr<std::string> SubjectOf(const Desk& desk, const std::string& type, const std::string& number) {
  int known = 0;
  if (!absl::SimpleAtoi(type, &known)) return MakeError(Reason::ID_DOC_TYPE);
  CHUANYU_ASSIGN_OR_RETURN(const ParsedCitizenId parsed,
                           ParseCitizenIdAs(static_cast<DocType>(known), number, desk.Today(),
                                            desk.divisions(), std::nullopt, "doc_no"));
  return desk.SubjectOf(Person{.document = parsed.id});
}

absl::StatusOr<RegisteredEvent> ReadLine(const Desk& desk, const std::string& line) {
  const std::vector<std::string> cells = absl::StrSplit(line, ',');
  if (cells.size() != 6 || cells[0].empty() || cells[0].size() > kMaxCertificate)
    return MakeError(Reason::BAD_REQUEST);
  RegisteredEvent out{
      .kind = v1::REGISTRATION_KIND_MARRIAGE, .certificate_no = cells[0], .region = desk.own_region()};
  CHUANYU_ASSIGN_OR_RETURN(out.subject_a, SubjectOf(desk, cells[1], cells[2]));
  CHUANYU_ASSIGN_OR_RETURN(out.subject_b, SubjectOf(desk, cells[3], cells[4]));
  if (out.subject_a == out.subject_b) return MakeError(Reason::C_SAME_PERSON);
  CHUANYU_ASSIGN_OR_RETURN(out.registered_on, ParseDate(cells[5], "registered_on"));
  return out;
}

// False when it was there already.
absl::StatusOr<bool> TakeIn(sql::Session& session, const Register& registers, const RegisteredEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result known,
      session.Query("SELECT 1 FROM mr_marriage WHERE certificate_no = :no", {{"no", event.certificate_no}}));
  if (!known.rows.empty()) return false;
  for (const std::string& subject : {event.subject_a, event.subject_b}) {
    CHUANYU_ASSIGN_OR_RETURN(const bool married, registers.HasSpouse(session, subject));
    if (married) return MakeError(Reason::C_ALREADY_MARRIED);
  }
  CHUANYU_RETURN_IF_ERROR(registers.Record(session, event));
  return true;
}

}  // namespace

absl::StatusOr<int> ImportMarriages(const Desk& desk, const Register& registers, const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != kHead)
    return MakeError(Reason::BAD_REQUEST, {.detail = "the file cannot be read or has another head"});
  std::vector<RegisteredEvent> events;
  // Nothing of a line but its number and the reason is repeated: lines are about persons.
  const auto wrong = [](size_t number, const absl::Status& why) {
    return MakeError(ReasonOf(why).value_or(Reason::BAD_REQUEST), {.field = absl::StrCat("line ", number)});
  };
  for (size_t number = 2; std::getline(file, line); ++number) {
    absl::StatusOr<RegisteredEvent> event = ReadLine(desk, line);
    if (!event.ok()) return wrong(number, event.status());
    events.push_back(*std::move(event));
  }
  int taken = 0;
  CHUANYU_RETURN_IF_ERROR(desk.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    taken = 0;
    for (size_t i = 0; i < events.size(); ++i) {
      const absl::StatusOr<bool> is_new = TakeIn(session, registers, events[i]);
      if (!is_new.ok()) return wrong(i + 2, is_new.status());
      taken += *is_new ? 1 : 0;
    }
    return absl::OkStatus();
  }));
  return taken;
}

}  // namespace chuanyu::marriage
