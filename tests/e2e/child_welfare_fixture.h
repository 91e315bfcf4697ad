// Statuses of children, on the regions of shared_world.h.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/calendar/china_time.h"
#include "tests/e2e/shared_world.h"
#include "tests/support/child_region.h"
#include "tests/support/children.h"
#include "tests/support/eventually.h"
#include "tests/support/life_events_region.h"

namespace chuanyu::testing {

inline constexpr char kWindowCq[] = "500109";  // 北碚
inline constexpr char kWindowSc[] = "511623";  // 邻水

inline std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), ChinaTime()); }

class ChildWelfareTest : public SharedWorldTest<ChildWelfareTest> {
 public:
  static std::vector<TestPerson> Persons() {
    std::vector<TestPerson> persons = {kP08};
    for (const std::string& number : numbers()) {
      persons.push_back({number.c_str(), "周测童", type::v1::SEX_FEMALE, "511623"});
    }
    return persons;
  }

 protected:
  WorldOptions Options() const override {
    return {.family_economy = false, .services = {&ChildWelfare(), &LifeEvents()}, .backend = GetParam()};
  }
  void SetUp() override {
    SharedWorldTest::SetUp();
    if (HasFatalFailure()) return;
    cq_ = std::make_unique<ChildClient>(world().cq().ToFront(ChildWelfare(), kPlatform));
    sc_ = std::make_unique<ChildClient>(world().sc().ToFront(ChildWelfare(), kForeignPlatform));
    school_ = std::make_unique<ChildClient>(world().cq().ToFront(ChildWelfare(), kSchool));
  }
  // A child that no other test of the program speaks of.
  static const std::string& NewChild(const std::string& code = "511623") {
    const int at = static_cast<int>(numbers().size());
    const std::string month = std::to_string(10 + at % 3);
    const std::string day = std::to_string(10 + at % 18);
    numbers().push_back(ChildNumber(code, "2014" + month + day, at % 5));
    return numbers().back();
  }
  // Ids travel and are stored in plain: nothing of a child is in them.
  static std::string Id(const std::string& name) { return name + "-" + std::to_string(numbers().size()); }
  // Taken through to the decision at the place of the 户籍, which is in Sichuan; the window is there, too.
  std::string Determined(const std::string& number) {
    const auto created = sc().Create(ChildFiling(Id("det"), number, kWindowSc, kWindowSc));
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    const std::string& no = created->application_no();
    EXPECT_TRUE(sc().AwaitCheck(no, cases::v1::PEER_CHECK_CONFIRMED).ok());
    for (const auto& [act, role] :
         {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}}) {
      const auto done = sc().Act(no, act, role);
      EXPECT_TRUE(done.ok()) << act << " " << done.status();
    }
    const auto told = sc().Act(no, "notify", "WINDOW");
    EXPECT_TRUE(told.ok()) << told.status();
    return told.ok() ? told->result().determination_no() : "";
  }

  // The next change of a subscription of the school after `*after`, which moves on: those of other tests come
  // between. Empty when it does not come.
  child_welfare::v1::RecognitionChange NextChange(const std::string& subscription_id, int64_t* after) {
    for (;;) {
      const auto changes = school().Changes(*after, absl::Seconds(60));
      EXPECT_TRUE(changes.ok()) << changes.status();
      if (!changes.ok()) return {};
      for (const auto& change : *changes) {
        *after = change.sequence();
        if (change.subscription_id() == subscription_id) return change;
      }
    }
  }

  ChildClient& cq() { return *cq_; }
  ChildClient& sc() { return *sc_; }
  ChildClient& school() { return *school_; }

 private:
  // Never moves an element: what NewChild returned stays.
  static std::deque<std::string>& numbers() {
    static auto& all = *new std::deque<std::string>;
    return all;
  }

  std::unique_ptr<ChildClient> cq_;
  std::unique_ptr<ChildClient> sc_;
  std::unique_ptr<ChildClient> school_;
};

}  // namespace chuanyu::testing
