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
  // Moves that a region remembers.
  int64_t Kept(Side& side) {
    int64_t count = -1;
    EXPECT_TRUE(side.desk()
                    .Read([&](sql::Session& session) -> absl::Status {
                      const auto found = session.Query("SELECT * FROM cw_hukou_move");
                      if (found.ok()) count = static_cast<int64_t>(found->rows.size());
                      return found.status();
                    })
                    .ok());
    return count;
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

TEST_P(ReportedMovesTest, WhatDoesNotLeaveTheRegionChangesNothing) {
  const std::string no = Confirmed();
  const int64_t version = Now(sc(), no).version();
  EXPECT_EQ(sc().Moved(Date(2026, 3, 2), "510104"), "OK") << "within the region";
  EXPECT_EQ(sc().Moved(Date(2026, 3, 2), "500103", kCountyCq), "OK") << "not from here";
  EXPECT_EQ(sc().Moved(Date(2026, 3, 2), kCountySc, kCountyCq), "OK") << "to here";
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).version(), version);
  EXPECT_FALSE(sc().Get(no).has_reported_move());
}

// Nothing is here yet, or on its way, when it is reported: who examines what comes then sees it, and what is
// decided all the same moves with it.
TEST_P(ReportedMovesTest, WhatWasReportedBeforeTheStatusIsFollowedWhenItComesToBe) {
  ReportEverywhere(Date(2026, 3, 1));
  const auto created = cq().Create(kCountySc);  // by a window of the other region
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  regions().Settle();
  ASSERT_EQ(ReasonText(cq().Act(no, "push", "WINDOW").status()), "OK");
  regions().Settle();
  const cases::v1::ReportedMove told = sc().Get(no).reported_move();
  EXPECT_EQ(told.from().code(), kCountySc);
  EXPECT_EQ(told.to().code(), kCountyCq);
  EXPECT_EQ(told.moved_on().value(), "2026-03-01");
  EXPECT_EQ(told.region().code(), "510000");
  EXPECT_FALSE(cq().Get(no).has_reported_move()) << "stays where it is examined";
  ASSERT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "OK");
  ASSERT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "OK");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE) << "the window has not told it yet";
  ASSERT_EQ(ReasonText(cq().Act(no, "notify", "WINDOW").status()), "OK");
  regions().Settle();
  const v1::Determination moving = Now(sc(), no);
  ASSERT_EQ(moving.state(), v1::DETERMINATION_STATE_MOVING);
  ASSERT_EQ(ReasonText(cq().Act(moving.move_application_no(), "approve", "COUNTY").status()), "OK");
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_THAT(sc().Months(), ElementsAre());
  EXPECT_THAT(cq().Months(), ElementsAre("2026-04", "2026-05"));
}

TEST_P(ReportedMovesTest, WhatNobodyIsReachedForIsKeptAsWell) {
  ReportEverywhere(Date(2026, 3, 1), kGuangzhou);
  const std::string no = Confirmed();
  EXPECT_EQ(sc().Get(no).reported_move().to().code(), kGuangzhou);
  EXPECT_EQ(Now(sc(), no).end_reason(), v1::END_REASON_HUKOU_MOVED);
}

TEST_P(ReportedMovesTest, IsSeenAgainWhenARefusedApplicationIsMadeAgain) {
  ReportEverywhere(Date(2026, 3, 1));
  for (int i = 0; i < 2; ++i) {
    const auto created = sc().Create(kCountySc);
    ASSERT_TRUE(created.ok()) << created.status();
    const std::string no = created->application_no();
    regions().Settle();
    ASSERT_EQ(ReasonText(sc().Act(no, "push", "WINDOW").status()), "OK");
    EXPECT_EQ(sc().Get(no).reported_move().to().code(), kCountyCq) << i;
    ASSERT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "OK");
    ASSERT_EQ(ReasonText(sc().Act(no, "reject", "COUNTY").status()), "OK");
    ASSERT_EQ(ReasonText(sc().Act(no, "notify", "WINDOW").status()), "OK");
    regions().Settle();
  }
}

// Whatever is told last, the last move is where the 户籍 is; one that is taken back has not been.
TEST_P(ReportedMovesTest, OnlyTheLastMoveCountsInWhateverOrderItIsTold) {
  EXPECT_EQ(sc().Moved(Date(2026, 3, 1), kCountySc, kCountyCq), "OK");
  ReportEverywhere(Date(2026, 2, 20));
  const std::string no = Confirmed();
  EXPECT_FALSE(sc().Get(no).has_reported_move()) << "has come back since";
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  ReportEverywhere(Date(2026, 2, 21));
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_EQ(sc().NotMoved(Date(2026, 3, 1), kCountySc, kCountyCq), "OK");
  EXPECT_EQ(sc().Get(no).reported_move().moved_on().value(), "2026-02-21");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, WhatIsTakenBackBeforeTheStatusIsNotFollowed) {
  ReportEverywhere(Date(2026, 3, 1));
  EXPECT_EQ(sc().NotMoved(Date(2026, 3, 1)), "OK");
  const std::string no = Confirmed();
  EXPECT_FALSE(sc().Get(no).has_reported_move());
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
}

