// What is to be recovered, and what officers record of it (domain page §8). Over two regions without servers,
// on SQLite and on a real PostgreSQL. Synthetic persons.
#include <string>

#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

class RecoveriesTest : public DisabilityTest {
 protected:
  // Granted in Sichuan in March, and stopped in June with the end of April.
  std::string StoppedLate() {
    const std::string no = Granted("1");
    regions().MoveTo(Date(2026, 6, 10));
    for (const char* suffix : {"-L", "-C"}) {
      EXPECT_TRUE(
          sc().Change(no + suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_SENTENCE, Date(2026, 4, 30)).ok());
    }
    return no;
  }
  // Chongqing has paid LIFE to the same person, too.
  void AlsoPaid(const std::string& grant_no, std::initializer_list<Month> months) {
    ASSERT_TRUE(cq().desk()
                    .Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
                      std::string subject;
                      CHUANYU_RETURN_IF_ERROR(sc().desk().Read([&](sql::Session& other) -> absl::Status {
                        CHUANYU_ASSIGN_OR_RETURN(const StoredGrant stored,
                                                 sc().desk().grants().Load(other, grant_no));
                        subject = stored.subject;
                        return absl::OkStatus();
                      }));
                      for (const Month month : months) {
                        CHUANYU_RETURN_IF_ERROR(
                            cq().desk().ledger().Post(session, {.subject = subject,
                                                                .benefit = v1::BENEFIT_LIFE,
                                                                .month = month,
                                                                .grant_no = "theirs",
                                                                .fen = 9000}));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }
  std::string Record(const std::string& no, const std::string& month, int64_t fen) {
    return ReasonText(sc().Record(sc().RecoveryOf(no, month, fen)).status());
  }
};
INSTANTIATE_TEST_SUITE_P(On, RecoveriesTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(RecoveriesTest, WhatWasPaidAfterAnEndIsRecordedUntilNothingIsLeft) {
  const std::string no = StoppedLate();
  EXPECT_EQ(sc().ToRecover().recoveries_size(), 4) << "May and June of both";
  EXPECT_EQ(sc().ToRecover(0, "", Side::kOther).recoveries_size(), 0) << "of its own grants";
  const v1::RecordRecoveryRequest request = sc().RecoveryOf(no + "-C", "2026-05", 5000);
  for (int i = 0; i < 2; ++i) {  // a repeat changes nothing
    const auto recorded = sc().Record(request);
    ASSERT_TRUE(recorded.ok()) << recorded.status();
    EXPECT_EQ(recorded->fen().amount(), 8800);
    EXPECT_EQ(recorded->left().amount(), 3800);
    EXPECT_TRUE(recorded->after_end());
    ASSERT_EQ(recorded->acts_size(), 1);
    EXPECT_EQ(recorded->acts(0).officer_id(), "officer-1");
  }
  v1::RecordRecoveryRequest other = request;
  other.mutable_fen()->set_amount(1);
  EXPECT_EQ(ReasonText(sc().Record(other).status()), "IDEMPOTENCY_CONFLICT request_id");
  EXPECT_EQ(Record(no + "-C", "2026-05", 3801), "STATE_CONFLICT fen");
  EXPECT_EQ(Record(no + "-C", "2026-05", 0), "STATE_CONFLICT keeps");
  EXPECT_EQ(Record(no + "-C", "2026-04", 1), "STATE_CONFLICT month") << "was due";
  EXPECT_EQ(Record(no + "-C", "2026-07", 1), "STATE_CONFLICT month") << "was not paid";
  EXPECT_EQ(Record(no + "-X", "2026-05", 1), "CASE_NOT_FOUND ");
  EXPECT_EQ(ReasonText(sc().Record(sc().RecoveryOf(no + "-C", "2026-05", 1), Side::kOther).status()),
            "CASE_NOT_FOUND ");
  v1::RecordRecoveryRequest tomorrow = sc().RecoveryOf(no + "-C", "2026-05", 1);
  tomorrow.mutable_on()->set_value("2026-06-11");
  EXPECT_EQ(ReasonText(sc().Record(tomorrow).status()), "BAD_REQUEST on");
  EXPECT_EQ(Record(no + "-C", "2026-05", 3800), "OK");
  EXPECT_EQ(Record(no + "-C", "2026-05", 1), "STATE_CONFLICT fen");
  EXPECT_EQ(Record(no + "-C", "2026-06", 8800), "OK");
  EXPECT_EQ(sc().ToRecover().recoveries_size(), 2) << "of LIFE";
  const auto shown = sc().grants().Get("county", no + "-C");
  ASSERT_EQ(shown->recoveries_size(), 2) << "settled, and shown";
  EXPECT_EQ(shown->recoveries(0).acts_size(), 2);
  EXPECT_EQ(shown->recoveries(0).left().amount(), 0);
}

TEST_P(RecoveriesTest, AreListedGrantByGrant) {
  const std::string no = StoppedLate();
  const v1::ListRecoveriesResponse first = sc().ToRecover(1);
  ASSERT_EQ(first.recoveries_size(), 2);
  EXPECT_EQ(first.recoveries(0).grant_no(), no + "-L");
  const v1::ListRecoveriesResponse second = sc().ToRecover(1, first.next_page_token());
  ASSERT_EQ(second.recoveries_size(), 2);
  EXPECT_EQ(second.recoveries(0).grant_no(), no + "-C");
}

TEST_P(RecoveriesTest, WhatBothPaidIsRecoveredByWhoBeganLater) {
  const std::string no = Granted("1") + "-L";
  AlsoPaid(no, {Month(2026, 2), Month(2026, 3)});
  regions().MoveTo(Date(2026, 4, 2));
  ASSERT_EQ(sc().Compared("2026-03").overlaps_size(), 1);
  const v1::ListRecoveriesResponse all = sc().ToRecover();
  ASSERT_EQ(all.recoveries_size(), 1);
  EXPECT_EQ(all.recoveries(0).duty(), v1::OVERLAP_DUTY_RECOVER);
  EXPECT_FALSE(all.recoveries(0).after_end());
  EXPECT_EQ(all.recoveries(0).left().amount(), 11100) << "what this region paid";
  EXPECT_EQ(Record(no, "2026-03", 11101), "STATE_CONFLICT fen");
  EXPECT_EQ(Record(no, "2026-03", 11100), "OK");
  EXPECT_EQ(sc().ToRecover().recoveries_size(), 0);
}

TEST_P(RecoveriesTest, WhatTheRuleDoesNotDecidePeopleDo) {
  const std::string no = Granted("1") + "-L";
  AlsoPaid(no, {Month(2026, 3), Month(2026, 4)});
  regions().MoveTo(Date(2026, 5, 2));
  ASSERT_TRUE(sc().StartComparison("2026-03").ok());
  regions().Settle();
  ASSERT_EQ(sc().ToRecover().recoveries_size(), 2);
  EXPECT_EQ(sc().ToRecover().recoveries(0).duty(), v1::OVERLAP_DUTY_UNDECIDED);
  EXPECT_EQ(Record(no, "2026-03", 0), "OK");
  EXPECT_EQ(Record(no, "2026-03", 1), "STATE_CONFLICT fen");
  EXPECT_EQ(Record(no, "2026-04", 11000), "OK");
  EXPECT_EQ(Record(no, "2026-04", 0), "STATE_CONFLICT keeps") << "some has come back";
  ASSERT_EQ(sc().ToRecover().recoveries_size(), 1);
  EXPECT_EQ(sc().ToRecover().recoveries(0).left().amount(), 100);
}

// Months that were passed over while it was suspended were not paid, and nobody gives them back.
TEST_P(RecoveriesTest, AreOfMonthsThatWerePaid) {
  const std::string no = Granted("1") + "-L";
  ASSERT_TRUE(sc().Change(no, v1::GRANT_CHANGE_SUSPEND, v1::STOP_REASON_REVIEW, Date(2026, 3, 2)).ok());
  regions().MoveTo(Date(2026, 6, 5));
  ASSERT_TRUE(sc().Change(no, v1::GRANT_CHANGE_RESUME, v1::STOP_REASON_UNSPECIFIED, Date(2026, 6, 5)).ok());
  regions().Settle();
  ASSERT_EQ(sc().Months(no), "2026-03 2026-06");
  ASSERT_TRUE(sc().Change(no, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_SENTENCE, Date(2026, 4, 30)).ok());
  EXPECT_EQ(sc().Grant(no).recover().amount(), 11100);
  EXPECT_EQ(sc().ToRecover().recoveries_size(), 1);
}

}  // namespace
}  // namespace chuanyu::disability
