#include "services/elderly_care/rules/filing.h"

#include <functional>
#include <vector>

#include "gmock/gmock.h"
#include "services/elderly_care/rules/change.h"
#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Date kToday(2026, 5, 22);

absl::StatusOr<ParsedFiling> Parse(const v1::Filing& filing, Date today = kToday) {
  return ParseFiling(filing, PolicyOn(today), today, Divisions());
}

TEST(Filing, CompleteOneIsRead) {
  const auto parsed = Parse(TestFiling());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->authority, (Authority{.division = "511623", .region = "510000"}));
  EXPECT_THAT(parsed->missing, IsEmpty());
  EXPECT_EQ(parsed->uscc.str(), kU2);
}

// Domain page §7, "Fields" and "Errors"; scenarios 31 and 32.
TEST(Filing, NamesWhatIsWrong) {
  struct Row {
    const char* reason;
    std::function<void(v1::Filing&)> spoil;
  };
  const auto uscc = [](const char* code) {
    return [code](v1::Filing& filing) { filing.mutable_institution()->set_uscc(code); };
  };
  for (const Row& row : std::vector<Row>{
           {"OK", [](v1::Filing&) {}},
           {"OK", uscc(kU0)},
           {"USCC_LENGTH institution.uscc", uscc("91511623MA999999")},
           {"USCC_CHARSET institution.uscc", uscc("91511623MI9999996N")},
           {"USCC_CHARSET institution.uscc", uscc("91511623MO9999996N")},
           {"USCC_CHARSET institution.uscc", uscc("91511623MS9999996N")},
           {"USCC_CHARSET institution.uscc", uscc("91511623MV9999996N")},
           {"USCC_CHARSET institution.uscc", uscc("91511623MZ9999996N")},
           {"USCC_CHARSET institution.uscc", uscc("91511623ma9999996N")},
           {"USCC_CHECK institution.uscc", uscc("91511623MA9999995N")},
           {"USCC_DEPARTMENT institution.uscc", uscc("B2500112MJ0000026R")},
           {"BAD_REQUEST institution.nature",
            [](v1::Filing& f) { f.mutable_institution()->set_nature(v1::NATURE_UNSPECIFIED); }},
           {"BAD_REQUEST institution.name", [](v1::Filing& f) { f.mutable_institution()->clear_name(); }},
           {"BAD_REQUEST institution.registration",
            [](v1::Filing& f) { f.mutable_institution()->clear_registration(); }},
           {"D_NOT_REGISTERED institution.registration",
            [](v1::Filing& f) {
              f.mutable_institution()->set_registration(v1::REGISTRATION_NOT_REGISTERED);
            }},
           {"D_NOT_REGISTERED institution.registration",
            [](v1::Filing& f) { f.mutable_institution()->set_registration(v1::REGISTRATION_CANCELLED); }},
           {"ID_CHECK institution.legal_rep.doc_no",
            [](v1::Filing& f) {
              f.mutable_institution()->mutable_legal_rep()->set_doc_no("511623197001019961");
            }},
           {"BAD_REQUEST institution.phone",
            [](v1::Filing& f) { f.mutable_institution()->set_phone("call me"); }},
           {"BAD_REQUEST institution.contact_name",
            [](v1::Filing& f) { f.mutable_institution()->clear_contact_name(); }},
           {"BAD_REQUEST institution.contact_phone",
            [](v1::Filing& f) { f.mutable_institution()->clear_contact_phone(); }},
           {"BAD_REQUEST premises.premises_id",
            [](v1::Filing& f) { f.mutable_premises()->set_premises_id("test 1"); }},
           {"BAD_REQUEST premises.address", [](v1::Filing& f) { f.mutable_premises()->clear_address(); }},
           {"CODE_UNKNOWN premises.address_code",
            [](v1::Filing& f) { f.mutable_premises()->mutable_address_code()->set_code("511623"); }},
           {"CODE_UNKNOWN premises.address_code",
            [](v1::Filing& f) { f.mutable_premises()->mutable_address_code()->set_code("998877001"); }},
           {"BAD_REQUEST premises.location",
            [](v1::Filing& f) { f.mutable_premises()->mutable_location()->set_latitude_e7(900'000'001); }},
           {"BAD_REQUEST premises.ownership", [](v1::Filing& f) { f.mutable_premises()->clear_ownership(); }},
           {"DATE_INVALID premises.lease_until",
            [](v1::Filing& f) { f.mutable_premises()->set_ownership(v1::OWNERSHIP_LEASE); }},
           {"BAD_REQUEST premises.lease_until",
            [](v1::Filing& f) { f.mutable_premises()->mutable_lease_until()->set_value("2027-01-01"); }},
           {"BAD_REQUEST premises.area_m2_x100",
            [](v1::Filing& f) { f.mutable_premises()->clear_area_m2_x100(); }},
           {"BAD_REQUEST premises.grade", [](v1::Filing& f) { f.mutable_premises()->set_grade(6); }},
           {"D_BELOW_THRESHOLD premises.beds_total",
            [](v1::Filing& f) {
              f.mutable_premises()->set_beds_total(9);
              f.mutable_premises()->set_beds_nursing(9);
            }},
           {"OK",
            [](v1::Filing& f) {
              f.mutable_premises()->set_beds_total(10);
              f.mutable_premises()->set_beds_nursing(10);
            }},
           {"D_BEDS_INCONSISTENT premises.beds_nursing",
            [](v1::Filing& f) { f.mutable_premises()->set_beds_nursing(31); }},
           {"D_BEDS_INCONSISTENT premises.beds_nursing",
            [](v1::Filing& f) { f.mutable_premises()->set_beds_nursing(-1); }},
           {"DATE_INVALID first_admission_date",
            [](v1::Filing& f) { f.mutable_first_admission_date()->set_value("2026-05-23"); }},
           {"DATE_INVALID materials.commitment_signed_at",
            [](v1::Filing& f) {
              f.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-05-23");
            }},
       }) {
    v1::Filing filing = TestFiling();
    row.spoil(filing);
    EXPECT_EQ(ReasonText(Parse(filing).status()), row.reason);
  }
}

