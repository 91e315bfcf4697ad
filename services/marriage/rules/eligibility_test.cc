// Who may be registered where on which day, as tables.
#include "services/marriage/rules/eligibility.h"

#include <utility>

#include "common/base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/rules/policy_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Refusals by name, then what is to be reviewed.
std::vector<std::string> Names(const absl::StatusOr<Findings>& findings) {
  if (!findings.ok()) return {findings.status().ToString()};
  std::vector<std::string> out;
  for (const Reason reason : findings->refusals) out.emplace_back(ReasonName(reason));
  for (const v1::ReviewMatter matter : findings->reviews) out.push_back(v1::ReviewMatter_Name(matter));
  return out;
}

absl::StatusOr<Findings> Examine(const v1::Party& a, const v1::Party& b, Date day, const std::string& office,
                                 v1::RegistrationKind kind = v1::REGISTRATION_KIND_MARRIAGE) {
  CHUANYU_ASSIGN_OR_RETURN(PartyFacts of_a, ParseParty(a, day, Divisions(), "party_a"));
  CHUANYU_ASSIGN_OR_RETURN(PartyFacts of_b, ParseParty(b, day, Divisions(), "party_b"));
  const Couple couple{std::move(of_a), std::move(of_b)};
  const RegistryOffice& at = *Policy().FindOffice(office);
  return kind == v1::REGISTRATION_KIND_MARRIAGE ? ExamineMarriage(couple, at, Policy(), Divisions(), day)
                                                : ExamineDivorce(couple, at, Policy(), Divisions(), day);
}

std::vector<std::string> Marry(const v1::Party& a, const v1::Party& b, Date day,
                               const std::string& office = kYubei) {
  const auto found = Examine(a, b, day, office);
  return found.ok() ? Names(found) : std::vector<std::string>{Name(found.status())};
}

std::vector<std::string> Divorce(const v1::Party& a, const v1::Party& b, Date day) {
  return Names(Examine(a, b, day, kYubei, v1::REGISTRATION_KIND_DIVORCE));
}

// Domain page §10, scenario 22.
TEST(MarriageAge, IsReachedOnTheBirthday) {
  const struct {
    const char* man;
    const char* woman;
    Date day;
    bool allowed;
  } rows[] = {{kP06, kP05, Date(2026, 11, 24), false},  // he is 21
              {kP20, kP21, Date(2026, 11, 24), true},   // 22 and 20 on that day
              {kP20, kP21, Date(2026, 11, 23), false}, {kP04, kP07, Date(2026, 11, 24), false},  // she is 19
              {kP04, kP07, Date(2027, 8, 15), true},   {kP06, kP05, Date(2027, 2, 28), false},
              {kP06, kP05, Date(2027, 3, 1), true}};
  for (const auto& row : rows) {
    const bool refused = !Marry(PartyOf(row.man, "511623"), PartyOf(row.woman, "511623"), row.day).empty();
    EXPECT_EQ(refused, !row.allowed) << FormatDate(row.day);
  }
  EXPECT_THAT(Marry(PartyOf(kP06, "511623"), PartyOf(kP05, "511623"), kToday), ElementsAre("C_UNDERAGE"));
  // P17, born on 1960-02-29, is 22 on 1982-02-28 (民法典 §202), unless a region counts from 03-01.
  EXPECT_EQ(DayOfAge(Date(1960, 2, 29), Policy().age_man, Policy().age), Date(1982, 2, 28));
  EXPECT_EQ(DayOfAge(Date(1960, 2, 29), 22, {.leap_birthday = AgeRule::LeapBirthday::kMar1}),
            Date(1982, 3, 1));
}

