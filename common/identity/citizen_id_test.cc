#include "common/identity/citizen_id.h"

#include <random>
#include <sstream>
#include <type_traits>
#include <unordered_set>

#include "absl/hash/hash_testing.h"
#include "common/errors/error.h"
#include "common/identity/check_digit.h"
#include "common/identity/division.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Date kToday(2023, 8, 22);

// The shipped tables; 500199 is a made-up code for 两江新区.
const DivisionTable& Divisions() {
  static const auto* table =
      new DivisionTable(DivisionTable::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions",
                                            {.codes = {{"LIANGJIANG", "500199"}}})
                            .value());
  return *table;
}

absl::StatusOr<ParsedCitizenId> Parse(std::string_view number, Date today = kToday,
                                      std::optional<Sex> sex = {}) {
  return ParseCitizenId(number, today, Divisions(), sex, "person.doc_no");
}

std::string Verdict(std::string_view number, Date today = kToday, std::optional<Sex> sex = {}) {
  const auto parsed = Parse(number, today, sex);
  return parsed.ok() ? "OK" : std::string(ReasonName(ReasonOf(parsed.status()).value_or(Reason::INTERNAL)));
}

std::string WithCheck(std::string first17) {
  first17.push_back(CitizenCheckChar(first17));
  return first17;
}

struct Person {
  const char* name;
  const char* number;
  Sex sex;
  DocType kind = DocType::kResidentId;
};

// The synthetic persons of the acceptance scenarios.
const Person kPersons[] = {
    {"P01", "500112198504129912", Sex::kMale},
    {"P02", "511623198706239924", Sex::kFemale},
    {"P03", "500112201509019936", Sex::kMale},
    {"P04", "511681199811089954", Sex::kMale},
    {"P05", "500112200111089948", Sex::kFemale},
    {"P06", "511623200503019972", Sex::kMale},
    {"P07", "500112200708159988", Sex::kFemale},
    {"P08", "51162319700101996X", Sex::kFemale},
    {"P09", "511623201405209902", Sex::kFemale},
    {"P10", "511623198607079996", Sex::kMale},
    {"P11", "511623198903039948", Sex::kFemale},
    {"P12", "810000199009099935", Sex::kMale, DocType::kHmtResidencePermit},
    {"P13", "830000199202109940", Sex::kFemale, DocType::kHmtResidencePermit},
    {"P14", "950840198808089910", Sex::kMale, DocType::kForeignPrCard},
    {"P15", "510224195203039912", Sex::kMale},
    {"P16", "513031194808159926", Sex::kFemale},
    {"P17", "500109196002299930", Sex::kMale},
    {"P18", "511602199503149948", Sex::kFemale},
    {"P19", "500112200811259952", Sex::kMale},
    {"P20", "511623200411249914", Sex::kMale},
    {"P21", "511623200611249927", Sex::kFemale},
    {"PX", "51168119551108992X", Sex::kFemale},
};

TEST(CitizenId, AcceptsEveryScenarioPersonWithKindAndSex) {
  for (const Person& person : kPersons) {
    const auto parsed = ParseCitizenIdAs(person.kind, person.number, kToday, Divisions(), person.sex);
    ASSERT_TRUE(parsed.ok()) << person.name << " " << parsed.status();
    EXPECT_EQ(parsed->id.doc_type(), person.kind) << person.name;
    EXPECT_EQ(parsed->id.sex(), person.sex) << person.name;
    EXPECT_EQ(parsed->id.canonical(), person.number) << person.name;
  }
}

TEST(CitizenId, TellsBirthDateOfLeapDay) {
  EXPECT_EQ(Parse("500109196002299930")->id.birth_date(), Date(1960, 2, 29));
}

