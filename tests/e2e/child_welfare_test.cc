// The acceptance scenarios of statuses of children (domain page §10; the number is in each test's name) over
// two whole regions, on SQLite and on PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/errors/error.h"
#include "tests/support/byte_search.h"
#include "tests/support/child_region.h"
#include "tests/support/children.h"
#include "tests/support/eventually.h"
#include "tests/support/journals.h"
#include "tests/support/life_events_region.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using namespace cases::v1;          // NOLINT(google-build-using-namespace)
using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr char kWindowCq[] = "500109";  // 北碚
constexpr char kWindowSc[] = "511623";  // 邻水

std::string Outcome(const absl::Status& status) {
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  return status.ok() ? "OK" : status.ToString();
}

std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::FixedTimeZone(8 * 3600)); }

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
    EXPECT_TRUE(sc().AwaitCheck(no, PEER_CHECK_CONFIRMED).ok());
    for (const auto& [act, role] :
         {std::pair{"push", "WINDOW"}, {"town_pass", "TOWN"}, {"approve", "COUNTY"}}) {
      const auto done = sc().Act(no, act, role);
      EXPECT_TRUE(done.ok()) << act << " " << done.status();
    }
    const auto told = sc().Act(no, "notify", "WINDOW");
    EXPECT_TRUE(told.ok()) << told.status();
    return told.ok() ? told->result().determination_no() : "";
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
INSTANTIATE_TEST_SUITE_P(On, ChildWelfareTest, ::testing::Values(Backend::kSqlite, Backend::kPostgresql),
                         [](const auto& info) {
                           return info.param == Backend::kSqlite ? "Sqlite" : "Postgresql";
                         });

// The window is in Chongqing, the 户籍 in Sichuan: pushed, decided there, told here.
TEST_P(ChildWelfareTest, S15_IsDecidedAtThePlaceOfTheHukouAndToldAtTheWindow) {
  const std::string& child = NewChild();
  const auto created = cq().Create(ChildFiling(Id("s15"), child, kWindowSc, kWindowCq));
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  EXPECT_THAT(no, ::testing::StartsWith("CQ-B-500109-"));
  EXPECT_EQ(created->deciding_region().code(), "510000");
  EXPECT_FALSE(created->has_child()) << "view BASIC";
  EXPECT_EQ(Outcome(sc().Get(no).status()), "CASE_NOT_FOUND") << "not pushed yet";
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  const auto arrived = sc().Await(no, APPLICATION_STATE_TOWN_REVIEW);
  ASSERT_TRUE(arrived.ok()) << arrived.status();
  EXPECT_EQ(arrived->proposal().result(), TABLE_RESULT_DEFACTO);
  EXPECT_EQ(arrived->proposal().earliest_eligible().value(), "2024-03-01");
  EXPECT_EQ(arrived->light(), cases::v1::DEADLINE_LIGHT_GREEN);
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "STATE_CONFLICT") << "the town first";
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "TOWN").status()), "ROLE_DENIED");
  const auto approved = sc().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto told = cq().Await(no, APPLICATION_STATE_APPROVED);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->result().category(), CATEGORY_DEFACTO);
  EXPECT_EQ(told->result().determination_no(), no + "-D");
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  // The status keeps another application out, wherever it is filed.
  const auto again = cq().Create(ChildFiling(Id("s15b"), child, kWindowSc, kWindowCq));
  ASSERT_TRUE(again.ok()) << again.status();
  const auto refused = cq().Await(again->application_no(), APPLICATION_STATE_DUPLICATE);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->duplicate_of().region(), "510000");
  EXPECT_EQ(Outcome(sc().Create(ChildFiling(Id("s15c"), child, kWindowSc, kWindowSc)).status()),
            "DUP_BENEFIT");
}

