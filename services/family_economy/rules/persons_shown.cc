#include "services/family_economy/rules/persons_shown.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/errors/error.h"
#include "common/identity/characters.h"
#include "common/identity/masking.h"
#include "common/person/person.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kMaxText = 200;  // characters
constexpr int kMaxDigits = 5;     // in a row: no part of a number that says something about anybody
constexpr size_t kTownDigits = 9;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

void Mask(Date today, const DivisionTable& divisions, type::v1::PersonRef* person) {
  std::vector<Warning> ignored;
  const absl::StatusOr<Person> read = chuanyu::ParsePerson(*person, today, divisions, "person", &ignored);
  const bool adult = read.ok() && read->IsAdultOn(today);
  person->set_name(adult ? MaskName(person->name()) : MaskMinorName(person->name()));
  if (person->doc_no().empty()) return;
  person->set_doc_no(read.ok() && read->document ? MaskId(*read->document, today) : "***");
}

void CutToTown(type::v1::DivisionCode* code) { code->set_code(code->code().substr(0, kTownDigits)); }

bool HasLongNumber(std::string_view text) {
  int digits = 0;
  for (const char c : text) {
    digits = absl::ascii_isdigit(static_cast<unsigned char>(c)) ? digits + 1 : 0;
    if (digits > kMaxDigits) return true;
  }
  return false;
}

bool Names(std::string_view text, const type::v1::PersonRef& person) {
  const auto holds = [&](const std::string& part) {
    return !part.empty() && text.find(part) != std::string_view::npos;
  };
  return holds(person.name()) || holds(person.doc_no());
}

}  // namespace

void MaskPersons(Date today, const DivisionTable& divisions, v1::Verification* verification) {
  if (verification->has_household()) {
    for (v1::Member& member : *verification->mutable_household()->mutable_members()) {
      Mask(today, divisions, member.mutable_person());
      if (member.has_hukou_code()) CutToTown(member.mutable_hukou_code());
      if (member.has_residence_code()) CutToTown(member.mutable_residence_code());
    }
  }
  if (!verification->has_authorization()) return;
  for (v1::Signatory& one : *verification->mutable_authorization()->mutable_signatories()) {
    if (one.has_guardian_person()) Mask(today, divisions, one.mutable_guardian_person());
  }
}

absl::Status CheckReveal(const v1::RevealPersonsRequest& request) {
  if (request.reason() == v1::REVEAL_REASON_UNSPECIFIED || !v1::RevealReason_IsValid(request.reason())) {
    return Bad("reason", "missing or unknown");
  }
  const std::string& text = request.reason_text();
  if (request.reason() == v1::REVEAL_REASON_OTHER && text.empty()) return Bad("reason_text", "missing");
  if (CountCodePoints(text) > kMaxText) return Bad("reason_text", "more than 200 characters");
  if (HasLongNumber(text)) return Bad("reason_text", "holds 6 digits in a row");
  return CheckOfficer(request.officer_id());
}

absl::Status CheckNamesNobody(const std::string& text, const v1::Verification& check) {
  const auto names_member = [&](const v1::Member& member) { return Names(text, member.person()); };
  const auto names_guardian = [&](const v1::Signatory& one) { return Names(text, one.guardian_person()); };
  const auto& members = check.household().members();
  const auto& signatories = check.authorization().signatories();
  const bool names = std::any_of(members.begin(), members.end(), names_member) ||
                     std::any_of(signatories.begin(), signatories.end(), names_guardian);
  return names ? Bad("reason_text", "names somebody of the check") : absl::OkStatus();
}

}  // namespace chuanyu::family_economy
