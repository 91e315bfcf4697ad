#include "services/child_welfare/schema.h"

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
        // ORPHAN xor DEFACTO, and one of them: 1 is ACTIVE, 2 ENDING.
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

}  // namespace

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{First()};
  return *migrations;
}

}  // namespace chuanyu::child_welfare
