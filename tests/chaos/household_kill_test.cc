// Kills the family_economy services of both regions, the nodes and Redis with SIGKILL while platforms file
// checks: every check that was ever accepted gets its whole report, and each of its questions crossed the
// exchange exactly once. All persons are synthetic.
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"
#include "tests/support/households.h"
#include "tests/support/journals.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::RecordKind;
using family_economy::v1::FamilyEconomy;
using family_economy::v1::Verification;

constexpr int kKills = 24;
constexpr int kPlatforms = 3;

uint64_t Seed() {
  const char* given = std::getenv("CHUANYU_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

absl::StatusOr<Verification> Create(FamilyEconomy::Stub& front,
                                    const family_economy::v1::CreateVerificationRequest& request) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(10));
  family_economy::v1::CreateVerificationResponse response;
  const absl::Status status = rpc::FromGrpc(front.CreateVerification(&context, request, &response));
  if (!status.ok()) return status;
  return response.verification();
}

absl::StatusOr<Verification> Get(FamilyEconomy::Stub& front, const std::string& verification_no) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(10));
  family_economy::v1::GetVerificationRequest request;
  request.set_verification_no(verification_no);
  family_economy::v1::GetVerificationResponse response;
  const absl::Status status = rpc::FromGrpc(front.GetVerification(&context, request, &response));
  if (!status.ok()) return status;
  return response.verification();
}

// Files one check after the other, each as often as it takes until it is accepted.
class Platform {
 public:
  explicit Platform(std::shared_ptr<grpc::Channel> channel)
      : front_(FamilyEconomy::NewStub(std::move(channel))), thread_([this] { Run(); }) {}
  ~Platform() { Stop(); }

  void Stop() {
    {
      const MutexLock lock(mu_);
      stopping_ = true;
    }
    if (thread_.joinable()) thread_.join();
  }
  // verification_no by request_id. After Stop.
  const std::map<std::string, std::string>& accepted() const { return accepted_; }

 private:
  bool stopping() const {
    const MutexLock lock(mu_);
    return stopping_;
  }
  void Run() {
    UuidV7Generator ids;
    while (!stopping()) {
      // A re-check: a person may be in many of them at a time.
      auto request = Scenario1(ids.Next(absl::ToUnixMillis(absl::Now())));
      request.mutable_verification()->set_type(family_economy::v1::VERIFICATION_TYPE_RECHECK);
      absl::StatusOr<Verification> created = Create(*front_, request);
      while (absl::IsUnavailable(created.status()) || absl::IsDeadlineExceeded(created.status())) {
        created = Create(*front_, request);
      }
      ASSERT_TRUE(created.ok()) << created.status();
      accepted_[request.request_id()] = created->verification_no();
    }
  }

  const std::unique_ptr<FamilyEconomy::Stub> front_;
  mutable Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::map<std::string, std::string> accepted_;  // of the thread until it is joined
  std::thread thread_;
};

// One victim after a few milliseconds of work, back before the next.
void Strike(World& world, std::mt19937_64& dice, int round) {
  Region& region = dice() % 2 == 0 ? world.cq() : world.sc();
  poll(nullptr, 0, static_cast<int>(dice() % 250));
  if (round % 4 == 3) {
    region.redis().Stop();
    region.redis().Start();
    return;
  }
  const bool node = round % 4 == 1;
  (node ? region.node() : region.family_economy()).Kill();
  const absl::Status back = node ? region.StartNode() : region.StartFamilyEconomy();
  ASSERT_TRUE(back.ok()) << back;
}

void ExpectOnce(const std::vector<std::string>& ids, const Region& region, RecordKind kind) {
  const auto counts = CountByRequest(ReadJournal(region), kind);
  for (const std::string& id : ids) {
    const auto found = counts.find(id);
    EXPECT_EQ(found == counts.end() ? 0 : found->second, 1)
        << id << " " << exchange::v1::RecordKind_Name(kind) << " at " << region.code();
  }
  EXPECT_EQ(counts.size(), ids.size()) << "questions of no check: " << exchange::v1::RecordKind_Name(kind);
}

TEST(HouseholdKill, EveryAcceptedCheckGetsItsWholeReportOnce) {
  const uint64_t seed = Seed();
  std::printf("CHUANYU_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 dice(seed);
  World world;
  const absl::Status started = world.Start();
  ASSERT_TRUE(started.ok()) << started;
  std::map<std::string, std::string> accepted;
  {
    std::vector<std::unique_ptr<Platform>> platforms;
    for (int i = 0; i < kPlatforms; ++i) {
      platforms.push_back(std::make_unique<Platform>(world.cq().ToFront(kPlatform)));
    }
    for (int round = 0; round < kKills && !::testing::Test::HasFailure(); ++round) Strike(world, dice, round);
    for (const auto& platform : platforms) platform->Stop();
    for (const auto& platform : platforms) {
      accepted.insert(platform->accepted().begin(), platform->accepted().end());
    }
  }
  ASSERT_GT(accepted.size(), static_cast<size_t>(kPlatforms));
  const auto front = FamilyEconomy::NewStub(world.cq().ToFront(kPlatform));
  std::vector<std::string> questions;
  for (const auto& [request_id, verification_no] : accepted) {
    Verification check;
    EXPECT_TRUE(Eventually(absl::Seconds(60), [&, &number = verification_no] {
      auto got = Get(*front, number);
      if (got.ok()) check = *std::move(got);
      return check.state() == family_economy::v1::VERIFICATION_STATE_REPORTED;
    })) << check.ShortDebugString();
    if (::testing::Test::HasFailure()) return;
    EXPECT_EQ(check.request_id(), request_id);
    EXPECT_EQ(check.duplicates_size(), 1) << verification_no << ": what Sichuan pays P02";
    for (const auto& query : check.remote_queries()) {
      EXPECT_EQ(query.outcome(), "OK") << query.request_id();
      questions.push_back(query.request_id());
    }
  }
  EXPECT_GE(questions.size(), accepted.size());
  // The answer is acknowledged after it is stored: the last ones may still be on their way.
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    return CountByRequest(ReadJournal(world.cq()), exchange::v1::RECORD_KIND_DELIVERED).size() ==
           questions.size();
  }));
  ASSERT_TRUE(world.Stop().ok());
  ExpectOnce(questions, world.cq(), exchange::v1::RECORD_KIND_REQUEST_SENT);
  ExpectOnce(questions, world.sc(), exchange::v1::RECORD_KIND_REQUEST_RECEIVED);
  ExpectOnce(questions, world.sc(), exchange::v1::RECORD_KIND_ANSWER_SENT);
  ExpectOnce(questions, world.cq(), exchange::v1::RECORD_KIND_ANSWER_RECEIVED);
  ExpectOnce(questions, world.cq(), exchange::v1::RECORD_KIND_DELIVERED);
  const auto report = VerifyJournals(world.cq(), world.sc());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << Failures(*report);
  std::printf("%zu checks, %zu questions\n", accepted.size(), questions.size());
}

}  // namespace
}  // namespace chuanyu::testing
