// Two regions whose sources report, take back and report anew, and whose messages arrive in any order, more
// than once: in the end both know the same. Synthetic person; each history is of another day, so that it is
// another event.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "chuanyu/life_events/v1/provider.pb.h"
#include "gtest/gtest.h"
#include "services/life_events/event_store.h"
#include "services/life_events/events_testing.h"

namespace chuanyu::life_events {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'795'000'000'000);

class Region {
 public:
  Region(const std::string& folder, std::string code, std::string peer)
      : code_(std::move(code)), peer_(std::move(peer)) {
    pool_ = sql::Pool::Open({.url = "sqlite3://db=" + folder + "/" + code_ + ".db"}).value();
    outbox_ = OutboxStore::Open(*pool_, *sealer_, "life_events").value();
    store_ = EventStore::Open(*pool_, *sealer_, *indexer_, *outbox_).value();
  }

  // By its own source; what was refused is nobody's.
  void Report(const v1::LifeEvent& event) {
    const auto taken = store_->Take({ParseEvent(event, kToday, TestDivisions(), "event").value()},
                                    {.region = code_, .own = true, .tell = {peer_}}, kNow);
    ASSERT_TRUE(taken.ok()) << taken.status();
  }
  std::vector<std::string> Waiting() { return outbox_->Due(kNow, "", 100).value(); }
  v1::TellEventRequest Message(const std::string& id) {
    v1::TellEventRequest message;
    EXPECT_TRUE(message.ParseFromString(outbox_->Find(id).value()->payload));
    return message;
  }
  void Arrived(const std::string& id) { ASSERT_TRUE(store_->Told(id).ok()); }
  void Hear(const std::string& from, const v1::TellEventRequest& message) {
    const auto taken = store_->Take({ParseEvent(message.event(), kToday, TestDivisions(), "event").value()},
                                    {.region = from, .tell = {from}, .revision = message.revision()}, kNow);
    ASSERT_TRUE(taken.ok() && taken->at(0).ok()) << taken.status();
  }
  // Of the event that was changed last: "500109", "500109?" when nothing decides, "" when it is taken back.
  std::string Known(int64_t after) {
    const v1::ReadEventsResponse read = store_->Read(after, 100, {v1::LIFE_EVENT_KIND_HUKOU_MOVE}).value();
    if (read.events().empty()) return "nothing";
    const v1::KnownEvent& known = *read.events().rbegin();
    if (known.withdrawn()) return "";
    return absl::StrCat(known.hukou_move().from().code(), "-", known.hukou_move().to().code(),
                        known.disputed() ? "?" : "");
  }
  int64_t Last() {
    int64_t last = 0;
    for (int64_t next = store_->Read(0, 500, {}).value().read_up_to(); next > last;
         next = store_->Read(last, 500, {}).value().read_up_to()) {
      last = next;
    }
    return last;
  }
  const std::string& code() const { return code_; }

 private:
  const std::string code_;
  const std::string peer_;
  const std::unique_ptr<crypto::Sealer> sealer_ = *crypto::Sealer::Create(
      crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'), "test");
  const std::unique_ptr<crypto::BlindIndexer> indexer_ = *crypto::BlindIndexer::Create(std::string(32, 'i'));
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<EventStore> store_;
};

class AgreementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-agreement-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    cq_ = std::make_unique<Region>(folder_, "500000", "510000");
    sc_ = std::make_unique<Region>(folder_, "510000", "500000");
  }
  void TearDown() override {
    cq_.reset();
    sc_.reset();
    std::filesystem::remove_all(folder_);
  }
  // The next day: another event.
  void Begin() {
    day_ = day_ - 1;
    cq_from_ = cq_->Last();
    sc_from_ = sc_->Last();
  }
  v1::LifeEvent MoveTo(const std::string& to, bool withdraws = false) {
    v1::LifeEvent event = Move(kP16, FormatDate(day_), absl::StrCat("N-", ++numbers_), to);
    event.set_withdraws(withdraws);
    return event;
  }
  // One message of `from`, which may come again later when it is kept.
  void Deliver(Region& from, Region& to, const std::string& id, bool keep = false) {
    to.Hear(from.code(), from.Message(id));
    if (!keep) from.Arrived(id);
  }
  void DeliverAll(std::mt19937& random) {
    for (bool more = true; more && !HasFatalFailure();) {
      more = false;
      for (auto& [from, to] : {std::pair{cq_.get(), sc_.get()}, {sc_.get(), cq_.get()}}) {
        auto waiting = from->Waiting();
        std::shuffle(waiting.begin(), waiting.end(), random);
        for (const std::string& id : waiting) Deliver(*from, *to, id);
        more = more || !waiting.empty();
      }
    }
  }
  std::string CqKnows() { return cq_->Known(cq_from_); }
  std::string ScKnows() { return sc_->Known(sc_from_); }

  std::string folder_;
  std::unique_ptr<Region> cq_;
  std::unique_ptr<Region> sc_;
  Date day_ = kToday - 1;
  int64_t cq_from_ = 0;
  int64_t sc_from_ = 0;
  int numbers_ = 0;
};

// From 511623, both told before either has heard of the other; then in the two orders of arrival.
TEST_F(AgreementTest, KnowsOneOfTwoPlacesInEitherOrder) {
  struct Case {
    const char* cq;
    const char* sc;
    const char* known;
  };
  std::mt19937 random(1);
  for (const Case& each : {Case{"500109", "500109", "511623-500109"},
                           {"500109", "500101", "511623-500109"},
                           {"500109", "440103", "511623-500109"},
                           {"440106", "440103", "511623-440103"},
                           {"440106", "511602", "511623-511602"},
                           {"500109", "511602", "511623-500109?"}}) {
    for (const bool cq_first : {true, false}) {
      Begin();
      (cq_first ? cq_ : sc_)->Report(MoveTo(cq_first ? each.cq : each.sc));
      (cq_first ? sc_ : cq_)->Report(MoveTo(cq_first ? each.sc : each.cq));
      DeliverAll(random);
      EXPECT_EQ(CqKnows(), each.known);
      EXPECT_EQ(ScKnows(), each.known);
    }
  }
}

TEST_F(AgreementTest, KnowsTheSameAfterAnyHistory) {
  const std::vector<std::string> places = {"500109", "500101", "511602", "440103"};
  for (unsigned seed = 1; seed <= 400; ++seed) {
    std::mt19937 random(seed);
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Begin();
    for (int step = 0; step < 8 && !HasFatalFailure(); ++step) {
      const bool at_cq = random() % 2 == 0;
      Region& from = at_cq ? *cq_ : *sc_;
      Region& to = at_cq ? *sc_ : *cq_;
      const auto waiting = from.Waiting();
      if (random() % 2 == 0 && !waiting.empty()) {
        Deliver(from, to, waiting[random() % waiting.size()], /*keep=*/random() % 4 == 0);
      } else {
        from.Report(MoveTo(places[random() % places.size()], /*withdraws=*/random() % 3 == 0));
      }
    }
    DeliverAll(random);
    EXPECT_EQ(CqKnows(), ScKnows());
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace chuanyu::life_events