TEST_P(ChildWelfareTest, S16_OfTwoWindowsInTheSameSecondOneHasIt) {
  for (int round = 0; round < 5; ++round) {
    const std::string& child = NewChild();
    absl::StatusOr<Application> grandmother = absl::UnknownError("");
    absl::StatusOr<Application> uncle = absl::UnknownError("");
    std::thread other([&] { uncle = sc().Create(ChildFiling(Id("s16u"), child, kWindowSc, kWindowSc)); });
    grandmother = cq().Create(ChildFiling(Id("s16g"), child, kWindowSc, kWindowCq));
    other.join();
    // Whoever is later than the other's claim is refused at once; else one of the two learns of it.
    int confirmed = 0;
    int duplicates = 0;
    for (const auto& [client, filed] : {std::pair{&cq(), &grandmother}, {&sc(), &uncle}}) {
      if (!filed->ok()) {
        EXPECT_EQ(Outcome(filed->status()), "DUP_ACTIVE_APPLICATION");
        ++duplicates;
        continue;
      }
      const std::string no = (*filed)->application_no();
      ASSERT_TRUE(Eventually(absl::Seconds(30), [&] {
        const auto seen = client->Get(no);
        return seen.ok() && seen->peer_check() != PEER_CHECK_PENDING;
      }));
      const auto seen = client->Get(no);
      confirmed += seen->peer_check() == PEER_CHECK_CONFIRMED ? 1 : 0;
      duplicates += seen->state() == APPLICATION_STATE_DUPLICATE ? 1 : 0;
    }
    EXPECT_EQ(confirmed, 1);
    EXPECT_EQ(duplicates, 1);
  }
}

TEST_P(ChildWelfareTest, S16_WithTheLinkCutNothingIsApprovedAndThenOne) {
  const std::string& child = NewChild("500109");
  ASSERT_TRUE(world().sc().node().Stop().ok());
  const auto first = cq().Create(ChildFiling(Id("cut1"), child, kWindowCq, kWindowCq));
  const auto second = sc().Create(ChildFiling(Id("cut2"), child, kWindowCq, kWindowSc));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  const std::string no = first->application_no();
  // It goes on, up to the decision.
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  ASSERT_TRUE(cq().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(cq().Act(no, "approve", "COUNTY").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(cq().Get(no)->peer_check(), PEER_CHECK_PENDING);
  EXPECT_EQ(sc().Get(second->application_no())->peer_check(), PEER_CHECK_PENDING);

  ASSERT_TRUE(world().sc().StartNode().ok());
  const auto confirmed = cq().AwaitCheck(no, PEER_CHECK_CONFIRMED);
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  const auto lost = sc().Await(second->application_no(), APPLICATION_STATE_DUPLICATE);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->duplicate_of().region(), "500000");
  const auto approved = cq().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), APPLICATION_STATE_APPROVED);
}

// Both file at once and both services are killed in the middle of it: what was acknowledged is there, and one
// has it.
TEST_P(ChildWelfareTest, S16_SurvivesTheKillOfBothServices) {
  for (int round = 0; round < 4; ++round) {
    const std::string& child = NewChild();
    const CreateApplicationRequest grandmother = ChildFiling(Id("killg"), child, kWindowSc, kWindowCq);
    const CreateApplicationRequest uncle = ChildFiling(Id("killu"), child, kWindowSc, kWindowSc);
    std::thread other([&] { (void)sc().Create(uncle); });
    (void)cq().Create(grandmother);
    // Rounds differ in what is on its way: nothing waited for, or an answer already there.
    if (round % 2 == 1) other.join();
    world().cq().process(ChildWelfare()).Kill();
    world().sc().process(ChildWelfare()).Kill();
    if (other.joinable()) other.join();
    ASSERT_TRUE(world().cq().Start(ChildWelfare()).ok());
    ASSERT_TRUE(world().sc().Start(ChildWelfare()).ok());
    // Repeats: each gets what was stored, or is taken in now.
    int confirmed = 0;
    for (const auto& [client, request] : {std::pair{&cq(), &grandmother}, {&sc(), &uncle}}) {
      absl::StatusOr<Application> filed = absl::UnknownError("");
      ASSERT_TRUE(Eventually(absl::Seconds(30), [&, client = client, request = request] {
        filed = client->Create(*request);
        return filed.ok() || HasReason(filed.status(), Reason::DUP_ACTIVE_APPLICATION);
      })) << filed.status();
      if (!filed.ok()) continue;
      const std::string no = filed->application_no();
      ASSERT_TRUE(Eventually(absl::Seconds(60), [&, client = client] {
        const auto seen = client->Get(no);
        return seen.ok() && seen->peer_check() != PEER_CHECK_PENDING;
      }));
      const auto seen = client->Get(no);
      ASSERT_TRUE(seen.ok()) << seen.status();
      confirmed += seen->peer_check() == PEER_CHECK_CONFIRMED ? 1 : 0;
      EXPECT_EQ(seen->peer_check() == PEER_CHECK_REFUSED, seen->state() == APPLICATION_STATE_DUPLICATE);
    }
    EXPECT_EQ(confirmed, 1) << "round " << round;
  }
}

