#include "services/disability/rules/grants.h"

#include "gmock/gmock.h"
#include "services/disability/rules/overlap.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Grant Paid(const char* from, const char* posted) {
  v1::Grant grant;
  grant.set_state(v1::GRANT_STATE_PAYING);
  grant.mutable_from_month()->set_value(from);
  grant.mutable_posted_to()->set_value(posted);
  grant.mutable_cert_valid_to()->set_value("2030-12-31");
  return grant;
}

// The months that are due on a day, as the clock would post them.
std::vector<std::string> Due(v1::Grant grant, Date today) {
  std::vector<std::string> out;
  Advance(today, &grant);
  for (auto month = NextDue(grant, today); month; month = NextDue(grant, today)) {
    out.push_back(FormatMonth(*month));
    grant.mutable_posted_to()->set_value(out.back());
  }
  return out;
}

TEST(FirstMonth, IsThatOfTheApplicationOrAfterTheMove) {
  EXPECT_EQ(FirstMonth(Date(2026, 6, 30), {}, {}), Month(2026, 6));
  // Scenario 35: moved in 06, the old side pays 06.
  EXPECT_EQ(FirstMonth(Date(2026, 6, 20), Date(2026, 6, 11), {}), Month(2026, 7));
  EXPECT_EQ(FirstMonth(Date(2026, 9, 1), Date(2026, 6, 11), {}), Month(2026, 9));
  EXPECT_EQ(FirstMonth(Date(2026, 6, 20), {}, Month(2026, 6)), Month(2026, 7)) << "an earlier grant paid 06";
}

TEST(Grant, IsPaidMonthByMonth) {
  EXPECT_THAT(Due(Paid("2026-05", "2026-06"), Date(2026, 8, 1)), ElementsAre("2026-07", "2026-08"));
  EXPECT_THAT(Due(Paid("2026-05", "2026-06"), Date(2026, 6, 30)), IsEmpty());
}

TEST(Grant, StopsWithTheMonthOfTheEvent) {
  v1::Grant grant = Paid("2026-05", "2026-06");
  const auto recover = Stop(v1::STOP_REASON_DEATH, Date(2026, 6, 15), Date(2026, 6, 15), &grant);
  ASSERT_TRUE(recover.ok()) << recover.status();
  EXPECT_THAT(*recover, IsEmpty());
  EXPECT_EQ(grant.to_month().value(), "2026-06");
  EXPECT_EQ(grant.state(), v1::GRANT_STATE_PAYING) << "June is its own";
  EXPECT_FALSE(IsActive(grant));
  EXPECT_THAT(Due(grant, Date(2026, 9, 1)), IsEmpty());
  EXPECT_TRUE(Advance(Date(2026, 7, 1), &grant));
  EXPECT_EQ(grant.state(), v1::GRANT_STATE_STOPPED);
}

TEST(Grant, WhatWasPaidAfterALateEventIsRecovered) {
  v1::Grant grant = Paid("2026-05", "2026-08");
  const auto recover = Stop(v1::STOP_REASON_DEATH, Date(2026, 6, 15), Date(2026, 8, 20), &grant);
  ASSERT_TRUE(recover.ok()) << recover.status();
  EXPECT_THAT(*recover, ElementsAre(Month(2026, 7), Month(2026, 8)));
  EXPECT_EQ(grant.state(), v1::GRANT_STATE_STOPPED);
  EXPECT_FALSE(Stop(v1::STOP_REASON_DEATH, Date(2026, 6, 15), Date(2026, 8, 20), &grant).ok());
}