TEST(Filing, MissingPapersAreForSupplement) {
  v1::Filing filing = TestFiling();
  filing.clear_materials();
  const auto parsed = Parse(filing);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->missing, ElementsAre("APPLICATION_FORM", "REGISTRATION_CERTIFICATE", "COMMITMENT"));
  EXPECT_EQ(ReasonText(CheckComplete({"COMMITMENT"})), "D_COMMITMENT_MISSING materials.commitment_signed_at");
  EXPECT_EQ(ReasonText(CheckComplete({"REGISTRATION_CERTIFICATE"})),
            "D_NOT_REGISTERED materials.registration_certificate_no");
  EXPECT_EQ(ReasonText(CheckComplete({"APPLICATION_FORM"})), "BAD_REQUEST materials.application_form");
  EXPECT_EQ(ReasonText(CheckComplete({})), "OK");
}

TEST(Filing, OddCodesAreWarnings) {
  v1::Filing filing = TestFiling();
  filing.mutable_institution()->set_uscc(kU1);  // a non-profit's code on a company's filing
  EXPECT_THAT(Parse(filing)->warnings, ::testing::Contains("W_USCC_NATURE"));
  filing.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
  EXPECT_THAT(Parse(filing)->warnings, ::testing::Not(::testing::Contains("W_USCC_NATURE")));
}

// Domain page §7: "division plausible (warn)".
TEST(Filing, ACodeOfElsewhereIsAWarning) {
  v1::Filing filing = TestFiling();
  filing.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
  const auto warnings = [&](const char* uscc, const char* registered) {
    filing.mutable_institution()->set_uscc(uscc);
    filing.mutable_institution()->mutable_registered_at()->set_code(registered);
    const auto parsed = Parse(filing);
    return parsed.ok() ? parsed->warnings : std::vector<std::string>{ReasonText(parsed.status())};
  };
  EXPECT_THAT(warnings(kU1, "511623"), ElementsAre("W_USCC_DIVISION_ELSEWHERE"));
  for (const char* plausible : {"500199", "500109", "500000"})
    EXPECT_THAT(warnings(kU1, plausible), IsEmpty()) << plausible << ": followed 500112, or is above it";
  EXPECT_THAT(warnings("52511623MJ00009825", "511600"), IsEmpty()) << "the city";  // U5
  EXPECT_THAT(warnings("52511623MJ00009825", "511681"), ElementsAre("W_USCC_DIVISION_ELSEWHERE"));
}

// Scenario 31: admitted on 2026-05-07; the tenth working day after it is 2026-05-21 (05-09 is worked).
TEST(Filing, LaterThanTenWorkingDaysIsMarked) {
  const auto calendar = LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar").value();
  v1::Filing filing = TestFiling();
  const auto late = [&](Date submitted) { return *IsLate(filing, PolicyOn(submitted), submitted, calendar); };
  EXPECT_FALSE(late(Date(2026, 5, 22))) << "nobody was admitted yet";
  filing.mutable_first_admission_date()->set_value("2026-05-07");
  const Date last = *calendar.NthWorkingDayAfter(Date(2026, 5, 7), 10);
  EXPECT_FALSE(late(last));
  EXPECT_TRUE(late(last + 1));
  // Years before the first calendar need none.
  filing.mutable_first_admission_date()->set_value("2012-05-07");
  EXPECT_TRUE(late(Date(2026, 5, 22)));
}

TEST(Change, ReplacesPersonsAsAWhole) {
  v1::Filing filing = TestFiling();
  v1::Institution who;
  who.mutable_legal_rep()->set_name("孙测己");
  v1::Premises where;
  where.set_beds_total(40);
  ASSERT_TRUE(Apply(who, where, &filing).ok());
  EXPECT_EQ(filing.institution().legal_rep().doc_no(), "") << "not the number of another person";
  EXPECT_EQ(filing.premises().beds_total(), 40);
  EXPECT_EQ(filing.premises().beds_nursing(), 20);
}

TEST(Change, OfTheKeyIsAnotherFiling) {
  v1::Filing filing = TestFiling();
  v1::Institution who;
  v1::Premises where;
  where.set_premises_id("TEST-0002");
  EXPECT_EQ(ReasonText(Apply(who, where, &filing)), "STATE_CONFLICT premises.premises_id");
  where.clear_premises_id();
  who.set_uscc(kU1);
  EXPECT_EQ(ReasonText(Apply(who, where, &filing)), "STATE_CONFLICT premises.premises_id");
}

TEST(Change, MoveOutOfTheDistrictIsOneForProfitOnly) {
  v1::Filing before = TestFiling();
  v1::Filing after = before;
  const auto moves = [&] { return *IsMoveOut(before, after, PolicyOn(kToday), kToday, Divisions()); };
  EXPECT_FALSE(moves());
  after.mutable_premises()->mutable_address_code()->set_code("511623101");  // within 邻水
  EXPECT_FALSE(moves());
  after.mutable_premises()->mutable_address_code()->set_code("511681001");
  EXPECT_TRUE(moves());
  before.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
  after.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
  EXPECT_FALSE(moves());
  // 茨竹 went from 渝北 to 北碚 with its premises where they are.
  before = TestFiling();
  before.mutable_premises()->mutable_address_code()->set_code("500112140");
  after = before;
  EXPECT_FALSE(moves());
}

}  // namespace
}  // namespace chuanyu::elderly_care