TEST(CitizenId, RefusesWithTheReasonOfTheCase) {
  const struct {
    std::string number;
    const char* reason;
  } kCases[] = {
      // Lengths.
      {"", "ID_LENGTH"},
      {"5", "ID_LENGTH"},
      {"50011219850412991", "ID_LENGTH"},
      {"5001121985041299122", "ID_LENGTH"},
      {" 500112198504129912", "ID_LENGTH"},
      {"5001128504129911", "ID_LENGTH"},
      // Characters. Scenario 13.
      {"５００１１２１９８５０４１２９９１２", "ID_CHARSET"},
      {"51168119551108992Ⅹ", "ID_CHARSET"},
      {"51168119551108992×", "ID_CHARSET"},
      {"50011219850412991A", "ID_CHARSET"},
      {"5001121985041X9912", "ID_CHARSET"},
      {"500112 98504129912", "ID_CHARSET"},
      {"50011285041299X", "ID_CHARSET"},
      {"usa440184091234", "ID_CHARSET"},
      {"US1440184091234", "ID_CHARSET"},
      {std::string("500112198504129\0"
                   "12",
                   18),
       "ID_CHARSET"},
      {"\xff\xfe", "ID_CHARSET"},
      // Days. Scenario 10.
      {"511623202302302463", "ID_BIRTHDATE"},
      {WithCheck("50011219000229991"), "ID_BIRTHDATE"},
      {WithCheck("50011220230001991"), "ID_BIRTHDATE"},
      {WithCheck("50011220231301991"), "ID_BIRTHDATE"},
      {WithCheck("50011200001201991"), "ID_BIRTHDATE"},
      {"511623000229991", "ID_BIRTHDATE"},  // 15 digits, 1900-02-29
      {"511623209912319918", "ID_BIRTHDATE_RANGE"},
      {WithCheck("50011220230823991"), "ID_BIRTHDATE_RANGE"},  // tomorrow
      {WithCheck("50011218920822991"), "ID_BIRTHDATE_RANGE"},  // 131 years old today
      // Check character. Scenario 10.
      {"500112198504129910", "ID_CHECK"},
      {"50011219850412991X", "ID_CHECK"},
      {"950840198808089911", "ID_CHECK"},
      {"810000199009099930", "ID_CHECK"},
      // Centenarians of 1989.
      {"500112850412996", "ID_LEGACY15_CENTENARIAN"},
      {"500112850412999", "ID_LEGACY15_CENTENARIAN"},
      // 15 digits were never given to anybody but residents.
      {"950840880808991", "ID_DOC_TYPE"},
      {"810000900909993", "ID_DOC_TYPE"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Verdict(c.number), c.reason) << c.number;
}

TEST(CitizenId, AcceptsTheEdgesOfTheBirthRange) {
  EXPECT_EQ(Verdict(WithCheck("50011220230822991")), "OK");  // born today
  EXPECT_EQ(Verdict(WithCheck("50011218920823991")), "OK");  // 130, 131 tomorrow
  EXPECT_EQ(Verdict("500112850412995"), "OK");               // the last ordinary sequence
}

TEST(CitizenId, MakesLowerXCanonical) {
  const CitizenId lower = Parse("51168119551108992x")->id;
  EXPECT_EQ(lower.canonical(), "51168119551108992X");
  EXPECT_EQ(lower, Parse("51168119551108992X")->id);
}

TEST(CitizenId, MustAgreeWithTheRegisteredSex) {
  EXPECT_EQ(Verdict("500112198504129912", kToday, Sex::kFemale), "ID_SEX_MISMATCH");
  EXPECT_EQ(Verdict("830000199202109940", kToday, Sex::kMale), "ID_SEX_MISMATCH");
  EXPECT_EQ(Verdict("500112198504129912", kToday, Sex::kMale), "OK");
  EXPECT_EQ(Verdict("500112198504129912", kToday, Sex::kUnknown), "OK");
  EXPECT_EQ(Verdict("500112198504129912", kToday, Sex::kUnspecified), "OK");
}

// Scenario 29: P14 is a good foreign card and no citizen's number.
TEST(CitizenId, OfAnotherKindThanDeclaredIsRefused) {
  const auto refused = [](DocType declared, const char* number) {
    return HasReason(ParseCitizenIdAs(declared, number, kToday, Divisions()).status(), Reason::ID_DOC_TYPE);
  };
  EXPECT_TRUE(refused(DocType::kResidentId, "950840198808089910"));
  EXPECT_TRUE(refused(DocType::kResidentId, "810000199009099935"));
  EXPECT_TRUE(refused(DocType::kHmtResidencePermit, "500112198504129912"));
  EXPECT_TRUE(refused(DocType::kForeignPrCard, "830000199202109940"));
  EXPECT_TRUE(refused(DocType::kResidentId, "USA440184091234"));
}

TEST(CitizenId, OlderForeignCardIsOpaque) {
  const auto parsed =
      ParseCitizenIdAs(DocType::kForeignPrCard, "USA440184091234", kToday, Divisions(), Sex::kMale);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->id.canonical(), "USA440184091234");
  EXPECT_FALSE(parsed->id.birth_date().has_value());
  EXPECT_FALSE(parsed->id.sex().has_value());
}

