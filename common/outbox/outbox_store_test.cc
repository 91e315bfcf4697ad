#include "common/outbox/outbox_store.h"

#include <cstdlib>
#include <filesystem>

#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

class OutboxStoreTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-outbox-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    pool_ = sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/outbox.db"})
                .value();
    store_ = OutboxStore::Open(*pool_, *sealer_, "test").value();
  }
  void TearDown() override {
    store_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string Add(const std::string& payload) {
    std::string id;
    EXPECT_TRUE(pool_
                    ->Transact([&](sql::Session& session) -> absl::Status {
                      auto added = store_->Add(session,
                                               {.to_region = "510000",
                                                .operation = "/a.B/C",
                                                .purpose = "P-CHILD",
                                                .correlation_id = "case-1",
                                                .payload = payload},
                                               now_);
                      if (added.ok()) id = *added;
                      return added.status();
                    })
                    .ok());
    return id;
  }
  bool Remove(const std::string& id) {
    bool removed = false;
    EXPECT_TRUE(pool_
                    ->Transact([&](sql::Session& session) -> absl::Status {
                      auto done = store_->Remove(session, id);
                      removed = done.ok() && *done;
                      return done.status();
                    })
                    .ok());
    return removed;
  }

  std::string folder_;
  const absl::Time now_ = absl::FromUnixMillis(1'790'000'000'000);
  std::unique_ptr<sql::TestPostgres> postgres_;
  std::unique_ptr<crypto::Sealer> sealer_ = *crypto::Sealer::Create(
      crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'), "test");
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> store_;
};
INSTANTIATE_TEST_SUITE_P(On, OutboxStoreTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(OutboxStoreTest, KeepsWhatIsNotAnsweredAndHidesWhatItSays) {
  const std::string first = Add("secret-one");
  const std::string second = Add("secret-two");
  const auto due = store_->Due(now_, "", 10);
  ASSERT_TRUE(due.ok()) << due.status();
  ASSERT_EQ(due->size(), 2u);
  const auto found = store_->Find((*due)[0]);
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  EXPECT_EQ((*found)->payload, "secret-one");
  EXPECT_EQ((*found)->to_region, "510000");
  EXPECT_EQ((*found)->correlation_id, "case-1");
  EXPECT_EQ(store_->Due(now_, first, 10)->size(), 1u);
  EXPECT_TRUE(Remove(first));
  EXPECT_FALSE(Remove(first));
  EXPECT_FALSE(store_->Find(first)->has_value());
  ASSERT_TRUE(pool_
                  ->Run([&](sql::Session& session) -> absl::Status {
                    const auto rows = session.Query("SELECT sealed FROM ob_message");
                    EXPECT_EQ(sql::TextOf(rows->rows.at(0).at(0)).find("secret"), std::string::npos);
                    return rows.status();
                  })
                  .ok());
}

TEST_P(OutboxStoreTest, ServicesWithOneDatabaseSendTheirOwnMessagesOnly) {
  const auto other = OutboxStore::Open(*pool_, *sealer_, "other");
  ASSERT_TRUE(other.ok()) << other.status();
  const std::string id = Add("mine");
  EXPECT_TRUE((*other)->Due(now_, "", 10)->empty());
  EXPECT_EQ(*store_->Due(now_, "", 10), std::vector<std::string>{id});
}

TEST_P(OutboxStoreTest, AFailedOneGoesOutAgainLaterUnderANewId) {
  const std::string id = Add("again");
  const auto renewed = store_->Renew(id, now_, now_ + absl::Seconds(30));
  ASSERT_TRUE(renewed.ok() && renewed->has_value()) << renewed.status();
  EXPECT_NE(**renewed, id);
  EXPECT_TRUE(store_->Due(now_ + absl::Seconds(29), "", 10)->empty());
  const auto due = store_->Due(now_ + absl::Seconds(30), "", 10);
  ASSERT_EQ(due->size(), 1u);
  EXPECT_EQ((*due)[0], **renewed);
  EXPECT_EQ((*store_->Find(**renewed))->payload, "again");
  EXPECT_FALSE(store_->Renew(id, now_, now_)->has_value()) << "it was answered meanwhile";
}

}  // namespace
}  // namespace chuanyu
