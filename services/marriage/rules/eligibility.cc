#include "services/marriage/rules/eligibility.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu::marriage {
namespace {

template <typename Value>
void Add(std::vector<Value>& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

Origin OriginOf(const PartyFacts& party) {
  if (party.overseas_chinese) return Origin::kOverseasChinese;
  // A passport holder without a card whose number is known here has none either.
  if (!party.person.document) return Origin::kForeigner;
  switch (party.person.document->doc_type()) {
    case DocType::kResidentId:
      return Origin::kMainland;
    case DocType::kHmtResidencePermit:
      return Origin::kHmt;
    default:
      return Origin::kForeigner;
  }
}

bool IsMainland(const PartyFacts& party) { return OriginOf(party) == Origin::kMainland; }

// Sex by the number where it tells (digit 17), else as registered.
type::v1::Sex SexOf(const Person& person) {
  if (person.document && person.document->sex()) {
    return *person.document->sex() == Sex::kMale ? type::v1::SEX_MALE : type::v1::SEX_FEMALE;
  }
  return person.sex;
}

bool IsOfAge(const Person& person, const MarriagePolicy& policy, Date today) {
  // Old foreign cards do not tell the birth: a person must look, nobody is waved through.
  if (!person.document || !person.document->birth_date()) return true;
  const int needed = SexOf(person) == type::v1::SEX_MALE ? policy.age_man : policy.age_woman;
  return DayOfAge(*person.document->birth_date(), needed, policy.age) <= today;
}

using AnyOf = std::vector<v1::DocumentKind>;

// One of them is shown and valid today; else C_DOC_MISSING or C_DOC_EXPIRED.
void NeedDocument(const PartyFacts& party, const std::string& name, const AnyOf& kinds, Date today,
                  Findings& out) {
  bool shown = false;
  for (const auto& [each, valid_to] : party.documents) {
    if (std::find(kinds.begin(), kinds.end(), each) == kinds.end()) continue;
    if (!valid_to || today <= *valid_to) return;
    shown = true;
  }
  Add(out.refusals, shown ? Reason::C_DOC_EXPIRED : Reason::C_DOC_MISSING);
  std::string words;
  for (const v1::DocumentKind kind : kinds) {
    absl::StrAppend(&words, words.empty() ? "" : "|",
                    v1::DocumentKind_Name(kind).substr(sizeof("DOCUMENT_KIND_") - 1));
  }
  out.missing.push_back(absl::StrCat(name, ".", words));
}

// What the law asks to be shown, of each party by whence it comes.
void NeedMaterials(const Couple& couple, v1::RegistrationKind kind, const MarriagePolicy& policy, Date today,
                   Findings& out) {
  for (const auto& [party, name] : {std::pair{&couple.a, "party_a"}, {&couple.b, "party_b"}}) {
    const Materials* const materials = policy.MaterialsOn(kind, OriginOf(*party), today);
    if (materials == nullptr) continue;  // before the first rule, which is C_JURISDICTION
    for (const AnyOf& kinds : materials->needed) NeedDocument(*party, name, kinds, today, out);
  }
}

bool HasValid(const PartyFacts& party, v1::DocumentKind kind, Date today) {
  return std::any_of(party.documents.begin(), party.documents.end(), [&](const auto& document) {
    return document.first == kind && (!document.second || today <= *document.second);
  });
}

absl::StatusOr<bool> IsAt(const std::optional<DivisionCode>& address, const DivisionCode& county, Date today,
                          const DivisionTable& divisions) {
  if (!address) return false;
  const auto competent = divisions.CompetentCounty(*address, today, kOrgan);
  // A county code whose towns went to several counties: any of them may be theirs.
  if (!competent.ok()) {
    const auto successors = divisions.Successors(*address, today);
    if (successors.empty()) return competent.status();
    return std::find(successors.begin(), successors.end(), county) != successors.end();
  }
  return *competent == county;
}

absl::StatusOr<bool> MayBeServed(const PartyFacts& party, const RegistryOffice& office,
                                 const MarriagePolicy& policy, const DivisionTable& divisions, Date today,
                                 Jurisdiction::Who who) {
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address, DivisionCode::Parse(office.address));
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode county, divisions.CompetentCounty(address, today, kOrgan));
  CHUANYU_ASSIGN_OR_RETURN(const bool hukou, IsAt(party.hukou, county, today, divisions));
  if (hukou) return true;
  if (policy.RegionHukouCounts(today) && party.hukou && party.hukou->Region() == county.Region()) return true;
  if (who != Jurisdiction::Who::kHukouOrResidence) return false;
  if (!HasValid(party, v1::DOCUMENT_KIND_RESIDENCE_PERMIT, today)) return false;
  return IsAt(party.residence, county, today, divisions);
}

