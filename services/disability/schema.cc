#include "services/disability/schema.h"

#include "common/case_service/case_days.h"
#include "common/case_service/case_deaths.h"
#include "common/case_service/case_hukou_moves.h"
#include "common/case_service/case_rows.h"
#include "services/disability/recovery_store.h"

namespace chuanyu::disability {
namespace {

sql::Migration First() {
  sql::Migration migration{.statements = CaseRows::Statements(kTables)};
  for (const char* statement : {
           // `sealed` is the Grant. `active`: in force without an end; `look_on`: when the clock looks at it.
           "CREATE TABLE dis_grant (grant_no VARCHAR(48) PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, "
           "subject VARCHAR(64) NOT NULL, benefit BIGINT NOT NULL, active BIGINT NOT NULL, "
           "look_on VARCHAR(10) NOT NULL, org VARCHAR(128) NOT NULL, version BIGINT NOT NULL, "
           "sealed TEXT NOT NULL)",
           // Each subsidy once: holds against a mistake in the code.
           "CREATE UNIQUE INDEX dis_grant_one ON dis_grant (subject, benefit) WHERE active = 1",
           "CREATE INDEX dis_grant_look ON dis_grant (look_on, seq)",
           "CREATE INDEX dis_grant_subject ON dis_grant (subject, benefit, seq)",
           // One line a month that was paid. The key is the promise: (person, benefit, month) once; and the
           // order in which a comparison reads.
           "CREATE TABLE dis_ledger (month VARCHAR(7) NOT NULL, benefit BIGINT NOT NULL, "
           "subject VARCHAR(64) NOT NULL, grant_no VARCHAR(48) NOT NULL, fen BIGINT NOT NULL, "
           "PRIMARY KEY (month, benefit, subject))",
           "CREATE INDEX dis_ledger_grant ON dis_ledger (grant_no, month)",
           "CREATE INDEX dis_ledger_subject ON dis_ledger (subject, benefit, month)",
           // How far the comparison of a month with a region is: the benefit under way and its last line.
           "CREATE TABLE dis_comparison (month VARCHAR(7) NOT NULL, region VARCHAR(6) NOT NULL, "
           "state BIGINT NOT NULL, benefit BIGINT NOT NULL, last VARCHAR(64) NOT NULL, lines BIGINT NOT "
           "NULL, matched BIGINT NOT NULL, recover_fen BIGINT NOT NULL, PRIMARY KEY (month, region))",
           "CREATE TABLE dis_overlap (month VARCHAR(7) NOT NULL, region VARCHAR(6) NOT NULL, "
           "benefit BIGINT NOT NULL, subject VARCHAR(64) NOT NULL, grant_no VARCHAR(48) NOT NULL, "
           "duty BIGINT NOT NULL, fen BIGINT NOT NULL, PRIMARY KEY (month, region, benefit, subject))",
       }) {
    migration.statements.emplace_back(statement);
  }
  return migration;
}

// What was paid is forgotten by grant.
sql::Migration Accounts() {
  sql::Migration migration{.statements = CaseDays::Statements(kTables, kAccounts)};
  migration.statements.emplace_back("CREATE INDEX dis_overlap_grant ON dis_overlap (grant_no)");
  return migration;
}

}  // namespace

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations =
      new std::vector<sql::Migration>{First(),
                                      {.statements = CaseDeaths::Statements(kTables)},
                                      {.statements = CaseDays::Statements(kTables)},
                                      {.statements = CaseDays::Statements(kTables, kUntold)},
                                      {.statements = CaseHukouMoves::Statements(kTables)},
                                      Accounts(),
                                      {.statements = CaseHukouMoves::OriginStatements(kTables)},
                                      {.statements = RecoveryStore::Statements()}};
  return *migrations;
}

}  // namespace chuanyu::disability
