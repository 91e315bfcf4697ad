// Moves of the 户籍 that the 公安 side reports (X-2, domain page §3.11, §8), between two regions without
// servers, on SQLite and on a real PostgreSQL. Every message, and every answer, comes twice. Synthetic
// persons.
#include <string>

#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

class ReportedMovesTest : public DisabilityTest {
 protected:
  // Both regions hear of it, more than once.
  void ReportEverywhere(Date day, const std::string& to = "500109") {
    for (int i = 0; i < 2; ++i) {
      cq().Moved(day, to);
      sc().Moved(day, to);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(On, ReportedMovesTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

// 户籍 moves 邻水 → 重庆 in 2026-06: the old side pays 06, the new one from 07, and no officer of the old
// side has to know of it.
TEST_P(ReportedMovesTest, S35_WhatIsReportedCarriesBothSubsidiesOver) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const v1::Grant moving = sc().Grant(no + "-L");
  ASSERT_EQ(moving.state(), v1::GRANT_STATE_MOVING);
  EXPECT_EQ(moving.officer_id(), "") << "nobody has acted";
  const std::string carried = moving.move_application_no();
  EXPECT_EQ(cq().Get(carried).state(), v1::APPLICATION_STATE_TOWN_REVIEW) << "officers decide there";
  const int64_t seen = cq().Get(carried).version();
  ReportEverywhere(Date(2026, 6, 11));
  ReportEverywhere(Date(2026, 6, 12));
  regions().Settle();
  EXPECT_EQ(cq().Get(carried).version(), seen) << "nor what an officer there has before him";
  EXPECT_EQ(sc().Grant(no + "-L").version(), moving.version()) << "duplicates change nothing";
  regions().MoveTo(Date(2026, 8, 3));
  PassAll(cq(), carried, TestFindings());
  const auto approved = cq().Act(carried, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  regions().Settle();
  for (const char* suffix : {"-L", "-C"}) {
    EXPECT_EQ(sc().Months(no + suffix), "2026-03 2026-04 2026-05 2026-06");
    EXPECT_EQ(cq().Months(carried + suffix), "2026-07 2026-08");
    EXPECT_EQ(sc().Grant(no + suffix).reason(), v1::STOP_REASON_HUKOU_OUT);
  }
  EXPECT_EQ(cq().Compared("2026-07").overlaps_size(), 0);
}

TEST_P(ReportedMovesTest, WaitsForTheWindowOfAnEarlierApplication) {
  const std::string no = ToDecision(sc(), sc(), "1", TestForm(), TestFindings());
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  regions().Settle();
  ReportEverywhere(Date(2026, 3, 2));
  regions().MoveTo(Date(2026, 3, 4));
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_PAYING);
  EXPECT_EQ(sc().Get(no).reported_move().moved_on().value(), "2026-03-02");
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  regions().Settle();
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_MOVING);
  EXPECT_EQ(sc().Grant(no + "-C").state(), v1::GRANT_STATE_MOVING);
}

// Nothing is here yet, or on its way, when it is reported: who examines what comes then sees it.
TEST_P(ReportedMovesTest, WhatWasReportedBeforeTheGrantIsFollowedWhenItComesToBe) {
  ReportEverywhere(Date(2026, 3, 1));
  const std::string no = ToDecision(cq(), sc(), "1", TestForm(), TestFindings());
  EXPECT_EQ(sc().Get(no).reported_move().from().code(), "511623");
  EXPECT_EQ(sc().Get(no).reported_move().to().code(), "500109");
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  regions().Settle();
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_PAYING) << "the window has not told it yet";
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  regions().Settle();
  const v1::Grant moving = sc().Grant(no + "-L");
  ASSERT_EQ(moving.state(), v1::GRANT_STATE_MOVING);
  EXPECT_EQ(sc().Grant(no + "-C").state(), v1::GRANT_STATE_MOVING);
  PassAll(cq(), moving.move_application_no(), TestFindings());
  ASSERT_TRUE(cq().Act(moving.move_application_no(), "approve", "COUNTY").ok());
  regions().MoveTo(Date(2026, 4, 2));
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03");
  EXPECT_EQ(cq().Months(moving.move_application_no() + "-L"), "2026-04");
}

// The own side's return is not told here: what carries the grants over says it.
TEST_P(ReportedMovesTest, WhatIsCarriedHereOvertakesWhatLeftBefore) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const std::string carried = sc().Grant(no + "-L").move_application_no();
  PassAll(cq(), carried, TestFindings());
  ASSERT_TRUE(cq().Act(carried, "approve", "COUNTY").ok());
  regions().MoveTo(Date(2026, 8, 10));
  const auto back = cq().Move(cq().MoveOf(carried + "-L", "511623", Date(2026, 8, 5)));
  ASSERT_TRUE(back.ok()) << back.status();
  regions().Settle();
  const std::string again = back->grants(0).move_application_no();
  ReportEverywhere(Date(2026, 7, 1));  // late
  EXPECT_FALSE(sc().Get(again).has_reported_move());
  PassAll(sc(), again, TestFindings());
  ASSERT_TRUE(sc().Act(again, "approve", "COUNTY").ok());
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(sc().Grant(again + "-L").state(), v1::GRANT_STATE_PAYING);
  EXPECT_EQ(sc().Months(again + "-L"), "2026-09");
}

TEST_P(ReportedMovesTest, ToWhereNobodyIsReachedBothStop) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11), "440103");
  regions().Settle();
  regions().MoveTo(Date(2026, 7, 1));
  for (const char* suffix : {"-L", "-C"}) {
    EXPECT_EQ(sc().Grant(no + suffix).state(), v1::GRANT_STATE_STOPPED);
    EXPECT_EQ(sc().Grant(no + suffix).reason(), v1::STOP_REASON_HUKOU_OUT);
    EXPECT_EQ(sc().Months(no + suffix), "2026-03 2026-04 2026-05 2026-06");
  }
}

TEST_P(ReportedMovesTest, WhatIsTakenBackIsTheNewCountysToReturn) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const std::string carried = sc().Grant(no + "-L").move_application_no();
  for (Side* side : {&cq(), &sc()}) side->Moved(Date(2026, 6, 11), "500109", /*wrongly=*/true);
  EXPECT_TRUE(cq().Get(carried).reported_move().withdrawn()) << "whoever decides there is told";
  ASSERT_TRUE(cq().Act(carried, "return", "TOWN").ok());
  regions().MoveTo(Date(2026, 7, 6));
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_PAYING);
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06 2026-07");
}

}  // namespace
}  // namespace chuanyu::disability
