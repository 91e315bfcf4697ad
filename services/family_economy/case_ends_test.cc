// What regions tell each other when a check is over, on SQLite and on a real PostgreSQL. Synthetic persons.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/family_economy/case_store_testing.h"
#include "services/family_economy/rules/other_checks.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class CaseEndsTest : public CaseStoreFixture {
 protected:
  // Ends that other regions are told of, "<region> <question> <kind>", those of a message after each other.
  std::vector<std::string> ToldEnds() {
    std::vector<std::string> told;
    const auto due = outbox_->Due(TestNow() + absl::Hours(1), "", 100);
    EXPECT_TRUE(due.ok()) << due.status();
    for (const std::string& id : due.value_or(std::vector<std::string>())) {
      const OutboxMessage message = **outbox_->Find(id);
      EXPECT_EQ(message.operation, kEndsOperation);
      EXPECT_EQ(message.purpose, kEndsPurpose);
      EXPECT_EQ(message.correlation_id, "") << "the number of a check is none of their business";
      v1::TellCheckEndsRequest ends;
      EXPECT_TRUE(ends.ParseFromString(message.payload));
      for (const v1::CheckEnd& end : ends.ends()) {
        told.push_back(absl::StrCat(message.to_region, " ", end.request_id(), " ", int{end.type()}));
      }
    }
    return told;
  }
  ForeignCheck Theirs(const std::string& id, v1::VerificationType type = v1::VERIFICATION_TYPE_NEW) {
    return {.request_id = id,
            .person = indexer_->Index({.type = 1, .number = kP01}),
            .region = kSichuan,
            .type = type,
            .until = TestNow() + absl::Hours(1)};
  }
  // The kinds that the answer names.
  std::vector<v1::VerificationType> MustMeet(const ForeignCheck& theirs) {
    const auto met = store_->Meet(theirs, kChongqing, TestNow(),
                                  [](sql::Session&, const auto&) { return absl::OkStatus(); });
    EXPECT_TRUE(met.ok()) << met.status();
    return met.ok() ? met->open : std::vector<v1::VerificationType>();
  }
  std::vector<std::string> MustEnd(const std::string& id,
                                   v1::VerificationType type = v1::VERIFICATION_TYPE_NEW,
                                   const std::string& region = kSichuan) {
    v1::CheckEnd end;
    end.set_request_id(id);
    end.set_type(type);
    const auto changed = store_->TakeCheckEnds(region, {end}, TestNow());
    EXPECT_TRUE(changed.ok()) << changed.status();
    return changed.value_or(std::vector<std::string>());
  }
  void MustChange(const std::string& number, v1::VerificationState state) {
    const auto changed = store_->Change(number, TestNow(), [&](v1::Verification* check) {
      check->set_state(state);
      return true;
    });
    EXPECT_TRUE(changed.ok()) << changed.status();
  }
  // P01's, and the question is about them.
  NewCase CaseOfP01(const std::string& id, v1::VerificationType type = v1::VERIFICATION_TYPE_NEW) {
    NewCase out = Case(id);
    out.members = {{"P01", indexer_->Index({.type = 1, .number = kP01})}};
    out.verification.mutable_remote_queries(0)->set_member_id("P01");
    out.verification.set_type(type);
    if (type != v1::VERIFICATION_TYPE_NEW) out.applicants.clear();
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, CaseEndsTest, kBothDatabases, DatabaseName);

TEST_P(CaseEndsTest, AnotherRegionsCheckIsOverWhenItIsToldInAnyOrderAndOnce) {
  const std::string number = MustCreate(CaseOfP01("a")).verification_no();
  MustMeet(Theirs("t1"));
  MustMeet(Theirs("t2"));  // the same check asks again, for other classes
  const v1::Verification before = *store_->Get("county", number);
  EXPECT_THAT(MustEnd("t1"), IsEmpty()) << "the other question's check is open";
  EXPECT_THAT(MustEnd("t2", v1::VERIFICATION_TYPE_NEW, "520000"), IsEmpty()) << "another region's question";
  EXPECT_THAT(MustEnd("t2"), ElementsAre(number));
  EXPECT_THAT(MustEnd("t2"), IsEmpty()) << "told again";
  const v1::Verification after = *store_->Get("county", number);
  ASSERT_THAT(after.other_checks(), SizeIs(1));
  EXPECT_TRUE(after.other_checks(0).ended());
  EXPECT_GT(after.version(), before.version());
  EXPECT_EQ(after.update_time().SerializeAsString(), before.update_time().SerializeAsString())
      << "no work on the check: its persons are not kept longer for it";

  // The end comes first: the question finds it, and so does what is filed later.
  EXPECT_THAT(MustEnd("t3", v1::VERIFICATION_TYPE_MONITOR), IsEmpty());
  EXPECT_THAT(MustMeet(Theirs("t3", v1::VERIFICATION_TYPE_MONITOR)), IsEmpty());
  EXPECT_THAT(store_->Get("county", number)->other_checks(), SizeIs(1));
  EXPECT_THAT(MustCreate(CaseOfP01("later", v1::VERIFICATION_TYPE_RECHECK)).other_checks(), IsEmpty());
  MustMeet(Theirs("t4"));
  EXPECT_FALSE(store_->Get("county", number)->other_checks(0).ended()) << "another one";
}

