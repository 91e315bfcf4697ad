// Random lives of one person's two subsidies between two regions whose messages get lost, come twice and
// overtake each other: every month from the first to the last is paid by exactly one of them, but for those
// of a suspension. The seed is printed; SQLite, so that many histories run.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "services/disability/service_testing.h"

namespace chuanyu::disability {
namespace {

class Life {
 public:
  explicit Life(unsigned seed) : random_(seed), regions_(sql::Dialect::kSqlite) {}

  // How often it moved.
  int Run() {
    Grant();
    while (day_ < Date(2026, 10, 20) && !::testing::Test::HasFatalFailure()) {
      day_ += static_cast<int>(random_() % 40);
      regions_.SetDay(day_);
      for (int round = static_cast<int>(random_() % 4); round > 0; --round) regions_.CarrySome(random_);
      OneAct();
    }
    Finish();
    Examine();
    return moves_;
  }

 private:
  // One of the two subsidies.
  struct Subsidy {
    std::string suffix;
    Date suspended = {};
    std::set<std::string> unpaid = {};
  };

  void Grant() {
    const auto created = at_->Create("first", TestForm());
    ASSERT_TRUE(created.ok()) << created.status();
    number_ = created->application_no();
    ASSERT_TRUE(at_->Act(number_, "push", "WINDOW").ok());
    regions_.Settle();
    for (int step = 0; step < 3; ++step) ASSERT_TRUE(OneStep(*at_, number_).ok());
    ASSERT_TRUE(at_->Act(number_, "notify", "WINDOW").ok());
  }
  // What the offices of the 户籍 do next.
  absl::StatusOr<v1::Application> OneStep(Side& side, const std::string& number) {
    v1::Findings found = TestFindings();
    switch (side.Get(number).state()) {
      case v1::APPLICATION_STATE_TOWN_REVIEW:
        found.clear_cert_state();
        return side.Act(number, "town_pass", "TOWN", &found);
      case v1::APPLICATION_STATE_FED_CHECK:
        found.clear_statuses();
        return side.Act(number, "fed_pass", "DISABLED_FED", &found);
      default:
        return side.Act(number, "approve", "COUNTY");
    }
  }
  Side& Other() { return regions_.Other(*at_); }
  v1::Grant Now(const Subsidy& subsidy) { return at_->Grant(number_ + subsidy.suffix); }

