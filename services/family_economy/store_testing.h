// A database of this service for tests, SQLite or a real PostgreSQL by the test's parameter, in a folder of
// its own, with keys that are made up.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"
#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"

namespace chuanyu::family_economy {

class StoreFixture : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  StoreFixture() {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    pool_ = sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/store.db"})
                .value();
  }
  // The stores of the test are gone by now.
  ~StoreFixture() override {
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string folder_ = (std::filesystem::temp_directory_path() / "chuanyu-store-XXXXXX").string();
  std::unique_ptr<sql::TestPostgres> postgres_;
  const std::unique_ptr<crypto::Sealer> sealer_ =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'),
                             "test")
          .value();
  const std::unique_ptr<crypto::BlindIndexer> indexer_ =
      crypto::BlindIndexer::Create(std::string(32, 'i')).value();
  std::unique_ptr<sql::Pool> pool_;
};

inline const auto kBothDatabases = ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql);
inline std::string DatabaseName(const ::testing::TestParamInfo<sql::Dialect>& info) {
  return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
}

}  // namespace chuanyu::family_economy
