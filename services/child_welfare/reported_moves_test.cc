// Moves of the 户籍 that the 公安 side reports (X-2, domain page §3.11, §5.4), between two regions without
// servers, on SQLite and on a real PostgreSQL. Every message, and every answer, comes twice. Synthetic
// persons.
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;

constexpr char kGuangzhou[] = "440103";

class ReportedMovesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override { regions_ = std::make_unique<TwoRegions>(GetParam()); }
  TwoRegions& regions() { return *regions_; }
  Side& cq() { return regions_->cq(); }
  Side& sc() { return regions_->sc(); }

  // Confirmed on 2026-03-02 in Sichuan, paid from April on; the application, whose window has told it or not.
  std::string Confirmed(bool told = true) {
    const auto created = sc().Create(kCountySc);
    EXPECT_TRUE(created.ok()) << created.status();
    const std::string no = created->application_no();
    regions().Settle();
    for (const auto& [act, role] :
         {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}}) {
      EXPECT_EQ(ReasonText(sc().Act(no, act, role).status()), "OK") << act;
    }
    if (told) {
      EXPECT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
    }
    regions().Settle();
    return no;
  }
  v1::Determination Now(Side& side, const std::string& application) {
    return side.Status(application + "-D").determination();
  }
  // Both regions hear of it, in this one order; more than once.
  void ReportEverywhere(Date day, const std::string& to = kCountyCq) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(cq().Moved(day, to), "OK");
      EXPECT_EQ(sc().Moved(day, to), "OK");
    }
  }

 private:
  std::unique_ptr<TwoRegions> regions_;
};
INSTANTIATE_TEST_SUITE_P(On, ReportedMovesTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ReportedMovesTest, WhatIsReportedCarriesTheStatusOverWithoutGapOrOverlap) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const v1::Determination moving = Now(sc(), no);
  ASSERT_EQ(moving.state(), v1::DETERMINATION_STATE_MOVING);
  EXPECT_EQ(moving.officer_id(), "") << "nobody has acted";
  EXPECT_EQ(moving.moved_to().code(), kCountyCq);
  const std::string carried = moving.move_application_no();
  EXPECT_EQ(cq().Get(carried).state(), v1::APPLICATION_STATE_COUNTY_REVIEW) << "an officer decides there";
  // The same again, by another day's report of the other region too, changes nothing.
  const int64_t version = moving.version();
  ReportEverywhere(Date(2026, 6, 11));
  ReportEverywhere(Date(2026, 6, 12));
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).version(), version);
  regions().MoveTo(Date(2026, 8, 3));
  ASSERT_EQ(ReasonText(cq().Act(carried, "approve", "COUNTY").status()), "OK");
  regions().Settle();
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  EXPECT_THAT(cq().Months(), ElementsAre("2026-07", "2026-08"));
  EXPECT_EQ(Now(sc(), no).end_reason(), v1::END_REASON_HUKOU_MOVED);
  EXPECT_EQ(sc().Get(no).reported_move().to().code(), kCountyCq);
  ReportEverywhere(Date(2026, 6, 11));
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_THAT(cq().Months(), ElementsAre("2026-07", "2026-08", "2026-09"));
}

TEST_P(ReportedMovesTest, WaitsForTheWindowOfAnEarlierApplication) {
  const std::string no = Confirmed(/*told=*/false);
  ReportEverywhere(Date(2026, 3, 2));
  regions().MoveTo(Date(2026, 3, 4));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_EQ(sc().Get(no).reported_move().moved_on().value(), "2026-03-02");
  ASSERT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, AboutSomebodyWithoutAStatusChangesNothing) {
  ReportEverywhere(Date(2026, 3, 1));
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE) << "was not there when it was reported";
  const int64_t version = Now(sc(), no).version();
  EXPECT_EQ(sc().Moved(Date(2026, 5, 4), "510104"), "OK") << "within the region";
  EXPECT_EQ(sc().Moved(Date(2026, 5, 4), "500103", kCountyCq), "OK") << "not from here";
  EXPECT_EQ(sc().Moved(Date(2026, 5, 4), kCountySc, kCountyCq), "OK") << "to here";
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).version(), version);
  EXPECT_FALSE(sc().Get(no).has_reported_move());
}

