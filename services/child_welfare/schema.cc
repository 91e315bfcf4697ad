#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {

const std::vector<sql::Migration>& StoreMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{{{
      // One row an application; `sealed` is the Application, Base64, the other columns hold nothing of a
      // person but
      // `subject`, a blind index. `window_region` is where the window is: here, or the region that pushed it.
      "CREATE TABLE cw_application (application_no VARCHAR(40) PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, "
      "org VARCHAR(128) NOT NULL, window_region VARCHAR(6) NOT NULL, "
      "subject VARCHAR(64) NOT NULL, claim_id VARCHAR(36) NOT NULL UNIQUE, state BIGINT NOT NULL, "
      "version BIGINT NOT NULL, sealed TEXT NOT NULL)",
      // What callers asked for, so that a repeat is known. `number` is what it was about.
      "CREATE TABLE cw_act (org VARCHAR(128) NOT NULL, request_id VARCHAR(64) NOT NULL, "
      "body_mac VARCHAR(64) NOT NULL, number VARCHAR(48) NOT NULL, PRIMARY KEY (org, request_id))",
      "CREATE TABLE cw_determination (determination_no VARCHAR(48) PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, "
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
      "CREATE INDEX cw_change_subject ON cw_change (subject, seq)",
      "CREATE TABLE cw_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
      "INSERT INTO cw_sequence (name, value) VALUES ('number', 0)",
  }}};
  return *migrations;
}

}  // namespace chuanyu::child_welfare