TEST(Grant, AnEarlierEndReplacesALaterOneOnly) {
  v1::Grant grant = Paid("2026-05", "2026-06");
  ASSERT_TRUE(Stop(v1::STOP_REASON_NOT_ELIGIBLE, Date(2026, 6, 3), Date(2026, 6, 15), &grant).ok());
  EXPECT_EQ(ReasonText(Stop(v1::STOP_REASON_DEATH, Date(2026, 6, 10), Date(2026, 6, 15), &grant).status()),
            "STATE_CONFLICT on");
  EXPECT_TRUE(Stop(v1::STOP_REASON_DEATH, Date(2026, 5, 30), Date(2026, 6, 15), &grant).ok());
  EXPECT_EQ(grant.to_month().value(), "2026-05");
  v1::Grant other = Paid("2026-05", "2026-06");
  EXPECT_EQ(ReasonText(Stop(v1::STOP_REASON_DEATH, Date(2026, 6, 16), Date(2026, 6, 15), &other).status()),
            "STATE_CONFLICT on");
  EXPECT_FALSE(other.has_to_month()) << "nothing changes on an error";
}

TEST(Grant, MonthsOfASuspensionStayUnpaid) {
  v1::Grant grant = Paid("2026-05", "2026-06");
  ASSERT_TRUE(Suspend(v1::STOP_REASON_REVIEW, Date(2026, 6, 15), Date(2026, 6, 15), &grant).ok());
  EXPECT_TRUE(IsActive(grant)) << "nobody else may begin";
  EXPECT_THAT(Due(grant, Date(2026, 9, 1)), IsEmpty());
  EXPECT_FALSE(Suspend(v1::STOP_REASON_REVIEW, Date(2026, 6, 15), Date(2026, 6, 15), &grant).ok());
  ASSERT_TRUE(Resume(Date(2026, 9, 2), Date(2026, 9, 2), &grant).ok());
  EXPECT_THAT(Due(grant, Date(2026, 10, 1)), ElementsAre("2026-09", "2026-10"));
  EXPECT_FALSE(Resume(Date(2026, 9, 2), Date(2026, 9, 2), &grant).ok());
}

TEST(Grant, StopsWithTheMonthOfItsCertificate) {
  v1::Grant grant = Paid("2026-05", "2026-06");
  grant.mutable_cert_valid_to()->set_value("2026-07-10");
  EXPECT_FALSE(Advance(Date(2026, 7, 10), &grant));
  EXPECT_THAT(Due(grant, Date(2026, 9, 1)), ElementsAre("2026-07"));
  EXPECT_TRUE(Advance(Date(2026, 7, 11), &grant));
  EXPECT_EQ(grant.reason(), v1::STOP_REASON_CERT_EXPIRED);
  EXPECT_EQ(grant.to_month().value(), "2026-07");
}

TEST(Grant, IsPayingOnceAMonthIsPosted) {
  v1::Grant grant = Paid("2026-07", "2026-07");
  grant.clear_posted_to();
  grant.set_state(v1::GRANT_STATE_APPROVED);
  EXPECT_FALSE(Advance(Date(2026, 6, 20), &grant));
  EXPECT_THAT(Due(grant, Date(2026, 6, 20)), IsEmpty());
  EXPECT_THAT(Due(grant, Date(2026, 7, 1)), ElementsAre("2026-07"));
  grant.mutable_posted_to()->set_value("2026-07");
  EXPECT_TRUE(Advance(Date(2026, 7, 1), &grant));
  EXPECT_EQ(grant.state(), v1::GRANT_STATE_PAYING);
}

