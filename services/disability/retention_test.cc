// What may not be kept any longer: 30 days here. Between two regions, without servers, on SQLite and on a
// real PostgreSQL. Synthetic persons.
#include <string>

#include "common/base/status_macros.h"
#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

class DisabilityRetentionTest : public DisabilityTest {
 protected:
  static int Erased(Side& side) {
    const absl::StatusOr<int> erased = side.applications().EraseOnce();
    EXPECT_TRUE(erased.ok()) << erased.status();
    return erased.value_or(-1);
  }
  static bool HasPersons(const v1::Application& application) {
    const v1::Claimant& claimant = application.claimant();
    return claimant.has_person() || claimant.has_account() || claimant.has_certificate() ||
           application.has_filer() || application.has_findings() || !application.assessed().empty();
  }
};
INSTANTIATE_TEST_SUITE_P(On, DisabilityRetentionTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(DisabilityRetentionTest, PersonsLeaveWhenNothingIsPaidAnyMore) {
  const std::string no = ToDecision(cq(), sc(), "1", TestForm(), TestFindings());
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  regions().Settle();
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  regions().MoveTo(Date(2026, 3, 31));
  EXPECT_EQ(Erased(cq()) + Erased(sc()), 0);
  regions().MoveTo(Date(2026, 4, 1));
  EXPECT_EQ(Erased(cq()), 1) << "the window has nothing to do with it any more";
  EXPECT_FALSE(HasPersons(cq().Get(no)));
  EXPECT_EQ(cq().Get(no).result().decided_size(), 2);
  EXPECT_EQ(Erased(sc()), 0) << "paid to this account";
  regions().MoveTo(Date(2026, 6, 10));
  const auto stop = [&](const char* suffix, Date on) {
    const auto stopped = sc().Change(no + suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_SENTENCE, on);
    ASSERT_TRUE(stopped.ok()) << stopped.status();
  };
  stop("-L", Date(2026, 6, 9));
  regions().MoveTo(Date(2026, 8, 20));
  EXPECT_EQ(Erased(sc()), 0) << "CARE is paid";
  stop("-C", Date(2026, 8, 20));
  regions().MoveTo(Date(2026, 9, 29));
  EXPECT_EQ(Erased(sc()), 0);
  regions().MoveTo(Date(2026, 9, 30));
  EXPECT_EQ(Erased(sc()), 1);
  const v1::Application decided = sc().Get(no);
  EXPECT_TRUE(decided.erased()) << "and its county still sees that it was";
  EXPECT_FALSE(HasPersons(decided));
  EXPECT_EQ(decided.claimant().hukou_code().code(), "511623");
  EXPECT_GE(decided.steps_size(), 3);
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06") << "the ledger stays";
  EXPECT_EQ(sc().Grant(no + "-L").reason(), v1::STOP_REASON_UNSPECIFIED);
  EXPECT_FALSE(sc().Grant(no + "-L").has_cert_valid_to());
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_STOPPED);
  // Who comes again is paid what was not paid.
  const std::string again = ToDecision(sc(), sc(), "2", TestForm(), TestFindings());
  EXPECT_TRUE(sc().Act(again, "approve", "COUNTY").ok());
}

TEST_P(DisabilityRetentionTest, AfterAMoveTheOldSideKeepsNobody) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 20));
  const auto moving = sc().Move(sc().MoveOf(no + "-L", "500109", Date(2026, 6, 11)));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->grants(0).move_application_no();
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(Erased(sc()), 0) << "it may come back";
  PassAll(cq(), carried, TestFindings());
  ASSERT_TRUE(cq().Act(carried, "approve", "COUNTY").ok());
  regions().Settle();
  regions().MoveTo(Date(2026, 10, 2));
  EXPECT_EQ(Erased(sc()), 2) << "the application, and what carried it over";
  EXPECT_FALSE(HasPersons(sc().Get(no)) || HasPersons(sc().Get(carried)));
  EXPECT_EQ(Erased(cq()), 0);
  EXPECT_TRUE(HasPersons(cq().Get(carried)));
}

int DeathsKept(Side& side) {
  int64_t out = -1;
  EXPECT_TRUE(side.desk()
                  .Read([&](sql::Session& session) -> absl::Status {
                    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                                             session.Query("SELECT COUNT(*) FROM dis_death"));
                    out = sql::IntOf(found.rows.at(0)[0]);
                    return absl::OkStatus();
                  })
                  .ok());
  return static_cast<int>(out);
}

