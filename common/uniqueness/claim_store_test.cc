// The store does what ClaimBook does, on SQLite and on a real PostgreSQL, and one at a time.
#include "common/uniqueness/claim_store.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/sql/test_postgres.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::uniqueness {
namespace {

constexpr char kChongqing[] = "500000";
constexpr char kSichuan[] = "510000";

class ClaimStoreTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-claims-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    pool_ = sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/claims.db"})
                .value();
    Reopen();
  }
  void TearDown() override {
    store_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Reopen() {
    auto store = ClaimStore::Open(
        *pool_, {.item = "test",
                 .own_region = kChongqing,
                 .peers = {kSichuan},
                 .tell = [this](sql::Session&, const ClaimMessage& message) {
                   const MutexLock lock(told_mu_);
                   told_.push_back((message.kind == ClaimMessage::Kind::kClaim ? "claim " : "release ") +
                                   message.claim_id + " to " + message.to_region);
                   return tell_status_;
                 }});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  template <typename Work>
  absl::Status Transact(Work&& work) {
    return pool_->Transact([&](sql::Session& session) -> absl::Status { return work(session); });
  }
  std::optional<Holder> Open(const std::string& id, int64_t at, const Subject& subject = kSubject) {
    std::optional<Holder> holder;
    const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(holder, store_->OpenClaim(session, subject, id, at));
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return holder;
  }
  Reply OnClaim(const std::string& id, int64_t at) {
    Reply reply;
    const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(reply, store_->OnClaim(session, kSubject, id, kSichuan, at));
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return reply;
  }
  std::optional<Claim> Find(const std::string& id) {
    std::optional<Claim> claim;
    const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(claim, store_->Find(session, id));
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return claim;
  }
  std::vector<std::string> Untold() {
    std::vector<std::string> ids;
    const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(const auto claims, store_->Untold(session, 100));
      for (const Claim& claim : claims) ids.push_back(claim.id);
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return ids;
  }

  static inline const Subject kSubject{std::string(64, 'a')};
  std::string folder_;
  std::unique_ptr<sql::TestPostgres> postgres_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<ClaimStore> store_;
  Mutex told_mu_;
  std::vector<std::string> told_;
  absl::Status tell_status_;
};
INSTANTIATE_TEST_SUITE_P(On, ClaimStoreTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ClaimStoreTest, TellsTheOthersOfWhatBeginsAndEnds) {
  EXPECT_FALSE(Open("c1", 100).has_value());
  EXPECT_EQ(Open("c2", 200), (Holder{kChongqing, 100}));
  ASSERT_TRUE(Transact([&](sql::Session& session) {
                return store_->OnReply(session, "c1", kSichuan, {.granted = true});
              }).ok());
  EXPECT_THAT(Untold(), ::testing::ElementsAre("c1"));
  ASSERT_TRUE(Transact([&](sql::Session& session) { return store_->Told(session, "c1"); }).ok());
  Reopen();
  EXPECT_EQ(Find("c1")->state, ClaimState::kConfirmed);
  ASSERT_TRUE(Transact([&](sql::Session& session) { return store_->Release(session, "c1"); }).ok());
  ASSERT_TRUE(Transact([&](sql::Session& session) { return store_->Release(session, "c1"); }).ok());
  EXPECT_THAT(Untold(), ::testing::IsEmpty());
  EXPECT_THAT(told_, ::testing::ElementsAre("claim c1 to 510000", "release c1 to 510000"));
  EXPECT_FALSE(Open("c3", 300).has_value());
}

TEST_P(ClaimStoreTest, NothingIsStoredWhenItCannotBeTold) {
  tell_status_ = MakeError(Reason::STORE_UNAVAILABLE);
  EXPECT_FALSE(Transact([&](sql::Session& session) {
                 return store_->OpenClaim(session, kSubject, "c1", 100).status();
               }).ok());
  tell_status_ = absl::OkStatus();
  EXPECT_FALSE(Find("c1").has_value());
}

// Step by step the same as ClaimBook, in random histories.
TEST_P(ClaimStoreTest, DoesWhatTheProtocolSays) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    std::mt19937 random(seed);
    const Subject subject{std::string(60, 'b') + std::to_string(1000 + seed)};
    const std::string prefix = std::to_string(seed) + "-";
    ClaimBook book;
    for (int step = 0; step < 40; ++step) {
      const std::string own = prefix + "c" + std::to_string(random() % 4);
      const std::string other = prefix + "s" + std::to_string(random() % 4);
      const int64_t at = 100 + static_cast<int64_t>(random() % 100);
      const unsigned roll = random() % 5;
      const bool granted = random() % 3 != 0;
      const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
        switch (roll) {
          case 0: {
            CHUANYU_ASSIGN_OR_RETURN(const auto holder, store_->OpenClaim(session, subject, own, at));
            EXPECT_EQ(holder, book.Open(own, kChongqing, at, {kSichuan})) << "seed " << seed;
            return absl::OkStatus();
          }
          case 1: {
            CHUANYU_ASSIGN_OR_RETURN(const Reply reply,
                                     store_->OnClaim(session, subject, other, kSichuan, at));
            const Reply expected = book.OnClaim(other, kSichuan, at);
            EXPECT_EQ(reply.granted, expected.granted) << "seed " << seed;
            EXPECT_EQ(reply.holder, expected.holder) << "seed " << seed;
            return absl::OkStatus();
          }
          case 2: {
            const Reply reply{.granted = granted,
                              .holder = granted ? std::optional<Holder>() : Holder{kSichuan, 1}};
            if (book.Find(own) == nullptr) return absl::OkStatus();
            book.OnReply(own, kSichuan, reply);
            return store_->OnReply(session, own, kSichuan, reply);
          }
          case 3:
            book.Release(own);
            return store_->Release(session, own);
          default:
            book.OnRelease(other, kSichuan);
            return store_->OnRelease(session, subject, other, kSichuan);
        }
      });
      ASSERT_TRUE(done.ok()) << done << " seed " << seed;
      for (const Claim& claim : book.claims()) {
        const auto stored = Find(claim.id);
        ASSERT_TRUE(stored.has_value()) << "seed " << seed << " " << claim.id;
        ASSERT_EQ(stored->state, claim.state) << "seed " << seed << " " << claim.id;
        ASSERT_EQ(stored->holder, claim.holder) << "seed " << seed;
        ASSERT_EQ(stored->waiting_for, claim.waiting_for) << "seed " << seed;
      }
    }
  }
}