  void OneAct() {
    const v1::Grant life = Now(subsidies_[0]);
    if (life.state() == v1::GRANT_STATE_MOVING) return Answer(life.move_application_no());
    Subsidy& subsidy = subsidies_[random_() % 2];
    const auto roll = random_() % 3;
    if (roll == 0) return MoveAway();
    if (Now(subsidy).state() == v1::GRANT_STATE_SUSPENDED) return Resume(&subsidy);
    if (roll == 1) return Suspend(&subsidy);
  }
  void Suspend(Subsidy* subsidy) {
    ASSERT_TRUE(
        at_->Change(number_ + subsidy->suffix, v1::GRANT_CHANGE_SUSPEND, v1::STOP_REASON_REVIEW, day_).ok());
    subsidy->suspended = day_;
  }
  void Resume(Subsidy* subsidy) {
    ASSERT_TRUE(
        at_->Change(number_ + subsidy->suffix, v1::GRANT_CHANGE_RESUME, v1::STOP_REASON_UNSPECIFIED, day_)
            .ok());
    GoesOn(subsidy, Month(day_));
  }
  // It was suspended, and is paid again from this month on.
  static void GoesOn(Subsidy* subsidy, Month from) {
    for (Month month = Month(subsidy->suspended) + 1; month < from; ++month) {
      subsidy->unpaid.insert(FormatMonth(month));
    }
  }
  void MoveAway() {
    const Date on = day_ - static_cast<int>(random_() % 40);  // known late
    const absl::Status moved =
        at_->Move(at_->MoveOf(number_ + subsidies_[random_() % 2].suffix, Other().county(), on)).status();
    // The former move's application may not be over yet at both sides.
    ASSERT_TRUE(moved.ok() || HasReason(moved, Reason::DUP_ACTIVE_APPLICATION)) << moved;
  }
  // The new side goes on with it, when it has come there.
  void Answer(const std::string& carried) {
    const v1::ApplicationState state = Other().Get(carried).state();
    if (state != v1::APPLICATION_STATE_TOWN_REVIEW && state != v1::APPLICATION_STATE_FED_CHECK &&
        state != v1::APPLICATION_STATE_COUNTY_DECISION) {
      return;
    }
    if (random_() % 6 == 0) {
      ASSERT_TRUE(Other().Act(carried, "return", "TOWN").ok());
      return;
    }
    const absl::Status done = OneStep(Other(), carried).status();
    // Not before the former side has said what it pays.
    ASSERT_TRUE(done.ok() || HasReason(done, Reason::PEER_UNAVAILABLE)) << done;
    if (Other().Get(carried).state() != v1::APPLICATION_STATE_APPROVED) return;
    const v1::Application approved = Other().Get(carried);
    for (const v1::MovedGrant& each : approved.transfer().grants()) {
      // The month of the move is the old side's, also one that it does not pay.
      const Month from = std::max(ParseMonth(each.from_month().value()).value(), Month(day_));
      if (each.suspended()) GoesOn(&subsidies_[each.benefit() == v1::BENEFIT_LIFE ? 0 : 1], from);
    }
    at_ = &Other();
    number_ = carried;
    ++moves_;
  }
  // The line stays up, whatever is open is decided, and both subsidies end.
  void Finish() {
    for (int i = 0; i < 6; ++i) {
      regions_.Settle();
      const v1::Grant life = Now(subsidies_[0]);
      if (life.state() == v1::GRANT_STATE_MOVING) Answer(life.move_application_no());
    }
    regions_.Settle();
    for (Subsidy& subsidy : subsidies_) {
      if (Now(subsidy).state() == v1::GRANT_STATE_SUSPENDED) Resume(&subsidy);
      const auto stopped =
          at_->Change(number_ + subsidy.suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_RENOUNCED, day_);
      ASSERT_TRUE(stopped.ok()) << stopped.status();
    }
    regions_.MoveTo(AddMonths(day_, 2));
  }
  void Examine() {
    for (const Subsidy& subsidy : subsidies_) {
      const v1::Benefit benefit = subsidy.suffix == "-L" ? v1::BENEFIT_LIFE : v1::BENEFIT_CARE;
      std::map<std::string, int> paid;
      for (Side* side : {&regions_.cq(), &regions_.sc()}) {
        for (const std::string& month : side->PaidMonths(benefit)) ++paid[month];
      }
      for (Month month(2026, 3); month <= Month(day_) + 2; ++month) {
        const bool due = month <= Month(day_) && !subsidy.unpaid.contains(FormatMonth(month));
        EXPECT_EQ(paid[FormatMonth(month)], due ? 1 : 0)
            << subsidy.suffix << " " << FormatMonth(month) << " after " << moves_ << " moves";
      }
    }
    for (Month month(2026, 3); month <= Month(day_); ++month) {
      EXPECT_EQ(regions_.cq().Compared(FormatMonth(month)).overlaps_size(), 0) << FormatMonth(month);
    }
  }

  std::mt19937 random_;
  TwoRegions regions_;
  Date day_{2026, 3, 2};
  Side* at_ = &regions_.sc();  // where they are paid
  std::string number_;         // of the application they came from
  Subsidy subsidies_[2] = {{.suffix = "-L"}, {.suffix = "-C"}};
  int moves_ = 0;
};

TEST(MoveHistory, EveryMonthHasOnePayer) {
  int moves = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    moves += Life(seed).Run();
    if (HasFailure()) return;
  }
  EXPECT_GT(moves, 30) << "else little has been tried";
}

}  // namespace
}  // namespace chuanyu::disability