TEST_P(ChildWelfareTest, S17_SchoolLearnsValidAndCategoryAndNothingElse) {
  const std::string& child = NewChild();
  const auto none = school().Check(child, kWindowSc, "P-CHILD-SERVICE");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->recognition().valid());
  ASSERT_NE(Determined(child), "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_TRUE(asked->recognition().valid());
  EXPECT_EQ(asked->recognition().category(), CATEGORY_DEFACTO);
  EXPECT_FALSE(asked->recognition().has_from_month());
  EXPECT_FALSE(asked->recognition().has_next_review());
  EXPECT_EQ(asked->recognition().org(), "");
  EXPECT_EQ(asked->recognition().region().code(), "510000");
  EXPECT_FALSE(asked->signed_recognition().note().empty());
  EXPECT_EQ(Outcome(school().Check(child, kWindowSc, "P-MARRY").status()), "PURPOSE_DENIED");
  const auto office = cq().Check(child, kWindowSc, "P-CHILD");
  ASSERT_TRUE(office.ok()) << office.status();
  EXPECT_TRUE(office->recognition().has_from_month());
  EXPECT_TRUE(office->recognition().has_next_review());
  // A school may ask and nothing else.
  EXPECT_EQ(Outcome(school().Create(ChildFiling("s17", child, kWindowSc, kWindowCq)).status()),
            "ROLE_DENIED");
}

// B-4: the end of a status reaches who subscribed, also when the link was cut when it ended.
TEST_P(ChildWelfareTest, S17_EndOfAStatusReachesTheSchoolAfterAnOutage) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_NE(asked->subscription_id(), "");
  ASSERT_TRUE(world().cq().node().Stop().ok());
  // An event of an earlier month takes effect at once.
  const auto ended = sc().End(determination, END_REASON_ADOPTED, "2025-01-15");
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), DETERMINATION_STATE_ENDED);
  EXPECT_TRUE(ended->entitlements().empty()) << "it had not begun by then";
  ASSERT_TRUE(world().cq().StartNode().ok());
  const auto changes = school().Changes(0, absl::Seconds(60));
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_EQ(changes->back().subscription_id(), asked->subscription_id());
  EXPECT_FALSE(changes->back().recognition().valid());
  EXPECT_FALSE(changes->back().recognition().has_from_month());
}

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
  const auto next = [&]() -> RecognitionChange {
    const auto changes = school().Changes(after, absl::Seconds(60));
    EXPECT_TRUE(changes.ok()) << changes.status();
    if (!changes.ok()) return {};
    after = changes->back().sequence();
    return changes->back();
  };
  const auto suspended = sc().Suspend(determination, Today());
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  RecognitionChange change = next();
  while (change.subscription_id() != asked->subscription_id() && !HasFailure()) change = next();
  EXPECT_FALSE(change.recognition().valid());
  const auto office = cq().Check(child, kWindowSc, "P-CHILD");
  ASSERT_TRUE(office.ok()) << office.status();
  EXPECT_TRUE(office->recognition().suspended());
  ASSERT_TRUE(sc().Resume(determination, Today()).ok());
  EXPECT_TRUE(next().recognition().valid());
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

