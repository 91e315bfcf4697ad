#include "common/cases/progress.h"

#include <random>
#include <set>

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::cases {
namespace {

const WorkCalendar& Calendar() {
  static const auto* calendar =
      new WorkCalendar(LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar").value());
  return *calendar;
}
const Flow& ChildFlow() {
  static const auto* flow =
      new Flow(Flow::Load(CHUANYU_SOURCE_DIR "/deploy/policy/flows/child_welfare.toml", {}).value());
  return *flow;
}
// As the flow of children, but the review goes on after a supplement where it stood.
const Flow& ResumingFlow() {
  static const auto* flow = new Flow(Flow::Parse(R"(
version = "1"
[[step]]
name = "CHECKING"
kind = "INTAKE"
working_days = 5
source = "test"
[[step]]
name = "SUPPLEMENT"
kind = "SUPPLEMENT"
[[step]]
name = "DONE"
kind = "END"
[[act]]
name = "supplement"
from = ["CHECKING"]
to = "SUPPLEMENT"
by = ["COUNTY"]
[[act]]
name = "resubmit"
from = ["SUPPLEMENT"]
to = "BACK"
by = ["WINDOW"]
[[act]]
name = "finish"
from = ["CHECKING"]
to = "DONE"
by = ["COUNTY"]
)",
                                                 "flow.toml", {})
                                         .value());
  return *flow;
}

Actor By(const std::string& role) {
  return {.role = role, .officer_id = role == kSystem ? "" : "officer-1", .org = "county"};
}
std::string Outcome(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason ? std::string(ReasonName(*reason)) : status.ok() ? "OK" : status.ToString();
}

// 2026-03-02 is a Monday.
TEST(Progress, GoesThroughTheStepsWithTheDeadlineOfEach) {
  Steps steps;
  ASSERT_TRUE(Begin(ChildFlow(), Calendar(), "RECEIVED", Date(2026, 3, 2), &steps).ok());
  EXPECT_EQ(Current(steps).due().value(), "2026-03-05");
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "push", By("WINDOW"), Date(2026, 3, 5), &steps).ok());
  EXPECT_FALSE(steps[0].late());
  EXPECT_EQ(steps[0].officer_id(), "officer-1");
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "arrive", By(kSystem), Date(2026, 3, 5), &steps).ok());
  EXPECT_EQ(Current(steps).due().value(), "2026-03-26");
  // One day late: it counts all the same, and says so.
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "town_pass", By("TOWN"), Date(2026, 3, 27), &steps).ok());
  EXPECT_TRUE(steps[2].late());
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "approve", By("COUNTY"), Date(2026, 3, 30), &steps).ok());
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "notify", By("WINDOW"), Date(2026, 3, 30), &steps).ok());
  EXPECT_TRUE(IsOver(ChildFlow(), steps));
  EXPECT_EQ(Outcome(Perform(ChildFlow(), Calendar(), "notify", By("WINDOW"), Date(2026, 3, 31), &steps)),
            "STATE_CONFLICT");
}

TEST(Progress, ClockStandsStillBetweenNoticeAndResubmission) {
  Steps steps;
  ASSERT_TRUE(Begin(ResumingFlow(), Calendar(), "CHECKING", Date(2026, 3, 2), &steps).ok());
  EXPECT_EQ(Current(steps).due().value(), "2026-03-09");
  // Notice on Wednesday the 4th: the 3rd is used up. Resubmitted on the 18th: four days are left.
  ASSERT_TRUE(Perform(ResumingFlow(), Calendar(), "supplement", By("COUNTY"), Date(2026, 3, 4), &steps).ok());
  EXPECT_EQ(*LightOf(ResumingFlow(), Calendar(), steps, Date(2026, 6, 1)), v1::DEADLINE_LIGHT_NONE);
  ASSERT_TRUE(Perform(ResumingFlow(), Calendar(), "resubmit", By("WINDOW"), Date(2026, 3, 18), &steps).ok());
  EXPECT_EQ(Current(steps).step(), "CHECKING");
  EXPECT_EQ(Current(steps).due().value(), "2026-03-24");
  // And once more.
  ASSERT_TRUE(
      Perform(ResumingFlow(), Calendar(), "supplement", By("COUNTY"), Date(2026, 3, 24), &steps).ok());
  ASSERT_TRUE(Perform(ResumingFlow(), Calendar(), "resubmit", By("WINDOW"), Date(2026, 3, 26), &steps).ok());
  EXPECT_EQ(Current(steps).due().value(), "2026-03-27");
  EXPECT_EQ(Current(steps).pauses_size(), 2);
}

TEST(Progress, ClockStartsAgainWhenTheMaterialsAreComplete) {
  Steps steps;
  ASSERT_TRUE(Begin(ChildFlow(), Calendar(), "RECEIVED", Date(2026, 3, 2), &steps).ok());
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "supplement", By("TOWN"), Date(2026, 3, 4), &steps).ok());
  ASSERT_TRUE(Perform(ChildFlow(), Calendar(), "resubmit", By("TOWN"), Date(2026, 3, 18), &steps).ok());
  EXPECT_EQ(Current(steps).begun().value(), "2026-03-18");
  EXPECT_EQ(Current(steps).due().value(), "2026-03-23");
}

