#include "services/family_economy/batch/batch_schema.h"

namespace chuanyu::family_economy {

const std::vector<sql::Migration>& BatchMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          "CREATE TABLE fe_batch_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)",
          "INSERT INTO fe_batch_sequence (name, value) VALUES ('batch', 0)",
          // `chunks` and `lines`: what is stored of it. `manifest`: Base64 of the serialised message.
          "CREATE TABLE fe_batch (batch_seq BIGINT PRIMARY KEY, org VARCHAR(128) NOT NULL, "
          "batch_no VARCHAR(64) NOT NULL, request_id VARCHAR(64) NOT NULL, manifest TEXT NOT NULL, "
          "state BIGINT NOT NULL, outcome VARCHAR(32) NOT NULL, version BIGINT NOT NULL, "
          "chunks BIGINT NOT NULL, lines BIGINT NOT NULL, warnings BIGINT NOT NULL, "
          "created_ms BIGINT NOT NULL, started_ms BIGINT NOT NULL, ended_ms BIGINT NOT NULL, "
          "UNIQUE (org, batch_no), UNIQUE (org, request_id))",
          "CREATE INDEX fe_batch_state ON fe_batch (state, batch_seq)",
          // `sealed`: the lines as they came; emptied when the chunk is done. `skipped`: positions in it that
          // are not asked about. A chunk is done when every question about it is answered.
          "CREATE TABLE fe_batch_chunk (batch_seq BIGINT NOT NULL, chunk_no BIGINT NOT NULL, "
          "sm3 VARCHAR(64) NOT NULL, first_line BIGINT NOT NULL, lines BIGINT NOT NULL, "
          "rejected BIGINT NOT NULL, dup BIGINT NOT NULL, ok BIGINT NOT NULL, error BIGINT NOT NULL, "
          "hits BIGINT NOT NULL, done BIGINT NOT NULL, skipped TEXT NOT NULL, sealed TEXT NOT NULL, "
          "PRIMARY KEY (batch_seq, chunk_no))",
          "CREATE INDEX fe_batch_chunk_done ON fe_batch_chunk (batch_seq, done)",
          // Who is in the batch already, until it is over: 96 bits of the blind index tell a million persons
          // apart (one chance in 10^17 that they do not).
          "CREATE TABLE fe_batch_person (batch_seq BIGINT NOT NULL, person VARCHAR(24) NOT NULL, "
          "line_no BIGINT NOT NULL, PRIMARY KEY (batch_seq, person))",
          // Lines that were not checked, and why.
          "CREATE TABLE fe_batch_line (batch_seq BIGINT NOT NULL, line_no BIGINT NOT NULL, "
          "outcome BIGINT NOT NULL, code VARCHAR(32) NOT NULL, field VARCHAR(64) NOT NULL, "
          "case_ref VARCHAR(64) NOT NULL, PRIMARY KEY (batch_seq, line_no))",
          "CREATE INDEX fe_batch_line_outcome ON fe_batch_line (batch_seq, outcome, line_no)",
          "CREATE TABLE fe_batch_code (batch_seq BIGINT NOT NULL, code VARCHAR(32) NOT NULL, "
          "lines BIGINT NOT NULL, PRIMARY KEY (batch_seq, code))",
          // One row a question to another region, written before it is asked. line_no 0: the blind indexes of
          // a chunk; otherwise the details of that line. `sealed`: the question, then the answer.
          "CREATE TABLE fe_batch_question (request_id VARCHAR(36) PRIMARY KEY, batch_seq BIGINT NOT NULL, "
          "chunk_no BIGINT NOT NULL, line_no BIGINT NOT NULL, region VARCHAR(6) NOT NULL, "
          "answered BIGINT NOT NULL, hit BIGINT NOT NULL, outcome VARCHAR(32) NOT NULL, "
          "case_ref VARCHAR(64) NOT NULL, auth_no VARCHAR(64) NOT NULL, sealed TEXT NOT NULL)",
          "CREATE INDEX fe_batch_question_open ON fe_batch_question (batch_seq, answered, request_id)",
          "CREATE UNIQUE INDEX fe_batch_question_line ON fe_batch_question (batch_seq, chunk_no, line_no, "
          "region)",
          "CREATE INDEX fe_batch_question_hit ON fe_batch_question (batch_seq, hit, line_no, region)",
          "CREATE TABLE fe_batch_warning (batch_seq BIGINT NOT NULL, warning_id BIGINT NOT NULL, "
          "disposition BIGINT NOT NULL, version BIGINT NOT NULL, sealed TEXT NOT NULL, "
          "PRIMARY KEY (batch_seq, warning_id))",
      }},
  };
  return *migrations;
}

}  // namespace chuanyu::family_economy
