// The rules as tables; the policy, divisions and calendar are those that are shipped.
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/rules/booking.h"
#include "services/marriage/rules/certificate.h"
#include "services/marriage/rules/divorce.h"
#include "services/marriage/rules/eligibility.h"
#include "services/marriage/rules/rules_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const DivisionTable& Divisions() {
  static const auto* const table = new DivisionTable(*DivisionTable::Load(
      std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions", {.codes = {{"LIANGJIANG", "500199"}}}));
  return *table;
}

const WorkCalendar& Calendar() {
  static const auto* const calendar =
      new WorkCalendar(*LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar"));
  return *calendar;
}

const MarriagePolicy& Policy(const std::string& region = "500000") {
  const auto load = [](const std::string& of) {
    return new MarriagePolicy(
        *MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", of, Divisions()));
  };
  static const auto* const cq = load("500000");
  static const auto* const sc = load("510000");
  return region == "500000" ? *cq : *sc;
}

std::vector<std::string> Names(const absl::StatusOr<std::vector<Reason>>& reasons) {
  if (!reasons.ok()) return {reasons.status().ToString()};
  std::vector<std::string> out;
  for (const Reason reason : *reasons) out.emplace_back(ReasonName(reason));
  return out;
}

std::string Name(const absl::Status& status) {
  return status.ok() ? "OK" : std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)));
}

constexpr char kYubei[] = "500112-01";
constexpr char kBeibei[] = "500109-01";

std::vector<std::string> Marry(const v1::Party& a, const v1::Party& b, Date day,
                               const std::string& office = kYubei) {
  const auto facts_a = ParseParty(a, day, Divisions(), "party_a");
  const auto facts_b = ParseParty(b, day, Divisions(), "party_b");
  if (!facts_a.ok() || !facts_b.ok()) return {Name(facts_a.ok() ? facts_b.status() : facts_a.status())};
  return Names(
      MarriageRefusals({*facts_a, *facts_b}, *Policy().FindOffice(office), Policy(), Divisions(), day));
}

std::vector<std::string> Divorce(const v1::Party& a, const v1::Party& b, Date day) {
  const auto facts_a = ParseParty(a, day, Divisions(), "party_a");
  const auto facts_b = ParseParty(b, day, Divisions(), "party_b");
  return Names(
      DivorceRefusals({*facts_a, *facts_b}, *Policy().FindOffice(kYubei), Policy(), Divisions(), day));
}

constexpr Date kToday{2026, 11, 24};

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
    EXPECT_THAT(refusals([&](auto& a, auto&) { a.set_marital_code(code); }), ElementsAre("C_MANUAL_REVIEW"));
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

