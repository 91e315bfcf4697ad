#include "common/person/person.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "common/base/status_macros.h"
#include "common/calendar/age.h"
#include "common/errors/error.h"
#include "common/identity/characters.h"
#include "common/identity/token.h"

namespace chuanyu {
namespace {

constexpr size_t kMaxRef = 64;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::StatusOr<Person> ParseUnnumbered(const type::v1::PersonRef& person, const std::string& field) {
  if (!person.doc_no().empty()) return Bad(field + ".doc_no", "given for a person without a number");
  if (!IsToken(person.person_ref(), kMaxRef)) return Bad(field + ".person_ref", "missing or malformed");
  return Person{.ref = person.person_ref(), .name = person.name(), .sex = person.sex()};
}

}  // namespace

bool Person::IsAdultOn(Date day) const {
  return document && document->birth_date() && AgeOn(*document->birth_date(), day) >= 18;
}

std::pair<uint8_t, std::string> Person::Key() const {
  if (!document) return {static_cast<uint8_t>(type::v1::DOC_TYPE_NONE), ref};
  return {static_cast<uint8_t>(document->doc_type()), document->canonical()};
}

type::v1::PersonRef Person::ToProto() const {
  type::v1::PersonRef out;
  out.set_doc_type(document ? static_cast<type::v1::DocType>(document->doc_type()) : type::v1::DOC_TYPE_NONE);
  if (document) out.set_doc_no(document->canonical());
  out.set_name(name);
  out.set_sex(sex);
  out.set_person_ref(ref);
  return out;
}

absl::StatusOr<Person> ParsePerson(const type::v1::PersonRef& person, Date today,
                                   const DivisionTable& divisions, const std::string& field,
                                   std::vector<Warning>* warnings) {
  if (person.name().empty() || CountCodePoints(person.name()) > 50) {
    return Bad(field + ".name", "not 1 to 50 characters");
  }
  if (!type::v1::Sex_IsValid(person.sex())) return Bad(field + ".sex", "unknown");
  if (person.doc_type() == type::v1::DOC_TYPE_NONE) return ParseUnnumbered(person, field);
  if (person.doc_type() == type::v1::DOC_TYPE_UNSPECIFIED || !type::v1::DocType_IsValid(person.doc_type())) {
    return Bad(field + ".doc_type", "missing or unknown");
  }
  std::optional<Sex> sex;
  if (person.sex() != type::v1::SEX_UNSPECIFIED) sex = static_cast<Sex>(person.sex());
  CHUANYU_ASSIGN_OR_RETURN(ParsedCitizenId parsed,
                           ParseCitizenIdAs(static_cast<DocType>(person.doc_type()), person.doc_no(), today,
                                            divisions, sex, field + ".doc_no"));
  warnings->insert(warnings->end(), parsed.warnings.begin(), parsed.warnings.end());
  return Person{.document = parsed.id, .name = person.name(), .sex = person.sex()};
}

absl::StatusOr<std::string> RegionOf(const type::v1::DivisionCode& code, Date day,
                                     const DivisionTable& divisions, const std::string& field) {
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode parsed, DivisionCode::Parse(code.code(), field));
  const auto competent = divisions.CompetentCounty(parsed, day);
  if (competent.ok()) return competent->Region().str();
  // 渝北区 without a town has several successors, but all of them are in Chongqing, and only the region is
  // asked.
  std::set<std::string> regions;
  for (const DivisionCode& county : divisions.Successors(parsed.County(), day)) {
    regions.insert(county.Region().str());
  }
  if (regions.size() == 1) return *regions.begin();
  return MakeError(Reason::CODE_UNKNOWN, {.field = field});
}

absl::StatusOr<bool> IsInCounty(const std::string& code, const std::string& county, Date day,
                                const DivisionTable& divisions) {
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode parsed, DivisionCode::Parse(code));
  const auto competent = divisions.CompetentCounty(parsed, day);
  if (competent.ok()) return competent->str() == county;
  const auto successors = divisions.Successors(parsed.County(), day);
  return std::any_of(successors.begin(), successors.end(),
                     [&](const DivisionCode& each) { return each.str() == county; });
}

bool IsRelation(std::string_view code) {
  if (code.size() != 2 || !absl::ascii_isdigit(code[0]) || !absl::ascii_isdigit(code[1])) return false;
  return code == "01" || code == "02" || code >= "10";
}

}  // namespace chuanyu