TEST(MarriageConditions, EachIsRefusedWithItsReason) {
  const auto refusals = [](auto spoil) {
    v1::Party a = PartyOf(kP04, "511681");
    v1::Party b = PartyOf(kP05, "500112");
    spoil(a, b);
    return Marry(a, b, kToday);
  };
  EXPECT_THAT(refusals([](auto&, auto&) {}), IsEmpty());
  EXPECT_THAT(refusals([](auto&, auto& b) { b = PartyOf(kP01, "500112"); }), ElementsAre("C_SEX"));
  EXPECT_THAT(refusals([](auto& a, auto& b) { b = a; }), ElementsAre("C_SAME_PERSON", "C_SEX"));
  EXPECT_THAT(refusals([](auto& a, auto&) { a.set_present(false); }), ElementsAre("C_ABSENT"));
  EXPECT_THAT(refusals([](auto&, auto& b) { b.set_voluntary(false); }), ElementsAre("C_NOT_VOLUNTARY"));
  EXPECT_THAT(refusals([](auto& a, auto&) { a.set_declares_no_kin(false); }), ElementsAre("C_KIN"));
  for (const char* code : {"20", "21", "22", "23"}) {
    EXPECT_THAT(refusals([&](auto& a, auto&) { a.set_marital_code(code); }),
                ElementsAre("C_ALREADY_MARRIED"));
  }
  for (const char* code : {"30", "40"}) {
    EXPECT_THAT(refusals([&](auto& a, auto&) { a.set_marital_code(code); }), IsEmpty());
  }
  for (const char* code : {"90", ""}) {
    EXPECT_THAT(refusals([&](auto& a, auto&) { a.set_marital_code(code); }),
                ElementsAre("REVIEW_MATTER_MARITAL_STATUS"));
  }
  EXPECT_THAT(refusals([](auto& a, auto&) { Drop(&a, v1::DOCUMENT_KIND_DECLARATION); }),
              ElementsAre("C_DOC_MISSING"));
  const auto expire = [](const char* day) {
    return [day](v1::Party& a, v1::Party&) {
      for (auto& document : *a.mutable_documents()) {
        if (document.kind() == v1::DOCUMENT_KIND_IDENTITY) document.mutable_valid_to()->set_value(day);
      }
    };
  };
  EXPECT_THAT(refusals(expire("2026-11-23")), ElementsAre("C_DOC_EXPIRED"));
  EXPECT_THAT(refusals(expire("2026-11-24")), IsEmpty()) << "its last day";
}

// Domain page §10, scenario 25, and the table of §6.3.
TEST(Jurisdiction, IsThatOfTheDay) {
  const auto couple = [](const char* hukou_b, bool permit, const char* office, Date day) {
    v1::Party a = PartyOf(kP04, "511602");
    v1::Party b = PartyOf(kP18, hukou_b);
    if (permit) {
      a.mutable_residence()->set_code("500112015");
      a.add_documents()->set_kind(v1::DOCUMENT_KIND_RESIDENCE_PERMIT);
    }
    return Marry(a, b, day, office);
  };
  EXPECT_THAT(couple("511602", false, kYubei, Date(2023, 8, 22)), ElementsAre("C_JURISDICTION"));
  EXPECT_THAT(couple("511602", true, kYubei, Date(2023, 8, 22)), IsEmpty());
  EXPECT_THAT(couple("511602", true, kYubei, Date(2021, 5, 31)), ElementsAre("C_JURISDICTION"))
      << "before the pilot";
  EXPECT_THAT(couple("500112", false, kYubei, Date(2021, 5, 31)), IsEmpty());
  EXPECT_THAT(couple("511602", false, kYubei, Date(2025, 5, 9)), ElementsAre("C_JURISDICTION"));
  EXPECT_THAT(couple("511602", false, kYubei, Date(2025, 5, 10)), IsEmpty());
  // 全渝通办: 北碚 户籍 at the 渝北 office.
  EXPECT_THAT(couple("500109", false, kYubei, Date(2021, 5, 31)), ElementsAre("C_JURISDICTION"));
  EXPECT_THAT(couple("500109", false, kYubei, Date(2023, 8, 22)), IsEmpty());
  v1::Party without_book = PartyOf(kP05, "500112");
  Drop(&without_book, v1::DOCUMENT_KIND_HOUSEHOLD_BOOK);
  EXPECT_THAT(Marry(PartyOf(kP04, "511681"), without_book, Date(2025, 5, 9)), ElementsAre("C_DOC_MISSING"));
  EXPECT_THAT(Marry(PartyOf(kP04, "511681"), without_book, Date(2025, 5, 10)), IsEmpty());
}

// Domain page §10, scenario 29.
TEST(Office, MustBeDesignatedForPersonsFromElsewhere) {
  const v1::Party woman = PartyOf(kP05, "500112");
  EXPECT_THAT(Marry(PartyOf(kP12, ""), woman, kToday), ElementsAre("C_OFFICE_NOT_AUTHORISED"));
  EXPECT_THAT(Marry(PartyOf(kP12, ""), woman, kToday, kBeibei), IsEmpty());
  EXPECT_THAT(Marry(PartyOf(kP14, ""), woman, kToday), ElementsAre("C_OFFICE_NOT_AUTHORISED"));
  EXPECT_THAT(Marry(PartyOf(kP14, ""), woman, kToday, kBeibei), IsEmpty());
  v1::Party without_notary = PartyOf(kP12, "");
  Drop(&without_notary, v1::DOCUMENT_KIND_NOTARISED_DECLARATION);
  EXPECT_THAT(Marry(without_notary, woman, kToday, kBeibei), ElementsAre("C_DOC_MISSING"));
  // The PR card's number is none of a citizen.
  v1::Party as_citizen = PartyOf(kP14, "");
  as_citizen.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  EXPECT_THAT(Marry(as_citizen, woman, kToday, kBeibei), ElementsAre("ID_DOC_TYPE"));
  // A card of the older form does not tell the age: an officer decides.
  v1::Party old_card = PartyOf(kP14, "");
  old_card.mutable_person()->set_doc_no("USA110088080801");
  old_card.mutable_person()->set_sex(type::v1::SEX_MALE);
  EXPECT_THAT(Marry(old_card, woman, kToday, kBeibei), ElementsAre("REVIEW_MATTER_AGE"));
}