TEST_P(CaseEndsTest, EndsAreKnownByQuestionsAndForgottenInTime) {
  MustMeet(Theirs("t1"));
  MustEnd("t2");
  const auto count = [&] {
    int64_t rows = -1;
    EXPECT_TRUE(pool_
                    ->Run([&](sql::Session& session) -> absl::Status {
                      const auto found = session.Query("SELECT COUNT(*) FROM fe_foreign_question");
                      if (found.ok()) rows = sql::IntOf(found->rows[0][0]);
                      return found.status();
                    })
                    .ok());
    return rows;
  };
  EXPECT_EQ(count(), 2);
  ASSERT_TRUE(store_->ReleaseApplicants(TestNow() + absl::Hours(2), 10).ok());
  EXPECT_EQ(count(), 2) << "a check is decided after its deadline, too";
  ASSERT_TRUE(store_->ReleaseApplicants(TestNow() + absl::Hours(2) + kEndComesWithin, 10).ok());
  EXPECT_EQ(count(), 1);
  ASSERT_TRUE(store_->ReleaseApplicants(TestNow() + kLongestCheck + kEndComesWithin, 10).ok());
  EXPECT_EQ(count(), 0);
}

TEST_P(CaseEndsTest, WhomACheckHasAskedIsToldWhenItIsOver) {
  const std::string number = MustCreate(CaseOfP01("a")).verification_no();
  MustChange(number, v1::VERIFICATION_STATE_REPORTED);
  EXPECT_THAT(ToldEnds(), IsEmpty());
  ASSERT_TRUE(store_
                  ->Change(number, TestNow(),
                           [](v1::Verification* check) {
                             check->mutable_decision()->set_outcome(v1::DECISION_OUTCOME_GRANTED);
                             return true;
                           })
                  .ok());
  EXPECT_THAT(ToldEnds(), ElementsAre("510000 question-countya 1"));
  MustChange(number, v1::VERIFICATION_STATE_ARCHIVED);
  EXPECT_THAT(ToldEnds(), SizeIs(1)) << "it was over before";
}

TEST_P(CaseEndsTest, WhoWasToldInAnAnswerIsToldOfTheEndOfTheLastCheckOfTheKind) {
  const std::string first = MustCreate(CaseOfP01("a", v1::VERIFICATION_TYPE_RECHECK)).verification_no();
  const std::string second = MustCreate(CaseOfP01("b", v1::VERIFICATION_TYPE_RECHECK)).verification_no();
  const std::string other = MustCreate(CaseOfP01("c", v1::VERIFICATION_TYPE_MONITOR)).verification_no();
  EXPECT_THAT(MustMeet(Theirs("t1")),
              ElementsAre(v1::VERIFICATION_TYPE_RECHECK, v1::VERIFICATION_TYPE_MONITOR));
  MustMeet(Theirs("t2"));
  MustEnd("t2");  // decided there: it shows what it knows all the same
  // What is filed later was never told to them, and so is its end.
  const std::string unheard = MustCreate(CaseOfP01("d", v1::VERIFICATION_TYPE_REVIEW)).verification_no();
  MustChange(unheard, v1::VERIFICATION_STATE_CANCELLED);
  MustChange(first, v1::VERIFICATION_STATE_CANCELLED);
  EXPECT_THAT(ToldEnds(), UnorderedElementsAre("510000 question-countyd 4", "510000 question-countya 2"));
  MustChange(second, v1::VERIFICATION_STATE_EXPIRED);
  EXPECT_THAT(ToldEnds(), UnorderedElementsAre("510000 question-countyd 4", "510000 question-countya 2",
                                               "510000 question-countyb 2", "510000 t1 2", "510000 t2 2"));
  MustChange(other, v1::VERIFICATION_STATE_REVOKED);
  EXPECT_THAT(ToldEnds(), Contains("510000 t1 3"));
}

TEST_P(CaseEndsTest, AnEndOfWhatAnAnswerToldIsNotedInTheCheckThatAsked) {
  const std::string number = MustCreate(CaseOfP01("a")).verification_no();
  ASSERT_TRUE(store_
                  ->Change(number, TestNow(),
                           [](v1::Verification* check) {
                             TakeOpenChecks("question-countya", {v1::VERIFICATION_TYPE_MONITOR}, check);
                             return true;
                           })
                  .ok());
  EXPECT_THAT(MustEnd("question-countya", v1::VERIFICATION_TYPE_MONITOR, "520000"), IsEmpty())
      << "that region was not asked";
  EXPECT_FALSE(store_->Get("county", number)->other_checks(0).ended());
  EXPECT_THAT(MustEnd("question-countya", v1::VERIFICATION_TYPE_MONITOR), ElementsAre(number));
  EXPECT_TRUE(store_->Get("county", number)->other_checks(0).ended());
  EXPECT_THAT(MustEnd("question-countya", v1::VERIFICATION_TYPE_MONITOR), IsEmpty());
}

}  // namespace
}  // namespace chuanyu::family_economy
