// What happens to a status once a child has it, over two whole regions: it is suspended, moves, is watched,
// and ends with a death (domain page §5.3, §5.4; scenario 38).
#include <algorithm>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/e2e/child_welfare_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace cases::v1;          // NOLINT(google-build-using-namespace)
using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

// Scenario 38: a death that the funeral registry of the other region reports ends the status, and an
// application that is open, in both regions. Told twice, nothing changes.
TEST_P(ChildWelfareTest, S38_ADeathEndsTheStatusAndTheOpenApplication) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const std::string& other = NewChild();
  const auto open = cq().Create(ChildFiling(Id("s38"), other, kWindowSc, kWindowCq));
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_TRUE(cq().Act(open->application_no(), "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Await(open->application_no(), APPLICATION_STATE_TOWN_REVIEW).ok());
  const std::string& third = NewChild();
  const auto at_window = cq().Create(ChildFiling(Id("s38c"), third, kWindowSc, kWindowCq));
  ASSERT_TRUE(at_window.ok()) << at_window.status();
  EventsClient funeral(world().cq(), "funeral/registry");
  for (const std::string* dead : {&child, &other, &third}) {
    const TestPerson person{dead->c_str(), "周测童", type::v1::SEX_FEMALE, "511623"};
    const std::string id = Id("death") + (dead == &child ? "a" : dead == &other ? "b" : "c");
    ASSERT_EQ(funeral.Report(DeathOf(person, Today(), id)), "ACCEPTED");
    EXPECT_EQ(funeral.Report(DeathOf(person, Today(), id)), "DUPLICATE");
  }
  EXPECT_TRUE(cq().Await(open->application_no(), APPLICATION_STATE_DECEASED).ok());
  EXPECT_TRUE(sc().Await(open->application_no(), APPLICATION_STATE_DECEASED).ok());
  Determination ended;
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    const auto now = sc().Status(determination);
    if (now.ok()) ended = now->determination();
    return ended.end_reason() == END_REASON_DECEASED;
  })) << ended.ShortDebugString();
  // Not pushed, so only the own region's events can have ended it: those before it are applied, too.
  EXPECT_TRUE(cq().Await(at_window->application_no(), APPLICATION_STATE_DECEASED).ok());
  EXPECT_EQ(Outcome(cq().Create(ChildFiling(Id("s38b"), other, kWindowSc, kWindowCq)).status()),
            "B_NOT_ELIGIBLE");
}

// A suspension reaches the school in the other region; so does the resumption.
TEST_P(ChildWelfareTest, ASuspensionReachesTheSchool) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(asked.ok()) << asked.status();
  int64_t after = 0;
  const auto suspended = sc().Suspend(determination, Today());
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  const RecognitionChange change = NextChange(asked->subscription_id(), &after);
  ASSERT_EQ(change.subscription_id(), asked->subscription_id());
  EXPECT_TRUE(change.recognition().has_valid() && !change.recognition().valid());
  const auto office = cq().Check(child, kWindowSc, "P-CHILD");
  ASSERT_TRUE(office.ok()) << office.status();
  EXPECT_TRUE(office->recognition().suspended());
  ASSERT_TRUE(sc().Resume(determination, Today()).ok());
  EXPECT_TRUE(NextChange(asked->subscription_id(), &after).recognition().valid());
}

// Two processes of Sichuan on one database: who watches at one hears of what an officer does at the other.
TEST_P(ChildWelfareTest, AWatcherHearsWhatAnotherProcessDid) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const auto asked = sc().Check(child, kWindowSc, "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(sc().Suspend(determination, Today()).ok());

  const Region& region = world().sc();
  RegionService twin = ChildWelfare();
  twin.name = "twin";
  const std::string config = region.config(twin);
  WriteWholeFile(config, absl::StrReplaceAll(ReadWholeFile(region.config(ChildWelfare())),
                                             {{"child-f.sock", "twin-f.sock"},
                                              {"child-p.sock", "twin-p.sock"},
                                              {"run/child.", "run/twin."}}));
  Process process;
  ASSERT_TRUE(process
                  .Start({std::string(CHUANYU_BIN_DIR) + "/" + twin.program, "--config", config},
                         region.folder() + "/run/twin.out")
                  .ok());
  ASSERT_TRUE(process.WaitForFile(region.folder() + "/run/twin.ready", absl::Seconds(30)).ok());

  const auto stub = child_welfare::v1::ChildWelfare::NewStub(region.ToFront(twin, kForeignPlatform));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  const auto reader = stub->WatchRecognitions(&context, {});
  WatchRecognitionsResponse response;
  const auto await = [&](bool valid) {
    while (reader->Read(&response)) {
      for (const RecognitionChange& change : response.changes()) {
        if (change.subscription_id() == asked->subscription_id() && change.recognition().valid() == valid) {
          return true;
        }
      }
    }
    return false;
  };
  ASSERT_TRUE(await(false)) << "what was there when it began to listen";
  ASSERT_TRUE(sc().Resume(determination, Today()).ok());
  EXPECT_TRUE(await(true));
  context.TryCancel();
  (void)reader->Finish();
  EXPECT_TRUE(process.Stop().ok());
}