TEST_P(ChildWelfareTest, ListsWhatAnOrganisationFiledAndWhatHasComeToIt) {
  std::vector<std::string> filed;
  for (int i = 0; i < 3; ++i) {
    const auto created = cq().Create(ChildFiling(Id("list"), NewChild(), kWindowSc, kWindowCq));
    ASSERT_TRUE(created.ok()) << created.status();
    filed.insert(filed.begin(), created->application_no());
  }
  const auto numbers_of = [](const absl::StatusOr<std::vector<Application>>& listed) {
    std::vector<std::string> out;
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (listed.ok()) {
      for (const Application& line : *listed) {
        EXPECT_FALSE(line.has_child());
        out.push_back(line.application_no());
      }
    }
    return out;
  };
  const auto received = numbers_of(cq().List(APPLICATION_STATE_RECEIVED));
  ASSERT_GE(received.size(), filed.size());
  EXPECT_EQ(std::vector<std::string>(received.begin(), received.begin() + 3), filed) << "newest first";
  EXPECT_THAT(numbers_of(sc().List(APPLICATION_STATE_UNSPECIFIED)),
              ::testing::Not(::testing::Contains(filed[0])));
  EXPECT_THAT(numbers_of(school().List(APPLICATION_STATE_UNSPECIFIED)), ::testing::IsEmpty());
  ASSERT_TRUE(cq().Act(filed[0], "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Await(filed[0], APPLICATION_STATE_TOWN_REVIEW).ok());
  EXPECT_THAT(numbers_of(sc().List(APPLICATION_STATE_TOWN_REVIEW)), ::testing::Contains(filed[0]));
}

// P19 was born on 2008-11-25 and is an adult on every day on which this test can run.
TEST_P(ChildWelfareTest, S18_AnAdultIsNotTakenIn) {
  EXPECT_EQ(Outcome(sc().Create(ChildFiling("s18", "500112200811259952", kWindowSc, kWindowSc)).status()),
            "B_AGE");
}

TEST_P(ChildWelfareTest, RefusesWhatTheRulesRefuse) {
  const std::string& child = NewChild();
  CreateApplicationRequest request = ChildFiling("bad", child, kWindowSc, kWindowSc);
  const auto refused = [&](auto&& spoil) {
    CreateApplicationRequest spoilt = request;
    spoil(*spoilt.mutable_application());
    return Outcome(sc().Create(spoilt).status());
  };
  EXPECT_EQ(refused([](Application& in) { in.mutable_parents()->RemoveLast(); }), "B_PARENT_INCOMPLETE");
  EXPECT_EQ(refused([](Application& in) { in.mutable_guardian()->clear_evidence(); }), "B_GUARDIAN_UNPROVEN");
  EXPECT_EQ(refused([](Application& in) {
              in.mutable_parents(0)->mutable_evidence()->set_kind(EVIDENCE_KIND_DIAGNOSIS);
            }),
            "B_EVIDENCE_CONFLICT");
  EXPECT_EQ(refused([](Application& in) { in.set_state(APPLICATION_STATE_APPROVED); }), "BAD_REQUEST");
  EXPECT_EQ(refused([](Application& in) { in.mutable_accept_division()->set_code("500109"); }),
            "ORG_NOT_COMPETENT");

  // A short sentence is taken in, and refused when the county decides.
  ParentFact& mother = *request.mutable_application()->mutable_parents(1);
  mother.set_condition(PARENT_CONDITION_IMPRISONED);
  mother.mutable_evidence()->set_kind(EVIDENCE_KIND_COURT_JUDGMENT);
  mother.mutable_since()->set_value("2026-09-01");
  mother.mutable_until()->set_value("2027-02-27");
  request.set_request_id(Id("short"));
  const auto created = sc().Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  EXPECT_EQ(sc().Create(request)->application_no(), no) << "a repeat";
  ASSERT_TRUE(sc().AwaitCheck(no, PEER_CHECK_CONFIRMED).ok());
  ASSERT_TRUE(sc().Act(no, "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "B_TERM_TOO_SHORT");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  // Over: another one may be filed, also in the other region, as soon as that has heard of it.
  absl::StatusOr<Application> next = absl::UnknownError("");
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    next = cq().Create(ChildFiling(Id("next"), child, kWindowSc, kWindowCq));
    return next.ok();
  })) << next.status();
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(cq().AwaitCheck(next->application_no(), PEER_CHECK_CONFIRMED).ok());
}

}  // namespace
}  // namespace chuanyu::testing