TEST(Kinship, LinealAndCollateralWithinThreeGenerationsAreRefused) {
  const auto tie = [](v1::Party* party, v1::KinRelation relation, const char* number, bool step = false) {
    v1::KinTie* const added = party->add_kin();
    added->set_relation(relation);
    *added->mutable_relative() = RefOf(number);
    added->set_step_or_adoptive(step);
  };
  using enum v1::KinRelation;
  struct Row {
    const char* what;
    v1::KinRelation of_a;
    const char* relative_a;
    v1::KinRelation of_b;
    const char* relative_b;
    bool step;
    const char* expected;
  };
  for (const Row& row : {
           Row{"no tie", KIN_RELATION_PARENT, kP01, KIN_RELATION_PARENT, kP02, false, ""},
           Row{"the other is the parent", KIN_RELATION_PARENT, kP05, KIN_RELATION_PARENT, kP02, false,
               "C_KIN"},
           Row{"siblings", KIN_RELATION_PARENT, kP01, KIN_RELATION_PARENT, kP01, false, "C_KIN"},
           Row{"named as sibling", KIN_RELATION_SIBLING, kP05, KIN_RELATION_PARENT, kP02, false, "C_KIN"},
           Row{"first cousins", KIN_RELATION_GRANDPARENT, kP01, KIN_RELATION_GRANDPARENT, kP01, false,
               "C_KIN"},
           Row{"uncle and niece", KIN_RELATION_PARENT, kP01, KIN_RELATION_GRANDPARENT, kP01, false, "C_KIN"},
           Row{"cousins by an aunt", KIN_RELATION_UNCLE_AUNT, kP01, KIN_RELATION_PARENT, kP01, false,
               "C_KIN"},
           Row{"named as nephew", KIN_RELATION_NEPHEW_NIECE, kP05, KIN_RELATION_PARENT, kP02, false, "C_KIN"},
           Row{"step-siblings", KIN_RELATION_PARENT, kP01, KIN_RELATION_PARENT, kP01, true,
               "C_MANUAL_REVIEW"},
           Row{"adoptive parent", KIN_RELATION_PARENT, kP05, KIN_RELATION_PARENT, kP02, true,
               "C_MANUAL_REVIEW"},
           Row{"adoptive uncle", KIN_RELATION_UNCLE_AUNT, kP01, KIN_RELATION_PARENT, kP01, true,
               "C_MANUAL_REVIEW"},
       }) {
    v1::Party a = PartyOf(kP04, "511681");
    v1::Party b = PartyOf(kP05, "500112");
    tie(&a, row.of_a, row.relative_a, row.step);
    tie(&b, row.of_b, row.relative_b);
    const std::vector<std::string> expected =
        *row.expected == '\0' ? std::vector<std::string>() : std::vector<std::string>{row.expected};
    EXPECT_EQ(Marry(a, b, kToday), expected) << row.what;
    EXPECT_EQ(Marry(b, a, kToday), expected) << row.what << ", the other way round";
  }
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
  EXPECT_THAT(Marry(old_card, woman, kToday, kBeibei), ElementsAre("C_MANUAL_REVIEW"));
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

TEST(DivorceDays, ReceiptIsNotCountedAndLastDaysMoveToTheNextWorkingDay) {
  const struct {
    Date receipt;
    const char* cooling_ends;
    const char* window_ends;
  } rows[] = {
      // Day 30 is Monday; the window's last day is a Wednesday.
      {Date(2026, 3, 2), "2026-04-01", "2026-05-06"},  // 05-01 to 05-05 are holidays: moved
      {Date(2026, 9, 1), "2026-10-08", "2026-11-09"},  // 10-01 to 10-07: moved; then 11-07, a Saturday: moved
      {Date(2026, 6, 1), "2026-07-01", "2026-07-31"},  // nothing moves
      {Date(2026, 1, 24), "2026-02-24", "2026-03-26"},  // 春节
  };
  for (const auto& row : rows) {
    const auto days = CountDivorceDays(row.receipt, Policy(), Calendar());
    ASSERT_TRUE(days.ok()) << days.status();
    EXPECT_EQ(days->cooling_ends().value(), row.cooling_ends) << FormatDate(row.receipt);
    EXPECT_EQ(days->window_ends().value(), row.window_ends) << FormatDate(row.receipt);
  }
  EXPECT_EQ(Name(CountDivorceDays(Date(2026, 12, 20), Policy(), WorkCalendar()).status()),
            "CALENDAR_NOT_LOADED");
}

TEST(DivorceDays, StateFollowsTheDay) {
  const v1::DivorceDays days = *CountDivorceDays(Date(2026, 6, 1), Policy(), Calendar());
  const std::pair<Date, v1::RegistrationState> rows[] = {
      {Date(2026, 6, 1), v1::REGISTRATION_STATE_APPLIED},
      {Date(2026, 6, 2), v1::REGISTRATION_STATE_COOLING},
      {Date(2026, 7, 1), v1::REGISTRATION_STATE_COOLING},
      {Date(2026, 7, 2), v1::REGISTRATION_STATE_ISSUE_WINDOW},
      {Date(2026, 7, 31), v1::REGISTRATION_STATE_ISSUE_WINDOW},
      {Date(2026, 8, 1), v1::REGISTRATION_STATE_LAPSED}};
  for (const auto& [day, state] : rows) EXPECT_EQ(*DivorceStateOn(days, day), state) << FormatDate(day);
}

TEST(Booking, IsOpenFromThirtyDaysAheadToOneDayBefore) {
  const RegistryOffice& office = *Policy().FindOffice(kYubei);
  const auto check = [&](const RegistryOffice& at, Date day, Date on, int hour) {
    const absl::Time now =
        absl::FromCivil(absl::CivilSecond(on), absl::FixedTimeZone(8 * 3600)) + absl::Hours(hour);
    return Name(CheckBookingTime(Policy().booking, at, at.periods[0], Calendar(), day, now));
  };
  const Date monday(2026, 11, 30);  // AM1 opens at 09:00
  EXPECT_EQ(check(office, monday, Date(2026, 10, 30), 12), "C_BOOKING_CLOSED") << "31 days ahead";
  EXPECT_EQ(check(office, monday, Date(2026, 10, 31), 12), "OK");
  EXPECT_EQ(check(office, monday, Date(2026, 11, 29), 9), "OK") << "24 hours before";
  EXPECT_EQ(check(office, monday, Date(2026, 11, 29), 10), "C_BOOKING_CLOSED");
  EXPECT_EQ(check(office, Date(2026, 11, 28), Date(2026, 11, 20), 9), "C_BOOKING_CLOSED") << "Saturday";
  EXPECT_EQ(check(office, Date(2026, 10, 1), Date(2026, 9, 20), 9), "C_BOOKING_CLOSED") << "national day";
  // 2026-10-10 is a Saturday that is worked: only where the office's calendar says so.
  EXPECT_EQ(check(office, Date(2026, 10, 10), Date(2026, 9, 20), 9), "C_BOOKING_CLOSED");
  EXPECT_EQ(check(*Policy().FindOffice(kBeibei), Date(2026, 10, 10), Date(2026, 9, 20), 9), "OK");
  EXPECT_EQ(Name(CheckCancelTime(Policy().booking, monday, Date(2026, 11, 29))), "OK");
  EXPECT_EQ(Name(CheckCancelTime(Policy().booking, monday, monday)), "C_BOOKING_CLOSED");
}

// Domain page §10, scenario 28.
TEST(Booking, TwoNoShowsInThirtyDaysBlockForFifteen) {
  const BookingRules& rules = Policy().booking;
  const Date first(2026, 11, 2);
  EXPECT_EQ(BlockedUntil(rules, {}, first), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first}, first), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first + 29, first}, first + 29), first + 44);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 30}, first + 30), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 1}, first + 16), first + 16);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 1}, first + 17), std::nullopt);
}

