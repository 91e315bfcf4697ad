// On SQLite and on a real PostgreSQL. Synthetic persons.
#include "services/family_economy/retention.h"

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/store_testing.h"

namespace chuanyu::family_economy {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

class RetentionTest : public StoreFixture {
 protected:
  void SetUp() override {
    cases_ = CaseStore::Open(*pool_, *sealer_, {}).value();
    answers_ = AnswerStore::Open(*pool_, *sealer_).value();
  }

  void KeepAnswer(int i) {
    v1::QueryStatusResponse answer;
    answer.add_results()->set_source("register");
    ASSERT_TRUE(answers_->Keep(IdOf(i), {}, answer, TestNow()).ok());
  }
  static std::string IdOf(int i) { return "0199aaaa-0000-7000-8000-00000000000" + std::to_string(i); }
  v1::Verification Create(v1::VerificationState state, const std::string& id = "a") {
    NewCase add{.key = {"county", id}, .body = {"body"}, .verification = Demo(), .document = {"document"}};
    add.verification.set_state(state);
    add.verification.mutable_authorization()->set_auth_no("SQ-" + id);
    add.applicants.push_back(indexer_->Index({.type = 1, .number = id}));
    add.region = kChongqing;
    add.county = "500109";
    add.today = TestContext().today;
    add.now = TestNow();
    return cases_->Create(add).value();
  }
  Erased Run(absl::Time now, int max_rows = 1000) {
    const auto erased = EraseOnce(*cases_, *answers_, now, {.max_rows = max_rows});
    EXPECT_TRUE(erased.ok()) << erased.status();
    return erased.value_or(Erased());
  }
  int64_t Count(const std::string& what) {
    int64_t count = -1;
    const absl::Status counted = pool_->Run([&](sql::Session& session) -> absl::Status {
      const auto found = session.Query("SELECT * FROM " + what);
      if (found.ok()) count = static_cast<int64_t>(found->rows.size());
      return found.status();
    });
    EXPECT_TRUE(counted.ok()) << counted;
    return count;
  }

  std::unique_ptr<CaseStore> cases_;
  std::unique_ptr<AnswerStore> answers_;
};

TEST_P(RetentionTest, AnErasedAnswerIsNeverReplacedByAnother) {
  KeepAnswer(1);
  EXPECT_EQ(Run(TestNow() + 30 * kDay).answers, 0);
  EXPECT_TRUE(answers_->Find(IdOf(1), {}).value().has_value());
  EXPECT_EQ(Run(TestNow() + 30 * kDay + absl::Seconds(1)).answers, 1);
  EXPECT_EQ(Count("fe_answer WHERE question = '' AND answer = ''"), 1);
  EXPECT_TRUE(HasReason(answers_->Find(IdOf(1), {}).status(), Reason::PAYLOAD_ERASED));
  EXPECT_TRUE(HasReason(answers_->Keep(IdOf(1), {}, {}, TestNow()).status(), Reason::PAYLOAD_ERASED));
  // Once no repeat can come any more, the id goes, too.
  EXPECT_EQ(Run(TestNow() + 367 * kDay).answers, 0);
  EXPECT_EQ(Count("fe_answer"), 1);
  Run(TestNow() + 367 * kDay + absl::Seconds(1));
  EXPECT_EQ(Count("fe_answer"), 0);
}

TEST_P(RetentionTest, ARunTakesNoMoreThanItMay) {
  for (int i = 0; i < 5; ++i) KeepAnswer(i);
  const absl::Time later = TestNow() + 31 * kDay;
  EXPECT_EQ(Run(later, 2).answers, 2);
  EXPECT_EQ(Run(later, 2).answers, 2);
  EXPECT_EQ(Run(later, 2).answers, 1);
  EXPECT_EQ(Run(later, 2).answers, 0);
}

TEST_P(RetentionTest, PersonsLeaveChecksThatWaitForNothing) {
  const v1::Verification reported = Create(v1::VERIFICATION_STATE_REPORTED, "reported");
  const v1::Verification waiting = Create(v1::VERIFICATION_STATE_QUERYING, "waiting");
  EXPECT_EQ(Run(TestNow() + 180 * kDay).checks, 0);
  EXPECT_EQ(Run(TestNow() + 181 * kDay).checks, 1);
  const auto erased = cases_->Get("county", reported.verification_no());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_FALSE(erased->has_household());
  EXPECT_TRUE(erased->erased());
  EXPECT_EQ(erased->state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(erased->events(erased->events_size() - 1).kind(), v1::CASE_EVENT_KIND_ERASED);
  EXPECT_TRUE(cases_->Get("county", waiting.verification_no())->has_household());
  EXPECT_EQ(Run(TestNow() + 400 * kDay).checks, 0);
}

// An application whose check never came to an end must not keep its members for ever.
TEST_P(RetentionTest, MembersOfAStuckApplicationAreReleased) {
  Create(v1::VERIFICATION_STATE_QUERYING);
  EXPECT_EQ(Count("fe_applicant"), 1);
  EXPECT_EQ(Run(TestNow() + 89 * kDay).applicants, 0);
  EXPECT_EQ(Run(TestNow() + 90 * kDay).applicants, 1);
  EXPECT_EQ(Count("fe_applicant"), 0);
}

TEST_P(RetentionTest, RunsByItself) {
  KeepAnswer(1);
  const FakeClock clock(TestNow() + 31 * kDay);
  Retention retention(*cases_, *answers_, clock, {.every = absl::Milliseconds(5)});
  const absl::Time limit = absl::Now() + absl::Minutes(1);
  while (!HasReason(answers_->Find(IdOf(1), {}).status(), Reason::PAYLOAD_ERASED)) {
    ASSERT_LT(absl::Now(), limit);
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, RetentionTest, kBothDatabases, DatabaseName);

}  // namespace
}  // namespace chuanyu::family_economy
