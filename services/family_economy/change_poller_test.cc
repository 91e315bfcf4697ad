// Two services on one database, as two processes would be: a watcher of one hears what the other does.
#include "common/service/change_poller.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/front_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;

// Counts how often each of several checks was told to have changed.
class Ears {
 public:
  Ears(Watchers& watchers, const std::vector<std::string>& numbers) : watchers_(watchers) {
    for (const std::string& number : numbers) {
      tickets_.emplace_back(number, watchers_.Add(number, [this, number] {
        MutexLock lock(mu_);
        ++heard_[number];
        changed_.NotifyAll();
      }));
    }
  }
  ~Ears() {
    for (const auto& [number, ticket] : tickets_) watchers_.Remove(number, ticket);
  }
  void WaitFor(const std::string& number, int times) {
    MutexLock lock(mu_);
    while (heard_[number] < times) {
      if (!changed_.WaitFor(mu_, 60'000)) {
        ADD_FAILURE() << "waited for a minute";
        return;
      }
    }
  }

 private:
  Watchers& watchers_;
  std::vector<std::pair<std::string, uint64_t>> tickets_;
  Mutex mu_;
  CondVar changed_;
  std::map<std::string, int> heard_ ABSL_GUARDED_BY(mu_);
};

class ChangePollerTest : public FrontFixture {
 protected:
  std::string MustCreate(int i) {
    v1::CreateVerificationRequest request = DemoRequest();
    request.set_request_id("r" + std::to_string(i));
    request.mutable_verification()->set_type(v1::VERIFICATION_TYPE_MONITOR);
    const auto created = Create(request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->verification_no() : "";
  }
  ChangePoller::VersionsFn Versions() {
    return [this](const std::vector<std::string>& numbers) { return store_->Versions(numbers); };
  }
  // As another process would: past the watchers of this one.
  void ChangeElsewhere(const std::string& number) {
    ASSERT_TRUE(store_
                    ->Change(number, TestNow(),
                             [](v1::Verification* check) {
                               check->set_income_window_months(check->income_window_months() + 1);
                               return true;
                             })
                    .ok());
  }
};

TEST_F(ChangePollerTest, AWatcherHearsWhatAnotherProcessDid) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  const std::string number = MustCreate(0);
  node_->WaitForSubmissions(1);
  ChangePoller poller(Versions(), watchers_, {.interval = absl::Milliseconds(10)});
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  v1::WatchVerificationRequest request;
  request.set_verification_no(number);
  const auto stub = Stub();
  const auto reader = stub->WatchVerification(&context, request);
  v1::WatchVerificationResponse response;
  // Until the service of this process has no more to tell.
  while (response.verification().state() != v1::VERIFICATION_STATE_DISPATCHED) {
    ASSERT_TRUE(reader->Read(&response));
  }
  ASSERT_TRUE(store_
                  ->Change(number, TestNow(),
                           [](v1::Verification* check) {
                             check->set_state(v1::VERIFICATION_STATE_CANCELLED);
                             return true;
                           })
                  .ok());
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.verification().state(), v1::VERIFICATION_STATE_CANCELLED);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(ChangePollerTest, MoreWatchersThanARoundHoldsAreAllHeard) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  std::vector<std::string> numbers;
  for (int i = 0; i < 7; ++i) numbers.push_back(MustCreate(i));
  EXPECT_THAT(watchers_.Watched("", 3), ElementsAre());
  Ears ears(watchers_, numbers);
  EXPECT_THAT(watchers_.Watched("", 2), ElementsAre(numbers[0], numbers[1]));
  EXPECT_THAT(watchers_.Watched(numbers[4], 9), ElementsAre(numbers[5], numbers[6]));
  node_->WaitForSubmissions(7);
  ChangePoller poller(Versions(), watchers_, {.interval = absl::Milliseconds(5), .batch = 2, .batches = 1});
  for (const std::string& number : numbers) ears.WaitFor(number, 1);
  for (const std::string& number : numbers) ChangeElsewhere(number);
  for (const std::string& number : numbers) ears.WaitFor(number, 2);
}

}  // namespace
}  // namespace chuanyu::family_economy