TEST(CitizenId, HongKongMacaoAndTaiwanPermitsHaveTheirOwnKind) {
  for (const char* address : {"810000", "820000", "830000"}) {
    const auto parsed = Parse(WithCheck(std::string(address) + "19900909993"));
    EXPECT_EQ(parsed->id.doc_type(), DocType::kHmtResidencePermit);
    EXPECT_THAT(parsed->warnings, IsEmpty());
  }
  EXPECT_EQ(Parse(WithCheck("81010019900909993"))->id.doc_type(), DocType::kResidentId);
}

// Scenario 11: old codes are accepted; the region of the household comes from its address.
TEST(CitizenId, WarnsOfAbolishedAndUnknownAddressCodes) {
  EXPECT_THAT(Parse("500112198504129912")->warnings, IsEmpty());
  EXPECT_THAT(Parse("510224195203039912")->warnings, ElementsAre(Warning::kIdRegionAbolished));
  EXPECT_THAT(Parse("513031194808159926")->warnings, ElementsAre(Warning::kIdRegionAbolished));
  EXPECT_THAT(Parse(WithCheck("51169919800101991"))->warnings, ElementsAre(Warning::kIdRegionUnknown));
  EXPECT_THAT(Parse(WithCheck("90084019880808991"))->warnings, ElementsAre(Warning::kIdRegionUnknown));
  // 渝北区 was abolished on 2026-01-25; its people keep their numbers.
  EXPECT_THAT(Parse("500112198504129912", Date(2026, 1, 24))->warnings, IsEmpty());
  EXPECT_THAT(Parse("500112198504129912", Date(2026, 1, 25))->warnings,
              ElementsAre(Warning::kIdRegionAbolished));
}

// Scenario 12: the 15-digit number is P01, not a second person.
TEST(CitizenId, LegacyNumberIsTheSameIdentity) {
  const auto legacy = Parse("500112850412991");
  ASSERT_TRUE(legacy.ok());
  EXPECT_THAT(legacy->warnings, ElementsAre(Warning::kIdLegacy15));
  EXPECT_EQ(legacy->id, Parse("500112198504129912")->id);
  EXPECT_EQ(legacy->id.identity_key(), "1:500112198504129912");
  EXPECT_THAT(Parse("510224520303991")->warnings,
              ElementsAre(Warning::kIdLegacy15, Warning::kIdRegionAbolished));
}

TEST(CitizenId, IdentityKeyHoldsTheKind) {
  EXPECT_EQ(Parse("810000199009099935")->id.identity_key(), "2:810000199009099935");
  EXPECT_EQ(Parse("USA440184091234")->id.identity_key(), "3:USA440184091234");
}

TEST(CitizenId, NeverBecomesTextByAccident) {
  static_assert(!std::is_convertible_v<CitizenId, std::string>);
  static_assert(!std::is_convertible_v<CitizenId, std::string_view>);
  static_assert(!std::is_constructible_v<CitizenId, std::string>);
  static_assert(!std::is_default_constructible_v<CitizenId>);
  std::ostringstream out;
  out << Parse("500112198504129912")->id << " " << Parse("USA440184091234")->id;
  EXPECT_EQ(out.str(), "500*************** USA************");
}

