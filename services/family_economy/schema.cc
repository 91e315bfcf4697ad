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
      {{
          // What lists are filtered by, and when a check was changed last.
          "ALTER TABLE fe_case ADD COLUMN assist_type VARCHAR(16) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_case ADD COLUMN created_ms BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_case ADD COLUMN changed_ms BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_case ADD COLUMN erased BIGINT NOT NULL DEFAULT 0",
          "CREATE INDEX fe_case_age ON fe_case (erased, changed_ms)",
          // The checks under one authorisation, which is the organisation's own number of a document.
          "ALTER TABLE fe_case ADD COLUMN auth_no VARCHAR(64) NOT NULL DEFAULT ''",
          "CREATE INDEX fe_case_auth ON fe_case (org, auth_no, seq)",
          // `document_mac` ties the number to one household with these members and to one file; `application`
          // is the new application it was used for; `ended` is the reason once it ended.
          "CREATE TABLE fe_authorization (org VARCHAR(128) NOT NULL, auth_no VARCHAR(64) NOT NULL, "
          "document_mac VARCHAR(64) NOT NULL, application VARCHAR(40) NOT NULL, ended VARCHAR(32) NOT NULL, "
          "ended_ms BIGINT NOT NULL, PRIMARY KEY (org, auth_no))",
          // What callers did to checks, so that a repeat is known.
          "CREATE TABLE fe_act (org VARCHAR(128) NOT NULL, request_id VARCHAR(64) NOT NULL, "
          "body_mac VARCHAR(64) NOT NULL, verification_no VARCHAR(40) NOT NULL, at_ms BIGINT NOT NULL, "
          "PRIMARY KEY (org, request_id))",
          // 1: the exchange node is to be told that nobody waits for the answer.
          "ALTER TABLE fe_question ADD COLUMN withdraw BIGINT NOT NULL DEFAULT 0",
          "CREATE INDEX fe_question_withdraw ON fe_question (withdraw, request_id)",
          "CREATE INDEX fe_applicant_until ON fe_applicant (until_ms)",
      }},
      {{
          // When something is due in a check that waits; 0: never. States 3, 4, 5 and 15 are those that wait.
          "ALTER TABLE fe_case ADD COLUMN next_ms BIGINT NOT NULL DEFAULT 0",
          "UPDATE fe_case SET next_ms = deadline_ms WHERE state IN (3, 4, 5, 15)",
          "CREATE INDEX fe_case_next ON fe_case (next_ms)",
          // What an operator is shown of open questions: group, region, when asked and due.
          "ALTER TABLE fe_question ADD COLUMN source_group BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_question ADD COLUMN region VARCHAR(6) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_question ADD COLUMN asked_ms BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_question ADD COLUMN due_ms BIGINT NOT NULL DEFAULT 0",
          "CREATE INDEX fe_question_due ON fe_question (answered, due_ms)",
      }},
      {{
          // Whose checks there are, by blind index, as long as a check holds its persons. 0 in `indexed`: a
          // check from before this table, see IndexMembers.
          "CREATE TABLE fe_member (person VARCHAR(64) NOT NULL, verification_no VARCHAR(40) NOT NULL, "
          "member_id VARCHAR(64) NOT NULL, PRIMARY KEY (person, verification_no, member_id))",
          "CREATE INDEX fe_member_case ON fe_member (verification_no)",
          "ALTER TABLE fe_case ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0",
          // What is known of persons from chuanyu-life-events, for checks and batches that come later:
          // `sealed` is a MemberLifeEvent without member, `prefix` the 24 digits by which batches know a
          // person.
          "CREATE TABLE fe_life_event (person VARCHAR(64) NOT NULL, sequence BIGINT NOT NULL, "
          "prefix VARCHAR(24) NOT NULL, sealed TEXT NOT NULL, PRIMARY KEY (person, sequence))",
          "CREATE INDEX fe_life_event_prefix ON fe_life_event (prefix)",
      }},
      {{
          // The newest version of each household that was checked: `members` and `facts` are keyed MACs,
          // which tell two families apart and nothing else. Empty in rows from before.
          "CREATE TABLE fe_household (org VARCHAR(128) NOT NULL, household VARCHAR(64) NOT NULL, "
          "version BIGINT NOT NULL, members VARCHAR(64) NOT NULL, facts VARCHAR(64) NOT NULL, "
          "PRIMARY KEY (org, household))",
          "ALTER TABLE fe_case ADD COLUMN household VARCHAR(64) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_case ADD COLUMN household_version BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_case ADD COLUMN household_members VARCHAR(64) NOT NULL DEFAULT ''",
          "CREATE INDEX fe_case_household ON fe_case (org, household, seq)",
          "ALTER TABLE fe_authorization ADD COLUMN household VARCHAR(64) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_authorization ADD COLUMN members VARCHAR(64) NOT NULL DEFAULT ''",
          // Whom other regions look at for checks of their own, by blind index, until these are over.
          "CREATE TABLE fe_other_check (person VARCHAR(64) NOT NULL, region VARCHAR(6) NOT NULL, "
          "type BIGINT NOT NULL, until_ms BIGINT NOT NULL, PRIMARY KEY (person, region, type))",
          "CREATE INDEX fe_other_check_until ON fe_other_check (until_ms)",
      }},
      {{
          // When the family of a check is looked at again ("2026-11-30"; empty: not by this check) and how
          // often (BatchTier). Of the checks of a household only the one that was decided last has them.
          "ALTER TABLE fe_case ADD COLUMN review_day VARCHAR(10) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_case ADD COLUMN review_tier BIGINT NOT NULL DEFAULT 0",
          "CREATE INDEX fe_case_review ON fe_case (org, review_day)",
      }},
      {{
          // What the county has to do next in its own procedure (ProcedureAct), its last day and from when on
          // it is amber (days as above; empty: nothing is due), and why nothing could be counted.
          "ALTER TABLE fe_case ADD COLUMN due_act BIGINT NOT NULL DEFAULT 0",
          "ALTER TABLE fe_case ADD COLUMN due_day VARCHAR(10) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_case ADD COLUMN amber_day VARCHAR(10) NOT NULL DEFAULT ''",
          "ALTER TABLE fe_case ADD COLUMN due_problem VARCHAR(32) NOT NULL DEFAULT ''",
          "CREATE INDEX fe_case_due ON fe_case (org, due_day)",
      }},
      {{
          // Questions of other regions' checks, so that an end is told about the right one: whom they are
          // about by blind index, the kind of the asker's check, until when it is open at most, and `ended`
          // once it is over. `told`: the kinds of check that the answer said to be open here, a digit each.
          // Without person: its end came before the question.
          "CREATE TABLE fe_foreign_question (region VARCHAR(6) NOT NULL, request_id VARCHAR(80) NOT NULL, "
          "person VARCHAR(64) NOT NULL, type BIGINT NOT NULL, told VARCHAR(16) NOT NULL, "
          "ended BIGINT NOT NULL, until_ms BIGINT NOT NULL, PRIMARY KEY (region, request_id))",
          "INSERT INTO fe_foreign_question (region, request_id, person, type, told, ended, until_ms) "
          "SELECT region, person || '-' || CAST(type AS VARCHAR(4)), person, type, '', 0, until_ms "
          "FROM fe_other_check",
          "DROP TABLE fe_other_check",
          "CREATE INDEX fe_foreign_question_person ON fe_foreign_question (person)",
          "CREATE INDEX fe_foreign_question_until ON fe_foreign_question (until_ms)",
      }},
  };
  return *migrations;
}

}  // namespace chuanyu::family_economy