// Claims that ended go by when they were opened, which their ids say; what is open stays.
TEST_P(ClaimStoreTest, ForgetsWhatEndedLongAgo) {
  constexpr int64_t kDayMs = 24 * 3600 * 1000;
  UuidV7Generator ids;
  const auto open = [&](int64_t day, const char* subject) {
    const std::string id = ids.Next(day * kDayMs);
    EXPECT_FALSE(Open(id, day * kDayMs, Subject{subject}).has_value());
    return id;
  };
  const std::string ended = open(20'000, "ended");
  const std::string later = open(20'100, "later");
  const std::string going_on = open(20'000, "going on");
  for (const std::string& id : {ended, later}) {
    ASSERT_TRUE(Transact([&](sql::Session& session) { return store_->Release(session, id); }).ok());
  }
  const auto forget = [&](int64_t day, int limit) {
    int64_t gone = -1;
    const absl::Status done = Transact([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(gone, store_->Forget(session, day * kDayMs, limit));
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return gone;
  };
  EXPECT_EQ(forget(20'000, 10), 0);
  EXPECT_EQ(forget(20'001, 10), 1);
  EXPECT_FALSE(Find(ended).has_value());
  EXPECT_TRUE(Find(later).has_value());
  EXPECT_TRUE(Find(going_on).has_value()) << "however old";
  EXPECT_EQ(forget(30'000, 0), 0) << "no more than it may";
  EXPECT_EQ(forget(30'000, 10), 1);
}

TEST_P(ClaimStoreTest, OfManyAtOnceOneIsOpen) {
  for (int round = 0; round < 5; ++round) {
    const Subject subject{std::string(63, 'c') + std::to_string(round)};
    std::vector<std::thread> threads;
    std::atomic<int> opened = 0;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const std::string id = "r" + std::to_string(round) + "-" + std::to_string(i);
        if (!Open(id, 100 + i, subject)) ++opened;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(opened.load(), 1);
  }
}

}  // namespace
}  // namespace chuanyu::uniqueness
