#include "services/child_welfare/rules/status.h"

#include <map>
#include <random>
#include <vector>

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

constexpr Date kToday(2026, 6, 10);

// Confirmed in March 2026, an adult on 2031-05-20.
v1::Determination Active(Month from = Month(2026, 4)) {
  v1::Determination out;
  out.set_state(v1::DETERMINATION_STATE_ACTIVE);
  out.set_category(v1::CATEGORY_DEFACTO);
  out.mutable_from_month()->set_value(FormatMonth(from));
  out.mutable_fen_month()->set_amount(165'100);
  out.mutable_last_day_as_child()->set_value("2031-05-19");
  out.mutable_next_review()->set_value("2027-03-02");
  Ledger ledger;
  EXPECT_TRUE(ledger.Add({.category = out.category(), .fen_month = 165'100, .from = from}).ok());
  SetLedger(ledger, &out);
  return out;
}
v1::Determination In(v1::DeterminationState state) {
  v1::Determination out = Active();
  switch (state) {
    case v1::DETERMINATION_STATE_ENDING:
    case v1::DETERMINATION_STATE_ENDED:
      EXPECT_TRUE(End(v1::END_REASON_ADOPTED, kToday, kToday, &out).ok());
      if (state == v1::DETERMINATION_STATE_ENDED) {
        EXPECT_TRUE(Advance(Date(2026, 7, 1), &out));
      }
      break;
    case v1::DETERMINATION_STATE_SUSPENDED:
      EXPECT_TRUE(Suspend(v1::SUSPEND_REASON_REVIEW_MISSING, kToday, kToday, &out).ok());
      break;
    case v1::DETERMINATION_STATE_MOVING:
      EXPECT_TRUE(Move(kToday, kToday, "500109", &out).ok());
      break;
    default:
      break;
  }
  EXPECT_EQ(out.state(), state);
  return out;
}
// "2026-04..2026-06 2026-08.."
std::string Months(const v1::Determination& determination) {
  std::string out;
  for (const v1::Entitlement& each : determination.entitlements()) {
    out += (out.empty() ? "" : " ") + each.from().value() + ".." + each.to().value();
  }
  return out;
}
// Posts what is due as the service does.
std::vector<Month> Post(Date today, v1::Determination* determination) {
  std::vector<Month> out;
  for (auto month = NextDue(*determination, today); month; month = NextDue(*determination, today)) {
    determination->mutable_posted_to()->set_value(FormatMonth(*month));
    out.push_back(*month);
  }
  return out;
}

TEST(Status, WhatEachStateAllowsAndSays) {
  struct Row {
    v1::DeterminationState state;
    bool holds, valid;
    std::string end, death, suspend, resume, move, review;
  };
  const std::string no = "STATE_CONFLICT determination_no";
  for (const Row& row : {Row{v1::DETERMINATION_STATE_ACTIVE, true, true, "OK", "OK", "OK", no, "OK", "OK"},
                         {v1::DETERMINATION_STATE_SUSPENDED, true, false, "OK", "OK", no, "OK", "OK", no},
                         {v1::DETERMINATION_STATE_MOVING, true, true, no, "OK", no, no, no, no},
                         {v1::DETERMINATION_STATE_ENDING, true, true, no, no, no, no, no, no},
                         {v1::DETERMINATION_STATE_ENDED, false, false, no, no, no, no, no, no}}) {
    SCOPED_TRACE(v1::DeterminationState_Name(row.state));
    const v1::Determination before = In(row.state);
    EXPECT_EQ(Holds(before), row.holds);
    EXPECT_EQ(IsValid(before), row.valid);
    const auto outcome = [&](auto&& act) {
      v1::Determination after = before;
      const std::string said = ReasonText(act(&after));
      if (said != "OK") {
        EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString()) << "nothing changes";
      }
      return said;
    };
    EXPECT_EQ(outcome([](auto* it) { return End(v1::END_REASON_RELEASED, kToday, kToday, it); }), row.end);
    EXPECT_EQ(outcome([](auto* it) { return End(v1::END_REASON_DECEASED, kToday, kToday, it); }), row.death);
    EXPECT_EQ(
        outcome([](auto* it) { return Suspend(v1::SUSPEND_REASON_CONDITION_IN_DOUBT, kToday, kToday, it); }),
        row.suspend);
    EXPECT_EQ(outcome([](auto* it) { return Resume(kToday, kToday, it); }), row.resume);
    EXPECT_EQ(outcome([](auto* it) { return Move(kToday, kToday, "500109", it).status(); }), row.move);
    EXPECT_EQ(outcome([](auto* it) { return Review(v1::CATEGORY_ORPHAN, std::nullopt, kToday, kToday, it); }),
              row.review);
  }
}

TEST(Status, NothingHappensTomorrow) {
  const Date tomorrow = kToday + 1;
  v1::Determination active = Active();
  v1::Determination suspended = In(v1::DETERMINATION_STATE_SUSPENDED);
  EXPECT_EQ(ReasonText(End(v1::END_REASON_ADOPTED, tomorrow, kToday, &active)), "STATE_CONFLICT on");
  EXPECT_EQ(ReasonText(Suspend(v1::SUSPEND_REASON_REVIEW_MISSING, tomorrow, kToday, &active)),
            "STATE_CONFLICT on");
  EXPECT_EQ(ReasonText(Move(tomorrow, kToday, "500109", &active).status()), "STATE_CONFLICT on");
  EXPECT_EQ(ReasonText(Review(v1::CATEGORY_DEFACTO, 1, tomorrow, kToday, &active)), "STATE_CONFLICT on");
  EXPECT_EQ(ReasonText(Resume(tomorrow, kToday, &suspended)), "STATE_CONFLICT on");
  EXPECT_EQ(ReasonText(Resume(kToday - 1, kToday, &suspended)), "STATE_CONFLICT on")
      << "before the suspension";
}

TEST(Status, EndsWithItsMonthAndEarlierWhenAnEarlierEventBecomesKnown) {
  v1::Determination status = Active();
  ASSERT_TRUE(End(v1::END_REASON_ADOPTED, Date(2026, 6, 9), kToday, &status).ok());
  EXPECT_EQ(status.state(), v1::DETERMINATION_STATE_ENDING);
  EXPECT_EQ(Months(status), "2026-04..2026-06");
  ASSERT_TRUE(End(v1::END_REASON_DECEASED, Date(2026, 5, 30), kToday, &status).ok());
  EXPECT_EQ(status.state(), v1::DETERMINATION_STATE_ENDED) << "its month has passed";
  EXPECT_EQ(Months(status), "2026-04..2026-05");
  EXPECT_EQ(status.end_reason(), v1::END_REASON_DECEASED);
}

TEST(Status, SuspensionStopsTheMonthsAfterItAndResumptionBeginsWithItsOwn) {
  struct Row {
    Date resumed;
    std::string months;
  };
  for (const Row& row : {Row{Date(2026, 6, 30), "2026-04.."},  // within the month: nothing is lost
                         {Date(2026, 7, 5), "2026-04.."},      // nor when it ends in the next one
                         {Date(2026, 9, 1), "2026-04..2026-06 2026-09.."}}) {
    v1::Determination status = In(v1::DETERMINATION_STATE_SUSPENDED);
    EXPECT_EQ(Months(status), "2026-04..2026-06");
    EXPECT_EQ(status.suspend_reason(), v1::SUSPEND_REASON_REVIEW_MISSING);
    ASSERT_TRUE(Resume(row.resumed, Date(2026, 9, 10), &status).ok());
    EXPECT_EQ(Months(status), row.months);
    EXPECT_EQ(status.state(), v1::DETERMINATION_STATE_ACTIVE);
    EXPECT_FALSE(status.has_suspended_on());
  }
  // Suspended before its first month: that month is not earlier for it.
  v1::Determination early = Active();
  const Date march(2026, 3, 3);
  ASSERT_TRUE(Suspend(v1::SUSPEND_REASON_REVIEW_MISSING, march, march, &early).ok());
  EXPECT_EQ(Months(early), "");
  ASSERT_TRUE(Resume(march, march, &early).ok());
  EXPECT_EQ(Months(early), "2026-04..");
}

TEST(Status, ASuspendedOneEndsAtOnce) {
  v1::Determination status = In(v1::DETERMINATION_STATE_SUSPENDED);
  ASSERT_TRUE(End(v1::END_REASON_RELEASED, kToday, kToday, &status).ok());
  EXPECT_EQ(status.state(), v1::DETERMINATION_STATE_ENDED);
  EXPECT_EQ(Months(status), "2026-04..2026-06");
}

TEST(Status, MoveGivesTheNextMonthToTheOtherSide) {
  struct Row {
    Date on;
    std::string posted_to, next, months;
  };
  for (const Row& row : {Row{Date(2026, 6, 9), "2026-06", "2026-07", "2026-04..2026-06"},
                         // Known late: what is paid stays paid.
                         {Date(2026, 4, 20), "2026-06", "2026-07", "2026-04..2026-06"},
                         {Date(2026, 5, 20), "", "2026-06", "2026-04..2026-05"},
                         // Before the first month: the other side has all of them.
                         {Date(2026, 3, 3), "", "2026-04", ""}}) {
    v1::Determination status = Active();
    if (!row.posted_to.empty()) status.mutable_posted_to()->set_value(row.posted_to);
    const auto next = Move(row.on, kToday, "500109", &status);
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(FormatMonth(*next), row.next);
    EXPECT_EQ(Months(status), row.months);
    EXPECT_EQ(status.end_reason(), v1::END_REASON_HUKOU_MOVED);
    v1::Determination taken = status;
    EXPECT_TRUE(EndMove(&taken));
    EXPECT_FALSE(EndMove(&taken)) << "a repeat";
    EXPECT_FALSE(UndoMove(*next, &taken)) << "a late refusal";
    EXPECT_EQ(taken.state(), v1::DETERMINATION_STATE_ENDED);
    // Returned: as if nothing had been.
    EXPECT_TRUE(UndoMove(*next, &status));
    EXPECT_EQ(Months(status), "2026-04..");
    EXPECT_EQ(status.state(), v1::DETERMINATION_STATE_ACTIVE);
    EXPECT_FALSE(status.has_moved_to() || status.has_ended_on());
    EXPECT_FALSE(UndoMove(*next, &status));
  }
}

// What is held up counts no more while it moves, and is held up again when it comes back.
TEST(Status, ASuspendedOneMovesAsItIs) {
  const v1::Determination suspended = In(v1::DETERMINATION_STATE_SUSPENDED);
  v1::Determination moving = suspended;
  const auto next = Move(Date(2026, 8, 1), Date(2026, 8, 2), "500109", &moving);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(FormatMonth(*next), "2026-09");
  EXPECT_FALSE(IsValid(moving));
  EXPECT_TRUE(Holds(moving));
  EXPECT_EQ(Months(moving), "2026-04..2026-06");
  v1::Determination taken = moving;
  EXPECT_TRUE(EndMove(&taken));
  EXPECT_FALSE(taken.has_suspended_on());
  EXPECT_TRUE(UndoMove(*next, &moving));
  EXPECT_EQ(moving.SerializeAsString(), suspended.SerializeAsString()) << "as if nothing had been";
  ASSERT_TRUE(Resume(Date(2026, 9, 1), Date(2026, 9, 1), &moving).ok());
  EXPECT_EQ(Months(moving), "2026-04..2026-06 2026-09..");
}

// The second parent dies, or one comes back into custody: ORPHAN xor DEFACTO, and no month without.
TEST(Status, AnotherCategoryBeginsWhereTheFormerEnds) {
  struct Row {
    Date on;
    std::string posted_to, months;
  };
  for (const Row& row : {Row{Date(2026, 6, 9), "2026-06", "2026-04..2026-06 2026-07.."},
                         // Known late: what is paid stays paid, as what it was.
                         {Date(2026, 4, 20), "2026-06", "2026-04..2026-06 2026-07.."},
                         // Before the first month: all of them are of the new category.
                         {Date(2026, 3, 3), "", "2026-04.."}}) {
    v1::Determination status = Active();
    if (!row.posted_to.empty()) status.mutable_posted_to()->set_value(row.posted_to);
    ASSERT_TRUE(Review(v1::CATEGORY_ORPHAN, 200'000, row.on, kToday, &status).ok());
    EXPECT_EQ(Months(status), row.months);
    EXPECT_EQ(status.category(), v1::CATEGORY_ORPHAN);
    EXPECT_EQ(status.confirmed_on().value(), FormatDate(row.on));
    const v1::Entitlement& last = *status.entitlements().rbegin();
    EXPECT_EQ(last.category(), v1::CATEGORY_ORPHAN);
    EXPECT_EQ(last.fen_month().amount(), 200'000);
    if (status.entitlements_size() == 2) {
      EXPECT_EQ(status.entitlements(0).category(), v1::CATEGORY_DEFACTO);
    }
    // The same again: only the day of confirmation.
    ASSERT_TRUE(Review(v1::CATEGORY_ORPHAN, 300'000, kToday, kToday, &status).ok());
    EXPECT_EQ(Months(status), row.months);
    EXPECT_EQ(status.entitlements().rbegin()->fen_month().amount(), 200'000);
    EXPECT_EQ(ReasonText(Review(v1::CATEGORY_DEFACTO, 1, kToday - 1, kToday, &status)), "STATE_CONFLICT on");
  }
}

TEST(Status, IsLookedAtForMonthsBirthdayAndReview) {
  v1::Determination status = Active();
  EXPECT_EQ(NextLook(status, kToday), Date(2026, 7, 1));
  EXPECT_EQ(NextLook(status, Date(2027, 3, 1)), Date(2027, 3, 2)) << "the review";
  EXPECT_EQ(NextLook(status, Date(2031, 5, 3)), Date(2031, 5, 20)) << "the birthday";
  EXPECT_FALSE(ComesOfAge(status, Date(2031, 5, 19)));
  EXPECT_TRUE(ComesOfAge(status, Date(2031, 5, 20)));
  status.mutable_next_review()->set_value("2032-05-20");  // at school: may go on for a year
  EXPECT_FALSE(ComesOfAge(status, Date(2031, 6, 1)));
  EXPECT_TRUE(ComesOfAge(status, Date(2032, 5, 20)));
  EXPECT_TRUE(End(v1::END_REASON_ADULT, Date(2032, 5, 20), Date(2032, 5, 20), &status).ok());
  EXPECT_FALSE(Advance(Date(2032, 5, 31), &status));
  EXPECT_EQ(NextLook(status, Date(2032, 5, 20)), Date(2032, 6, 1));
  EXPECT_TRUE(Advance(Date(2032, 6, 1), &status));
  EXPECT_EQ(NextLook(status, Date(2032, 6, 1)), Date(9999, 12, 31));
}

// A child that moves between regions again and again, with answers that come late or are refusals, and that
// is suspended in between: no month is paid twice, and none is lost but by a suspension or the end.
TEST(Status, NeitherGapsNorOverlapsInRandomLives) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    std::mt19937 random(seed);
    std::map<Month, int> paid;
    std::map<Month, bool> may_be_unpaid;
    v1::Determination here = Active();
    Date day(2026, 3, 2);
    const auto post = [&] {
      for (const Month month : Post(day, &here)) ++paid[month];
    };
    for (int step = 0; step < 20; ++step) {
      day += static_cast<int>(random() % 45);
      post();
      const Date on = day - static_cast<int>(random() % 40);  // known late
      const auto roll = random() % 4;
      if (roll == 0) {
        const auto next = Move(on, day, "500109", &here);
        if (!next.ok()) continue;
        day += static_cast<int>(random() % 90);  // until it is answered
        post();
        if (random() % 3 == 0) {
          ASSERT_TRUE(UndoMove(*next, &here));
        } else {
          ASSERT_TRUE(EndMove(&here));
          here = Active(*next);
        }
        post();
      } else if (roll == 1) {
        if (!Suspend(v1::SUSPEND_REASON_REVIEW_MISSING, day, day, &here).ok()) continue;
        const Month from = Month(day) + 1;
        day += static_cast<int>(random() % 120);
        post();
        ASSERT_TRUE(Resume(day, day, &here).ok());
        for (Month month = from; month < Month(day); ++month) may_be_unpaid[month] = true;
        post();
      }
    }
    const auto ends = End(v1::END_REASON_ADOPTED, day, day, &here);
    ASSERT_TRUE(ends.ok()) << ends;
    post();
    for (Month month(2026, 4); month <= Month(day); ++month) {
      EXPECT_EQ(paid[month], may_be_unpaid[month] ? 0 : 1) << "seed " << seed << " " << month;
    }
    day = AddMonths(day, 6);
    post();
    EXPECT_EQ(paid.rbegin()->first <= Month(AddMonths(day, -6)), true) << "seed " << seed;
  }
}

}  // namespace
}  // namespace chuanyu::child_welfare
