// Random histories of filings about one premises in two regions: steps of both windows and both authorities,
// messages late, twice, out of order or with their answers lost, and kills. Never two live filings, and
// nothing hangs once all has been delivered. The claims have histories of their own
// (common/uniqueness/claim_history_test.cc); these drive the service's store and steps.
#include <cstdlib>
#include <random>

#include "gmock/gmock.h"
#include "services/elderly_care/two_regions_testing.h"

namespace chuanyu::elderly_care {
namespace {

constexpr int kSteps = 24;

bool IsLive(const v1::Filing& filing) {
  return filing.has_receipt() && filing.state() != v1::FILING_STATE_TERMINATED &&
         filing.state() != v1::FILING_STATE_MOVED_OUT;
}

class History {
 public:
  History(TwoRegions& regions, FakeClock& clock, const std::string& premises, std::mt19937_64& random)
      : regions_(regions), clock_(clock), premises_(premises), random_(random) {}

  void Run() {
    for (int i = 0; i < kSteps; ++i) {
      Step();
      ASSERT_LE(Live(), 1) << "after step " << i;
    }
    regions_.Settle();
    ASSERT_LE(Live(), 1);
    for (const auto& [region, number] : filed_) {
      const v1::Filing filing = region->Load(number);
      // What was withdrawn meanwhile is never asked about again.
      if (filing.state() == v1::FILING_STATE_WITHDRAWN) continue;
      EXPECT_NE(filing.peer_check(), cases::v1::PEER_CHECK_PENDING) << v1::FilingState_Name(filing.state());
    }
    EndAll();
    ASSERT_EQ(Live(), 0);
    // The premises are free again.
    TestRegion& region = Pick();
    const std::string number = Begin(region, 0);
    regions_.Settle();
    EXPECT_EQ(region.Load(number).peer_check(), cases::v1::PEER_CHECK_CONFIRMED) << "held in vain";
    (void)Authority(number).Act(number, "withdraw", "COUNTY");
    regions_.Settle();
  }

 private:
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  TestRegion& Pick() { return Below(2) == 0 ? regions_.cq() : regions_.sc(); }
  TestRegion& Authority(const std::string& number) {
    return regions_.cq().Load(number).authority_region().code() == "500000" ? regions_.cq() : regions_.sc();
  }

  // Kind 0: the authority is in Sichuan; kind 1: in Chongqing, for the same premises.
  std::string Begin(TestRegion& region, size_t kind) {
    v1::Filing filing = TestFiling(premises_);
    if (kind == 1) {
      filing.mutable_institution()->set_uscc(kU1);
      filing.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
      filing.mutable_institution()->mutable_registered_at()->set_code("500109");
    }
    const auto created = region.Create(filing);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    const std::string number = created->application_no();
    filed_.emplace_back(&region, number);
    if (region.Act(number, "submit", "WINDOW").ok()) (void)region.Act(number, "forward", "WINDOW");
    return number;
  }

  void Step() {
    clock_.Advance(absl::Milliseconds(Below(3)));
    const size_t what = Below(100);
    if (what < 15 && filed_.size() < 4) {
      Begin(Pick(), Below(2));
    } else if (what < 60) {
      TestRegion& from = Pick();
      const auto waiting = from.Waiting();
      if (waiting.empty()) return;
      (void)regions_.Deliver(from, waiting[Below(waiting.size())], Below(4) != 0);
    } else if (what < 62) {
      Pick().Reopen();
    } else if (!filed_.empty()) {
      const std::string number = filed_[Below(filed_.size())].second;
      TestRegion& region = Pick();
      if (region.Load(number).application_no().empty()) return;
      static constexpr const char* kActs[] = {"file", "file", "file", "withdraw", "suspend", "resume"};
      if (what < 94) {
        (void)region.Act(number, kActs[Below(6)], "COUNTY");
      } else {
        (void)region.End(number);
      }
    }
  }

  int Live() {
    int live = 0;
    for (const auto& [window, number] : filed_) {
      for (TestRegion* region : {&regions_.cq(), &regions_.sc()}) {
        const v1::Filing filing = region->Load(number);
        live += filing.authority_region().code() == region->code() && IsLive(filing) ? 1 : 0;
      }
    }
    return live;
  }

  void EndAll() {
    for (const auto& [window, number] : filed_) {
      for (TestRegion* region : {&regions_.cq(), &regions_.sc()}) {
        if (region->Load(number).application_no().empty()) continue;
        if (!region->End(number).ok()) (void)region->Act(number, "withdraw", "COUNTY");
      }
    }
    regions_.Settle();
  }

  TwoRegions& regions_;
  FakeClock& clock_;
  const std::string premises_;
  std::mt19937_64& random_;
  std::vector<std::pair<TestRegion*, std::string>> filed_;
};

void RunHistories(sql::Dialect dialect, int usual) {
  const char* const given = std::getenv("CHUANYU_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  const char* const rounds = std::getenv("CHUANYU_HISTORIES");
  const int histories = rounds != nullptr ? std::atoi(rounds) : usual;
  std::mt19937_64 random(seed);
  FakeClock clock{At(Date(2026, 5, 22))};
  TwoRegions regions(dialect, clock);
  for (int i = 0; i < histories; ++i) {
    SCOPED_TRACE(absl::StrCat("CHUANYU_SEED=", seed, " history ", i));
    History(regions, clock, absl::StrCat("HISTORY-", i), random).Run();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(FilingHistories, NeverTwoLiveFilingsOfOnePremisesOnSqlite) { RunHistories(sql::Dialect::kSqlite, 1000); }
// Fewer: each transaction is a conversation with a server.
TEST(FilingHistories, NeverTwoLiveFilingsOfOnePremisesOnPostgresql) {
  RunHistories(sql::Dialect::kPostgresql, 50);
}

}  // namespace
}  // namespace chuanyu::elderly_care
