// The same promises on SQLite and on a real PostgreSQL. Synthetic persons.
#include "services/family_economy/case_store.h"

#include <thread>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/case_store_testing.h"
#include "services/family_economy/report_signature.h"
#include "services/family_economy/rules/report.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CaseStoreTest : public CaseStoreFixture {};
INSTANTIATE_TEST_SUITE_P(Databases, CaseStoreTest, kBothDatabases, DatabaseName);

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
  const ForeignCheck theirs = {.request_id = "theirs",
                               .person = person,
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

}  // namespace
}  // namespace chuanyu::family_economy
