#include "common/identity/division.h"

#include <fstream>
#include <iterator>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kFolder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions";
// A made-up code for 两江新区: the real one is configuration.
const char kLiangjiang[] = "500199";
constexpr Date kLastDay(2026, 1, 24);
constexpr Date kFirstDay(2026, 1, 25);

DivisionCode Code(std::string_view text) { return DivisionCode::Parse(text).value(); }

const DivisionTable& Shipped() {
  static const auto* table =
      new DivisionTable(DivisionTable::Load(kFolder, {.codes = {{"LIANGJIANG", kLiangjiang}}}).value());
  return *table;
}

// The competent county, or the reason why there is none.
std::string Competent(const DivisionTable& table, std::string_view address, Date day,
                      std::string_view organ = "") {
  const auto county = table.CompetentCounty(Code(address), day, organ);
  return county.ok() ? county->str()
                     : std::string(ReasonName(ReasonOf(county.status()).value_or(Reason::INTERNAL)));
}

TEST(DivisionCode, HasSixNineOrTwelveDigits) {
  for (const char* good : {"500112", "500112140", "500112140201"}) EXPECT_EQ(Code(good).str(), good);
  for (const char* bad : {"", "50", "50011", "5001121", "50011a", "012345", "５００112", "5001121402011"}) {
    const auto status = DivisionCode::Parse(bad, "address.code").status();
    EXPECT_TRUE(HasReason(status, Reason::CODE_UNKNOWN)) << bad;
    EXPECT_EQ(FieldOf(status), "address.code");
  }
}

TEST(DivisionCode, TellsRegionAndCounty) {
  EXPECT_EQ(Code("500112140201").Region(), Code("500000"));
  EXPECT_EQ(Code("511623109").Region(), Code("510000"));
  EXPECT_EQ(Code("500112140201").County(), Code("500112"));
  EXPECT_TRUE(Code("500112140").has_town());
  EXPECT_FALSE(Code("500112").has_town());
}

// Scenario 9.
TEST(ShippedDivisions, DivideYubeiOnItsLastDay) {
  for (const char* town : {"500112133", "500112135", "500112138", "500112140", "500112143"}) {
    EXPECT_EQ(Competent(Shipped(), town, kLastDay), "500112") << town;
    EXPECT_EQ(Competent(Shipped(), town, kFirstDay), "500109") << town;
  }
  EXPECT_EQ(Competent(Shipped(), "500112015", kLastDay), "500112");
  EXPECT_EQ(Competent(Shipped(), "500112015", kFirstDay), kLiangjiang);
  EXPECT_EQ(Competent(Shipped(), "500112140201", kFirstDay), "500109");  // a village of 茨竹镇
}

TEST(ShippedDivisions, GiveTheOther25TownsOfYubeiToLiangjiang) {
  std::ifstream file(kFolder + "/towns.csv");
  int to_beibei = 0;
  int to_liangjiang = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, 6, "500112") != 0) continue;
    const std::string county = Competent(Shipped(), line.substr(0, 9), kFirstDay);
    to_beibei += county == "500109" ? 1 : 0;
    to_liangjiang += county == kLiangjiang ? 1 : 0;
  }
  EXPECT_EQ(to_beibei, 5);
  EXPECT_EQ(to_liangjiang, 25);
}

TEST(ShippedDivisions, MoveJiangbeiAndFiveUnitsOfBeibeiToLiangjiang) {
  for (const char* code :
       {"500105", "500105006", "500109006", "500109008", "500109009", "500109104", "500109108"}) {
    EXPECT_EQ(Competent(Shipped(), code, kLastDay), std::string(code, 6)) << code;
    EXPECT_EQ(Competent(Shipped(), code, kFirstDay), kLiangjiang) << code;
  }
  EXPECT_EQ(Competent(Shipped(), "500109001", kFirstDay), "500109");
  EXPECT_EQ(Competent(Shipped(), "500109", kFirstDay), "500109");
}

TEST(ShippedDivisions, AskForTheTownOfADividedCounty) {
  const auto status = Shipped().CompetentCounty(Code("500112"), kFirstDay).status();
  EXPECT_TRUE(HasReason(status, Reason::CODE_UNKNOWN));
  EXPECT_THAT(status.ToString(), HasSubstr("the town is needed"));
  EXPECT_EQ(Competent(Shipped(), "500112999", kFirstDay), "CODE_UNKNOWN");  // no such town: no guess
  EXPECT_EQ(Competent(Shipped(), "500112", kLastDay), "500112");
}