TEST(Grant, AMoveGivesTheNextMonthToTheOtherSide) {
  struct Row {
    Date on;
    std::string posted, to, next;
  };
  const Date today(2026, 6, 20);
  for (const Row& row : {Row{Date(2026, 6, 11), "2026-06", "2026-06", "2026-07"},
                         // Known late: what is paid stays paid.
                         {Date(2026, 4, 20), "2026-06", "2026-06", "2026-07"},
                         // Before its first month: the other side has all of them.
                         {Date(2026, 4, 20), "", "2026-04", "2026-05"}}) {
    v1::Grant grant = Paid("2026-05", row.posted.c_str());
    if (row.posted.empty()) {
      grant.clear_posted_to();
      grant.set_state(v1::GRANT_STATE_APPROVED);
    }
    const v1::Grant before = grant;
    EXPECT_EQ(ReasonText(Move(today + 1, today, "500109", &grant).status()), "STATE_CONFLICT on");
    const auto next = Move(row.on, today, "500109", &grant);
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(FormatMonth(*next), row.next);
    EXPECT_EQ(grant.to_month().value(), row.to);
    EXPECT_EQ(grant.state(), v1::GRANT_STATE_MOVING);
    EXPECT_FALSE(IsActive(grant));
    EXPECT_THAT(Due(grant, Date(2026, 9, 1)), IsEmpty());
    EXPECT_FALSE(Advance(Date(2026, 9, 1), &grant)) << "it waits for its answer";
    for (const absl::Status& other :
         {Move(row.on, today, "500109", &grant).status(),
          Suspend(v1::STOP_REASON_REVIEW, today, today, &grant), Resume(today, today, &grant),
          Stop(v1::STOP_REASON_RENOUNCED, Date(2026, 3, 1), today, &grant).status()}) {
      EXPECT_EQ(ReasonText(other), "STATE_CONFLICT grant_no");
    }
    v1::Grant taken = grant;
    EXPECT_TRUE(EndMove(&taken, row.on));
    EXPECT_EQ(taken.state(), v1::GRANT_STATE_STOPPED);
    EXPECT_EQ(taken.reason(), v1::STOP_REASON_HUKOU_OUT);
    EXPECT_FALSE(EndMove(&taken, row.on)) << "a repeat";
    EXPECT_FALSE(UndoMove(&taken)) << "a late refusal";
    EXPECT_TRUE(UndoMove(&grant));
    EXPECT_EQ(grant.SerializeAsString(), before.SerializeAsString()) << "as if nothing had been";
    EXPECT_FALSE(UndoMove(&grant));
  }
}

TEST(Grant, ASuspendedOneMovesAsItIs) {
  v1::Grant grant = Paid("2026-05", "2026-06");
  ASSERT_TRUE(Suspend(v1::STOP_REASON_SENTENCE, Date(2026, 6, 15), Date(2026, 6, 15), &grant).ok());
  const v1::Grant before = grant;
  const auto next = Move(Date(2026, 8, 1), Date(2026, 8, 2), "500109", &grant);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, Month(2026, 9));
  EXPECT_THAT(Due(grant, Date(2026, 9, 1)), IsEmpty());
  EXPECT_EQ(grant.reason(), v1::STOP_REASON_SENTENCE);
  EXPECT_TRUE(UndoMove(&grant));
  EXPECT_EQ(grant.SerializeAsString(), before.SerializeAsString());
}

// Whatever becomes of the move: nobody is paid after a death.
TEST(Grant, ADeathEndsWhatMoves) {
  for (const Date death : {Date(2026, 5, 30), Date(2026, 8, 1)}) {
    v1::Grant grant = Paid("2026-05", "2026-06");
    ASSERT_TRUE(Move(Date(2026, 6, 11), Date(2026, 6, 20), "500109", &grant).ok());
    const auto recover = Stop(v1::STOP_REASON_DEATH, death, Date(2026, 8, 2), &grant);
    ASSERT_TRUE(recover.ok()) << recover.status();
    EXPECT_EQ(recover->size(), death < Date(2026, 6, 1) ? 1u : 0u);
    EXPECT_EQ(grant.state(), v1::GRANT_STATE_STOPPED);
    EXPECT_FALSE(UndoMove(&grant));
  }
}

TEST(Overlap, TheOlderPayerKeeps) {
  EXPECT_EQ(DutyOf(Month(2026, 5), Month(2026, 7)), v1::OVERLAP_DUTY_KEEP);
  EXPECT_EQ(DutyOf(Month(2026, 7), Month(2026, 5)), v1::OVERLAP_DUTY_RECOVER);
  EXPECT_EQ(DutyOf(Month(2026, 7), Month(2026, 7)), v1::OVERLAP_DUTY_UNDECIDED);
}

}  // namespace
}  // namespace chuanyu::disability