TEST_P(ReportedMovesTest, ToWhereNobodyIsReachedItEndsAsByADeath) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11), kGuangzhou);
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ENDING);
  EXPECT_EQ(Now(sc(), no).end_reason(), v1::END_REASON_HUKOU_MOVED);
  regions().MoveTo(Date(2026, 7, 1));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ENDED);
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
}

// Who examines it sees that the 户籍 has left; what is decided all the same moves with it.
TEST_P(ReportedMovesTest, AnOpenApplicationIsDecidedByWhoHasSeenIt) {
  const auto created = sc().Create(kCountySc);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  regions().Settle();
  ASSERT_EQ(ReasonText(sc().Act(no, "push", "WINDOW").status()), "OK");
  ASSERT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "OK");
  const int64_t seen = sc().Get(no).version();
  ReportEverywhere(Date(2026, 3, 2));
  const auto approved = sc().Act(no, "approve", "COUNTY", [&](v1::PerformStepRequest request) {
    request.set_version(seen);
    return request;
  });
  EXPECT_EQ(ReasonText(approved.status()), "STALE_VERSION version");
  EXPECT_EQ(sc().Get(no).reported_move().to().code(), kCountyCq);
  ASSERT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "OK");
  ASSERT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, WhatIsTakenBackInTimeIsNotFollowed) {
  const std::string no = Confirmed(/*told=*/false);
  ReportEverywhere(Date(2026, 3, 2));
  EXPECT_EQ(sc().NotMoved(Date(2026, 3, 2)), "OK");
  EXPECT_TRUE(sc().Get(no).reported_move().withdrawn());
  ASSERT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  // It was right after all.
  ReportEverywhere(Date(2026, 3, 2));
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, WhatIsTakenBackLaterIsTheNewCountysToReturn) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const std::string carried = Now(sc(), no).move_application_no();
  for (Side* side : {&cq(), &sc()}) EXPECT_EQ(side->NotMoved(Date(2026, 6, 11)), "OK");
  EXPECT_TRUE(cq().Get(carried).reported_move().withdrawn()) << "whoever decides there is told";
  ASSERT_EQ(ReasonText(cq().Act(carried, "return", "COUNTY").status()), "OK");
  regions().MoveTo(Date(2026, 8, 3));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06", "2026-07", "2026-08"));
}

// Returned by the other side, and told once more from the beginning: nothing moves a second time.
TEST_P(ReportedMovesTest, WhatWasFollowedIsNotFollowedAgain) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  ASSERT_EQ(ReasonText(cq().Act(Now(sc(), no).move_application_no(), "return", "COUNTY").status()), "OK");
  regions().Settle();
  ASSERT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  // Corrected to another place it is.
  ReportEverywhere(Date(2026, 6, 11), "500999");
  regions().Settle();
  EXPECT_EQ(sc().Get(no).reported_move().to().code(), "500999");
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE) << "no such county: left to the officer";
  ReportEverywhere(Date(2026, 6, 11), "500103");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, WhoCameBackBeforeItWasFollowedHasNotMoved) {
  const std::string no = Confirmed(/*told=*/false);
  ReportEverywhere(Date(2026, 3, 2));
  EXPECT_EQ(sc().Moved(Date(2026, 3, 3), kCountySc, kCountyCq), "OK");
  ASSERT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
}

TEST_P(ReportedMovesTest, IsForgottenWithTheLastCaseOfTheChild) {
  Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11), kGuangzhou);
  regions().MoveTo(Date(2026, 7, 1));
  const auto kept = [&] {
    int64_t count = -1;
    EXPECT_TRUE(sc().desk()
                    .Read([&](sql::Session& session) -> absl::Status {
                      const auto found = session.Query("SELECT * FROM cw_hukou_move");
                      if (found.ok()) count = static_cast<int64_t>(found->rows.size());
                      return found.status();
                    })
                    .ok());
    return count;
  };
  EXPECT_EQ(kept(), 1);
  regions().MoveTo(Date(2026, 9, 1));
  ASSERT_TRUE(sc().applications().EraseOnce().ok());
  EXPECT_EQ(kept(), 0);
}

}  // namespace
}  // namespace chuanyu::child_welfare