TEST(ShippedDivisions, ListEverySuccessor) {
  EXPECT_THAT(Shipped().Successors(Code("500112"), kFirstDay),
              ElementsAre(Code("500109"), Code(kLiangjiang)));
  EXPECT_THAT(Shipped().Successors(Code("500112"), kLastDay), IsEmpty());
  EXPECT_THAT(Shipped().Successors(Code("500112140"), kFirstDay), ElementsAre(Code("500109")));
  EXPECT_THAT(Shipped().Successors(Code("511623"), kFirstDay), IsEmpty());
}

TEST(ShippedDivisions, FollowLinshuiThroughItsThreeCodes) {
  EXPECT_EQ(Competent(Shipped(), "513031", Date(1992, 12, 31)), "513031");
  EXPECT_EQ(Competent(Shipped(), "513031", Date(1995, 6, 1)), "513624");
  EXPECT_EQ(Competent(Shipped(), "513031", Date(2026, 6, 1)), "511623");
  EXPECT_EQ(Competent(Shipped(), "513624", Date(1997, 12, 31)), "513624");
  EXPECT_EQ(Competent(Shipped(), "511623109", Date(2026, 6, 1)), "511623");
  EXPECT_EQ(Competent(Shipped(), "511623", Date(1997, 12, 31)), "CODE_UNKNOWN");  // not yet
}

TEST(ShippedDivisions, HaveNoOfficeForCodesWithoutSuccessorOrAboveTheCounty) {
  EXPECT_EQ(Competent(Shipped(), "510224", Date(2026, 6, 1)),
            "CODE_UNKNOWN");  // 江北县, successor not recorded
  EXPECT_EQ(Competent(Shipped(), "500000", Date(2026, 6, 1)), "CODE_UNKNOWN");
  EXPECT_EQ(Competent(Shipped(), "511600", Date(2026, 6, 1)), "CODE_UNKNOWN");
  EXPECT_EQ(Competent(Shipped(), "519999", Date(2026, 6, 1)), "CODE_UNKNOWN");
}

TEST(ShippedDivisions, KnowCodesInForceAbolishedAndUnknown) {
  const Date day(2023, 8, 22);
  EXPECT_EQ(Shipped().StatusOn("500112", day), AddressCodeStatus::kInForce);
  EXPECT_EQ(Shipped().StatusOn("500112", kFirstDay), AddressCodeStatus::kAbolished);
  for (const char* old : {"510224", "513031", "513624", "500381", "110103"}) {
    EXPECT_EQ(Shipped().StatusOn(old, day), AddressCodeStatus::kAbolished) << old;
  }
  EXPECT_EQ(Shipped().StatusOn("519999", day), AddressCodeStatus::kUnknown);
  EXPECT_EQ(Shipped().StatusOn(kLiangjiang, kLastDay), AddressCodeStatus::kUnknown);
  EXPECT_EQ(Shipped().StatusOn(kLiangjiang, kFirstDay), AddressCodeStatus::kInForce);
  EXPECT_EQ(Shipped().Find(Code("500112140"))->name, "茨竹镇");
  EXPECT_EQ(Shipped().Find(Code("500112999")), nullptr);
}

// 38 and 183 counties in the data of 2023; 重庆 has 37 after the change.
TEST(ShippedDivisions, HaveTheKnownNumbersOfCounties) {
  EXPECT_EQ(Shipped().CountiesOf(Code("500000"), Date(2023, 8, 22)).size(), 38U);
  EXPECT_EQ(Shipped().CountiesOf(Code("510000"), Date(2023, 8, 22)).size(), 183U);
  EXPECT_EQ(Shipped().CountiesOf(Code("500000"), kFirstDay).size(), 37U);
  EXPECT_EQ(Shipped().CountiesOf(Code("510000"), kFirstDay).size(), 183U);
}

TEST(ShippedDivisions, HaveTheTownsOfTheBorderCounties) {
  const std::pair<const char*, int> kTowns[] = {{"500112", 30}, {"511623", 25}, {"511681", 12}};
  std::ifstream file(kFolder + "/towns.csv");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const auto& [county, expected] : kTowns) {
    int towns = 0;
    const std::string start = std::string("\n") + county;
    for (size_t at = text.find(start); at != text.npos; at = text.find(start, at + 1)) ++towns;
    EXPECT_EQ(towns, expected) << county;
  }
}

TEST(ShippedDivisions, DoNotStartWithoutTheCodeOfLiangjiang) {
  for (const auto& codes :
       {std::map<std::string, std::string>{}, {{"LIANGJIANG", ""}}, {{"OTHER", "500199"}}}) {
    const auto status = DivisionTable::Load(kFolder, {.codes = codes}).status();
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID));
    EXPECT_THAT(status.ToString(), HasSubstr("LIANGJIANG"));
  }
}

TEST(ShippedDivisions, RefuseACodeForLiangjiangThatIsTakenOrMalformed) {
  for (const char* code : {"500112", "50019", "500199001", "abcdef"}) {
    const auto status = DivisionTable::Load(kFolder, {.codes = {{"LIANGJIANG", code}}}).status();
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID)) << code;
  }
}

