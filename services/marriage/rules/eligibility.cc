#include "services/marriage/rules/eligibility.h"

#include <algorithm>
#include <map>

#include "common/base/status_macros.h"

namespace chuanyu::marriage {
namespace {

using Key = std::pair<uint8_t, std::string>;

void Add(std::vector<Reason>& reasons, Reason reason) {
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
}

bool IsMainland(const PartyFacts& party) {
  return party.person.document && party.person.document->doc_type() == DocType::kResidentId;
}

// Sex by the number where it tells (digit 17), else as registered.
type::v1::Sex SexOf(const Person& person) {
  if (person.document && person.document->sex()) {
    return *person.document->sex() == Sex::kMale ? type::v1::SEX_MALE : type::v1::SEX_FEMALE;
  }
  return person.sex;
}

bool IsOfAge(const Person& person, const MarriagePolicy& policy, Date today) {
  // Old foreign cards do not tell the birth: a person must look (C_MANUAL_REVIEW), nobody is waved through.
  if (!person.document || !person.document->birth_date()) return true;
  const int needed = SexOf(person) == type::v1::SEX_MALE ? policy.age_man : policy.age_woman;
  return DayOfAge(*person.document->birth_date(), needed, policy.age) <= today;
}

// Shown and valid today; C_DOC_MISSING or C_DOC_EXPIRED.
void NeedDocument(const PartyFacts& party, v1::DocumentKind kind, Date today, std::vector<Reason>& reasons) {
  bool shown = false;
  for (const auto& [each, valid_to] : party.documents) {
    if (each != kind) continue;
    if (!valid_to || today <= *valid_to) return;
    shown = true;
  }
  Add(reasons, shown ? Reason::C_DOC_EXPIRED : Reason::C_DOC_MISSING);
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
                         const DivisionTable& divisions, Date today, std::vector<Reason>& reasons) {
  if (!IsMainland(couple.a) || !IsMainland(couple.b)) {
    // 婚姻登记条例 §2: only where the province designates it; jurisdiction is then the designation.
    if (!office.designated) Add(reasons, Reason::C_OFFICE_NOT_AUTHORISED);
    return absl::OkStatus();
  }
  const Jurisdiction* const rule = policy.JurisdictionOn(today);
  if (rule == nullptr) {
    Add(reasons, Reason::C_JURISDICTION);
    return absl::OkStatus();
  }
  if (rule->household_book) {
    for (const PartyFacts* party : {&couple.a, &couple.b}) {
      NeedDocument(*party, v1::DOCUMENT_KIND_HOUSEHOLD_BOOK, today, reasons);
    }
  }
  if (rule->who == Jurisdiction::Who::kAnyone) return absl::OkStatus();
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    CHUANYU_ASSIGN_OR_RETURN(const bool served,
                             MayBeServed(*party, office, policy, divisions, today, rule->who));
    if (served) return absl::OkStatus();
  }
  Add(reasons, Reason::C_JURISDICTION);
  return absl::OkStatus();
}

void CheckBoth(const Couple& couple, std::vector<Reason>& reasons) {
  if (couple.a.person.Key() == couple.b.person.Key()) Add(reasons, Reason::C_SAME_PERSON);
  if (!couple.a.present || !couple.b.present) Add(reasons, Reason::C_ABSENT);
  if (!couple.a.voluntary || !couple.b.voluntary) Add(reasons, Reason::C_NOT_VOLUNTARY);
}

// Whom somebody descends from, and by how many generations, with the way being by blood or not.
struct Ancestor {
  int generation = 0;
  bool by_blood = true;
};

std::multimap<Key, Ancestor> AncestorsOf(const PartyFacts& party) {
  std::multimap<Key, Ancestor> out = {{party.person.Key(), {.generation = 0}}};
  for (const Relative& relative : party.kin) {
    const int generation = relative.relation == v1::KIN_RELATION_PARENT        ? 1
                           : relative.relation == v1::KIN_RELATION_GRANDPARENT ? 2
                                                                               : 0;
    if (generation == 0) continue;
    out.emplace(relative.person.Key(),
                Ancestor{.generation = generation, .by_blood = !relative.step_or_adoptive});
  }
  return out;
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
    Relative relative{.relation = tie.relation(), .step_or_adoptive = tie.step_or_adoptive()};
    CHUANYU_ASSIGN_OR_RETURN(
        relative.person, ParsePerson(tie.relative(), today, divisions, field + ".kin.relative", &warnings));
    out.kin.push_back(std::move(relative));
  }
  out.present = party.present();
  out.voluntary = party.voluntary();
  out.declares_no_kin = party.declares_no_kin();
  out.lacks_capacity = party.lacks_capacity();
  return out;
}

