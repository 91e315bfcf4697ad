// The same promises on SQLite and on a real PostgreSQL.
#include "common/sql/sql.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/base/status_macros.h"
#include "common/sql/migrate.h"
#include "common/sql/test_postgres.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SqlTest : public ::testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-sql-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == Dialect::kPostgresql) postgres_ = std::make_unique<TestPostgres>();
    options_.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/test.db";
    auto pool = Pool::Open(options_);
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    ASSERT_TRUE(Execute("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, day DATE)").ok());
  }
  void TearDown() override {
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  absl::Status Execute(const std::string& text, const Binds& binds = {}) {
    return pool_->Run([&](Session& session) { return session.Execute(text, binds).status(); });
  }
  Result Query(const std::string& text, const Binds& binds = {}) {
    Result result;
    const absl::Status status = pool_->Run([&](Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(result, session.Query(text, binds));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }

  std::string folder_;
  std::unique_ptr<TestPostgres> postgres_;
  PoolOptions options_;
  std::unique_ptr<Pool> pool_;
};

TEST_P(SqlTest, BindsAndReadsIntegersTextDaysAndNull) {
  ASSERT_TRUE(Execute("INSERT INTO t VALUES (:id, :name, '2026-10-01')",
                      {{"id", int64_t{1} << 40}, {"name", "测'试"}})
                  .ok());
  ASSERT_TRUE(
      Execute("INSERT INTO t VALUES (:id, :name, NULL)", {{"id", int64_t{1}}, {"name", Value()}}).ok());
  const Result found = Query("SELECT id, name, day FROM t ORDER BY id DESC");
  EXPECT_THAT(found.columns, ElementsAre("id", "name", "day"));
  ASSERT_EQ(found.rows.size(), 2u);
  EXPECT_EQ(found.rows[0], (Row{int64_t{1} << 40, "测'试", "2026-10-01"}));
  EXPECT_EQ(found.rows[1], (Row{int64_t{1}, std::monostate(), std::monostate()}));
}

TEST_P(SqlTest, NamesTheColumnsOfAnEmptyResult) {
  const Result none = Query("SELECT name AS other FROM t WHERE id = :id", {{"id", int64_t{7}}});
  EXPECT_THAT(none.columns, ElementsAre("other"));
  EXPECT_TRUE(none.rows.empty());
}

TEST_P(SqlTest, ErrorsNeverRepeatValues) {
  ASSERT_TRUE(
      Execute("INSERT INTO t VALUES (:id, :name, NULL)", {{"id", int64_t{987654}}, {"name", "secret"}}).ok());
  const absl::Status twice =
      Execute("INSERT INTO t VALUES (:id, :name, NULL)", {{"id", int64_t{987654}}, {"name", "secret"}});
  EXPECT_TRUE(HasReason(twice, Reason::STORE_UNAVAILABLE)) << twice;
  EXPECT_THAT(twice.ToString(), Not(HasSubstr("987654")));
  EXPECT_THAT(twice.ToString(), Not(HasSubstr("secret")));
}

TEST_P(SqlTest, CommitsOrRollsBackAsAWhole) {
  const absl::Status refused = pool_->Transact([](Session& session) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(session.Execute("INSERT INTO t VALUES (1, 'a', NULL)").status());
    return MakeError(Reason::STATE_CONFLICT);
  });
  EXPECT_TRUE(HasReason(refused, Reason::STATE_CONFLICT));
  EXPECT_TRUE(Query("SELECT id FROM t").rows.empty());
  EXPECT_TRUE(pool_
                  ->Transact([](Session& session) {
                    return session.Execute("INSERT INTO t VALUES (1, 'a', NULL)").status();
                  })
                  .ok());
  EXPECT_EQ(Query("SELECT id FROM t").rows.size(), 1u);
}

// A statement is prepared once and gets other values, also of other kinds.
TEST_P(SqlTest, TheSameStatementTakesOtherValues) {
  ASSERT_TRUE(pool_
                  ->Run([](Session& session) -> absl::Status {
                    const std::string insert = "INSERT INTO t VALUES (:id, :name, NULL)";
                    for (int64_t id = 1; id <= 3; ++id) {
                      const Value name = id == 2 ? Value() : Value(std::string(id, 'x'));
                      EXPECT_EQ(*session.Execute(insert, {{"id", id}, {"name", name}}), 1);
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_THAT(Query("SELECT name FROM t ORDER BY id").rows,
              ElementsAre(Row{"x"}, Row{std::monostate()}, Row{"xxx"}));
}

// Those that wait together are one transaction of the database, and each is still whole by itself.
TEST_P(SqlTest, JoinedTransactionsFailEachByItself) {
  options_.join_transactions = true;
  options_.sessions = 1;
  auto pool = Pool::Open(options_);
  ASSERT_TRUE(pool.ok()) << pool.status();
  constexpr int kThreads = 12;
  constexpr int kEach = 30;
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < kEach; ++i) {
        const absl::Status status = (*pool)->Transact([&](Session& session) -> absl::Status {
          const Binds row = {{"id", t * kEach + i}, {"name", "a"}};
          CHUANYU_RETURN_IF_ERROR(session.Execute("INSERT INTO t VALUES (:id, :name, NULL)", row).status());
          if (i % 3 == 0) return MakeError(Reason::STATE_CONFLICT);
          // A failure of the database: the row is there.
          if (i % 3 == 1) return session.Execute("INSERT INTO t VALUES (:id, :name, NULL)", row).status();
          return absl::OkStatus();
        });
        const bool as_expected = i % 3 == 0   ? HasReason(status, Reason::STATE_CONFLICT)
                                 : i % 3 == 1 ? HasReason(status, Reason::STORE_UNAVAILABLE)
                                              : status.ok();
        wrong += as_expected ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  const Result left = Query("SELECT id FROM t");
  EXPECT_EQ(left.rows.size(), size_t{kThreads * kEach / 3});
  for (const Row& row : left.rows) EXPECT_EQ(IntOf(row[0]) % kEach % 3, 2);
}

// What nobody waited for fails the work that it belongs to, and no other that was joined with it.
TEST_P(SqlTest, AWriteThatFailsLaterFailsItsOwnWork) {
  options_.join_transactions = true;
  options_.sessions = 1;
  auto pool = Pool::Open(options_);
  ASSERT_TRUE(pool.ok()) << pool.status();
  ASSERT_TRUE(Execute("INSERT INTO t VALUES (1000, 'a', NULL)").ok());
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int64_t t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 30; ++i) {
        const bool fails = i % 2 == 0;
        const absl::Status status = (*pool)->Transact([&](Session& session) -> absl::Status {
          const std::string insert = "INSERT INTO t VALUES (:id, :name, NULL)";
          CHUANYU_RETURN_IF_ERROR(session.Write(insert, {{"id", t * 30 + i}, {"name", "a"}}));
          return session.Write(insert, {{"id", fails ? 1000 : 2000 + t * 30 + i}, {"name", Value()}});
        });
        wrong += status.ok() == !fails ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(Query("SELECT id FROM t WHERE id <> 1000").rows.size(), size_t{12 * 15 * 2});
}

TEST_P(SqlTest, LongTransactionsOfWritesArriveWhole) {
  ASSERT_TRUE(pool_
                  ->Transact([](Session& session) -> absl::Status {
                    for (int64_t id = 1; id <= 500; ++id) {
                      // More kinds of statements than are kept, each twice.
                      const std::string text =
                          "INSERT INTO t (id, name) VALUES (:id, 'n" + std::to_string(id / 2) + "')";
                      CHUANYU_RETURN_IF_ERROR(session.Write(text, {{"id", id}}));
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Query("SELECT id FROM t").rows.size(), 500u);
  EXPECT_EQ(TextOf(Query("SELECT name FROM t WHERE id = 499").rows.at(0)[0]), "n249");
}

// Once for all that was left, and not for those that failed.
TEST_P(SqlTest, WhatIsLeftForTheCommitRunsWithIt) {
  options_.join_transactions = true;
  auto pool = Pool::Open(options_);
  ASSERT_TRUE(pool.ok()) << pool.status();
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 30; ++i) {
        (void)(*pool)->Transact([&](Session& session) -> absl::Status {
          CHUANYU_RETURN_IF_ERROR(
              session.AtCommit("ids", std::to_string(t * 30 + i),
                               [](Session& last, const std::vector<std::string>& items) -> absl::Status {
                                 for (const std::string& item : items) {
                                   CHUANYU_RETURN_IF_ERROR(last.Write("INSERT INTO t VALUES (:id, 'a', NULL)",
                                                                      {{"id", int64_t{std::stoi(item)}}}));
                                 }
                                 return absl::OkStatus();
                               }));
          return i % 3 == 0 ? MakeError(Reason::STATE_CONFLICT) : absl::OkStatus();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Result left = Query("SELECT id FROM t");
  EXPECT_EQ(left.rows.size(), size_t{12 * 20});
  for (const Row& row : left.rows) EXPECT_NE(IntOf(row[0]) % 30 % 3, 0);

  const absl::Status refused = (*pool)->Transact([](Session& session) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(session.Write("INSERT INTO t VALUES (5000, 'a', NULL)"));
    return session.AtCommit("ids", "", [](Session&, const std::vector<std::string>&) {
      return MakeError(Reason::STATE_CONFLICT);
    });
  });
  EXPECT_TRUE(HasReason(refused, Reason::STATE_CONFLICT));
  EXPECT_TRUE(Query("SELECT id FROM t WHERE id = 5000").rows.empty());
}

TEST_P(SqlTest, ALockedRowIsHeldUntilTheEnd) {
  ASSERT_TRUE(Execute("INSERT INTO t VALUES (1, '0', NULL)").ok());
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const absl::Status status = pool_->Transact([](Session& session) -> absl::Status {
          for (int twice = 0; twice < 2; ++twice) {
            CHUANYU_RETURN_IF_ERROR(
                session.LockRow("row", "SELECT id FROM t WHERE id = :id FOR UPDATE", {{"id", int64_t{1}}}));
          }
          CHUANYU_ASSIGN_OR_RETURN(const Result found, session.Query("SELECT name FROM t WHERE id = 1"));
          return session.Write("UPDATE t SET name = :name WHERE id = 1",
                               {{"name", std::to_string(std::stoi(TextOf(found.rows.at(0)[0])) + 1)}});
        });
        failed += status.ok() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(TextOf(Query("SELECT name FROM t").rows.at(0)[0]), "100");
}

TEST_P(SqlTest, OtherValuesThanTheStatementsAreRefused) {
  EXPECT_TRUE(HasReason(Execute("INSERT INTO t VALUES (:id, 'a', NULL)", {{"name", "a"}}),
                        Reason::STORE_UNAVAILABLE));
  EXPECT_TRUE(HasReason(Execute("INSERT INTO t VALUES (:id, :name, NULL)", {{"id", int64_t{1}}}),
                        Reason::STORE_UNAVAILABLE));
  EXPECT_TRUE(Query("SELECT id FROM t WHERE name = ':none' OR id = :id", {{"id", int64_t{1}}}).rows.empty());
}

TEST_P(SqlTest, ExecuteCountsChangedRows) {
  ASSERT_TRUE(pool_
                  ->Run([](Session& session) -> absl::Status {
                    const std::string insert = "INSERT INTO t VALUES (1, 'a', NULL) ON CONFLICT DO NOTHING";
                    EXPECT_EQ(*session.Execute(insert), 1);
                    EXPECT_EQ(*session.Execute(insert), 0);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_P(SqlTest, MigratesOnceAndRefusesANewerDatabase) {
  const std::vector<Migration> first = {{{"CREATE TABLE m (id BIGINT)"}}};
  const std::vector<Migration> second = {first[0], {{"ALTER TABLE m ADD COLUMN more TEXT"}}};
  ASSERT_TRUE(Migrate(*pool_, "test", first).ok());
  ASSERT_TRUE(Migrate(*pool_, "test", second).ok());
  ASSERT_TRUE(Migrate(*pool_, "test", second).ok());
  EXPECT_THAT(Query("SELECT * FROM m").columns, ElementsAre("id", "more"));
  EXPECT_TRUE(HasReason(Migrate(*pool_, "test", first), Reason::CONFIG_INVALID));
}

TEST_P(SqlTest, AFailedMigrationLeavesNothing) {
  EXPECT_FALSE(Migrate(*pool_, "test", {{{"CREATE TABLE m (id BIGINT)", "NO SQL"}}}).ok());
  EXPECT_TRUE(Migrate(*pool_, "test", {{{"CREATE TABLE m (id BIGINT)"}}}).ok());
}

INSTANTIATE_TEST_SUITE_P(Databases, SqlTest, ::testing::Values(Dialect::kSqlite, Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST(Pool, ComesBackAfterAPostgresqlCrash) {
  TestPostgres postgres;
  auto pool = Pool::Open({.url = postgres.url(), .sessions = 1});
  ASSERT_TRUE(pool.ok()) << pool.status();
  const auto ask = [&] {
    return (*pool)->Run([](Session& session) { return session.Query("SELECT 1").status(); });
  };
  EXPECT_TRUE(ask().ok());
  postgres.Stop();
  EXPECT_TRUE(HasReason(ask(), Reason::STORE_UNAVAILABLE));
  postgres.Start();
  EXPECT_TRUE(ask().ok());
}

TEST(Pool, RefusesAnotherScheme) {
  EXPECT_TRUE(HasReason(Pool::Open({.url = "mysql://x"}).status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::sql