// The 户籍 moves from Sichuan to Chongqing while the line is cut and both services are killed: carried over
// once, and paid there from the next month on.
TEST_P(ChildWelfareTest, AMoveOfTheHukouCarriesTheStatusOver) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  ASSERT_TRUE(world().cq().node().Stop().ok());
  const auto moving = sc().Move(determination, kWindowCq, Today());
  ASSERT_TRUE(moving.ok()) << moving.status();
  EXPECT_EQ(moving->state(), DETERMINATION_STATE_MOVING);
  const std::string carried = moving->move_application_no();
  world().sc().process(ChildWelfare()).Kill();
  ASSERT_TRUE(world().sc().Start(ChildWelfare()).ok());
  ASSERT_TRUE(world().cq().StartNode().ok());
  absl::StatusOr<Application> arrived = absl::UnknownError("not looked yet");
  ASSERT_TRUE(Eventually(absl::Seconds(90), [&] {
    arrived = cq().Get(carried);
    return arrived.ok() && arrived->state() == APPLICATION_STATE_COUNTY_REVIEW;
  })) << arrived.status();
  EXPECT_TRUE(school().Check(child, kWindowSc, "P-CHILD-SERVICE")->recognition().valid()) << "meanwhile";
  const auto approved = cq().Act(carried, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  world().cq().process(ChildWelfare()).Kill();
  ASSERT_TRUE(world().cq().Start(ChildWelfare()).ok());
  const auto told = sc().Await(carried, APPLICATION_STATE_NOTIFIED);
  ASSERT_TRUE(told.ok()) << told.status();
  const auto old_side = sc().Status(determination);
  const auto new_side = cq().Status(carried + "-D");
  ASSERT_TRUE(old_side.ok() && new_side.ok()) << old_side.status() << new_side.status();
  EXPECT_EQ(old_side->determination().state(), DETERMINATION_STATE_ENDED);
  EXPECT_EQ(new_side->determination().state(), DETERMINATION_STATE_ACTIVE);
  // It was confirmed this month, so its first month is the next one, at whichever side.
  EXPECT_TRUE(old_side->determination().entitlements().empty());
  EXPECT_EQ(new_side->determination().from_month().value(), moving->from_month().value());
  EXPECT_TRUE(school().Check(child, kWindowCq, "P-CHILD-SERVICE")->recognition().valid());
  EXPECT_FALSE(school().Check(child, kWindowSc, "P-CHILD-SERVICE")->recognition().valid());
}

// the police of the new 户籍 report the move, in Chongqing; what Sichuan's officer would do happens
// there by itself, once, although its service is down when it is reported. The new county's officer decides.
TEST_P(ChildWelfareTest, AMoveThatThePoliceReportCarriesTheStatusOver) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const std::string& nobody = NewChild();
  world().sc().process(ChildWelfare()).Kill();
  EventsClient police(world().cq(), "police/registry");
  const auto move = [](const std::string& number, const std::string& id) {
    const TestPerson person{number.c_str(), "周测童", type::v1::SEX_FEMALE, "511623"};
    return HukouMoveOf(person, kWindowSc, kWindowCq, Today(), id);
  };
  const std::string id = Id("x2");
  EXPECT_EQ(police.Report(move(nobody, id + "n")), "ACCEPTED") << "about somebody without a status";
  ASSERT_EQ(police.Report(move(child, id)), "ACCEPTED");
  EXPECT_EQ(police.Report(move(child, id)), "DUPLICATE");
  EventsClient funeral(world().cq(), "funeral/registry");
  EXPECT_EQ(funeral.Report(move(child, id + "f")), "ROLE_DENIED");
  ASSERT_TRUE(world().sc().Start(ChildWelfare()).ok());
  Determination moving;
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] {
    const auto now = sc().Status(determination);
    if (now.ok()) moving = now->determination();
    return moving.state() == DETERMINATION_STATE_MOVING;
  })) << moving.ShortDebugString();
  EXPECT_EQ(moving.officer_id(), "");
  const std::string carried = moving.move_application_no();
  ASSERT_TRUE(cq().Await(carried, APPLICATION_STATE_COUNTY_REVIEW).ok());
  const auto approved = cq().Act(carried, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  ASSERT_TRUE(sc().Await(carried, APPLICATION_STATE_NOTIFIED).ok());
  EventsClient own(world().sc(), "police/registry");
  EXPECT_EQ(own.Report(move(child, id + "own")), "DUPLICATE") << "the same move";
  const auto old_side = sc().Status(determination);
  const auto new_side = cq().Status(carried + "-D");
  ASSERT_TRUE(old_side.ok() && new_side.ok()) << old_side.status() << new_side.status();
  EXPECT_EQ(old_side->determination().state(), DETERMINATION_STATE_ENDED);
  EXPECT_EQ(new_side->determination().state(), DETERMINATION_STATE_ACTIVE);
  EXPECT_EQ(new_side->determination().from_month().value(), moving.from_month().value());
  EXPECT_TRUE(school().Check(child, kWindowCq, "P-CHILD-SERVICE")->recognition().valid());
}

// The fastest of some: a machine that is busy elsewhere proves nothing about the others.
TEST_P(ChildWelfareTest, S17_AChangeReachesTheSchoolOfTheOtherRegionWithinASecond) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(asked.ok()) << asked.status();
  absl::Duration fastest = absl::InfiniteDuration();
  int64_t after = 0;
  for (int i = 0; i < 3; ++i) {
    for (const bool valid : {false, true}) {
      const absl::Time began = absl::Now();
      const auto done = valid ? sc().Resume(determination, Today()) : sc().Suspend(determination, Today());
      ASSERT_TRUE(done.ok()) << done.status();
      EXPECT_EQ(NextChange(asked->subscription_id(), &after).recognition().valid(), valid);
      fastest = std::min(fastest, absl::Now() - began);
    }
  }
  EXPECT_LT(fastest, absl::Seconds(1));
}

}  // namespace
}  // namespace chuanyu::testing
