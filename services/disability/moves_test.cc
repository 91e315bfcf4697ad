// Moves of the 户籍 (scenario 35), over two regions without servers, on SQLite and on a real PostgreSQL.
// Every message, and every answer, comes twice. Synthetic persons.
#include <string>

#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

class DisabilityMoveTest : public DisabilityTest {};
INSTANTIATE_TEST_SUITE_P(On, DisabilityMoveTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

// 户籍 moves 邻水 → 重庆 in 2026-06: the old side pays 06, the new one from 07.
TEST_P(DisabilityMoveTest, S35_WhenTheHukouMovesNoMonthIsPaidTwiceAndNoneIsLost) {
  const std::string old_no = Granted("1", OnlyLife());
  regions().MoveTo(Date(2026, 6, 20));
  ASSERT_TRUE(
      sc().Change(old_no + "-L", v1::GRANT_CHANGE_STOP, v1::STOP_REASON_HUKOU_OUT, Date(2026, 6, 11)).ok());
  v1::Findings found = TestFindings();
  found.mutable_hukou_since()->set_value("2026-06-11");
  const std::string no = ToDecision(cq(), cq(), "1", MovedTo500109(OnlyLife()), found);
  const auto approved = cq().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->result().decided(0).from_month().value(), "2026-07");
  EXPECT_EQ(cq().Months(no + "-L"), "");
  regions().MoveTo(Date(2026, 8, 3));
  EXPECT_EQ(sc().Months(old_no + "-L"), "2026-03 2026-04 2026-05 2026-06");
  EXPECT_EQ(cq().Months(no + "-L"), "2026-07 2026-08");
  // By itself, for the month that has ended.
  for (Side* side : {&cq(), &sc()}) {
    const v1::GetComparisonResponse compared = side->Compared("2026-07");
    ASSERT_EQ(compared.comparisons_size(), 1);
    EXPECT_EQ(compared.comparisons(0).state(), v1::COMPARISON_STATE_DONE);
    EXPECT_EQ(compared.comparisons(0).overlaps(), 0);
  }
}

// The same by one act of the old side: what carries it over is an application of the new one.
TEST_P(DisabilityMoveTest, S35_AMoveCarriesBothSubsidiesOver) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  const v1::MoveGrantsRequest request = sc().MoveOf(no + "-C", "500109", Date(2026, 6, 11));
  const auto moving = sc().Move(request);
  ASSERT_TRUE(moving.ok()) << moving.status();
  ASSERT_EQ(moving->grants_size(), 2) << "LIFE moves with CARE";
  EXPECT_EQ(sc().Move(request)->SerializeAsString(), moving->SerializeAsString()) << "a repeat";
  const std::string carried = moving->grants(0).move_application_no();
  regions().Settle();
  const v1::Application there = cq().Get(carried);
  ASSERT_EQ(there.state(), v1::APPLICATION_STATE_TOWN_REVIEW);
  EXPECT_TRUE(there.asked_regions().empty());
  EXPECT_FALSE(there.paid_elsewhere(0).active()) << "the old side ends";
  EXPECT_EQ(there.claimant().account().account_no(), "6200000000000001");
  EXPECT_EQ(there.claimant().hukou_code().code(), "500109");
  EXPECT_FALSE(there.has_findings()) << "what the old side found is not carried over";
  EXPECT_EQ(ReasonText(sc().Create("again", TestForm()).status()), "DUP_ACTIVE_APPLICATION application");
  EXPECT_EQ(
      ReasonText(sc().Change(no + "-L", v1::GRANT_CHANGE_STOP, v1::STOP_REASON_RENOUNCED, Date(2026, 6, 20))
                     .status()),
      "STATE_CONFLICT grant_no");
  // Decided late: paid in arrears.
  regions().MoveTo(Date(2026, 8, 3));
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06");
  PassAll(cq(), carried, TestFindings());
  const auto approved = cq().Act(carried, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  regions().Settle();
  for (const char* suffix : {"-L", "-C"}) {
    EXPECT_EQ(sc().Months(no + suffix), "2026-03 2026-04 2026-05 2026-06");
    EXPECT_EQ(cq().Months(carried + suffix), "2026-07 2026-08");
    EXPECT_EQ(sc().Grant(no + suffix).state(), v1::GRANT_STATE_STOPPED);
    EXPECT_EQ(sc().Grant(no + suffix).reason(), v1::STOP_REASON_HUKOU_OUT);
  }
  EXPECT_EQ(sc().Get(carried).state(), v1::APPLICATION_STATE_NOTIFIED) << "and its claim is free";
  EXPECT_EQ(cq().Compared("2026-07").overlaps_size(), 0);
  // And back.
  ASSERT_TRUE(cq().Move(cq().MoveOf(carried + "-L", "511623", Date(2026, 8, 3))).ok());
}

