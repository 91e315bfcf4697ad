#include "services/family_economy/schema.h"

namespace chuanyu::family_economy {

const std::vector<sql::Migration>& CaseMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          // One row a check. `sealed` is the Verification, Base64; the other columns hold nothing of a
          // person.
          "CREATE TABLE fe_case (verification_no VARCHAR(40) PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, "
          "org VARCHAR(128) NOT NULL, request_id VARCHAR(64) NOT NULL, body_mac VARCHAR(64) NOT NULL, "
          "state BIGINT NOT NULL, version BIGINT NOT NULL, deadline_ms BIGINT NOT NULL, sealed TEXT NOT "
          "NULL, "
          "UNIQUE (org, request_id))",
          "CREATE INDEX fe_case_list ON fe_case (org, seq)",
          "CREATE INDEX fe_case_deadline ON fe_case (state, deadline_ms)",
          // One row a question to another region; `sealed` is emptied once there is an answer.
          "CREATE TABLE fe_question (request_id VARCHAR(36) PRIMARY KEY, verification_no VARCHAR(40) NOT "
          "NULL, "
          "submitted BIGINT NOT NULL, answered BIGINT NOT NULL, sealed TEXT NOT NULL)",
          "CREATE INDEX fe_question_open ON fe_question (submitted, answered, request_id)",
          "CREATE INDEX fe_question_case ON fe_question (verification_no)",
          // Who is in an open new application, by blind index: the primary key makes it one at a time.
          "CREATE TABLE fe_applicant (person VARCHAR(64) PRIMARY KEY, verification_no VARCHAR(40) NOT NULL, "
          "until_ms BIGINT NOT NULL)",
          "CREATE INDEX fe_applicant_case ON fe_applicant (verification_no)",
          "CREATE TABLE fe_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
          "INSERT INTO fe_sequence (name, value) VALUES ('case', 0)",
      }},
  };
  return *migrations;
}

}  // namespace chuanyu::family_economy
