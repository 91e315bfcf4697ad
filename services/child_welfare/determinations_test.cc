// What time and events do to a status, on SQLite and on a real PostgreSQL, with a clock that the test moves.
// Synthetic persons; no network: what would be sent stays in the outbox.
#include "services/child_welfare/determinations.h"

#include <memory>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/case_service/case_desk_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(Date day) { return absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, ChinaTime()); }

class DeterminationsTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    files_ = std::make_unique<CaseDeskFiles>(GetParam());
    absl::StatusOr<std::unique_ptr<Desk>> desk =
        Desk::Open(files_->Config("child_welfare", "500000", {"510000"}), clock_);
    ASSERT_TRUE(desk.ok()) << desk.status();
    desk_ = *std::move(desk);
    desk_->Attach([this](const std::string& name) { told_.push_back(name); }, [] {});
    determinations_ = std::make_unique<Determinations>(*desk_);
  }
  // P19, born 2008-11-25.
  static constexpr Date kBirth{2008, 11, 25};
  absl::StatusOr<v1::Determination> Begin(v1::Category category, v1::StudyStage stage, int serial = 1) {
    StoredApplication stored{.org = "county", .window_region = "500000", .subject = kSubject};
    stored.application.set_application_no("CQ-B-500109-20260302-0000000" + std::to_string(serial));
    const PolicyDay policy = PolicyOf("500000", desk_->Today());
    auto parents =
        CheckParents(Both('D', category == v1::CATEGORY_ORPHAN ? 'D' : 'R'), policy, desk_->Today());
    const Assessment assessment = AssessParents(*parents, policy, desk_->Today());
    const ChildApplication application{.birth = kBirth,
                                       .care_type = v1::CARE_TYPE_FAMILY,
                                       .study_stage = stage,
                                       .parents = *std::move(parents)};
    v1::Determination out;
    CHUANYU_RETURN_IF_ERROR(
        desk_->Transact([&](sql::Session& session, std::vector<std::string>* topics) -> absl::Status {
          CHUANYU_ASSIGN_OR_RETURN(out, determinations_->Begin(session, stored, application, assessment,
                                                               category, {}, "county", topics));
          return absl::OkStatus();
        }));
    return out;
  }
  v1::Determination Now(const std::string& number) {
    v1::Determination out;
    EXPECT_TRUE(desk_
                    ->Read([&](sql::Session& session) -> absl::Status {
                      auto stored = desk_->store().LoadDetermination(session, number);
                      if (stored.ok()) out = stored->determination;
                      return stored.status();
                    })
                    .ok());
    return out;
  }
  std::string End(const std::string& number, Date on) {
    return ReasonText(desk_->Transact([&](sql::Session& session,
                                          std::vector<std::string>* topics) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored, desk_->store().LoadDetermination(session, number));
      return determinations_->Change(
          session, &stored,
          [&](v1::Determination* determination) {
            return child_welfare::End(v1::END_REASON_RELEASED, on, desk_->Today(), determination);
          },
          topics);
    }));
  }
  std::optional<uniqueness::Holder> InForce() {
    std::optional<uniqueness::Holder> out;
    EXPECT_TRUE(desk_
                    ->Read([&](sql::Session& session) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(out, determinations_->InForce(session, kSubject));
                      return absl::OkStatus();
                    })
                    .ok());
    return out;
  }
  void MoveTo(Date day) {
    clock_.Set(At(day));
    ASSERT_TRUE(determinations_->RunClock(100).ok());
  }
  size_t Waiting() { return desk_->outbox().Due(clock_.Now(), "", 100)->size(); }

  static inline const std::string kSubject = std::string(64, 'a');
  FakeClock clock_{At(Date(2026, 3, 2))};
  std::unique_ptr<CaseDeskFiles> files_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Determinations> determinations_;
  std::vector<std::string> told_;
};
INSTANTIATE_TEST_SUITE_P(On, DeterminationsTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(DeterminationsTest, BeginsWithTheMonthAfterAndTheAmountOfTheDay) {
  const auto begun = Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE);
  ASSERT_TRUE(begun.ok()) << begun.status();
  ASSERT_EQ(begun->entitlements_size(), 1);
  EXPECT_EQ(begun->entitlements(0).from().value(), "2026-04");
  EXPECT_EQ(begun->entitlements(0).fen_month().amount(), 165'100);
  EXPECT_EQ(begun->next_review().value(), "2026-11-25") << "the 18th birthday comes before a year has passed";
  // ORPHAN xor DEFACTO, and one of them.
  EXPECT_EQ(ReasonText(Begin(v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_NONE, 2).status()), "DUP_BENEFIT child");
}

// Scenario 18: on 2026-11-24 still a child, on 2026-11-25 an adult: ends with the month.
TEST_P(DeterminationsTest, S18_EndsWithTheMonthOfThe18thBirthday) {
  const std::string number =
      Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_SENIOR_SECONDARY)->determination_no();
  ASSERT_TRUE(
      desk_
          ->Read([&](sql::Session& session) { return desk_->store().Subscribe(session, kSubject, "510000"); })
          .ok());
  ASSERT_TRUE(desk_
                  ->Read([&](sql::Session& session) {
                    return desk_->store().Watch(session, "school", kSubject, "s");
                  })
                  .ok());
  MoveTo(Date(2026, 11, 24));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ACTIVE);
  MoveTo(Date(2026, 11, 25));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ENDING);
  EXPECT_EQ(Now(number).end_reason(), v1::END_REASON_ADULT);
  EXPECT_EQ(Now(number).entitlements(0).to().value(), "2026-11");
  EXPECT_EQ(Waiting(), 0u) << "it holds to the end of the month";
  told_.clear();
  MoveTo(Date(2026, 11, 30));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ENDING);
  MoveTo(Date(2026, 12, 1));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ENDED);
  EXPECT_EQ(Waiting(), 1u) << "the other region is told";
  EXPECT_THAT(told_, ElementsAre("org/school"));
  MoveTo(Date(2026, 12, 31));
  EXPECT_EQ(Waiting(), 1u) << "once";
}