absl::Status CheckOffice(const Couple& couple, const RegistryOffice& office, const MarriagePolicy& policy,
                         const DivisionTable& divisions, Date today, Findings& out) {
  if (!IsMainland(couple.a) || !IsMainland(couple.b)) {
    // 婚姻登记条例 §2: only where the province designates it; jurisdiction is then the designation.
    if (!office.designated) Add(out.refusals, Reason::C_OFFICE_NOT_AUTHORISED);
    return absl::OkStatus();
  }
  const Jurisdiction* const rule = policy.JurisdictionOn(today);
  if (rule == nullptr) {
    Add(out.refusals, Reason::C_JURISDICTION);
    return absl::OkStatus();
  }
  if (rule->household_book) {
    for (const auto& [party, name] : {std::pair{&couple.a, "party_a"}, {&couple.b, "party_b"}}) {
      NeedDocument(*party, name, {v1::DOCUMENT_KIND_HOUSEHOLD_BOOK}, today, out);
    }
  }
  if (rule->who == Jurisdiction::Who::kAnyone) return absl::OkStatus();
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    CHUANYU_ASSIGN_OR_RETURN(const bool served,
                             MayBeServed(*party, office, policy, divisions, today, rule->who));
    if (served) return absl::OkStatus();
  }
  Add(out.refusals, Reason::C_JURISDICTION);
  return absl::OkStatus();
}

void CheckBoth(const Couple& couple, std::vector<Reason>& reasons) {
  if (couple.a.person.Key() == couple.b.person.Key()) Add(reasons, Reason::C_SAME_PERSON);
  if (!couple.a.present || !couple.b.present) Add(reasons, Reason::C_ABSENT);
  if (!couple.a.voluntary || !couple.b.voluntary) Add(reasons, Reason::C_NOT_VOLUNTARY);
}

}  // namespace

absl::StatusOr<PartyFacts> ParseParty(const v1::Party& party, Date today, const DivisionTable& divisions,
                                      const std::string& field) {
  PartyFacts out;
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(out.person,
                           ParsePerson(party.person(), today, divisions, field + ".person", &warnings));
  if (party.has_hukou()) {
    CHUANYU_ASSIGN_OR_RETURN(out.hukou, DivisionCode::Parse(party.hukou().code(), field + ".hukou"));
  }
  if (party.has_residence()) {
    CHUANYU_ASSIGN_OR_RETURN(out.residence,
                             DivisionCode::Parse(party.residence().code(), field + ".residence"));
  }
  out.marital_code = party.marital_code();
  for (const v1::Document& document : party.documents()) {
    if (document.kind() == v1::DOCUMENT_KIND_UNSPECIFIED || !v1::DocumentKind_IsValid(document.kind())) {
      return MakeError(Reason::BAD_REQUEST, {.field = field + ".documents.kind"});
    }
    std::optional<Date> valid_to;
    if (document.has_valid_to()) {
      CHUANYU_ASSIGN_OR_RETURN(valid_to,
                               ParseDate(document.valid_to().value(), field + ".documents.valid_to"));
    }
    out.documents.emplace_back(document.kind(), valid_to);
  }
  for (const v1::KinTie& tie : party.kin()) {
    if (tie.relation() == v1::KIN_RELATION_UNSPECIFIED || !v1::KinRelation_IsValid(tie.relation())) {
      return MakeError(Reason::BAD_REQUEST, {.field = field + ".kin.relation"});
    }
    NamedRelative relative{.relation = tie.relation(), .step_or_adoptive = tie.step_or_adoptive()};
    CHUANYU_ASSIGN_OR_RETURN(
        relative.person, ParsePerson(tie.relative(), today, divisions, field + ".kin.relative", &warnings));
    out.kin.push_back(std::move(relative));
  }
  out.present = party.present();
  out.voluntary = party.voluntary();
  out.declares_no_kin = party.declares_no_kin();
  out.lacks_capacity = party.lacks_capacity();
  out.overseas_chinese = party.overseas_chinese();
  // They keep the number that they had in the mainland, or have none that is known.
  if (out.overseas_chinese && out.person.document &&
      out.person.document->doc_type() != DocType::kResidentId) {
    return MakeError(Reason::BAD_REQUEST, {.field = field + ".overseas_chinese"});
  }
  return out;
}

