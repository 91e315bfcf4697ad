// Kills nodes, Redis and provider with SIGKILL while many requests are in flight, request by request: every
// acknowledged one is DELIVERED, its answer is in each journal exactly once, and its effect happened once.
// (kill_everything.py drives the same through a busy front and looks at the totals.)
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "common/base/mutex.h"
#include "common/exchange_client/exchange_client.h"
#include "tests/support/eventually.h"
#include "tests/support/journals.h"
#include "tests/support/submissions.h"
#include "tests/support/test_provider.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::RecordKind;

constexpr int kRounds = 24;
constexpr int kRequestsEachRound = 60;

// What the asking system would keep in SQL.
class Books {
 public:
  void Receipted(const std::string& id) {
    const MutexLock lock(mu_);
    receipted_.insert(id);
  }
  void Answered(const exchange::v1::Answer& answer) {
    const MutexLock lock(mu_);
    answered_[answer.request_id()] = answer.status().code();
  }
  std::set<std::string> receipted() const {
    const MutexLock lock(mu_);
    return receipted_;
  }
  std::map<std::string, int> answered() const {
    const MutexLock lock(mu_);
    return answered_;
  }
  bool AllAnswered() const {
    const MutexLock lock(mu_);
    for (const std::string& id : receipted_) {
      if (answered_.find(id) == answered_.end()) return false;
    }
    return true;
  }

 private:
  mutable Mutex mu_;
  std::set<std::string> receipted_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> answered_ ABSL_GUARDED_BY(mu_);
};

uint64_t Seed() {
  const char* given = std::getenv("CHUANYU_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

class Killer {
 public:
  Killer(World& world, uint64_t seed) : world_(world), dice_(seed) {}

  // One victim after a few milliseconds of work, back before the next.
  void Strike(int round) {
    Region& region = dice_() % 2 == 0 ? world_.cq() : world_.sc();
    poll(nullptr, 0, static_cast<int>(dice_() % 120));
    if (round % 3 == 2) {
      region.redis().Stop();
      region.redis().Start();
      return;
    }
    region.node().Kill();
    const absl::Status back = region.StartNode();
    ASSERT_TRUE(back.ok()) << back;
  }

 private:
  World& world_;
  std::mt19937_64 dice_;
};

void ExpectOnce(const std::set<std::string>& ids, const Region& region, RecordKind kind) {
  const auto counts = CountByRequest(ReadJournal(region), kind);
  for (const std::string& id : ids) {
    const auto found = counts.find(id);
    EXPECT_EQ(found == counts.end() ? 0 : found->second, 1)
        << id << " " << exchange::v1::RecordKind_Name(kind) << " at " << region.code();
  }
}

TEST(Kill, EveryAcknowledgedRequestIsDeliveredExactlyOnce) {
  const uint64_t seed = Seed();
  std::printf("CHUANYU_SEED=%llu\n", static_cast<unsigned long long>(seed));
  World world({.family_economy = false});
  TestProvider provider(world, world.sc());
  const absl::Status started = world.Start();
  ASSERT_TRUE(started.ok()) << started;
  Killer killer(world, seed);
  Books books;
  UuidV7Generator ids;
  ExchangeClient* self = nullptr;
  ExchangeClient client(world.cq().ToNode(kLoad), {.max_backoff = absl::Milliseconds(500)},
                        [&](exchange::v1::Answer answer) {
                          books.Answered(answer);
                          self->Acknowledge(answer.request_id());
                        });
  self = &client;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kRequestsEachRound; ++i) {
      exchange::v1::Submission submission = NewSubmission(ids);
      const std::string id = submission.envelope().request_id();
      (void)client.Submit(std::move(submission),
                          [&books, id](const absl::StatusOr<exchange::v1::Receipt>& receipt) {
                            if (receipt.ok()) books.Receipted(id);
                          });
    }
    killer.Strike(round);
  }
  EXPECT_TRUE(Eventually(absl::Seconds(60), [&] { return client.in_flight() == 0 && books.AllAnswered(); }))
      << books.receipted().size() << " acknowledged, " << books.answered().size() << " answered";
  const std::set<std::string> acknowledged = books.receipted();
  EXPECT_GT(acknowledged.size(), static_cast<size_t>(kRequestsEachRound));
  const auto stub = exchange::v1::Exchange::NewStub(world.cq().ToNode(kLoad));
  for (const std::string& id : acknowledged) {
    EXPECT_TRUE(Eventually(absl::Seconds(20), [&] {
      const auto view = Get(*stub, id);
      return view.ok() && view->state() == exchange::v1::REQUEST_STATE_DELIVERED;
    })) << id;
    if (::testing::Test::HasFailure()) break;
  }
  for (const auto& [id, code] : books.answered()) EXPECT_EQ(code, 0) << id;
  ExpectOnce(acknowledged, world.cq(), exchange::v1::RECORD_KIND_REQUEST_SENT);
  ExpectOnce(acknowledged, world.sc(), exchange::v1::RECORD_KIND_REQUEST_RECEIVED);
  ExpectOnce(acknowledged, world.sc(), exchange::v1::RECORD_KIND_ANSWER_SENT);
  ExpectOnce(acknowledged, world.cq(), exchange::v1::RECORD_KIND_ANSWER_RECEIVED);
  ExpectOnce(acknowledged, world.cq(), exchange::v1::RECORD_KIND_DELIVERED);
  const auto calls = provider.calls();
  for (const std::string& id : acknowledged) EXPECT_EQ(calls.count(id), 1u) << id;
  client.Shutdown();
  ASSERT_TRUE(world.Stop().ok());
  const auto report = VerifyJournals(world.cq(), world.sc());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << Failures(*report);
  std::printf("%zu requests acknowledged and delivered\n", acknowledged.size());
}

}  // namespace
}  // namespace chuanyu::testing
