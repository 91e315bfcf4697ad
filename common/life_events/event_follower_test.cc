// A follower of events on a real database and a real connection; what it reads is what the test says, because
// the service of life events does not fail on demand. Synthetic persons.
#include "common/life_events/event_follower.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "common/errors/error.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::life_events {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFollowing[] = "500000/mzj/family-economy";
constexpr char kEvents[] = "500000/mzj/life-events";

// Every sequence from 1 to `last`; those of `hidden` are of a kind that the reader may not read.
class ScriptedEvents final : public v1::LifeEvents::CallbackService {
 public:
  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context,
                                       const v1::ReadEventsRequest* request,
                                       v1::ReadEventsResponse* response) override {
    MutexLock lock(mu_);
    const int64_t end = std::min(last_, request->after() + request->page_size());
    for (int64_t sequence = request->after() + 1; sequence <= end; ++sequence) {
      if (hidden_.contains(sequence)) continue;
      v1::KnownEvent& event = *response->add_events();
      event.set_sequence(sequence);
      event.set_kind(v1::LIFE_EVENT_KIND_DEATH);
      event.set_withdrawn(withdrawn_.contains(sequence));
    }
    response->set_read_up_to(end);
    ++calls_;
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  void Have(int64_t last, std::map<int64_t, bool> hidden = {}) {
    MutexLock lock(mu_);
    last_ = last;
    hidden_ = std::move(hidden);
  }
  void TakeBack(int64_t sequence) {
    MutexLock lock(mu_);
    withdrawn_.insert(sequence);
  }
  int calls() {
    MutexLock lock(mu_);
    return calls_;
  }

 private:
  Mutex mu_;
  int64_t last_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<int64_t, bool> hidden_ ABSL_GUARDED_BY(mu_);
  std::set<int64_t> withdrawn_ ABSL_GUARDED_BY(mu_);
  int calls_ ABSL_GUARDED_BY(mu_) = 0;
};

class EventFollowerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({std::string(kFollowing) + "/system", std::string(kEvents) + "/system"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-follow-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    pool_ = sql::Pool::Open({.url = "sqlite3://db=" + folder_ + "/service.db"}).value();
    const absl::Status made = pool_->Run([](sql::Session& session) {
      return session.Execute("CREATE TABLE applied (sequence BIGINT NOT NULL)").status();
    });
    ASSERT_TRUE(made.ok()) << made;
    StartServer();
  }
  void TearDown() override {
    server_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }
  void StartServer() {
    auto server = rpc::Server::Start(
        {.listen = {"unix:" + folder_ + "/events.sock"}, .tls = pki_->Files(kEvents), .reflection = false},
        {&events_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // Writes the sequence down, then does what the test says.
  std::unique_ptr<EventFollower> Follower(std::function<absl::Status(int64_t sequence)> then = [](int64_t) {
    return absl::OkStatus();
  }) {
    const FollowConfig config = {.target = "unix:" + folder_ + "/events.sock",
                                 .identity = "spiffe://500000.chuanyu/mzj/life-events",
                                 .every = absl::Milliseconds(10)};
    auto follower = EventFollower::Open(
        config, {.pool = *pool_,
                 .tls = pki_->Files(kFollowing),
                 .name = "test",
                 .apply = [then = std::move(then)](sql::Session& session, const v1::KnownEvent& event,
                                                   EventFollower::Topics* changed) -> absl::Status {
                   const auto inserted = session.Execute("INSERT INTO applied (sequence) VALUES (:sequence)",
                                                         {{"sequence", event.sequence()}});
                   if (!inserted.ok()) return inserted.status();
                   changed->push_back(std::to_string(event.sequence()));
                   return then(event.sequence());
                 },
                 .withdraw = [](sql::Session& session, const v1::KnownEvent& event,
                                EventFollower::Topics* changed) -> absl::Status {
                   changed->push_back("-" + std::to_string(event.sequence()));
                   return session
                       .Execute("INSERT INTO applied (sequence) VALUES (:sequence)",
                                {{"sequence", -event.sequence()}})
                       .status();
                 },
                 .applied =
                     [this](const EventFollower::Topics& changed) {
                       MutexLock lock(mu_);
                       told_.insert(told_.end(), changed.begin(), changed.end());
                       tells_.NotifyAll();
                     }});
    EXPECT_TRUE(follower.ok()) << follower.status();
    return *std::move(follower);
  }
  // What the service's database holds, in the order in which it was written.
  std::vector<int64_t> Applied() {
    std::vector<int64_t> out;
    const absl::Status read = pool_->Run([&](sql::Session& session) -> absl::Status {
      const auto found = session.Query("SELECT sequence FROM applied ORDER BY rowid");
      if (!found.ok()) return found.status();
      for (const sql::Row& row : found->rows) out.push_back(sql::IntOf(row[0]));
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return out;
  }
  std::vector<std::string> Told() {
    MutexLock lock(mu_);
    return told_;
  }
  // Until so many were told of.
  bool AwaitTold(size_t count) {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    MutexLock lock(mu_);
    while (told_.size() < count && absl::Now() < end) tells_.WaitFor(mu_, 100);
    return told_.size() >= count;
  }

  static inline rpc::TestPki* pki_ = nullptr;
  std::string folder_;
  ScriptedEvents events_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<rpc::Server> server_;
  Mutex mu_;
  CondVar tells_;
  std::vector<std::string> told_ ABSL_GUARDED_BY(mu_);
};

TEST_F(EventFollowerTest, AppliesEachOnceAndInOrder) {
  events_.Have(3);
  const auto follower = Follower();
  EXPECT_EQ(follower->RunOnce().value(), 3);
  EXPECT_EQ(follower->RunOnce().value(), 0);
  events_.Have(4);
  EXPECT_EQ(follower->RunOnce().value(), 1);
  EXPECT_THAT(Applied(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Told(), ElementsAre("1", "2", "3", "4"));
}

TEST_F(EventFollowerTest, WhatWasTakenBackIsNotAppliedAgain) {
  events_.Have(3);
  events_.TakeBack(2);
  EXPECT_EQ(Follower()->RunOnce().value(), 3);
  EXPECT_THAT(Applied(), ElementsAre(1, -2, 3));
  EXPECT_THAT(Told(), ElementsAre("1", "-2", "3"));
}

TEST_F(EventFollowerTest, GoesOnAfterARestartWhereItWas) {
  events_.Have(2);
  EXPECT_EQ(Follower()->RunOnce().value(), 2);
  events_.Have(3);
  EXPECT_EQ(Follower()->RunOnce().value(), 1);
  EXPECT_THAT(Applied(), ElementsAre(1, 2, 3));
}

TEST_F(EventFollowerTest, ARunTakesMoreThanOnePage) {
  events_.Have(250);
  EXPECT_EQ(Follower()->RunOnce().value(), 250);
  const std::vector<int64_t> applied = Applied();
  EXPECT_THAT(applied, SizeIs(250));
  EXPECT_TRUE(std::is_sorted(applied.begin(), applied.end()));
}

TEST_F(EventFollowerTest, PassesWhatItMayNotRead) {
  events_.Have(150, {{1, true}, {2, true}, {120, true}, {150, true}});
  const auto follower = Follower();
  EXPECT_EQ(follower->RunOnce().value(), 146);
  const int calls = events_.calls();
  EXPECT_EQ(follower->RunOnce().value(), 0);
  EXPECT_EQ(events_.calls(), calls + 1) << "asks for what comes after the last one only";
}

TEST_F(EventFollowerTest, WhatCannotBeAppliedIsGivenAgainAndHoldsUpWhatIsBehind) {
  events_.Have(3);
  bool broken = true;
  const auto follower = Follower([&](int64_t sequence) {
    return broken && sequence == 2 ? MakeError(Reason::STORE_UNAVAILABLE) : absl::OkStatus();
  });
  EXPECT_TRUE(HasReason(follower->RunOnce().status(), Reason::STORE_UNAVAILABLE));
  // Nothing of it is left: its mark went with it.
  EXPECT_THAT(Applied(), ElementsAre(1));
  EXPECT_THAT(Told(), ElementsAre("1"));
  broken = false;
  EXPECT_EQ(follower->RunOnce().value(), 2);
  EXPECT_THAT(Applied(), ElementsAre(1, 2, 3));
}

TEST_F(EventFollowerTest, IsTriedAgainWhenSomebodyElseChangedARowInBetween) {
  events_.Have(1);
  int attempts = 0;
  const auto follower =
      Follower([&](int64_t) { return ++attempts < 3 ? MakeError(Reason::STALE_VERSION) : absl::OkStatus(); });
  EXPECT_EQ(follower->RunOnce().value(), 1);
  EXPECT_EQ(attempts, 3);
  EXPECT_THAT(Applied(), ElementsAre(1));
  EXPECT_THAT(Told(), ElementsAre("1"));
}

TEST_F(EventFollowerTest, OfTwoProcessesOnOneDatabaseOneAppliesIt) {
  events_.Have(40);
  const auto one = Follower();
  const auto other = Follower();
  one->Start();
  other->Start();
  ASSERT_TRUE(AwaitTold(40));
  one->Stop();
  other->Stop();
  const std::vector<int64_t> applied = Applied();
  EXPECT_THAT(applied, SizeIs(40));
  EXPECT_TRUE(std::is_sorted(applied.begin(), applied.end()));
  EXPECT_THAT(Told(), SizeIs(40));
}

TEST_F(EventFollowerTest, FollowsByItselfAndThroughAnOutageOfTheService) {
  server_.reset();
  const auto follower = Follower();
  EXPECT_FALSE(follower->RunOnce().ok());
  EXPECT_THAT(Applied(), IsEmpty());
  follower->Start();
  events_.Have(2);
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_TRUE(AwaitTold(2));
  events_.Have(3);
  EXPECT_TRUE(AwaitTold(3));
  follower->Stop();
  EXPECT_THAT(Applied(), ElementsAre(1, 2, 3));
}

TEST(FollowConfig, TargetAndIdentityBelongTogether) {
  const auto read = [](const std::string& text) {
    const std::string path = (std::filesystem::temp_directory_path() / "chuanyu-follow-XXXXXX").string();
    std::string folder = path;
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/service.toml") << text;
    const auto top = Config::Load(folder + "/service.toml");
    EXPECT_TRUE(top.ok()) << top.status();
    auto config = ReadFollowConfig(*top);
    std::filesystem::remove_all(folder);
    return config;
  };
  EXPECT_TRUE(read("").value().target.empty());
  const auto both = read("[life_events]\ntarget = \"unix:a\"\nidentity = \"spiffe://a\"\nevery = \"5s\"\n");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->every, absl::Seconds(5));
  for (const char* text :
       {"[life_events]\ntarget = \"unix:a\"\n", "[life_events]\nidentity = \"spiffe://a\"\n",
        "[life_events]\ntarget = \"unix:a\"\nidentity = \"b\"\nevery = \"1ms\"\n"}) {
    EXPECT_TRUE(HasReason(read(text).status(), Reason::CONFIG_INVALID)) << text;
  }
}

}  // namespace
}  // namespace chuanyu::life_events
