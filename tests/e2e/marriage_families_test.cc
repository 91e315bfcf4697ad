// Kinship by the regions' registers of families, over two whole regions on SQLite and on PostgreSQL. Tables
// of what is kin are in services/marriage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/crypto/blind_index.h"
#include "common/registers/testing.h"
#include "services/marriage/family_testing.h"
#include "tests/e2e/marriage_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace marriage::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::ElementsAre;
using ::testing::StartsWith;

// One database for both regions: whom it knows of is chosen by the tests.
registers::TestRegisters& Families() {
  static auto* const registers = [] {
    auto* const made =
        new registers::TestRegisters("code VARCHAR(2), relative VARCHAR(64), since VARCHAR(10)");
    made->Map("families", marriage::kFamilyMapping);
    return made;
  }();
  return *registers;
}

const RegionService& MarriageThatAsks() {
  static const auto* const service = [] {
    auto* const made = new RegionService(Marriage());
    made->config = [](const Region& region, const RegionService& self) {
      const registers::RegistersConfig config = Families().config();
      return absl::StrCat(Marriage().config(region, self), "[registers]\nurl = \"", config.url,
                          "\"\nmapping = \"", config.mapping, "\"\nindex = \"", config.index, "\"\n");
    };
    return made;
  }();
  return *service;
}

class MarriageFamiliesTest : public MarriageWorldTest {
 protected:
  WorldOptions Options() const override {
    WorldOptions options = MarriageWorldTest::Options();
    options.services = {&MarriageThatAsks()};
    return options;
  }
  // By the register somebody is a parent of both, `code` of her and by blood of him.
  static void GiveOneParent(const std::string& man, const std::string& woman, const char* code) {
    const std::string parent = crypto::BlindIndexer::Create(std::string(32, 'r'))
                                   .value()
                                   ->Index({.type = type::v1::DOC_TYPE_RESIDENT_ID, .number = NewMan()})
                                   .ToHex();
    Families().Add(man, absl::StrCat("'51', '", parent, "', '2000-01-01'"));
    Families().Add(woman, absl::StrCat("'", code, "', '", parent, "', '2000-01-01'"));
  }
};
INSTANTIATE_TEST_SUITE_P(On, MarriageFamiliesTest, kBothBackends, BackendName);

TEST_P(MarriageFamiliesTest, OneParentOfBothIsFound) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  GiveOneParent(man, woman, "51");
  EXPECT_EQ(Marry(cq(), kYubei, man, woman), "C_KIN");
  EXPECT_EQ(Marry(sc(), kLinshui, man, woman), "C_KIN");
  EXPECT_THAT(Marry(cq(), kYubei, man, NewWoman()), StartsWith("J500199-"));
}

TEST_P(MarriageFamiliesTest, OverAStepParentAnOfficerDecides) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  GiveOneParent(man, woman, "57");
  const auto started = cq().Start(Id(), kYubei, CoupleParty(man), CoupleParty(woman));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->state(), REGISTRATION_STATE_MANUAL_REVIEW);
  EXPECT_THAT(started->review(), ElementsAre(REVIEW_MATTER_KINSHIP));
  const std::string& no = started->registration_no();
  EXPECT_EQ(Outcome(cq().Perform(Id(), no, "declare").status()), "C_MANUAL_REVIEW");
  ASSERT_TRUE(cq().Perform(Id(), no, "clear").ok());
  const auto checked = cq().AwaitChecked(no);
  ASSERT_TRUE(checked.ok()) << checked.status();
  for (const char* act : {"declare", "register"}) {
    const auto done = cq().Perform(Id(), no, act);
    EXPECT_TRUE(done.ok()) << done.status();
  }
}

TEST_P(MarriageFamiliesTest, ARegisterThatIsAwayStopsTheMarriageAndHoldsNobody) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  Families().Spoil();
  const auto started = cq().Start(Id(), kYubei, CoupleParty(man), CoupleParty(woman));
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string& no = started->registration_no();
  EXPECT_EQ(started->state(), REGISTRATION_STATE_DOCS_OK);
  for (const char* act : {"check", "declare"})
    EXPECT_EQ(Outcome(cq().Perform(Id(), no, act).status()), "SOURCE_UNAVAILABLE") << act;
  Families().Mend();
  EXPECT_THAT(Marry(sc(), kLinshui, man, NewWoman()), StartsWith("J511623-")) << "he is not held";
  ASSERT_TRUE(cq().Perform(Id(), no, "check").ok());
  const auto checked = cq().AwaitChecked(no);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(checked->refused_reasons(), ElementsAre("C_ALREADY_MARRIED"));
}

}  // namespace
}  // namespace chuanyu::testing
