// What auditors are told cannot be changed unnoticed, on SQLite and on a real PostgreSQL.
#include "services/family_economy/audit_store.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/store_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class AuditStoreTest : public StoreFixture {
 protected:
  void SetUp() override { store_ = AuditStore::Open(*pool_, *sealer_, *indexer_).value(); }
  void Add(const std::string& number) {
    v1::AuditEvent event;
    event.mutable_at()->set_seconds(1'774'000'000);
    event.set_kind(v1::AUDIT_EVENT_KIND_REVEALED);
    event.set_actor("county/desk");
    event.set_verification_no(number);
    event.set_reason_text("at the desk");
    ASSERT_TRUE(store_->Append(event).ok());
  }
  void Execute(const std::string& statement) {
    ASSERT_TRUE(pool_->Run([&](sql::Session& session) { return session.Execute(statement).status(); }).ok());
  }
  // Of all pages of two.
  std::vector<int64_t> All(int64_t* broken_at) {
    std::vector<int64_t> sequences;
    int64_t before = 0;
    *broken_at = 0;
    do {
      const auto page = store_->Page(before, 2);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::AuditEvent& event : page->events()) sequences.push_back(event.sequence());
      if (page->broken_at() != 0) *broken_at = page->broken_at();
      before = page->next_page_token().empty() ? 0 : std::stoll(page->next_page_token());
    } while (before != 0);
    return sequences;
  }

  std::unique_ptr<AuditStore> store_;
};

TEST_P(AuditStoreTest, KeepsEventsInOrderWithoutGaps) {
  int64_t broken_at = -1;
  EXPECT_THAT(All(&broken_at), SizeIs(0));
  EXPECT_EQ(broken_at, 0);
  for (int i = 1; i <= 5; ++i) Add("CQ-A-" + std::to_string(i));
  EXPECT_EQ(All(&broken_at), (std::vector<int64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(broken_at, 0);
  const auto page = store_->Page(0, 1);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->events(0).verification_no(), "CQ-A-5");
  EXPECT_EQ(page->events(0).reason_text(), "at the desk");
  // Another process on the same database goes on with the same chain.
  store_ = AuditStore::Open(*pool_, *sealer_, *indexer_).value();
  Add("CQ-A-6");
  EXPECT_THAT(All(&broken_at), SizeIs(6));
  EXPECT_EQ(broken_at, 0);
}

TEST_P(AuditStoreTest, TwoThreadsMakeOneChain) {
  const auto add = [&] {
    for (int i = 0; i < 10; ++i) Add("CQ-A-1");
  };
  std::thread one(add);
  std::thread two(add);
  one.join();
  two.join();
  int64_t broken_at = 0;
  EXPECT_THAT(All(&broken_at), SizeIs(20));
  EXPECT_EQ(broken_at, 0);
}

TEST_P(AuditStoreTest, ShowsWhereSomebodyChangedIt) {
  struct Row {
    const char* what;
    std::vector<std::string> statements;
    int64_t broken_at;
  };
  const Row rows[] = {
      {"changed", {"UPDATE fe_audit SET sealed = 'AAAA' WHERE sequence = 3"}, 3},
      {"a copy of another",
       {"UPDATE fe_audit SET sealed = (SELECT sealed FROM fe_audit WHERE sequence = 2) WHERE sequence = 3"},
       3},
      {"taken away", {"DELETE FROM fe_audit WHERE sequence = 2"}, 2},
      {"the first taken away", {"DELETE FROM fe_audit WHERE sequence = 1"}, 1},
      {"cut off at the end", {"DELETE FROM fe_audit WHERE sequence >= 4"}, 4},
      {"cut off at the end, and the counter set back",
       {"DELETE FROM fe_audit WHERE sequence >= 4", "UPDATE fe_audit_last SET sequence = 3"},
       4},
  };
  for (const Row& row : rows) {
    for (int i = 1; i <= 5; ++i) Add("CQ-A-" + std::to_string(i));
    for (const std::string& statement : row.statements) Execute(statement);
    int64_t broken_at = 0;
    All(&broken_at);
    EXPECT_EQ(broken_at, row.broken_at) << row.what;
    Execute("DELETE FROM fe_audit");
    Execute("UPDATE fe_audit_last SET sequence = 0, mac = ''");
  }
}

TEST_P(AuditStoreTest, TheTableTellsNoReason) {
  Add("CQ-A-1");
  std::string text;
  ASSERT_TRUE(pool_
                  ->Run([&](sql::Session& session) -> absl::Status {
                    const auto found = session.Query("SELECT sealed, mac FROM fe_audit");
                    if (!found.ok()) return found.status();
                    for (const sql::Row& row : found->rows) text += sql::TextOf(row[0]) + sql::TextOf(row[1]);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_FALSE(text.empty());
  EXPECT_THAT(text, Not(HasSubstr("desk")));
}

INSTANTIATE_TEST_SUITE_P(Databases, AuditStoreTest, kBothDatabases, DatabaseName);

}  // namespace
}  // namespace chuanyu::family_economy