TEST_P(DisabilityRetentionTest, ADeathIsForgottenWithTheLastCaseOfThePerson) {
  Granted("1");
  regions().MoveTo(Date(2026, 3, 21));
  sc().Die(Date(2026, 3, 20));
  regions().MoveTo(Date(2026, 4, 25));  // March was the last month paid: the case is kept to the end of April
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(DeathsKept(sc()), 1) << "nothing may be granted meanwhile";
  regions().MoveTo(Date(2026, 6, 1));
  EXPECT_EQ(Erased(sc()), 1);
  EXPECT_EQ(DeathsKept(sc()), 0);
}

// Rows of the ledger, of what was recovered, and of grants that can be found by a person.
int Found(Side& side) {
  size_t out = 0;
  const absl::Status read = side.desk().Read([&](sql::Session& session) -> absl::Status {
    out = 0;
    for (const char* statement :
         {"SELECT subject FROM dis_ledger", "SELECT subject FROM dis_overlap",
          "SELECT grant_no FROM dis_recovery", "SELECT subject FROM dis_grant WHERE subject <> ''"}) {
      CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(statement));
      out += found.rows.size();
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  return static_cast<int>(out);
}

// Five years after the last month that was paid, by the policy that is shipped.
TEST_P(DisabilityRetentionTest, TheLedgerGoesWhenThePolicySaysSo) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 10));
  for (const char* suffix : {"-L", "-C"}) {
    ASSERT_TRUE(
        sc().Change(no + suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_RENOUNCED, Date(2026, 6, 10)).ok());
  }
  regions().MoveTo(Date(2026, 8, 1));
  EXPECT_EQ(Erased(sc()), 1);
  EXPECT_EQ(Found(sc()), 10) << "four months of two grants, and both of them";
  regions().SetDay(Date(2031, 6, 29));
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Found(sc()), 10);
  regions().SetDay(Date(2031, 6, 30));
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Found(sc()), 0);
  EXPECT_EQ(sc().Grant(no + "-L").state(), v1::GRANT_STATE_STOPPED) << "that it was granted stays";
  EXPECT_EQ(sc().Months(no + "-L"), "");
}

TEST_P(DisabilityRetentionTest, WhatIsNotRecoveredKeepsTheLedger) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 10));
  for (const char* suffix : {"-L", "-C"}) {  // known late: two months are to be recovered
    ASSERT_TRUE(
        sc().Change(no + suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_SENTENCE, Date(2026, 4, 30)).ok());
  }
  EXPECT_EQ(sc().Grant(no + "-C").recover().amount(), 2 * 8800);
  regions().MoveTo(Date(2026, 8, 1));
  EXPECT_EQ(Erased(sc()), 1);
  const int found = Found(sc());
  regions().SetDay(Date(2033, 1, 3));
  for (int run = 0; run < 2; ++run) EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Found(sc()), found);
  for (const auto& [suffix, fen] : {std::pair{"-L", 11100}, {"-C", 8800}}) {
    for (const char* month : {"2026-05", "2026-06"}) {
      const auto recorded = sc().Record(sc().RecoveryOf(no + suffix, month, fen));
      ASSERT_TRUE(recorded.ok()) << recorded.status();
    }
  }
  EXPECT_EQ(Found(sc()), found + 4);
  regions().SetDay(Date(2033, 2, 3));  // it is looked at again after some days
  EXPECT_EQ(Erased(sc()), 0);
  EXPECT_EQ(Found(sc()), 0) << "what is settled goes";
}

// A run takes no more than it may; the next one goes on.
TEST_P(DisabilityRetentionTest, ARunTakesNoMoreThanItMay) {
  int requests = 0;
  for (const char* number : {"511623198706239924", "511623198607079996", "511623198903039948"}) {
    const auto created = sc().Create(absl::StrCat("request-", ++requests), OnlyLife(TestForm(number)));
    ASSERT_TRUE(created.ok()) << created.status();
    ASSERT_TRUE(sc().Act(created->application_no(), "withdraw", "WINDOW").ok());
  }
  regions().MoveTo(Date(2026, 6, 1));
  EXPECT_EQ(Erased(sc()), 2) << "max_rows of this test";
  EXPECT_EQ(Erased(sc()), 1);
  EXPECT_EQ(Erased(sc()), 0);
}

}  // namespace
}  // namespace chuanyu::disability
