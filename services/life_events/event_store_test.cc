// The same promises on SQLite and on a real PostgreSQL. Synthetic persons.
#include "services/life_events/event_store.h"

#include <cstdlib>
#include <filesystem>

#include "chuanyu/life_events/v1/provider.pb.h"
#include "common/errors/error.h"
#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"
#include "services/life_events/events_testing.h"

namespace chuanyu::life_events {
namespace {

class EventStoreTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-events-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    pool_ = sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/events.db"})
                .value();
    outbox_ = OutboxStore::Open(*pool_, *sealer_, "life_events").value();
    store_ = EventStore::Open(*pool_, *sealer_, *indexer_, *outbox_).value();
  }
  void TearDown() override {
    store_.reset();
    outbox_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  // "NEW", "DUPLICATE" or the reason.
  std::string Take(const v1::LifeEvent& event, bool own = true, int64_t revision = 0) {
    const auto parsed = ParseEvent(event, kToday, TestDivisions(), "event");
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    const EventStore::Origin origin{
        .region = own ? "500000" : "510000", .own = own, .tell = {"510000"}, .revision = revision};
    const auto taken = store_->Take({*parsed}, origin, now_);
    EXPECT_TRUE(taken.ok()) << taken.status();
    if (!taken.ok()) return "";
    const absl::StatusOr<bool>& one = taken->at(0);
    if (!one.ok()) return std::string(ReasonName(*ReasonOf(one.status())));
    return *one ? "DUPLICATE" : "NEW";
  }
  size_t ToTell() { return outbox_->Due(now_, "", 100).value().size(); }
  v1::ReadEventsResponse Read(int64_t after = 0) {
    return store_->Read(after, 100, {v1::LIFE_EVENT_KIND_DEATH, v1::LIFE_EVENT_KIND_HUKOU_MOVE}).value();
  }

  std::string folder_;
  const absl::Time now_ = absl::FromUnixMillis(1'795'000'000'000);
  std::unique_ptr<sql::TestPostgres> postgres_;
  const std::unique_ptr<crypto::Sealer> sealer_ = *crypto::Sealer::Create(
      crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'), "test");
  const std::unique_ptr<crypto::BlindIndexer> indexer_ = *crypto::BlindIndexer::Create(std::string(32, 'i'));
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<EventStore> store_;
};
INSTANTIATE_TEST_SUITE_P(On, EventStoreTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(EventStoreTest, TellsTheOtherRegionOnceOfWhatIsReportedTwice) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(ToTell(), 1u);
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "DUPLICATE");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-2")), "DUPLICATE");  // another number for the same death
  EXPECT_EQ(ToTell(), 1u);
  EXPECT_EQ(Read().events_size(), 1);
}

TEST_P(EventStoreTest, ReportsANumberThatSaysSomethingElse) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(Take(Death(kP16, "2026-11-24", "BZ-1")), "IDEMPOTENCY_CONFLICT");
  EXPECT_EQ(Take(Death(kP02, "2026-11-25", "BZ-1")), "IDEMPOTENCY_CONFLICT");
  EXPECT_EQ(Read().events_size(), 1);
  EXPECT_EQ(ToTell(), 1u);
  v1::LifeEvent police = Death(kP16, "2026-11-25", "BZ-1");
  police.set_source(v1::LIFE_EVENT_SOURCE_POLICE);  // numbers are each source's own
  EXPECT_EQ(Take(police), "NEW");
}

TEST_P(EventStoreTest, KnowsWhatTheOtherRegionToldAndTellsItNobody) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "SC-7"), false), "NEW");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "SC-7"), false), "DUPLICATE");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "DUPLICATE");  // the own feed comes later
  EXPECT_EQ(ToTell(), 0u);
  const v1::ReadEventsResponse read = Read();
  ASSERT_EQ(read.events_size(), 1);
  EXPECT_EQ(read.events(0).region().code(), "510000");
  EXPECT_EQ(read.events(0).person().doc_no(), kP16);
}

