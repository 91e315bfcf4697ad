#include "services/elderly_care/schema.h"

#include "common/case_service/case_rows.h"

namespace chuanyu::elderly_care {
namespace {

sql::Migration First() {
  sql::Migration migration{.statements = CaseRows::Statements(kTables)};
  for (const char* statement :
       {"CREATE TABLE ec_receipt (filing_no VARCHAR(48) PRIMARY KEY, application_no VARCHAR(40) NOT NULL "
        "UNIQUE)",
        // The map: own entries and those of regions that were subscribed to. `seq` is that of the last
        // change, so that whoever asks for what came after a sequence misses nothing. `sealed` is a
        // PublicEntry.
        "CREATE TABLE ec_entry (entry_id VARCHAR(64) PRIMARY KEY, region VARCHAR(6) NOT NULL, "
        "seq BIGINT NOT NULL UNIQUE, version BIGINT NOT NULL, shown BIGINT NOT NULL, sealed TEXT NOT NULL)",
        // Regions that want to hear of the own entries.
        "CREATE TABLE ec_subscriber (region VARCHAR(6) PRIMARY KEY)"}) {
    migration.statements.emplace_back(statement);
  }
  return migration;
}

// Institutions that were found unfiled. `subject` is that of their premises, or empty.
sql::Migration Second() {
  return {.statements = {CaseRows::Statements(kUnfiledTables)[0],
                         "CREATE INDEX ecu_application_subject ON ecu_application (subject)",
                         "CREATE INDEX ec_application_subject ON ec_application (subject)"}};
}

// Receipts are counted by authority and year.
sql::Migration Third() {
  return {.statements = {"CREATE TABLE ec_series (series VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)"}};
}

}  // namespace

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{First(), Second(), Third()};
  return *migrations;
}

}  // namespace chuanyu::elderly_care
