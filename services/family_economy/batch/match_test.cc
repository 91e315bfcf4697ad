// Keys, the index of the registers and what it answers, on SQLite and PostgreSQL. Synthetic persons.
#include <fstream>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/batch/batch_testing.h"
#include "services/family_economy/batch/match_answerer.h"
#include "services/family_economy/batch/match_index.h"
#include "services/family_economy/registers/registers_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kP16[] = "513031194808159926";
const std::vector<v1::DataClass> kAll = {v1::DATA_CLASS_A02_MARRIAGE, v1::DATA_CLASS_A03_DEATH,
                                         v1::DATA_CLASS_A10_ASSISTANCE};

class MatchTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  std::string Indexes(const std::vector<std::string>& numbers, const MatchKey& key) {
    std::string out;
    for (const std::string& number : numbers)
      out += key.indexer->Index({.type = 1, .number = number}).bytes();
    return out;
  }

  TestDatabase database_{sql::Dialect::kSqlite};  // its folder
  TestRegisters test_{GetParam()};
  const MatchKeys keys_ = TestKeys(database_.folder(), kChongqing);
  const MatchKey key_ = keys_.ForAsking(kChongqing, Date(2026, 3, 20)).value();
  const std::unique_ptr<MatchIndex> index_ = MatchIndex::Open(*test_.pool).value();
};

TEST_P(MatchTest, FindsWhoIsInARegisterOfTheClassesAsked) {
  ASSERT_TRUE(index_->Refresh(*test_.registers, {key_}, TestNow()).ok());
  const std::string asked = Indexes({SyntheticNumber(1), kP02, SyntheticNumber(2), kP16}, key_);
  const auto hits = index_->Find("test", asked, kAll);
  ASSERT_TRUE(hits.ok()) << hits.status();
  EXPECT_THAT(hits->positions, ElementsAre(1, 3));
  EXPECT_EQ(hits->as_of, TestNow());
  EXPECT_THAT(index_->Find("test", asked, {v1::DATA_CLASS_A03_DEATH})->positions, ElementsAre(3));
  EXPECT_THAT(index_->Find("test", asked, {v1::DATA_CLASS_A13_TEMPORARY_RELIEF})->positions, IsEmpty());
}

TEST_P(MatchTest, IndexThatWasNeverCompletedIsNotNoHit) {
  const auto hits = index_->Find("test", Indexes({kP02}, key_), kAll);
  EXPECT_TRUE(HasReason(hits.status(), Reason::SOURCE_UNAVAILABLE)) << hits.status();
}

TEST_P(MatchTest, RefreshAddsWhoCameAndForgetsWhoWent) {
  ASSERT_TRUE(index_->Refresh(*test_.registers, {key_}, TestNow()).ok());
  test_.Execute("DELETE FROM reg_death");
  ASSERT_TRUE(index_->Refresh(*test_.registers, {key_}, TestNow() + absl::Seconds(1)).ok());
  EXPECT_THAT(index_->Find("test", Indexes({kP16}, key_), {v1::DATA_CLASS_A03_DEATH})->positions, IsEmpty());
  EXPECT_THAT(index_->Find("test", Indexes({kP02}, key_), {v1::DATA_CLASS_A10_ASSISTANCE})->positions,
              ElementsAre(0));
}

TEST_P(MatchTest, NumbersInClearAreTakenAndUnreadableOnesLeftOut) {
  const std::string folder = database_.folder() + "/mapping";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/A13.toml")
      << "class = \"A13\"\nsource = \"test\"\nsql = \"SELECT granted_on AS from_month FROM clear WHERE "
         "granted_on <= "
         ":as_of AND number = :person_index\"\npersons = \"SELECT number AS person_key, number AS doc_no "
         "FROM clear "
         "WHERE number > :after ORDER BY number LIMIT :limit\"\n[columns]\nfrom_month = \"from_month\"\n";
  test_.Execute("CREATE TABLE clear (number VARCHAR(32), granted_on VARCHAR(16))");
  test_.Execute(std::string("INSERT INTO clear VALUES ('") + kP02 + "', '2026-01'), ('broken', '2026-01')");
  const auto registers = Registers::Load(*test_.pool, {.folder = folder, .region = kSichuan});
  ASSERT_TRUE(registers.ok()) << registers.status();
  ASSERT_TRUE(index_->Refresh(**registers, {key_}, TestNow()).ok());
  const auto hits = index_->Find("test", Indexes({kP02}, key_), {v1::DATA_CLASS_A13_TEMPORARY_RELIEF});
  ASSERT_TRUE(hits.ok()) << hits.status();
  EXPECT_THAT(hits->positions, ElementsAre(0));
}