TEST_P(EventStoreTest, KeepsItsPlaceForAReader) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(Take(Death(kP02, "2026-11-25", "BZ-2")), "NEW");
  const v1::ReadEventsResponse first = store_->Read(0, 1, {v1::LIFE_EVENT_KIND_DEATH}).value();
  ASSERT_EQ(first.events_size(), 1);
  const v1::ReadEventsResponse second = Read(first.read_up_to());
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_EQ(second.events(0).person().doc_no(), kP02);
  EXPECT_EQ(Read(second.read_up_to()).events_size(), 0);
  // What a reader may not read is passed, not kept for it.
  const v1::ReadEventsResponse none = store_->Read(0, 100, {}).value();
  EXPECT_EQ(none.events_size(), 0);
  EXPECT_EQ(none.read_up_to(), second.read_up_to());
}

TEST_P(EventStoreTest, TakesBackWhatWasReportedWronglyAndTellsIt) {
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "W-0"))), "CASE_NOT_FOUND");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "BZ-1"))), "IDEMPOTENCY_CONFLICT");
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "W-0"))), "NEW") << "its number was not used up";
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "W-0"))), "DUPLICATE");
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "W-1"))), "DUPLICATE");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "DUPLICATE") << "the file once more does not revive it";
  EXPECT_EQ(ToTell(), 2u);
  const v1::ReadEventsResponse read = Read();
  ASSERT_EQ(read.events_size(), 1);
  EXPECT_TRUE(read.events(0).withdrawn());
  EXPECT_EQ(Read(read.read_up_to() - 1).events_size(), 1) << "also for whoever has read it before";
  // It was right after all.
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-3")), "NEW");
  EXPECT_FALSE(Read().events(0).withdrawn());
  EXPECT_EQ(ToTell(), 3u);
}

TEST_P(EventStoreTest, SaysWhetherAnotherReportStands) {
  v1::LifeEvent police = Death(kP16, "2026-11-25", "GA-1");
  police.set_source(v1::LIFE_EVENT_SOURCE_POLICE);
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(Take(police), "NEW");
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "BZ-2"))), "NEW");
  police.set_source_event_id("GA-2");
  EXPECT_EQ(Take(Withdrawal(police)), "NEW");
  const v1::ReadEventsResponse read = Read();
  ASSERT_EQ(read.events_size(), 2);
  EXPECT_TRUE(read.events(0).withdrawn() && read.events(0).others_stand());
  EXPECT_TRUE(read.events(1).withdrawn() && !read.events(1).others_stand());
}

TEST_P(EventStoreTest, TakesBackWhatAnotherRegionToldInWhateverOrder) {
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "SC-W")), false, 1), "NEW");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "SC-7"), false, 0), "DUPLICATE") << "was overtaken";
  ASSERT_EQ(Read().events_size(), 1);
  EXPECT_TRUE(Read().events(0).withdrawn());
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "SC-8"), false, 2), "NEW");
  EXPECT_FALSE(Read().events(0).withdrawn());
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "BZ-1"))), "ORG_NOT_COMPETENT");
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "SC-9")), false, 4), "BAD_REQUEST");
  EXPECT_EQ(ToTell(), 0u);
}

// Both regions reported it before they heard of each other: one of them was wrong, the other was not.
TEST_P(EventStoreTest, KeepsItsOwnReportWhenTheOtherRegionTakesBackItsOne) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "SC-7"), false, 0), "DUPLICATE");
  const int64_t before = Read().read_up_to();
  EXPECT_EQ(Take(Withdrawal(Death(kP16, "2026-11-25", "SC-8")), false, 1), "DUPLICATE");
  EXPECT_EQ(Read().read_up_to(), before);
  EXPECT_FALSE(Read().events(0).withdrawn());
  EXPECT_EQ(Read().events(0).reports_size(), 2);
  EXPECT_EQ(ToTell(), 1u) << "the other region knows of it as well";
}

TEST_P(EventStoreTest, AMoveIsCorrectedByTakingItBackFirst) {
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-1")), "NEW");
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-2")), "DUPLICATE");
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-3", "500101")), "IDEMPOTENCY_CONFLICT")
      << "one of them is wrong";
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-1", "500101")), "IDEMPOTENCY_CONFLICT");
  EXPECT_EQ(Take(Withdrawal(Move(kP16, "2026-11-20", "GA-4", "500101"))), "CASE_NOT_FOUND");
  EXPECT_EQ(Take(Withdrawal(Move(kP16, "2026-11-20", "GA-4"))), "NEW");
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-3", "500101")), "NEW") << "its number was not used up";
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-1")), "DUPLICATE") << "the old file once more";
  EXPECT_EQ(ToTell(), 3u);
  const v1::ReadEventsResponse read = Read();
  ASSERT_EQ(read.events_size(), 1);
  EXPECT_EQ(read.events(0).hukou_move().from().code(), "511623");
  EXPECT_EQ(read.events(0).hukou_move().to().code(), "500101");
  EXPECT_EQ(Take(Move(kP16, "2026-11-24", "GA-5")), "NEW") << "moved on";
  EXPECT_EQ(Read().events_size(), 2);
}