// 重庆孤儿认定办理指南: orphans at a secondary school go on; others do not.
TEST_P(DeterminationsTest, S18_OrphanAtSchoolGoesOnWhereTheRegionAllows) {
  const std::string number = Begin(v1::CATEGORY_ORPHAN, v1::STUDY_STAGE_SENIOR_SECONDARY)->determination_no();
  MoveTo(Date(2026, 11, 25));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ACTIVE);
  EXPECT_EQ(Now(number).next_review().value(), "2027-11-25") << "looked at again for the next school year";
}

TEST_P(DeterminationsTest, EventEndsItWithItsMonthAndOnce) {
  const std::string number = Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE)->determination_no();
  clock_.Set(At(Date(2026, 6, 10)));
  EXPECT_EQ(End(number, Date(2026, 6, 11)), "STATE_CONFLICT on") << "tomorrow";
  EXPECT_EQ(End(number, Date(2026, 6, 9)), "OK");
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ENDING);
  EXPECT_EQ(Now(number).entitlements(0).to().value(), "2026-06");
  EXPECT_EQ(End(number, Date(2026, 6, 9)), "STATE_CONFLICT determination_no");
  MoveTo(Date(2026, 7, 1));
  EXPECT_EQ(Now(number).state(), v1::DETERMINATION_STATE_ENDED);
  // Over: a new one may begin.
  EXPECT_TRUE(Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE, 2).ok());
}

TEST_P(DeterminationsTest, WhatEndsBeforeItBeganWasNeverDue) {
  const std::string number = Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE)->determination_no();
  EXPECT_EQ(End(number, Date(2026, 3, 2)), "OK");
  EXPECT_THAT(Now(number).entitlements(), IsEmpty());
  // It holds to the end of the month all the same, and keeps another one out until then.
  const auto holder = InForce();
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(absl::FromUnixMillis(holder->accepted_at_ms), At(Date(2026, 3, 2)) - absl::Hours(12));
  EXPECT_EQ(ReasonText(Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE, 2).status()), "DUP_BENEFIT child");
  MoveTo(Date(2026, 4, 1));
  EXPECT_FALSE(InForce().has_value());
  EXPECT_TRUE(Begin(v1::CATEGORY_DEFACTO, v1::STUDY_STAGE_NONE, 3).ok());
}

}  // namespace
}  // namespace chuanyu::child_welfare