// Domain page §10, scenario 21.
TEST(Certificate, CarriesTheDivisionOfTheDay) {
  const RegistryOffice& office = *Policy().FindOffice(kYubei);
  const auto number = [&](v1::RegistrationKind kind, Date day, int64_t sequence) {
    return *CertificateNumber(*SeriesOf(kind, office, Divisions(), day), sequence);
  };
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2023, 8, 22), 7), "J500112-2023-000007");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2026, 1, 24), 7), "J500112-2026-000007");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2026, 1, 25), 1), "J500199-2026-000001");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_DIVORCE, Date(2026, 3, 2), 999999), "L500199-2026-999999");
  EXPECT_EQ(Name(CertificateNumber({"J", "500112", 2026}, 1000000).status()), "INTERNAL");
}

TEST(Policy, RefusesAnOtherRegionsFileAndAGapInTime) {
  EXPECT_TRUE(
      MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", "510000", Divisions())
          .ok());
  EXPECT_EQ(Name(MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", "999999",
                                      Divisions())
                     .status()),
            "CONFIG_INVALID");
  EXPECT_EQ(Policy().JurisdictionOn(Date(2003, 9, 30)), nullptr);
  EXPECT_EQ(Policy("510000").RegionHukouCounts(Date(2023, 8, 22)), false);
}

}  // namespace
}  // namespace chuanyu::marriage
