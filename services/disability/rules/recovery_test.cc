#include "services/disability/rules/recovery.h"

#include <string>

#include "gtest/gtest.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

constexpr auto kKeep = v1::OVERLAP_DUTY_KEEP;
constexpr auto kRecover = v1::OVERLAP_DUTY_RECOVER;
constexpr auto kUndecided = v1::OVERLAP_DUTY_UNDECIDED;

TEST(Recovery, IsOfMonthsAfterTheEndAndOfThoseThatTheOtherRegionKeeps) {
  struct Case {
    const char* name;
    std::optional<Month> end;
    std::vector<v1::OverlapDuty> duties;
    v1::OverlapDuty duty;  // UNSPECIFIED: nothing
    bool after_end = false;
  };
  for (const Case& each : std::vector<Case>{
           {"due", {}, {}, v1::OVERLAP_DUTY_UNSPECIFIED},
           {"the last month", Month(2026, 5), {}, v1::OVERLAP_DUTY_UNSPECIFIED},
           {"after the end", Month(2026, 4), {}, kRecover, true},
           {"paid for longer", {}, {kKeep}, v1::OVERLAP_DUTY_UNSPECIFIED},
           {"paid for longer, after the end", Month(2026, 4), {kKeep}, kRecover, true},
           {"began later", {}, {kRecover}, kRecover},
           {"began later than one of two", {}, {kKeep, kRecover}, kRecover},
           {"both at once", {}, {kUndecided}, kUndecided},
           {"both at once, after the end", Month(2026, 4), {kUndecided}, kRecover, true},
       }) {
    const auto recovery = RecoveryOf(Month(2026, 5), 8800, each.end, each.duties);
    ASSERT_EQ(recovery.has_value(), each.duty != v1::OVERLAP_DUTY_UNSPECIFIED) << each.name;
    if (!recovery) continue;
    EXPECT_EQ(recovery->duty(), each.duty) << each.name;
    EXPECT_EQ(recovery->after_end(), each.after_end) << each.name;
    EXPECT_EQ(recovery->month().value(), "2026-05");
    EXPECT_EQ(recovery->left().amount(), 8800) << "once, whatever the reasons";
  }
}

v1::RecoveryAct Money(int64_t fen) {
  v1::RecoveryAct act;
  act.mutable_fen()->set_amount(fen);
  return act;
}
v1::RecoveryAct Keeps() {
  v1::RecoveryAct act;
  act.set_keeps(true);
  return act;
}
v1::RecoveryAct Both() {
  v1::RecoveryAct act = Keeps();
  act.mutable_fen()->set_amount(1);
  return act;
}

TEST(Recovery, TakesWhatIsLeftAndNotMore) {
  struct Case {
    v1::OverlapDuty duty;
    std::vector<v1::RecoveryAct> before;
    int64_t left;
    v1::RecoveryAct act;
    const char* refused;
  };
  for (const Case& each : std::vector<Case>{
           {kRecover, {}, 100, Money(100), "OK"},
           {kRecover, {}, 100, Money(101), "STATE_CONFLICT fen"},
           {kRecover, {}, 100, Money(0), "BAD_REQUEST fen"},
           {kRecover, {}, 100, Money(-1), "BAD_REQUEST fen"},
           {kRecover, {}, 100, v1::RecoveryAct(), "BAD_REQUEST fen"},
           {kRecover, {}, 100, Both(), "BAD_REQUEST fen"},
           {kRecover, {}, 100, Keeps(), "STATE_CONFLICT keeps"},
           {kRecover, {Money(30), Money(30)}, 40, Money(40), "OK"},
           {kRecover, {Money(30), Money(30)}, 40, Money(41), "STATE_CONFLICT fen"},
           {kRecover, {Money(100)}, 0, Money(1), "STATE_CONFLICT fen"},
           {kRecover, {Keeps()}, 100, Money(100), "OK"},  // it ended before that month, as became known later
           {kUndecided, {}, 100, Keeps(), "OK"},
           {kUndecided, {}, 100, Money(100), "OK"},
           {kUndecided, {Keeps()}, 0, Money(1), "STATE_CONFLICT fen"},
           {kUndecided, {Keeps()}, 0, Keeps(), "STATE_CONFLICT keeps"},
           {kUndecided, {Money(1)}, 99, Keeps(), "STATE_CONFLICT keeps"},
       }) {
    v1::Recovery recovery;
    recovery.set_duty(each.duty);
    recovery.mutable_fen()->set_amount(100);
    AddActs(each.before, &recovery);
    EXPECT_EQ(recovery.left().amount(), each.left);
    EXPECT_EQ(recovery.acts_size(), static_cast<int>(each.before.size()));
    EXPECT_EQ(ReasonText(CheckAct(each.act, recovery)), each.refused);
  }
}

}  // namespace
}  // namespace chuanyu::disability