TEST_P(MatchTest, AnswererRefusesWhatItMustNotAnswer) {
  MatchAnswerer answerer({.index = *index_,
                          .keys = keys_,
                          .registers = *test_.registers,
                          .matrix = test_.matrix,
                          .clock = test_.clock,
                          .retry = absl::Milliseconds(10)});
  v1::MatchPersonsRequest question;
  question.set_key_id("test");
  question.set_indexes(Indexes({kP02}, key_));
  question.add_classes(v1::DATA_CLASS_A10_ASSISTANCE);
  const auto reason = [&](const v1::MatchPersonsRequest& asked, const std::string& region = kChongqing,
                          const std::string& purpose = "P-RECHECK") {
    const auto answer = answerer.Answer(asked, region, purpose);
    return ReasonOf(answer.status()).value_or(Reason::INTERNAL);
  };
  v1::MatchPersonsRequest bad = question;
  bad.set_indexes("short");
  EXPECT_EQ(reason(bad), Reason::BAD_REQUEST);
  bad.set_indexes(std::string(5'001 * 32, 'x'));
  EXPECT_EQ(reason(bad), Reason::BAD_REQUEST);
  bad = question;
  bad.add_classes(static_cast<v1::DataClass>(16));
  EXPECT_EQ(reason(bad), Reason::CODE_UNKNOWN);
  bad = question;
  bad.add_classes(v1::DATA_CLASS_A14_FINANCE);
  EXPECT_EQ(reason(bad, kChongqing, "P-MONITOR"), Reason::PURPOSE_DENIED);
  EXPECT_EQ(reason(question, kChongqing, "P-MARRY"), Reason::PURPOSE_DENIED);
  EXPECT_EQ(reason(question, "520000"), Reason::KEY_UNKNOWN);
  bad = question;
  bad.set_key_id("other");
  EXPECT_EQ(reason(bad), Reason::KEY_UNKNOWN);
  // Asked until the first refresh is through.
  absl::StatusOr<v1::MatchPersonsResponse> answer;
  for (const absl::Time end = absl::Now() + absl::Seconds(30); absl::Now() < end && !answer.ok();) {
    answer = answerer.Answer(question, kChongqing, "P-RECHECK");
  }
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->hits(), ElementsAre(0));
}

TEST_P(MatchTest, AClassWhoseRegisterCannotBeListedIsRefused) {
  const std::string folder = database_.folder() + "/unlisted";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/A10.toml")
      << "class = \"A10\"\nsource = \"test\"\nsql = \"SELECT from_month FROM reg_assistance WHERE "
         "from_month <= :as_of AND person_index = :person_index\"\n[columns]\nfrom_month = \"from_month\"\n";
  const auto registers = Registers::Load(*test_.pool, {.folder = folder, .region = kSichuan});
  ASSERT_TRUE(registers.ok()) << registers.status();
  MatchAnswerer answerer({.index = *index_,
                          .keys = keys_,
                          .registers = **registers,
                          .matrix = test_.matrix,
                          .clock = test_.clock});
  v1::MatchPersonsRequest question;
  question.set_key_id("test");
  question.set_indexes(Indexes({kP02}, key_));
  question.add_classes(v1::DATA_CLASS_A10_ASSISTANCE);
  const auto answer = answerer.Answer(question, kChongqing, "P-RECHECK");
  EXPECT_TRUE(HasReason(answer.status(), Reason::SOURCE_NOT_CONFIGURED)) << answer.status();
}

INSTANTIATE_TEST_SUITE_P(Databases, MatchTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

class MatchKeysTest : public ::testing::Test {
 protected:
  absl::StatusOr<MatchKeys> Load(const std::string& text) {
    std::ofstream(database_.folder() + "/a.bin") << std::string(32, 'a');
    std::ofstream(database_.folder() + "/short.bin") << "short";
    std::ofstream(database_.folder() + "/keys.toml") << text;
    return MatchKeys::Load(database_.folder() + "/keys.toml");
  }
  static std::string Key(const std::string& id, const std::string& from, const std::string& to,
                         const std::string& file = "a.bin") {
    return "[[key]]\nid = \"" + id + "\"\npeer = \"510000\"\nfile = \"" + file + "\"\nnot_before = \"" +
           from + "\"\nnot_after = \"" + to + "\"\n";
  }
  TestDatabase database_{sql::Dialect::kSqlite};
};

TEST_F(MatchKeysTest, RotatesByDateWithAnOverlap) {
  const auto keys = Load(Key("old", "2026-01-01", "2026-12-31") + Key("new", "2026-12-01", "2027-12-31"));
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->ForAsking("510000", Date(2026, 11, 30))->id, "old");
  EXPECT_EQ(keys->ForAsking("510000", Date(2026, 12, 1))->id, "new");
  EXPECT_TRUE(keys->CheckAnswering("510000", "old", Date(2026, 12, 31)).ok());
  EXPECT_TRUE(HasReason(keys->CheckAnswering("510000", "old", Date(2027, 1, 1)), Reason::KEY_UNKNOWN));
  EXPECT_TRUE(HasReason(keys->CheckAnswering("510000", "new", Date(2026, 11, 30)), Reason::KEY_UNKNOWN));
  EXPECT_TRUE(HasReason(keys->ForAsking("510000", Date(2028, 1, 1)).status(), Reason::KEY_UNKNOWN));
  EXPECT_EQ(keys->InForce(Date(2026, 12, 15)).size(), 2u);
}

TEST_F(MatchKeysTest, RefusesFilesThatCannotBeMeant) {
  for (const std::string& text :
       {Key("a", "2026-01-01", "2025-01-01"), Key("a", "2026-01-01", "2026-12-31", "short.bin"),
        Key("a", "2026-01-01", "2026-12-31", "missing.bin"), Key("a b", "2026-01-01", "2026-12-31"),
        Key("a", "2026-01-01", "2026-12-31") + Key("a", "2027-01-01", "2027-12-31"),
        Key("a", "2026-01-01", "2026-12-31") + "more = 1\n"}) {
    EXPECT_TRUE(HasReason(Load(text).status(), Reason::CONFIG_INVALID)) << text;
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
