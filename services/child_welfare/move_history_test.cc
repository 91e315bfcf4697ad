// Random lives of one child between two regions whose messages get lost, come twice and overtake each other:
// every month from the first to the last is paid by exactly one of them, but for those of a suspension. The
// seed is printed; SQLite, so that many histories run.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

class Life {
 public:
  explicit Life(unsigned seed) : random_(seed), regions_(sql::Dialect::kSqlite) {}

  void Run() {
    Confirm();
    // So that the last review is due in a year whose calendar is shipped.
    while (day_ < Date(2026, 10, 20)) {
      day_ += static_cast<int>(random_() % 40);
      regions_.SetDay(day_);
      for (int round = static_cast<int>(random_() % 4); round > 0; --round) regions_.CarrySome(random_);
      OneAct();
    }
    Finish();
    Examine();
  }

 private:
  void Confirm() {
    const auto created = regions_.sc().Create(kCountySc);
    ASSERT_TRUE(created.ok()) << created.status();
    number_ = created->application_no();
    regions_.Settle();
    for (const auto& [act, role] :
         {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}, {"notify", "WINDOW"}}) {
      ASSERT_TRUE(regions_.sc().Act(number_, act, role).ok()) << act;
    }
    number_ += "-D";
  }
  v1::Determination Now() { return at_->Status(number_).determination(); }
  Side& Other() { return at_ == &regions_.sc() ? regions_.cq() : regions_.sc(); }

  void OneAct() {
    const v1::Determination now = Now();
    if (now.state() == v1::DETERMINATION_STATE_MOVING) return Answer(now.move_application_no());
    if (now.state() == v1::DETERMINATION_STATE_SUSPENDED) {
      if (random_() % 3 == 0) return MoveAway();
      ASSERT_TRUE(at_->Resume(number_, day_).ok());
      NotPaidUntil(Month(day_));
    } else if (random_() % 4 == 0) {
      ASSERT_TRUE(at_->Suspend(number_, day_).ok());
      suspended_ = day_;
    } else {
      MoveAway();
    }
  }
  void MoveAway() {
    const Date on = day_ - static_cast<int>(random_() % 40);  // known late
    const absl::Status moved = at_->Move(number_, Other().county(), on).status();
    // The former move's application may not be over yet at both sides.
    ASSERT_TRUE(moved.ok() || HasReason(moved, Reason::DUP_ACTIVE_APPLICATION)) << moved;
  }
  // It was suspended, and goes on with that month.
  void NotPaidUntil(Month from) {
    for (Month month = Month(suspended_) + 1; month < from; ++month) {
      unpaid_.insert(FormatMonth(month));
    }
  }
  // The new side decides, when it has come there.
  void Answer(const std::string& carried) {
    const v1::ApplicationState state = Other().Get(carried).state();
    const bool back = random_() % 3 == 0;
    if (state == v1::APPLICATION_STATE_TOWN_REVIEW) {
      ASSERT_TRUE(Other().Act(carried, back ? "return" : "town_pass", "TOWN").ok());
    } else if (state == v1::APPLICATION_STATE_COUNTY_REVIEW) {
      ASSERT_TRUE(Other().Act(carried, back ? "return" : "approve", "COUNTY").ok());
      if (back) return;
      // The month of the move is the old side's, also one that it does not pay.
      const v1::Transfer transfer = Other().Get(carried).transfer();
      if (transfer.suspended()) {
        NotPaidUntil(std::max(ParseMonth(transfer.from_month().value()).value(), Month(day_)));
      }
      at_ = &Other();
      number_ = carried + "-D";
      ++moves_;
    }
  }
  // The line stays up, whatever is open is decided, and the status ends.
  void Finish() {
    for (int i = 0; i < 4; ++i) {
      regions_.Settle();
      const v1::DeterminationState state = Now().state();
      if (state == v1::DETERMINATION_STATE_MOVING || state == v1::DETERMINATION_STATE_SUSPENDED) OneAct();
    }
    const auto ended = at_->End(number_, v1::END_REASON_ADOPTED, day_);
    ASSERT_TRUE(ended.ok()) << ended.status();
    regions_.MoveTo(AddMonths(day_, 3));
  }
  void Examine() {
    std::map<std::string, int> paid;
    for (Side* side : {&regions_.cq(), &regions_.sc()}) {
      for (const std::string& month : side->Months()) ++paid[month];
      EXPECT_EQ(side->Check(side->desk().own_region(), "P-CHILD").valid(), false);
    }
    for (Month month(2026, 4); month <= Month(day_) + 3; ++month) {
      const bool due = month <= Month(day_) && !unpaid_.contains(FormatMonth(month));
      EXPECT_EQ(paid[FormatMonth(month)], due ? 1 : 0)
          << FormatMonth(month) << " after " << moves_ << " moves";
    }
  }

  std::mt19937 random_;
  TwoRegions regions_;
  Date day_{2026, 3, 2};
  Side* at_ = &regions_.sc();  // where the status is
  std::string number_;
  Date suspended_;
  std::set<std::string> unpaid_;
  int moves_ = 0;
};

TEST(MoveHistory, EveryMonthHasOnePayer) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Life(seed).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace chuanyu::child_welfare
