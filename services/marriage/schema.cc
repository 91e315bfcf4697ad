#include "services/marriage/schema.h"

#include "absl/strings/str_cat.h"
#include "chuanyu/marriage/v1/appointment.pb.h"
#include "common/case_service/case_rows.h"

namespace chuanyu::marriage {
namespace {

static_assert(v1::APPOINTMENT_STATE_HELD == 1 && v1::APPOINTMENT_STATE_CONFIRMED == 2 &&
              v1::APPOINTMENT_STATE_CHECKED_IN == 3);

// mr_application holds registrations; `subject` is that of party_a, `claim_id` an id of the row. Every other
// subject here is a blind index under the key of the regions, too.
sql::Migration First() {
  sql::Migration migration{.statements = CaseRows::Statements(kTables)};
  for (const char* statement :
       {// What a claim was opened for: 'A' an appointment, 'R' a registration.
        "CREATE TABLE mr_claim (claim_id VARCHAR(36) PRIMARY KEY, kind VARCHAR(1) NOT NULL, "
        "number VARCHAR(40) NOT NULL)",
        // Registrations for which both persons are held, and until when.
        "CREATE TABLE mr_hold (number VARCHAR(40) PRIMARY KEY, until_ms BIGINT NOT NULL)",
        // The CHECK holds against a mistake in the code what the statement promises.
        "CREATE TABLE mr_slot (office VARCHAR(16) NOT NULL, day VARCHAR(10) NOT NULL, "
        "period VARCHAR(16) NOT NULL, service BIGINT NOT NULL, capacity BIGINT NOT NULL, "
        "booked BIGINT NOT NULL, PRIMARY KEY (office, day, period, service), "
        "CHECK (booked >= 0 AND booked <= capacity))",
        "CREATE TABLE mr_appointment (number VARCHAR(40) PRIMARY KEY, state BIGINT NOT NULL, "
        "day VARCHAR(10) NOT NULL, until_ms BIGINT NOT NULL, sealed TEXT NOT NULL)",
        "CREATE INDEX mr_appointment_state ON mr_appointment (state, day, until_ms)",
        "CREATE TABLE mr_no_show (subject VARCHAR(64) NOT NULL, day VARCHAR(10) NOT NULL, "
        "number VARCHAR(40) NOT NULL, PRIMARY KEY (subject, number))",
        // The register: marriages of this region, and those that other regions told of.
        "CREATE TABLE mr_marriage (certificate_no VARCHAR(24) PRIMARY KEY, subject_a VARCHAR(64) NOT NULL, "
        "subject_b VARCHAR(64) NOT NULL, registered_on VARCHAR(10) NOT NULL, region VARCHAR(6) NOT NULL, "
        "ended_by VARCHAR(24) NOT NULL)",
        // Who has a spouse now: one marriage a person.
        "CREATE TABLE mr_spouse (subject VARCHAR(64) PRIMARY KEY, certificate_no VARCHAR(24) NOT NULL)",
        "CREATE TABLE mr_divorce (certificate_no VARCHAR(24) PRIMARY KEY, subject_a VARCHAR(64) NOT NULL, "
        "subject_b VARCHAR(64) NOT NULL, registered_on VARCHAR(10) NOT NULL, region VARCHAR(6) NOT NULL)",
        "CREATE INDEX mr_divorce_a ON mr_divorce (subject_a)",
        "CREATE INDEX mr_divorce_b ON mr_divorce (subject_b)",
        // Divorces that were accepted and are not over; `next_day` is when the clock has something to do.
        "CREATE TABLE mr_open_divorce (subject VARCHAR(64) PRIMARY KEY, number VARCHAR(40) NOT NULL, "
        "next_day VARCHAR(10) NOT NULL)",
        // Every number that was used, for a registration or void: no gap is without a row that says why.
        "CREATE TABLE mr_series (series VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
        "CREATE TABLE mr_certificate (certificate_no VARCHAR(24) PRIMARY KEY, series VARCHAR(16) NOT NULL, "
        "seq BIGINT NOT NULL, number VARCHAR(40) NOT NULL, officer VARCHAR(64) NOT NULL, "
        "void_reason VARCHAR(64) NOT NULL, at_ms BIGINT NOT NULL, UNIQUE (series, seq))"}) {
    migration.statements.emplace_back(statement);
  }
  return migration;
}

// What the clock looks for, and nothing of what is over; and the day of an office.
sql::Migration Second() {
  return {.statements = {
              "DROP INDEX mr_appointment_state",
              absl::StrCat("CREATE INDEX mr_appointment_held ON mr_appointment (until_ms) WHERE ", kIsHeld),
              absl::StrCat("CREATE INDEX mr_appointment_live ON mr_appointment (day) WHERE ", kIsLive),
              "ALTER TABLE mr_appointment ADD COLUMN office VARCHAR(16) NOT NULL DEFAULT ''",
              "CREATE INDEX mr_appointment_office ON mr_appointment (office, day, number)"}};
}

// How often an appointment has changed: what others that have the same database are told by.
sql::Migration Third() {
  return {.statements = {"ALTER TABLE mr_appointment ADD COLUMN changes BIGINT NOT NULL DEFAULT 0"}};
}

}  // namespace

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{First(), Second(), Third()};
  return *migrations;
}

}  // namespace chuanyu::marriage