// What carries a status over says that the 户籍 has come: what left before is over, told before or after.
TEST_P(ReportedMovesTest, WhatIsCarriedHereOvertakesWhatLeftBefore) {
  ReportEverywhere(Date(2026, 2, 20));
  const auto created = cq().Create(kCountyCq);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  regions().Settle();
  for (const auto& [act, role] :
       {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}, {"notify", "WINDOW"}}) {
    ASSERT_EQ(ReasonText(cq().Act(no, act, role).status()), "OK") << act;
  }
  regions().MoveTo(Date(2026, 4, 13));
  ASSERT_EQ(ReasonText(cq().Move(no + "-D", kCountySc, Date(2026, 4, 10)).status()), "OK");
  regions().Settle();
  const std::string carried = Now(cq(), no).move_application_no();
  EXPECT_FALSE(sc().Get(carried).has_reported_move());
  ASSERT_EQ(ReasonText(sc().Act(carried, "approve", "COUNTY").status()), "OK");
  ReportEverywhere(Date(2026, 2, 21));
  regions().Settle();
  EXPECT_EQ(Now(sc(), carried).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_THAT(cq().Months(), ElementsAre("2026-04"));
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-05"));
}

// Reported while the status moved: nothing could follow it, until the first place has returned it.
TEST_P(ReportedMovesTest, WhoMovedOnMeanwhileIsFollowedFromWhereItIsReturned) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const std::string first = Now(sc(), no).move_application_no();
  ReportEverywhere(Date(2026, 6, 12), "500103");
  regions().Settle();
  ASSERT_EQ(ReasonText(cq().Act(first, "return", "COUNTY").status()), "OK");
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
  EXPECT_EQ(Now(sc(), no).moved_to().code(), "500103");
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

// Nothing follows what the police of both regions do not agree about; who decides sees it, on both sides.
TEST_P(ReportedMovesTest, WhatIsDisputedIsForAnOfficerUntilItIsSettled) {
  EXPECT_EQ(sc().Disputed(Date(2026, 3, 1)), "OK");
  const std::string no = Confirmed();
  EXPECT_TRUE(sc().Get(no).reported_move().disputed()) << "also what was told before";
  regions().MoveTo(Date(2026, 5, 4));
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_EQ(sc().Moved(Date(2026, 3, 1), "510104"), "OK") << "within the region, after all";
  EXPECT_TRUE(sc().Get(no).reported_move().withdrawn());
  EXPECT_EQ(sc().Disputed(Date(2026, 5, 3)), "OK");
  EXPECT_EQ(sc().Moved(Date(2026, 5, 3)), "OK") << "to the other region, after all";
  EXPECT_FALSE(sc().Get(no).reported_move().disputed());
  regions().Settle();
  EXPECT_EQ(Now(sc(), no).state(), v1::DETERMINATION_STATE_MOVING);
}

TEST_P(ReportedMovesTest, WhatIsDisputedWhileItMovesIsSeenByWhoDecidesThere) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11));
  regions().Settle();
  const std::string carried = Now(sc(), no).move_application_no();
  const int64_t seen = cq().Get(carried).version();
  for (Side* side : {&cq(), &sc()}) EXPECT_EQ(side->Disputed(Date(2026, 6, 11)), "OK");
  EXPECT_TRUE(cq().Get(carried).reported_move().disputed());
  const auto approved = cq().Act(carried, "approve", "COUNTY", [&](v1::PerformStepRequest request) {
    request.set_version(seen);
    return request;
  });
  EXPECT_EQ(ReasonText(approved.status()), "STALE_VERSION version");
  for (Side* side : {&cq(), &sc()}) EXPECT_EQ(side->Moved(Date(2026, 6, 11)), "OK");
  EXPECT_FALSE(cq().Get(carried).reported_move().disputed());
  EXPECT_FALSE(cq().Get(carried).reported_move().withdrawn());
  EXPECT_EQ(ReasonText(cq().Act(carried, "approve", "COUNTY").status()), "OK");
}

TEST_P(ReportedMovesTest, IsForgottenWithTheLastCaseOfTheChild) {
  Confirmed();
  regions().MoveTo(Date(2026, 6, 20));
  ReportEverywhere(Date(2026, 6, 11), kGuangzhou);
  regions().MoveTo(Date(2026, 7, 1));
  EXPECT_EQ(Kept(sc()), 1);
  regions().MoveTo(Date(2026, 9, 1));
  ASSERT_TRUE(sc().applications().EraseOnce().ok());
  EXPECT_EQ(Kept(sc()), 0);
}

// As long as a death of somebody of whom there never was a case.
TEST_P(ReportedMovesTest, IsForgottenAfterItsTimeWhereThereNeverWasACase) {
  ReportEverywhere(Date(2026, 2, 1));
  ReportEverywhere(Date(2026, 3, 1), kGuangzhou);
  ASSERT_TRUE(sc().applications().EraseOnce().ok());
  EXPECT_EQ(Kept(sc()), 2);
  regions().MoveTo(Date(2026, 3, 20));
  ASSERT_TRUE(sc().applications().EraseOnce().ok());
  EXPECT_EQ(Kept(sc()), 1) << "each in its own time";
  regions().MoveTo(Date(2026, 3, 31));
  ASSERT_TRUE(sc().applications().EraseOnce().ok());
  EXPECT_EQ(Kept(sc()), 0);
}

}  // namespace
}  // namespace chuanyu::child_welfare
