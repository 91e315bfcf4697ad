// Kinship by the region's registers of families, and what an officer must look at, over two regions in one
// process, on SQLite and on a real PostgreSQL. Synthetic persons.
#include <memory>
#include <string>
#include <vector>

#include "common/registers/testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/family_testing.h"
#include "services/marriage/two_regions_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kYubei[] = "500112-01";
constexpr char kFather[] = "500109196002299930";  // P17

class FamilyTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    registers_.Map("family", kFamilyMapping);
    regions_ =
        std::make_unique<TwoRegions>(GetParam(), MorningOf(Date(2026, 11, 24)), 0, registers_.config());
    counter_ = std::make_unique<Counter>(*regions_);
  }
  void TearDown() override { EXPECT_THAT(regions_->failures(), IsEmpty()); }

  static std::string IndexOf(const std::string& doc_no) {
    return crypto::BlindIndexer::Create(std::string(32, 'r'))
        .value()
        ->Index({.type = type::v1::DOC_TYPE_RESIDENT_ID, .number = doc_no})
        .ToHex();
  }
  // In the register: `relative` is this to the person.
  void Record(const char* person, const char* code, const char* relative) {
    registers_.Add(person, std::string("'") + code + "', '" + IndexOf(relative) + "', '2000-01-01'");
  }
  v1::Registration Start(const v1::Party& man, const v1::Party& woman) {
    const auto started = counter_->Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, kYubei, man, woman);
    EXPECT_TRUE(started.ok()) << started.status();
    return started.ok() ? *started : v1::Registration();
  }
  v1::Registration Start() { return Start(PartyOf(kP04, "511681"), PartyOf(kP05, "500112")); }
  std::string Act(const std::string& no, const char* act) {
    const auto done = counter_->Act(kCq, no, act);
    regions_->Settle();
    return done.ok() ? v1::RegistrationState_Name(counter_->StateOf(kCq, no)).substr(19)
                     : NameOf(done.status());
  }
  size_t OpenClaims() { return regions_->Rows(kCq, "SELECT 1 FROM uq_claim WHERE is_open = 1").size(); }

  registers::TestRegisters registers_{"code VARCHAR(2), relative VARCHAR(64), since VARCHAR(10)"};
  std::unique_ptr<TwoRegions> regions_;
  std::unique_ptr<Counter> counter_;
};
INSTANTIATE_TEST_SUITE_P(On, FamilyTest, ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(FamilyTest, OneParentOfBothIsFoundInTheRegister) {
  Record(kP04, "51", kFather);
  EXPECT_NE(Start().state(), v1::REGISTRATION_STATE_REFUSED) << "of one alone";
  Record(kP05, "51", kFather);
  const v1::Registration refused = Start();
  EXPECT_THAT(refused.refused_reasons(), ElementsAre("C_KIN"));
  ASSERT_THAT(refused.family_checks(), SizeIs(2));
  EXPECT_EQ(refused.family_checks(0).party(), "party_a");
  EXPECT_EQ(refused.family_checks(0).answer().state(), cases::v1::REGISTER_STATE_HIT);
  const auto seen = counter_->Get(kCq, refused.registration_no(), v1::REGISTRATION_VIEW_PARTY_A);
  EXPECT_THAT(seen->family_checks(), IsEmpty()) << "the other's family is not this one's to know";
}

TEST_P(FamilyTest, WhatIsDeclaredAndWhatTheRegisterSaysCountTogether) {
  Record(kP05, "61", kFather);
  v1::Party man = PartyOf(kP04, "511681");
  v1::KinTie& tie = *man.add_kin();
  tie.set_relation(v1::KIN_RELATION_PARENT);
  *tie.mutable_relative() = RefOf(kFather);
  EXPECT_THAT(Start(man, PartyOf(kP05, "500112")).refused_reasons(), ElementsAre("C_KIN")) << "her uncle";
}

TEST_P(FamilyTest, OverStepParentsAnOfficerDecides) {
  Record(kP04, "51", kFather);
  Record(kP05, "57", kFather);
  const v1::Registration referred = Start();
  const std::string& no = referred.registration_no();
  EXPECT_EQ(referred.state(), v1::REGISTRATION_STATE_MANUAL_REVIEW);
  EXPECT_THAT(referred.review(), ElementsAre(v1::REVIEW_MATTER_KINSHIP));
  EXPECT_EQ(OpenClaims(), 0) << "nobody is held meanwhile";
  EXPECT_EQ(Act(no, "declare"), "C_MANUAL_REVIEW");
  EXPECT_EQ(Act(no, "clear"), "NETWORK_CHECKED");
  // What was looked at is not asked about again.
  regions_->SetClocks(MorningOf(Date(2026, 11, 24)) + absl::Minutes(11));
  regions_->Settle();
  EXPECT_EQ(Act(no, "check"), "NETWORK_CHECKED");
  EXPECT_EQ(Act(no, "declare"), "DECLARED");
  EXPECT_EQ(Act(no, "register"), "REGISTERED");
  EXPECT_EQ(counter_->Get(kCq, no)->steps(1).act(), "clear");
  EXPECT_EQ(counter_->Get(kCq, no)->steps(1).officer_id(), "officer-1") << "stays on file";

  const v1::Registration other = Start(PartyOf(kP20, "511623"), PartyOf(kP21, "511623"));
  EXPECT_NE(other.state(), v1::REGISTRATION_STATE_MANUAL_REVIEW);
  Record(kP20, "57", kFather);
  Record(kP21, "51", kFather);
  EXPECT_EQ(Act(Start(PartyOf(kP20, "511623"), PartyOf(kP21, "511623")).registration_no(), "refuse"),
            "REFUSED");
}

TEST_P(FamilyTest, ARegisterThatDoesNotAnswerIsNotOneThatKnowsOfNoKin) {
  registers_.Spoil();
  const v1::Registration started = Start();
  const std::string& no = started.registration_no();
  EXPECT_EQ(started.state(), v1::REGISTRATION_STATE_DOCS_OK);
  regions_->Settle();
  EXPECT_EQ(Act(no, "declare"), "SOURCE_UNAVAILABLE");
  EXPECT_EQ(Act(no, "check"), "SOURCE_UNAVAILABLE");
  EXPECT_EQ(OpenClaims(), 0);
  registers_.Mend();
  EXPECT_EQ(Act(no, "check"), "NETWORK_CHECKED");
  EXPECT_EQ(Act(no, "declare"), "DECLARED");
  EXPECT_EQ(Act(no, "register"), "REGISTERED");
}

TEST_P(FamilyTest, ARecordThatCannotBeReadIsNoAnswer) {
  registers_.Add(kP05, "'51', 'nobody', '2000-01-01'");
  const v1::Registration started = Start();
  EXPECT_EQ(Act(started.registration_no(), "declare"), "SOURCE_UNAVAILABLE");
  EXPECT_EQ(started.family_checks(1).answer().state(), cases::v1::REGISTER_STATE_ERROR);
}

TEST_P(FamilyTest, EachCheckLooksAgain) {
  const std::string no = Start().registration_no();
  regions_->Settle();
  Record(kP04, "51", kFather);
  Record(kP05, "51", kFather);
  regions_->SetClocks(MorningOf(Date(2026, 11, 24)) + absl::Minutes(11));
  regions_->Settle();
  EXPECT_EQ(Act(no, "check"), "REFUSED");
  EXPECT_THAT(counter_->Get(kCq, no)->refused_reasons(), ElementsAre("C_KIN"));
  EXPECT_EQ(OpenClaims(), 0);
}

TEST_P(FamilyTest, AMaritalStatusThatIsNotKnownIsAnOfficersToClear) {
  v1::Party man = PartyOf(kP04, "511681");
  man.set_marital_code("90");
  const v1::Registration referred = Start(man, PartyOf(kP05, "500112"));
  EXPECT_THAT(referred.review(), ElementsAre(v1::REVIEW_MATTER_MARITAL_STATUS));
  registers_.Spoil();
  EXPECT_EQ(Act(referred.registration_no(), "clear"), "NETWORK_CHECKED") << "families were looked up before";
  man.clear_documents();
  const v1::Registration refused = Start(man, PartyOf(kP05, "500112"));
  EXPECT_THAT(refused.refused_reasons(), ElementsAre("C_DOC_MISSING"));
  EXPECT_THAT(refused.missing_documents(), ElementsAre("party_a.IDENTITY", "party_a.DECLARATION"));
  EXPECT_THAT(refused.family_checks(), IsEmpty()) << "no family is looked up for what cannot be";
}

TEST_P(FamilyTest, ADivorceAsksNobodysFamily) {
  // The days of the divorce are in a calendar that there is.
  regions_->SetClocks(MorningOf(Date(2026, 6, 1)));
  EXPECT_THAT(counter_->Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
              StartsWith("J"));
  registers_.Spoil();
  const auto divorce = counter_->Start(kCq, v1::REGISTRATION_KIND_DIVORCE, kYubei, PartyOf(kP04, "511681"),
                                       PartyOf(kP05, "500112"));
  ASSERT_TRUE(divorce.ok()) << divorce.status();
  regions_->Settle();
  EXPECT_EQ(Act(divorce->registration_no(), "accept"), "APPLIED");
}

}  // namespace
}  // namespace chuanyu::marriage