TEST_P(DisabilityMoveTest, AMoveThatIsReturnedGoesOnHereAsIfNothingHadBeen) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 5, 4));
  ASSERT_TRUE(
      sc().Change(no + "-C", v1::GRANT_CHANGE_SUSPEND, v1::STOP_REASON_REVIEW, Date(2026, 5, 4)).ok());
  regions().MoveTo(Date(2026, 6, 20));
  const auto moving = sc().Move(sc().MoveOf(no + "-L", "500109", Date(2026, 5, 30)));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->grants(0).move_application_no();
  regions().Settle();
  ASSERT_EQ(cq().Get(carried).transfer().grants_size(), 2);
  EXPECT_EQ(cq().Get(carried).transfer().grants(0).from_month().value(), "2026-07") << "June was paid here";
  EXPECT_TRUE(cq().Get(carried).transfer().grants(1).suspended());
  regions().MoveTo(Date(2026, 8, 3));
  ASSERT_TRUE(cq().Act(carried, "return", "TOWN").ok());
  regions().Settle();
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_PAYING);
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06 2026-07 2026-08");
  EXPECT_EQ(sc().Grant(no + "-C").state(), v1::GRANT_STATE_SUSPENDED);
  EXPECT_EQ(sc().Grant(no + "-C").reason(), v1::STOP_REASON_REVIEW);
  EXPECT_EQ(sc().Get(carried).state(), v1::APPLICATION_STATE_NOTIFIED);
}

// The new side decides by what it finds: what it refuses is over, and what was suspended begins with it.
TEST_P(DisabilityMoveTest, AMoveIsDecidedByWhatTheNewSideFinds) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 5, 4));
  ASSERT_TRUE(
      sc().Change(no + "-C", v1::GRANT_CHANGE_SUSPEND, v1::STOP_REASON_REVIEW, Date(2026, 5, 4)).ok());
  const auto moving = sc().Move(sc().MoveOf(no + "-L", "500109", Date(2026, 5, 4)));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->grants(0).move_application_no();
  regions().MoveTo(Date(2026, 7, 6));
  v1::Findings found = TestFindings();
  found.mutable_statuses(0)->set_found(v1::FOUND_NO);  // DIBAO
  PassAll(cq(), carried, found);
  ASSERT_TRUE(cq().Act(carried, "approve", "COUNTY").ok());
  regions().Settle();
  EXPECT_EQ(cq().Get(carried).result().decided(0).refused_reason(), "E_NOT_DIBAO");
  EXPECT_EQ(cq().Months(carried + "-C"), "2026-07") << "not the months of the suspension";
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_STOPPED);
  EXPECT_EQ(sc().Grant(no + "-C").state(), v1::GRANT_STATE_STOPPED);
}