std::optional<Reason> KinshipRefusal(const PartyFacts& a, const PartyFacts& b) {
  bool manual = false;
  // One is named as the other's relative: every relation of the list is lineal or within three generations.
  for (const auto& [party, other] : {std::pair{&a, &b}, {&b, &a}}) {
    for (const Relative& relative : party->kin) {
      if (relative.person.Key() != other->person.Key()) continue;
      if (!relative.step_or_adoptive) return Reason::C_KIN;
      manual = true;
    }
  }
  // They share an ancestor: oneself is the first generation, grandparents the third.
  const auto of_b = AncestorsOf(b);
  for (const auto& [key, from_a] : AncestorsOf(a)) {
    const auto [begin, end] = of_b.equal_range(key);
    for (auto from_b = begin; from_b != end; ++from_b) {
      if (from_a.generation == 0 && from_b->second.generation == 0) continue;  // the same person
      if (from_a.by_blood && from_b->second.by_blood) return Reason::C_KIN;
      manual = true;
    }
  }
  // An uncle or aunt of the one is a parent of the other (first cousins), or named twice.
  for (const auto& [party, other] : {std::pair{&a, &b}, {&b, &a}}) {
    for (const Relative& relative : party->kin) {
      if (relative.relation != v1::KIN_RELATION_UNCLE_AUNT) continue;
      for (const Relative& theirs : other->kin) {
        if (theirs.relation != v1::KIN_RELATION_PARENT) continue;
        if (theirs.person.Key() != relative.person.Key()) continue;
        if (!relative.step_or_adoptive && !theirs.step_or_adoptive) return Reason::C_KIN;
        manual = true;
      }
    }
  }
  if (manual) return Reason::C_MANUAL_REVIEW;
  return std::nullopt;
}

absl::StatusOr<std::vector<Reason>> MarriageRefusals(const Couple& couple, const RegistryOffice& office,
                                                     const MarriagePolicy& policy,
                                                     const DivisionTable& divisions, Date today) {
  std::vector<Reason> reasons;
  CheckBoth(couple, reasons);
  const type::v1::Sex sex_a = SexOf(couple.a.person);
  const type::v1::Sex sex_b = SexOf(couple.b.person);
  const bool man_and_woman = (sex_a == type::v1::SEX_MALE && sex_b == type::v1::SEX_FEMALE) ||
                             (sex_a == type::v1::SEX_FEMALE && sex_b == type::v1::SEX_MALE);
  if (!man_and_woman) Add(reasons, Reason::C_SEX);
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    if (!IsOfAge(party->person, policy, today)) Add(reasons, Reason::C_UNDERAGE);
    if (!party->person.document || !party->person.document->birth_date())
      Add(reasons, Reason::C_MANUAL_REVIEW);
    // GB/T 2261.2-2003: 10, 30, 40 may marry; 20 to 23 have a spouse; what is not said a person must ask.
    const std::string& code = party->marital_code;
    if (code == "20" || code == "21" || code == "22" || code == "23") Add(reasons, Reason::C_ALREADY_MARRIED);
    if (code != "10" && code != "30" && code != "40" && code.substr(0, 1) != "2")
      Add(reasons, Reason::C_MANUAL_REVIEW);
    NeedDocument(*party, v1::DOCUMENT_KIND_IDENTITY, today, reasons);
    NeedDocument(*party,
                 IsMainland(*party) ? v1::DOCUMENT_KIND_DECLARATION : v1::DOCUMENT_KIND_NOTARISED_DECLARATION,
                 today, reasons);
    if (!party->declares_no_kin) Add(reasons, Reason::C_KIN);
  }
  if (const auto kin = KinshipRefusal(couple.a, couple.b)) Add(reasons, *kin);
  CHUANYU_RETURN_IF_ERROR(CheckOffice(couple, office, policy, divisions, today, reasons));
  return reasons;
}

absl::StatusOr<std::vector<Reason>> DivorceRefusals(const Couple& couple, const RegistryOffice& office,
                                                    const MarriagePolicy& policy,
                                                    const DivisionTable& divisions, Date today) {
  std::vector<Reason> reasons;
  CheckBoth(couple, reasons);
  for (const PartyFacts* party : {&couple.a, &couple.b}) {
    // 婚姻登记条例 (2003) §12(2): not accepted.
    if (party->lacks_capacity) Add(reasons, Reason::C_CAPACITY);
    NeedDocument(*party, v1::DOCUMENT_KIND_IDENTITY, today, reasons);
    NeedDocument(*party, v1::DOCUMENT_KIND_MARRIAGE_CERTIFICATE, today, reasons);
    NeedDocument(*party, v1::DOCUMENT_KIND_DIVORCE_AGREEMENT, today, reasons);
  }
  CHUANYU_RETURN_IF_ERROR(CheckOffice(couple, office, policy, divisions, today, reasons));
  return reasons;
}

}  // namespace chuanyu::marriage
