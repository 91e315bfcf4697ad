#include "services/child_welfare/schema.h"

#include "common/case_service/case_days.h"
#include "common/case_service/case_deaths.h"
#include "common/case_service/case_hukou_moves.h"
#include "common/case_service/case_rows.h"

namespace chuanyu::child_welfare {
namespace {

sql::Migration First() {
  sql::Migration migration{.statements = CaseRows::Statements(kTables)};
  for (const char* statement :
       {"CREATE TABLE cw_determination (determination_no VARCHAR(48) PRIMARY KEY, seq BIGINT NOT NULL "
        "UNIQUE, "
        "subject VARCHAR(64) NOT NULL, state BIGINT NOT NULL, check_on VARCHAR(10) NOT NULL, "
        "version BIGINT NOT NULL, sealed TEXT NOT NULL)",
        // ORPHAN xor DEFACTO, and one of them.
        "CREATE UNIQUE INDEX cw_determination_one ON cw_determination (subject) WHERE state < 3",
        "CREATE INDEX cw_determination_check ON cw_determination (state, check_on)",
        "CREATE INDEX cw_determination_subject ON cw_determination (subject, seq)",
        // Regions that want to hear of changes of a subject.
        "CREATE TABLE cw_subscriber (subject VARCHAR(64) NOT NULL, region VARCHAR(6) NOT NULL, "
        "PRIMARY KEY (subject, region))",
        // Own organisations that do, and what they call it.
        "CREATE TABLE cw_watch (org VARCHAR(128) NOT NULL, subject VARCHAR(64) NOT NULL, "
        "subscription_id VARCHAR(64) NOT NULL, PRIMARY KEY (org, subject))",
        "CREATE TABLE cw_change (seq BIGINT PRIMARY KEY, subject VARCHAR(64) NOT NULL, sealed TEXT NOT NULL)",
        "CREATE INDEX cw_change_subject ON cw_change (subject, seq)"}) {
    migration.statements.emplace_back(statement);
  }
  return migration;
}

// Deaths, suspension, moves and the benefit ledger.
sql::Migration Second() {
  sql::Migration migration{.statements = CaseDeaths::Statements(kTables)};
  for (const char* statement :
       {// Whatever holds keeps another one out: all but 3, ENDED.
        "DROP INDEX cw_determination_one",
        "CREATE UNIQUE INDEX cw_determination_one ON cw_determination (subject) WHERE state <> 3",
        // Their months are posted at the next look.
        "UPDATE cw_determination SET check_on = '2000-01-01' WHERE state <> 3",
        // One line a month that was paid. The key is the promise: a child and a month once, whatever it is
        // paid as. `fen` is -1 where no standard is known.
        "CREATE TABLE cw_month (subject VARCHAR(64) NOT NULL, month VARCHAR(7) NOT NULL, category BIGINT NOT "
        "NULL, fen BIGINT NOT NULL, determination_no VARCHAR(48) NOT NULL, PRIMARY KEY (subject, month))",
        "CREATE INDEX cw_month_determination ON cw_month (determination_no, month)",
        // The newest change that another region has told of a subject.
        "CREATE TABLE cw_heard (subject VARCHAR(64) NOT NULL, region VARCHAR(6) NOT NULL, "
        "seq BIGINT NOT NULL, PRIMARY KEY (subject, region))"}) {
    migration.statements.emplace_back(statement);
  }
  return migration;
}

// What is erased when it may not be kept any longer. What was told before counts as told on the day of this
// version.
sql::Migration Third() {
  sql::Migration migration{.statements = CaseDays::Statements(kTables)};
  migration.statements.emplace_back(
      "ALTER TABLE cw_change ADD COLUMN told_on VARCHAR(10) NOT NULL DEFAULT '2026-11-26'");
  return migration;
}

// Months that were topped up, and decisions that wait to be told.
sql::Migration Fourth() {
  sql::Migration migration{.statements = CaseDays::Statements(kTables, kUntold)};
  migration.statements.emplace_back("ALTER TABLE cw_month ADD COLUMN deducted BIGINT NOT NULL DEFAULT 0");
  return migration;
}

}  // namespace

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations =
      new std::vector<sql::Migration>{First(),
                                      Second(),
                                      Third(),
                                      Fourth(),
                                      {.statements = CaseHukouMoves::Statements(kTables)},
                                      {.statements = CaseDays::Statements(kTables, kAccounts)},
                                      {.statements = CaseHukouMoves::OriginStatements(kTables)}};
  return *migrations;
}

}  // namespace chuanyu::child_welfare
