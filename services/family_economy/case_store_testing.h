// A store of checks on SQLite and on a real PostgreSQL, for tests. Synthetic persons.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {

class CaseStoreFixture : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-cases-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    auto pool =
        sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/cases.db"});
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    outbox_ = OutboxStore::Open(*pool_, *sealer_, "family_economy").value();
    auto store = CaseStore::Open(*pool_, *sealer_, {.ends = outbox_.get(), .region = kChongqing});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void TearDown() override {
    store_.reset();
    outbox_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  // A case with one question about P02, filed by `org`.
  NewCase Case(const std::string& id, const std::string& person = kP01, const std::string& org = "county") {
    NewCase out{.key = {org, id}, .body = {"body"}, .verification = Demo(), .document = {"document"}};
    out.verification.mutable_authorization()->set_auth_no("SQ-" + id);
    out.verification.set_state(v1::VERIFICATION_STATE_ACCEPTED);
    v1::RemoteQuery& query = *out.verification.add_remote_queries();
    query.set_request_id("question-" + org + id);
    query.mutable_region()->set_code(kSichuan);
    out.questions.emplace_back(query.request_id(), "asked about P02");
    out.applicants.push_back(indexer_->Index({.type = 1, .number = person}));
    out.region = kChongqing;
    out.county = "500109";
    out.today = TestContext().today;
    out.now = TestNow();
    return out;
  }
  v1::Verification MustCreate(const NewCase& new_case) {
    const auto created = store_->Create(new_case);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.value_or(v1::Verification());
  }

  std::string folder_;
  std::unique_ptr<sql::TestPostgres> postgres_;
  const std::unique_ptr<crypto::Sealer> sealer_ =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'),
                             "test")
          .value();
  const std::unique_ptr<crypto::BlindIndexer> indexer_ =
      crypto::BlindIndexer::Create(std::string(32, 'i')).value();
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<CaseStore> store_;
};

inline const auto kBothDatabases = ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql);
inline std::string DatabaseName(const ::testing::TestParamInfo<sql::Dialect>& info) {
  return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
}

}  // namespace chuanyu::family_economy
