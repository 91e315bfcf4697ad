#include "common/identity/uscc.h"

#include <random>
#include <set>

#include "common/errors/error.h"
#include "common/identity/check_digit.h"
#include "common/identity/testdata/oracle_table.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// The synthetic organisations of the acceptance scenarios: U0 (check digit 0), U1, U2, U3, U5.
const char* const kOrganisations[] = {"52500112MJ00000260", "52500112MJ0000990P", "91511623MA9999996N",
                                      "12511681MB9999981D", "52511623MJ00009825"};

std::string Verdict(std::string_view text) {
  const auto parsed = ParseUscc(text);
  return parsed.ok() ? "OK" : std::string(ReasonName(ReasonOf(parsed.status()).value_or(Reason::INTERNAL)));
}

std::string WithCheck(std::string first17) {
  first17.push_back(UsccCheckChar(first17));
  return first17;
}

TEST(Uscc, AcceptsTheScenarioOrganisationsWithoutWarning) {
  for (const char* code : kOrganisations) {
    const auto parsed = ParseUscc(code);
    ASSERT_TRUE(parsed.ok()) << code;
    EXPECT_TRUE(parsed->warnings.empty()) << code;
    EXPECT_EQ(parsed->uscc.str(), code);
  }
}

TEST(Uscc, TellsItsParts) {
  const Uscc uscc = ParseUscc("52500112MJ0000990P")->uscc;
  EXPECT_EQ(uscc.department(), '5');
  EXPECT_EQ(uscc.org_class(), '2');
  EXPECT_EQ(uscc.division(), "500112");
}

TEST(Uscc, RefusesWithTheReasonOfTheCase) {
  const struct {
    const char* text;
    const char* reason;
  } kCases[] = {
      {"", "USCC_LENGTH"},
      {"52500112MJ0000990", "USCC_LENGTH"},
      {"52500112MJ0000990PP", "USCC_LENGTH"},
      {"52500112MJ0000990p", "USCC_CHARSET"},
      {"52500112MI0000990P", "USCC_CHARSET"},
      {"52500112MO0000990P", "USCC_CHARSET"},
      {"52500112MS0000990P", "USCC_CHARSET"},
      {"52500112MV0000990P", "USCC_CHARSET"},
      {"52500112MZ0000990P", "USCC_CHARSET"},
      {"52500112 J0000990P", "USCC_CHARSET"},
      {"５２500112MJ0000990P", "USCC_CHARSET"},
      {"52500112MJ0000990Q", "USCC_CHECK"},
      {"52500112MJ0000991P", "USCC_CHECK"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Verdict(c.text), c.reason) << c.text;
}

TEST(Uscc, NamesTheFieldButNotTheValueInErrors) {
  const auto status = ParseUscc("52500112MJ0000990Q", "institution.uscc").status();
  EXPECT_EQ(FieldOf(status), "institution.uscc");
  EXPECT_EQ(status.ToString().find("52500112"), std::string::npos);
}

TEST(Uscc, AcceptsEveryDepartmentOfTheStandardAndNoOther) {
  const std::string_view known = "123456789ANY";
  for (const char department : kAlphabet) {
    const std::string code = WithCheck(std::string(1, department) + "2500112MJ0000990");
    EXPECT_EQ(Verdict(code), known.find(department) == known.npos ? "USCC_DEPARTMENT" : "OK") << code;
  }
}

TEST(Uscc, OnlyWarnsOfAnOrganisationCodeThatDoesNotFit) {
  const auto parsed = ParseUscc(WithCheck("52500112MJ0000991"));  // GB 11714 wants 0
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->warnings, std::vector<Warning>{Warning::kUsccOrgCheck});
}

TEST(Uscc, OnlyWarnsOfAnUnknownClassOrAnOddDivision) {
  EXPECT_EQ(ParseUscc(WithCheck("57500112MJ0000990"))->warnings, std::vector<Warning>{Warning::kUsccClass});
  EXPECT_EQ(ParseUscc(WithCheck("525001A2MJ0000990"))->warnings,
            std::vector<Warning>{Warning::kUsccDivision});
  EXPECT_TRUE(
      ParseUscc(WithCheck("Y7500112MJ0000990"))->warnings.empty());  // classes of Y are not known to us
}

// GB 32100 detects every single wrong character (31 is prime and no weight is 0).
TEST(Uscc, DetectsEverySingleWrongCharacter) {
  for (const char* code : kOrganisations) {
    for (size_t i = 0; i < 18; ++i) {
      for (const char other : kAlphabet) {
        std::string wrong = code;
        if (wrong[i] == other) continue;
        wrong[i] = other;
        ASSERT_EQ(Verdict(wrong), "USCC_CHECK") << wrong;
      }
    }
  }
}

TEST(Uscc, DetectsEverySwapOfNeighbours) {
  for (const char* code : kOrganisations) {
    for (size_t i = 0; i + 1 < 18; ++i) {
      std::string wrong = code;
      if (wrong[i] == wrong[i + 1]) continue;
      std::swap(wrong[i], wrong[i + 1]);
      ASSERT_EQ(Verdict(wrong), "USCC_CHECK") << wrong;
    }
  }
}

TEST(Uscc, TextOfAParsedCodeParsesToTheSameCode) {
  std::mt19937 random(32100);
  std::uniform_int_distribution<size_t> pick(0, kAlphabet.size() - 1);
  std::set<char> checks;
  for (int i = 0; i < 5000; ++i) {
    std::string first17 = "52";
    while (first17.size() < 17) first17.push_back(kAlphabet[pick(random)]);
    const auto parsed = ParseUscc(WithCheck(first17));
    ASSERT_TRUE(parsed.ok()) << first17;
    ASSERT_EQ(ParseUscc(parsed->uscc.str())->uscc, parsed->uscc);
    checks.insert(parsed->uscc.str().back());
  }
  EXPECT_EQ(checks.size(), 31U);  // every check character occurs, 0 included
}

TEST(UsccOracles, AgreeWithUsExceptWhereTheTableSaysWhy) {
  const auto rows = ReadOracleTable("uscc_oracles.csv");
  ASSERT_GT(rows.size(), 15U);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5U);
    EXPECT_EQ(Verdict(row[0]), row[1]) << row[0];
    const std::string ours = Verdict(row[0]) == "OK" ? "ok" : "no";
    EXPECT_EQ(row[2] == ours && row[3] == ours, row[4].empty()) << row[0];
  }
}

TEST(CheckDigits, RefuseInputOfTheWrongForm) {
  EXPECT_EQ(UsccCheckChar("52500112MJ0000"), '\0');
  EXPECT_EQ(UsccCheckChar("52500112MI0000990"), '\0');
  EXPECT_EQ(OrgCodeCheckChar("MJ00009"), '\0');
  EXPECT_EQ(OrgCodeCheckChar("mj000099"), '\0');
  EXPECT_EQ(CitizenCheckChar("5001121985041299"), '\0');
  EXPECT_EQ(CitizenCheckChar("5001121985041299x"), '\0');
}

}  // namespace
}  // namespace chuanyu