TEST_P(DisabilityMoveTest, AMoveThatCannotBeSaysWhyAndChangesNothing) {
  const std::string no = Granted("1", OnlyLife());
  const std::string before = sc().Grant(no + "-L").SerializeAsString();
  const auto refused = [&](const std::string& hukou, Date on) {
    return ReasonText(sc().Move(sc().MoveOf(no + "-L", hukou, on)).status());
  };
  const Date today = regions().today();
  EXPECT_EQ(refused("511623", today), "BAD_REQUEST hukou_code");
  EXPECT_EQ(refused("440103", today), "PEER_UNAVAILABLE hukou_code");
  EXPECT_EQ(refused("500109", today + 1), "STATE_CONFLICT on");
  v1::MoveGrantsRequest request = sc().MoveOf(no + "-L", "500109", today);
  request.set_officer_id("张三 ");
  EXPECT_EQ(ReasonText(sc().Move(request).status()), "BAD_REQUEST officer_id");
  EXPECT_EQ(sc().Grant(no + "-L").SerializeAsString(), before);
  ASSERT_TRUE(sc().Change(no + "-L", v1::GRANT_CHANGE_STOP, v1::STOP_REASON_RENOUNCED, today).ok());
  EXPECT_EQ(refused("500109", today), "STATE_CONFLICT grant_no") << "it ends already";
  // A window cannot claim that something was carried over.
  v1::CreateApplicationRequest forged;
  forged.set_request_id("forged");
  *forged.mutable_application()->mutable_claimant() = TestForm().claimant;
  *forged.mutable_application()->mutable_filer() = TestForm().filer;
  forged.mutable_application()->mutable_accept_division()->set_code("511623");
  forged.mutable_application()->mutable_transfer()->mutable_moved_on()->set_value("2026-03-01");
  EXPECT_EQ(ReasonText(sc().applications().Create(Side::kCounty, forged).status()),
            "BAD_REQUEST application");
}

TEST_P(DisabilityMoveTest, ADeathDuringAMoveEndsItWhateverTheOtherSideSays) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  const auto moving = sc().Move(sc().MoveOf(no + "-L", "500109", Date(2026, 6, 11)));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->grants(0).move_application_no();
  regions().MoveTo(Date(2026, 7, 6));
  sc().Die(Date(2026, 7, 2));
  ASSERT_TRUE(cq().Act(carried, "return", "TOWN").ok());
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_STOPPED);
  EXPECT_EQ(sc().Grant(no + "-L").reason(), v1::STOP_REASON_DEATH);
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06");
}

// Both paid 07, because the old side recorded the move a month late: one overlap, the newer payer recovers.
TEST_P(DisabilityMoveTest, S35_ComparisonFindsTheMonthThatBothPaid) {
  const std::string old_no = Granted("1", OnlyLife());
  regions().MoveTo(Date(2026, 7, 3));
  ASSERT_TRUE(
      sc().Change(old_no + "-L", v1::GRANT_CHANGE_STOP, v1::STOP_REASON_HUKOU_OUT, Date(2026, 7, 1)).ok());
  v1::Findings found = TestFindings();
  found.mutable_hukou_since()->set_value("2026-06-11");
  const std::string no = ToDecision(cq(), cq(), "1", MovedTo500109(OnlyLife()), found);
  ASSERT_TRUE(cq().Act(no, "approve", "COUNTY").ok());
  regions().MoveTo(Date(2026, 8, 1));
  const v1::GetComparisonResponse newer = cq().Compared("2026-07");
  ASSERT_EQ(newer.overlaps_size(), 1);
  EXPECT_EQ(newer.overlaps(0).grant_no(), no + "-L");
  EXPECT_EQ(newer.overlaps(0).duty(), v1::OVERLAP_DUTY_RECOVER);
  EXPECT_EQ(newer.overlaps(0).region().code(), "510000");
  EXPECT_EQ(newer.comparisons(0).recover().amount(), 11100) << "one month";
  const v1::GetComparisonResponse older = sc().Compared("2026-07");
  ASSERT_EQ(older.overlaps_size(), 1);
  EXPECT_EQ(older.overlaps(0).duty(), v1::OVERLAP_DUTY_KEEP);
  EXPECT_EQ(older.comparisons(0).recover().amount(), 0);
  EXPECT_EQ(cq().Compared("2026-06").overlaps_size(), 0);
}

}  // namespace
}  // namespace chuanyu::disability