// The old organs kept working until the new ones were set up: the day is configuration for each kind.
TEST(Cutover, OfOneOrganCanBeLater) {
  const auto table =
      DivisionTable::Load(kFolder, {.codes = {{"LIANGJIANG", kLiangjiang}},
                                    .cutovers = {{"marriage_office", kFirstDay, Date(2026, 3, 1)}}});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(Competent(*table, "500112140", Date(2026, 2, 28), "marriage_office"), "500112");
  EXPECT_EQ(Competent(*table, "500112", Date(2026, 2, 28), "marriage_office"), "500112");
  EXPECT_EQ(Competent(*table, "500109006", Date(2026, 2, 28), "marriage_office"), "500109");
  EXPECT_EQ(Competent(*table, "500112140", Date(2026, 3, 1), "marriage_office"), "500109");
  EXPECT_EQ(Competent(*table, "500112015", Date(2026, 3, 1), "marriage_office"), kLiangjiang);
  EXPECT_EQ(Competent(*table, "500112140", Date(2026, 2, 28), "county_platform"), "500109");
  EXPECT_EQ(Competent(*table, "500112140", Date(2026, 2, 28)), "500109");
  // Other changes are not touched.
  EXPECT_EQ(Competent(*table, "513624", Date(1998, 1, 1), "marriage_office"), "511623");
}

TEST(Cutover, CannotBeBeforeTheChangeOrWithoutOrgan) {
  for (const OrganCutover& cutover : {OrganCutover{"marriage_office", kFirstDay, kLastDay},
                                      OrganCutover{"", kFirstDay, Date(2026, 3, 1)}}) {
    const auto table =
        DivisionTable::Load(kFolder, {.codes = {{"LIANGJIANG", kLiangjiang}}, .cutovers = {cutover}});
    EXPECT_TRUE(HasReason(table.status(), Reason::CONFIG_INVALID));
  }
}

// Tables for tests of the reader.
struct Documents {
  std::string counties = "code,name,valid_from,valid_to\n500101,甲区,,\n500102,乙区,,2020-12-31\n";
  std::string towns = "code,name,valid_from,valid_to\n500102001,丙镇,,\n";
  std::string changes = "date,code,successor\n2021-01-01,500102,500101\n";

  absl::StatusOr<DivisionTable> Parse() const { return DivisionTable::Parse(counties, towns, changes, {}); }
};

TEST(DivisionFiles, AreReadWithoutPlaceholdersWhenTheyUseNone) {
  const auto table = Documents().Parse();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(Competent(*table, "500102001", Date(2021, 1, 1)), "500101");
}

TEST(DivisionFiles, AreRefusedWithTheLineThatIsWrong) {
  struct Case {
    std::string Documents::*document;
    std::string added;
    const char* where;
  };
  const Case kCases[] = {
      {&Documents::counties, "500101,甲区,,\n", "counties.csv:4"},
      {&Documents::counties, "50010,甲区,,\n", "counties.csv:4"},
      {&Documents::counties, "500103001,甲区,,\n", "counties.csv:4"},
      {&Documents::counties, "500103,甲区,\n", "counties.csv:4"},
      {&Documents::counties, "500103,,,\n", "counties.csv:4"},
      {&Documents::counties, "500103,甲区,2023-02-30,\n", "counties.csv:4"},
      {&Documents::counties, "500103,甲区,2023-02-02,2023-02-01\n", "counties.csv:4"},
      {&Documents::counties, "# note\n\n@NEW,甲区,,\n", "counties.csv:6"},
      {&Documents::towns, "500102,丁镇,,\n", "towns.csv:3"},
      {&Documents::changes, "2021-01-01,500102,500101\n", "changes.csv:3"},
      {&Documents::changes, ",500102001,500101\n", "changes.csv:3"},
      {&Documents::changes, "2021-01-01,500102009,500101\n", "changes.csv:3"},
      {&Documents::changes, "2021-01-01,500101,500109\n", "changes.csv:3"},
      {&Documents::changes, "2021-01-01,500102001,500102001\n", "changes.csv:3"},
      {&Documents::changes, "2022-01-01,500101,500102\n", "changes.csv:3"},  // a circle
      {&Documents::changes, "2022-01-01,500101,500101\n", "changes.csv:3"},
  };
  for (const Case& c : kCases) {
    Documents documents;
    documents.*c.document += c.added;
    const auto status = documents.Parse().status();
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID)) << c.added;
    EXPECT_THAT(status.ToString(), HasSubstr(c.where)) << c.added;
  }
  Documents empty;
  empty.towns.clear();
  EXPECT_TRUE(HasReason(empty.Parse().status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(DivisionTable::Load(kFolder + "/absent", {}).status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu
