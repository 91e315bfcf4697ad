// The same promises on SQLite and on a real PostgreSQL. Synthetic persons.
#include "services/family_economy/case_store.h"

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/errors/error.h"
#include "common/sql/test_postgres.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/report_signature.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CaseStoreTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-cases-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    auto pool =
        sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/cases.db"});
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    auto store = CaseStore::Open(*pool_, *sealer_, {});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void TearDown() override {
    store_.reset();
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
  std::unique_ptr<CaseStore> store_;
};

TEST_P(CaseStoreTest, ARepeatIsTheSameCaseAndAnotherBodyAConflict) {
  const v1::Verification first = MustCreate(Case("a"));
  EXPECT_EQ(first.verification_no(), "CQ-A-500109-20260320-00000001");
  EXPECT_EQ(MustCreate(Case("a")).verification_no(), first.verification_no());
  NewCase other = Case("a");
  other.body.hex = "another";
  EXPECT_TRUE(HasReason(store_->Create(other).status(), Reason::IDEMPOTENCY_CONFLICT));
  EXPECT_TRUE(HasReason(store_->Find(other.key, other.body).status(), Reason::IDEMPOTENCY_CONFLICT));
  EXPECT_FALSE(store_->Find({"town", "a"}, {"body"}).value().has_value());
}

TEST_P(CaseStoreTest, OneOpenApplicationAPersonAlsoWhenTwoComeAtOnce) {
  constexpr int kThreads = 8;
  std::atomic<int> created = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto result = store_->Create(Case("r" + std::to_string(i)));
      if (result.ok()) ++created;
      if (HasReason(result.status(), Reason::DUP_ACTIVE_APPLICATION)) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(refused, kThreads - 1);
}

TEST_P(CaseStoreTest, AnApplicationThatIsOverLetsItsPersonsGo) {
  const v1::Verification first = MustCreate(Case("a"));
  EXPECT_TRUE(HasReason(store_->Create(Case("b")).status(), Reason::DUP_ACTIVE_APPLICATION));
  ASSERT_TRUE(store_
                  ->Change(first.verification_no(), TestNow(),
                           [](v1::Verification* verification) {
                             verification->set_state(v1::VERIFICATION_STATE_CANCELLED);
                             return true;
                           })
                  .ok());
  EXPECT_TRUE(store_->Create(Case("b")).ok());
}

TEST_P(CaseStoreTest, ChangesOfManyThreadsAreAllKept) {
  const std::string number = MustCreate(Case("a")).verification_no();
  constexpr int kThreads = 2;
  constexpr int kChanges = 20;
  std::atomic<int> kept = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kChanges; ++n) {
        const auto changed = store_->Change(number, TestNow(), [](v1::Verification* verification) {
          verification->set_income_window_months(verification->income_window_months() + 1);
          return true;
        });
        if (changed.ok()) ++kept;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto after = store_->Get("county", number);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(static_cast<int>(after->income_window_months()), 12 + kept);
  EXPECT_EQ(after->version(), 1 + kept);
  EXPECT_GT(kept, 0);
}

TEST_P(CaseStoreTest, QuestionsAreFoundUntilTheyHaveAReceipt) {
  const v1::Verification first = MustCreate(Case("a"));
  MustCreate(Case("b", kP02));
  auto open = store_->Unsubmitted("", 10);
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_THAT(*open, SizeIs(2));
  EXPECT_EQ((*open)[0].payload, "asked about P02");
  EXPECT_EQ((*open)[0].verification.verification_no(), first.verification_no());
  EXPECT_EQ(store_->CaseOfQuestion("question-countya").value(), first.verification_no());
  ASSERT_TRUE(store_
                  ->Change(first.verification_no(), TestNow(),
                           [](v1::Verification* verification) {
                             verification->mutable_remote_queries(0)->set_submitted(true);
                             return true;
                           })
                  .ok());
  open = store_->Unsubmitted("", 10);
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_THAT(*open, SizeIs(1));
  EXPECT_THAT(*store_->Unsubmitted((*open)[0].request_id, 10), IsEmpty());
}

// In the transaction that makes it, so that nobody sees a report without its signature; and only once,
// however often the check changes afterwards.
TEST_P(CaseStoreTest, SignsAReportWhenItIsMade) {
  std::shared_ptr<const crypto::Signer> key = *crypto::GenerateSigner(crypto::KeyAlg::kEd25519);
  const auto signer =
      *merkle::NoteSigner::Create(ReportKeyName(kChongqing), merkle::SignatureType::kEd25519, key);
  store_ = *CaseStore::Open(*pool_, *sealer_, {.report_signers = {signer}});
  const merkle::NoteVerifier trusted({signer.key()});

  NewCase at_once = Case("a");
  at_once.verification.set_state(v1::VERIFICATION_STATE_REPORTED);
  const v1::Verification first = MustCreate(at_once);
  EXPECT_TRUE(OpenReport(first.report(), trusted).ok());

  const std::string number = MustCreate(Case("b", kP02)).verification_no();
  const auto change = [&](v1::VerificationState state, bool report) {
    const auto changed = store_->Change(number, TestNow(), [&](v1::Verification* verification) {
      verification->set_state(state);
      if (report) CompleteReport(TestNow(), verification);
      return true;
    });
    EXPECT_TRUE(changed.ok()) << changed.status();
    return changed.value_or(v1::Verification()).report();
  };
  EXPECT_EQ(change(v1::VERIFICATION_STATE_QUERYING, false).note(), "");
  const v1::Report made = change(v1::VERIFICATION_STATE_PARTIAL, true);
  EXPECT_TRUE(OpenReport(made, trusted).ok());
  EXPECT_EQ(change(v1::VERIFICATION_STATE_ARCHIVED, false).SerializeAsString(), made.SerializeAsString());
  EXPECT_EQ(store_->Get("county", number)->report().SerializeAsString(), made.SerializeAsString());
}

TEST_P(CaseStoreTest, NotesAnotherRegionsCheckTogetherWithTheAnswerThatIsGiven) {
  NewCase filed = Case("a");
  const crypto::BlindIndex person = indexer_->Index({.type = 1, .number = kP01});
  filed.members = {{"P01", person}};
  const std::string number = MustCreate(filed).verification_no();
  const ForeignCheck theirs = {.person = person,
                               .region = kSichuan,
                               .type = v1::VERIFICATION_TYPE_NEW,
                               .until = TestNow() + absl::Hours(1)};
  const auto meet = [&](const absl::Status& then) {
    return store_->Meet(theirs, kChongqing, TestNow(), [&](sql::Session&, const auto& open) {
      EXPECT_THAT(open, ElementsAre(v1::VERIFICATION_TYPE_NEW));
      return then;
    });
  };
  // The answer could not be stored: nothing was told, and nothing is noted.
  EXPECT_TRUE(HasReason(meet(MakeError(Reason::PAYLOAD_ERASED)).status(), Reason::PAYLOAD_ERASED));
  EXPECT_THAT(store_->Get("county", number)->other_checks(), IsEmpty());
  const auto met = meet(absl::OkStatus());
  ASSERT_TRUE(met.ok()) << met.status();
  EXPECT_THAT(met->changed, ElementsAre(number));
  EXPECT_THAT(store_->Get("county", number)->other_checks(), SizeIs(1));
  EXPECT_THAT(meet(absl::OkStatus())->changed, IsEmpty()) << "known by now";
}

TEST_P(CaseStoreTest, FindsWhatIsOverdueAndListsByOrganisation) {
  const std::string number = MustCreate(Case("a")).verification_no();
  MustCreate(Case("a", kP02, "town"));
  EXPECT_THAT(*store_->Due(TestNow(), 10), IsEmpty());
  EXPECT_THAT(*store_->Due(TestNow() + absl::Hours(1), 1), ElementsAre(number));
  const auto page = store_->List("county", {.state = v1::VERIFICATION_STATE_ACCEPTED}, 10, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->checks, SizeIs(1));
  EXPECT_EQ(page->checks[0].verification_no(), number);
  EXPECT_THAT(store_->List("county", {.state = v1::VERIFICATION_STATE_REPORTED}, 10, 0)->checks, IsEmpty());
  EXPECT_TRUE(HasReason(store_->Get("town", number).status(), Reason::CASE_NOT_FOUND));
}

INSTANTIATE_TEST_SUITE_P(Databases, CaseStoreTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::family_economy
