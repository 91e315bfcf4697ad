// The tests of statuses of children run on two regions with SQLite and on two with PostgreSQL, which all
// tests of the program share; each brings children of its own. At the end the journals of both regions must
// verify, and nothing that either has on disk may hold a number or a name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "tests/support/byte_search.h"
#include "tests/support/child_region.h"
#include "tests/support/children.h"
#include "tests/support/eventually.h"
#include "tests/support/journals.h"
#include "tests/support/life_events_region.h"
#include "tests/support/world.h"

namespace chuanyu::testing {

inline constexpr char kWindowCq[] = "500109";  // 北碚
inline constexpr char kWindowSc[] = "511623";  // 邻水

inline std::string Outcome(const absl::Status& status) {
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  return status.ok() ? "OK" : status.ToString();
}

inline std::string Today() {
  return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::FixedTimeZone(8 * 3600));
}

class ChildWelfareTest : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    const auto [at, fresh] = worlds().try_emplace(GetParam());
    if (fresh) {
      auto world = std::make_unique<World>(WorldOptions{
          .family_economy = false, .services = {&ChildWelfare(), &LifeEvents()}, .backend = GetParam()});
      const absl::Status started = world->Start();
      ASSERT_TRUE(started.ok()) << started;
      at->second = std::move(world);
    }
    ASSERT_NE(at->second, nullptr) << "the regions did not start";
    world_ = at->second.get();
    cq_ = std::make_unique<ChildClient>(world_->cq().ToFront(ChildWelfare(), kPlatform));
    sc_ = std::make_unique<ChildClient>(world_->sc().ToFront(ChildWelfare(), kForeignPlatform));
    school_ = std::make_unique<ChildClient>(world_->cq().ToFront(ChildWelfare(), kSchool));
  }
  static void TearDownTestSuite() {
    for (auto& [backend, world] : worlds()) {
      if (world != nullptr) StopAndExamine(*world);
    }
    worlds().clear();
  }
  // The journals of both regions verify, and nothing on any disk holds a number or a name.
  static void StopAndExamine(World& world) {
    const absl::Status stopped = world.Stop();
    EXPECT_TRUE(stopped.ok()) << stopped;
    const auto report = VerifyJournals(world.cq(), world.sc());
    EXPECT_TRUE(report.ok() && report->ok())
        << (report.ok() ? Failures(*report) : report.status().ToString());
    std::vector<TestPerson> persons = {kP08};
    for (const std::string& number : numbers()) {
      persons.push_back({number.c_str(), "周测童", type::v1::SEX_FEMALE, "511623"});
    }
    ByteSearch search(NeedlesOf(persons));
    for (Region* region : {&world.cq(), &world.sc()}) {
      for (const std::string& folder : region->DataFolders()) search.InFolder(folder);
    }
    EXPECT_THAT(search.sightings(), ::testing::IsEmpty()) << search.Report();
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

  World& world() { return *world_; }
  ChildClient& cq() { return *cq_; }
  ChildClient& sc() { return *sc_; }
  ChildClient& school() { return *school_; }

 private:
  static std::map<Backend, std::unique_ptr<World>>& worlds() {
    static auto& all = *new std::map<Backend, std::unique_ptr<World>>;
    return all;
  }
  // Never moves an element: what NewChild returned stays.
  static std::deque<std::string>& numbers() {
    static auto& all = *new std::deque<std::string>;
    return all;
  }

  World* world_ = nullptr;
  std::unique_ptr<ChildClient> cq_;
  std::unique_ptr<ChildClient> sc_;
  std::unique_ptr<ChildClient> school_;
};

}  // namespace chuanyu::testing