Family FamilyOf(const PartyFacts& party, const std::function<std::string(const Person&)>& key) {
  Family out{.self = key(party.person)};
  for (const NamedRelative& relative : party.kin) {
    out.relatives.push_back(
        {.relation = relative.relation, .key = key(relative.person), .by_blood = !relative.step_or_adoptive});
  }
  return out;
}

absl::StatusOr<Findings> ExamineMarriage(const Couple& couple, const RegistryOffice& office,
                                         const MarriagePolicy& policy, const DivisionTable& divisions,
                                         Date today) {
  Findings out;
  CheckBoth(couple, out.refusals);
  const type::v1::Sex sex_a = SexOf(couple.a.person);
  const type::v1::Sex sex_b = SexOf(couple.b.person);
  const bool man_and_woman = (sex_a == type::v1::SEX_MALE && sex_b == type::v1::SEX_FEMALE) ||
                             (sex_a == type::v1::SEX_FEMALE && sex_b == type::v1::SEX_MALE);
  if (!man_and_woman) Add(out.refusals, Reason::C_SEX);
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    if (!IsOfAge(party->person, policy, today)) Add(out.refusals, Reason::C_UNDERAGE);
    if (!party->person.document || !party->person.document->birth_date())
      Add(out.reviews, v1::REVIEW_MATTER_AGE);
    // GB/T 2261.2-2003: 10, 30, 40 may marry; 20 to 23 have a spouse; what is not said a person must ask.
    const std::string& code = party->marital_code;
    if (code == "20" || code == "21" || code == "22" || code == "23")
      Add(out.refusals, Reason::C_ALREADY_MARRIED);
    if (code != "10" && code != "30" && code != "40" && code.substr(0, 1) != "2")
      Add(out.reviews, v1::REVIEW_MATTER_MARITAL_STATUS);
    if (!party->declares_no_kin) Add(out.refusals, Reason::C_KIN);
  }
  NeedMaterials(couple, v1::REGISTRATION_KIND_MARRIAGE, policy, today, out);
  const auto key = [](const Person& person) {
    const auto [type, number] = person.Key();
    return absl::StrCat(type, ":", number);
  };
  const Kinship kinship = KinshipOf(FamilyOf(couple.a, key), FamilyOf(couple.b, key));
  if (kinship == Kinship::kForbidden) Add(out.refusals, Reason::C_KIN);
  if (kinship == Kinship::kReview) Add(out.reviews, v1::REVIEW_MATTER_KINSHIP);
  CHUANYU_RETURN_IF_ERROR(CheckOffice(couple, office, policy, divisions, today, out));
  return out;
}

absl::StatusOr<Findings> ExamineDivorce(const Couple& couple, const RegistryOffice& office,
                                        const MarriagePolicy& policy, const DivisionTable& divisions,
                                        Date today) {
  Findings out;
  CheckBoth(couple, out.refusals);
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    // 婚姻登记条例 (2003) §12(2): not accepted.
    if (party->lacks_capacity) Add(out.refusals, Reason::C_CAPACITY);
  }
  NeedMaterials(couple, v1::REGISTRATION_KIND_DIVORCE, policy, today, out);
  CHUANYU_RETURN_IF_ERROR(CheckOffice(couple, office, policy, divisions, today, out));
  return out;
}

}  // namespace chuanyu::marriage