TEST(CitizenId, ErrorsNameTheFieldAndNeverTheNumber) {
  for (const char* number :
       {"500112198504129910", "511623202302302463", "500112850412996", "50011219850412991A"}) {
    const auto status = Parse(number).status();
    EXPECT_EQ(FieldOf(status), "person.doc_no");
    EXPECT_THAT(status.ToString(), Not(HasSubstr(std::string(number).substr(6, 6))));
  }
}

TEST(CitizenId, HashAndOrderFollowIdentity) {
  std::vector<CitizenId> ids;
  for (const Person& person : kPersons) ids.push_back(Parse(person.number)->id);
  ids.push_back(Parse("500112850412991")->id);
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(ids));
  for (const CitizenId& a : ids) {
    for (const CitizenId& b : ids) EXPECT_EQ(a < b, a.identity_key() < b.identity_key());
  }
}

// MOD 11-2 detects every single wrong digit.
TEST(CitizenId, DetectsEverySingleWrongCharacter) {
  for (const Person& person : kPersons) {
    for (size_t i = 0; i < 18; ++i) {
      for (const char other : std::string_view("0123456789X")) {
        std::string wrong = person.number;
        if (wrong[i] == other) continue;
        wrong[i] = other;
        ASSERT_NE(Verdict(wrong), "OK") << wrong;
      }
    }
  }
}

TEST(CitizenId, DetectsEverySwapOfNeighbours) {
  for (const Person& person : kPersons) {
    for (size_t i = 0; i + 1 < 18; ++i) {
      std::string wrong = person.number;
      if (wrong[i] == wrong[i + 1]) continue;
      std::swap(wrong[i], wrong[i + 1]);
      ASSERT_NE(Verdict(wrong), "OK") << wrong;
    }
  }
}

// Random numbers: what parses, parses again from its canonical form to the same identity; converting 15
// digits gives the number that conversion would leave alone.
TEST(CitizenId, CanonicalFormIsStable) {
  std::mt19937 random(11643);
  for (int i = 0; i < 5000; ++i) {
    const Date birth = Date(1900, 1, 1) + static_cast<int>(random() % 36000);
    std::string digits = std::to_string(100000 + random() % 700000) + FormatDate(birth).substr(2, 2) +
                         FormatDate(birth).substr(5, 2) + FormatDate(birth).substr(8, 2) +
                         std::to_string(1000 + random() % 996).substr(1);
    const auto legacy = Parse(digits);
    ASSERT_TRUE(legacy.ok()) << digits << " " << legacy.status();
    const auto again = Parse(legacy->id.canonical());
    ASSERT_TRUE(again.ok()) << digits;
    ASSERT_EQ(again->id, legacy->id);
    ASSERT_EQ(again->id.canonical(), legacy->id.canonical());
    ASSERT_EQ(again->id.birth_date(), birth);
    const std::string canonical = again->id.canonical();
    ASSERT_EQ(canonical.substr(0, 6) + canonical.substr(8, 9), digits);
  }
}

TEST(Warnings, HaveStableNames) {
  EXPECT_EQ(WarningName(Warning::kIdRegionUnknown), "W_ID_REGION_UNKNOWN");
  EXPECT_EQ(WarningName(Warning::kIdRegionAbolished), "W_ID_REGION_ABOLISHED");
  EXPECT_EQ(WarningName(Warning::kIdLegacy15), "W_ID_LEGACY15");
  EXPECT_EQ(WarningName(Warning::kUsccOrgCheck), "W_USCC_ORG_CHECK");
  EXPECT_EQ(WarningName(Warning::kUsccClass), "W_USCC_CLASS");
  EXPECT_EQ(WarningName(Warning::kUsccDivision), "W_USCC_DIVISION");
}

}  // namespace
}  // namespace chuanyu