// Both regions' police reported the move, one of them to another place.
TEST_P(EventStoreTest, KnowsTheMoveOfTheRegionThatKnowsItBetter) {
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "SC-1", "500101"), false, 0), "NEW");
  const int64_t before = Read().read_up_to();
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-1")), "NEW") << "to 500109, where it is entered";
  ASSERT_EQ(Read(before).events_size(), 1) << "is read once more";
  EXPECT_EQ(Read().events(0).hukou_move().to().code(), "500109");
  EXPECT_EQ(Read().events(0).region().code(), "500000");
  EXPECT_FALSE(Read().events(0).disputed());
  EXPECT_EQ(Take(Withdrawal(Move(kP16, "2026-11-20", "SC-2", "500101")), false, 1), "DUPLICATE");
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "SC-3", "500103"), false, 2), "DUPLICATE");
  EXPECT_EQ(Read().events(0).hukou_move().to().code(), "500109");
  EXPECT_EQ(Take(Withdrawal(Move(kP16, "2026-11-20", "GA-2"))), "NEW");
  EXPECT_EQ(Read().events(0).hukou_move().to().code(), "500103") << "is all that is known now";
  EXPECT_FALSE(Read().events(0).withdrawn());
  EXPECT_EQ(ToTell(), 2u);
}

TEST_P(EventStoreTest, RefusesAMoveThatTheOtherRegionKnowsBetter) {
  v1::LifeEvent theirs = Move(kP16, "2026-11-20", "SC-1", "511602");
  theirs.mutable_hukou_move()->mutable_from()->set_code("500109");
  EXPECT_EQ(Take(theirs, false, 0), "NEW");
  v1::LifeEvent own = theirs;
  own.set_source_event_id("GA-1");
  own.mutable_hukou_move()->mutable_to()->set_code("511623");
  EXPECT_EQ(Take(own), "IDEMPOTENCY_CONFLICT");
  EXPECT_EQ(Read().events(0).hukou_move().to().code(), "511602");
  EXPECT_EQ(ToTell(), 0u);
}

// Each has entered the person: people find out.
TEST_P(EventStoreTest, SaysWhenNothingDecidesBetweenTwoPlaces) {
  v1::LifeEvent theirs = Move(kP16, "2026-11-20", "SC-1", "511602");
  EXPECT_EQ(Take(theirs, false, 0), "NEW");
  EXPECT_EQ(Take(Move(kP16, "2026-11-20", "GA-1")), "NEW");
  EXPECT_TRUE(Read().events(0).disputed());
  theirs.set_source_event_id("SC-2");
  EXPECT_EQ(Take(Withdrawal(theirs), false, 1), "NEW");
  EXPECT_FALSE(Read().events(0).disputed());
  EXPECT_EQ(Read().events(0).hukou_move().to().code(), "500109");
}

TEST_P(EventStoreTest, HidesWhomItIsAbout) {
  EXPECT_EQ(Take(Death(kP16, "2026-11-25", "BZ-1")), "NEW");
  ASSERT_TRUE(pool_
                  ->Run([&](sql::Session& session) -> absl::Status {
                    for (const char* table : {"le_event", "le_report", "ob_message"}) {
                      const auto all = session.Query(std::string("SELECT * FROM ") + table);
                      EXPECT_TRUE(all.ok()) << all.status();
                      if (!all.ok()) return all.status();
                      EXPECT_FALSE(all->rows.empty());
                      for (const sql::Row& row : all->rows) {
                        for (const sql::Value& value : row) {
                          EXPECT_EQ(sql::TextOf(value).find(kP16), std::string::npos);
                          EXPECT_EQ(sql::TextOf(value).find("李测壬"), std::string::npos);
                        }
                      }
                    }
                    return absl::OkStatus();
                  })
                  .ok());
}

}  // namespace
}  // namespace chuanyu::life_events