TEST(Divorce, NeedsBothAndTheirPapers) {
  const auto refusals = [](auto spoil) {
    v1::Party a = PartyOf(kP01, "500112");
    v1::Party b = PartyOf(kP02, "511623");
    spoil(a, b);
    return Divorce(a, b, kToday);
  };
  EXPECT_THAT(refusals([](auto&, auto&) {}), IsEmpty());
  EXPECT_THAT(refusals([](auto& a, auto&) { a.set_lacks_capacity(true); }), ElementsAre("C_CAPACITY"));
  EXPECT_THAT(refusals([](auto& a, auto&) { Drop(&a, v1::DOCUMENT_KIND_DIVORCE_AGREEMENT); }),
              ElementsAre("C_DOC_MISSING"));
  EXPECT_THAT(refusals([](auto&, auto& b) { b.set_present(false); }), ElementsAre("C_ABSENT"));
}

// Domain page §6.2, 婚姻登记条例 §8.
TEST(Materials, AreThoseOfWhenceSomebodyComes) {
  const v1::Party woman = PartyOf(kP05, "500112");
  const auto missing = [&](const v1::Party& man, Date day) {
    const auto found = Examine(man, woman, day, kBeibei);
    return found.ok() ? found->missing : std::vector<std::string>{found.status().ToString()};
  };
  struct Row {
    const char* what;
    v1::Party man;
    Date day;
    std::vector<v1::DocumentKind> shown;
    std::vector<std::string> missing;
  };
  v1::Party abroad = PartyOf(kP04, "");
  abroad.set_overseas_chinese(true);
  const Date before(2025, 5, 9);
  for (const Row& row : {
           Row{"HK by 居住证",
               PartyOf(kP12, ""),
               kToday,
               {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_HOME_IDENTITY,
                v1::DOCUMENT_KIND_NOTARISED_DECLARATION},
               {}},
           Row{"HK by travel permit",
               PartyOf(kP12, ""),
               kToday,
               {v1::DOCUMENT_KIND_TRAVEL_PERMIT, v1::DOCUMENT_KIND_HOME_IDENTITY,
                v1::DOCUMENT_KIND_NOTARISED_DECLARATION},
               {}},
           Row{"HK as if of the mainland",
               PartyOf(kP12, ""),
               kToday,
               {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_DECLARATION},
               {"party_a.HOME_IDENTITY", "party_a.NOTARISED_DECLARATION"}},
           Row{"HK by 居住证 before 2025-05-10",
               PartyOf(kP12, ""),
               before,
               {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_HOME_IDENTITY,
                v1::DOCUMENT_KIND_NOTARISED_DECLARATION},
               {"party_a.TRAVEL_PERMIT"}},
           Row{"foreigner by PR card",
               PartyOf(kP14, ""),
               kToday,
               {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_FOREIGN_CONSULAR_PROOF},
               {}},
           Row{"foreigner with nothing but a card",
               PartyOf(kP14, ""),
               kToday,
               {v1::DOCUMENT_KIND_IDENTITY},
               {"party_a.CONSULAR_PROOF|FOREIGN_CONSULAR_PROOF|NOTARISED_DECLARATION"}},
           Row{"overseas Chinese",
               abroad,
               kToday,
               {v1::DOCUMENT_KIND_PASSPORT, v1::DOCUMENT_KIND_CONSULAR_PROOF},
               {}},
           Row{"overseas Chinese by an old ID card",
               abroad,
               kToday,
               {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_DECLARATION},
               {"party_a.PASSPORT", "party_a.NOTARISED_DECLARATION|CONSULAR_PROOF"}},
       }) {
    v1::Party man = row.man;
    man.clear_documents();
    for (const v1::DocumentKind kind : row.shown) man.add_documents()->set_kind(kind);
    EXPECT_EQ(missing(man, row.day), row.missing) << row.what;
  }
  EXPECT_THAT(Marry(abroad, woman, kToday), ElementsAre("C_OFFICE_NOT_AUTHORISED"));
  v1::Party both = PartyOf(kP12, "");
  both.set_overseas_chinese(true);
  EXPECT_THAT(Marry(both, woman, kToday), ElementsAre("BAD_REQUEST"));
}

}  // namespace
}  // namespace chuanyu::marriage