TEST(Progress, LightsTurnWithTheWorkingDaysLeft) {
  Steps steps;
  ASSERT_TRUE(Begin(ResumingFlow(), Calendar(), "CHECKING", Date(2026, 3, 6), &steps).ok());
  for (const auto& [day, light] : {std::pair{Date(2026, 3, 6), v1::DEADLINE_LIGHT_GREEN},
                                   std::pair{Date(2026, 3, 12), v1::DEADLINE_LIGHT_GREEN},
                                   std::pair{Date(2026, 3, 13), v1::DEADLINE_LIGHT_AMBER},
                                   std::pair{Date(2026, 3, 14), v1::DEADLINE_LIGHT_RED}}) {
    EXPECT_EQ(*LightOf(ResumingFlow(), Calendar(), steps, day), light) << FormatDate(day);
  }
}

TEST(Progress, RefusesWithoutChange) {
  Steps steps;
  ASSERT_TRUE(Begin(ChildFlow(), Calendar(), "RECEIVED", Date(2026, 3, 2), &steps).ok());
  const std::string before = Current(steps).SerializeAsString();
  struct Row {
    const char* act;
    Actor actor;
    Date day;
    const char* outcome;
  };
  for (const Row& row :
       {Row{"approve", By("COUNTY"), Date(2026, 3, 3), "STATE_CONFLICT"},
        Row{"push", By("COUNTY"), Date(2026, 3, 3), "ROLE_DENIED"},
        Row{"push", By(kSystem), Date(2026, 3, 3), "ROLE_DENIED"},
        Row{"push", {"WINDOW", "", "county"}, Date(2026, 3, 3), "BAD_REQUEST"},
        Row{"push", {"WINDOW", "511623201405209902", "county"}, Date(2026, 3, 3), "BAD_REQUEST"},
        Row{"push", By("WINDOW"), Date(2026, 3, 1), "STATE_CONFLICT"}}) {
    EXPECT_EQ(Outcome(Perform(ChildFlow(), Calendar(), row.act, row.actor, row.day, &steps)), row.outcome)
        << row.act;
    ASSERT_EQ(steps.size(), 1);
    EXPECT_EQ(Current(steps).SerializeAsString(), before);
  }
  // No calendar: no guess at a deadline.
  EXPECT_EQ(Outcome(Perform(ChildFlow(), Calendar(), "supplement", By("TOWN"), Date(2026, 3, 3), &steps)),
            "OK");
  EXPECT_EQ(Outcome(Perform(ChildFlow(), Calendar(), "resubmit", By("TOWN"), Date(2031, 3, 3), &steps)),
            "CALENDAR_NOT_LOADED");
  EXPECT_EQ(steps.size(), 2);
}

int WorkingDaysUsed(const v1::CaseStep& step, Date until) {
  int used = 0;
  for (Date day = *ParseDate(step.begun().value()) + 1; day <= until; ++day) {
    bool paused = false;
    for (const v1::CasePause& pause : step.pauses()) {
      paused = paused || (FormatDate(day) >= pause.from().value() &&
                          (!pause.has_to() || FormatDate(day) <= pause.to().value()));
    }
    if (!paused && *Calendar().IsWorkingDay(day)) ++used;
  }
  return used;
}

// Random lives of cases under random acts by random roles: the list only grows at its end, a step ends by an
// act that the flow knows and by a role that may, lateness is what a count by hand says, and an end is an
// end.
TEST(Progress, HoldsInRandomLives) {
  const std::vector<std::string> roles = {"WINDOW", "TOWN", "COUNTY", kSystem};
  std::set<std::string> ends;
  for (const Flow* flow : {&ChildFlow(), &ResumingFlow()}) {
    std::set<std::string> names = {"nonsense"};
    for (const Act& act : flow->acts()) names.insert(act.name);
    const std::vector<std::string> acts(names.begin(), names.end());
    for (unsigned seed = 1; seed <= 1500; ++seed) {
      std::mt19937 random(seed);
      Steps steps;
      Date day = Date(2026, 1, 5) + static_cast<int>(random() % 60);
      ASSERT_TRUE(Begin(*flow, Calendar(), flow->steps()[0].name, day, &steps).ok());
      for (int turn = 0; turn < 60 && day < Date(2026, 11, 1); ++turn) {
        day += static_cast<int>(random() % 4);
        const std::string& name = acts[random() % acts.size()];
        const std::string& role = roles[random() % roles.size()];
        const std::string step = Current(steps).step();
        const Act* const act = flow->FindAct(step, name);
        const int size = steps.size();
        const absl::Status done = Perform(*flow, Calendar(), name, By(role), day, &steps);
        const bool allowed =
            act != nullptr && std::find(act->by.begin(), act->by.end(), role) != act->by.end();
        ASSERT_EQ(done.ok(), allowed)
            << "seed " << seed << " " << step << " " << name << " " << role << " " << done;
        ASSERT_EQ(steps.size(), size + (allowed ? 1 : 0)) << "seed " << seed;
        if (!allowed) continue;
        const v1::CaseStep& ended = steps[size - 1];
        const Step* const known = flow->FindStep(ended.step());
        EXPECT_EQ(ended.act(), name);
        EXPECT_EQ(Current(steps).step(), act->to ? *act->to : steps[size - 2].step()) << "seed " << seed;
        if (known->limit && flow->FindStep(Current(steps).step())->kind != StepKind::kSupplement) {
          // In time on the last day itself, late from the next one on.
          EXPECT_EQ(ended.late(), WorkingDaysUsed(ended, day - 1) >= known->limit->days) << "seed " << seed;
        }
      }
      if (IsOver(*flow, steps)) ends.insert(Current(steps).step());
    }
  }
  EXPECT_EQ(ends,
            (std::set<std::string>{"DECEASED", "DONE", "DUPLICATE", "NOTIFIED", "UNTOLD", "WITHDRAWN"}));
}

}  // namespace
}  // namespace chuanyu::cases
