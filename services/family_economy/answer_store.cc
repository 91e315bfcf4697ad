#include "services/family_economy/answer_store.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace chuanyu::family_economy {
namespace {

const std::vector<sql::Migration>& AnswerMigrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{
      {{
          "CREATE TABLE fe_answer (request_id VARCHAR(36) PRIMARY KEY, created_ms BIGINT NOT NULL, "
          "question TEXT NOT NULL, answer TEXT NOT NULL)",
          "CREATE INDEX fe_answer_created ON fe_answer (created_ms)",
      }},
      {{
          "ALTER TABLE fe_answer ADD COLUMN erased BIGINT NOT NULL DEFAULT 0",
          "CREATE INDEX fe_answer_age ON fe_answer (erased, created_ms)",
      }},
  };
  return *migrations;
}

// The same bytes for the same question; fields that this build does not know were refused before.
std::string BytesOf(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AnswerStore>> AnswerStore::Open(sql::Pool& pool,
                                                               const crypto::Sealer& sealer) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy_answers", AnswerMigrations()));
  return std::unique_ptr<AnswerStore>(new AnswerStore(pool, sealer));
}

// The name binds a seal to its row and column: a copy in another place does not open.
absl::StatusOr<std::string> AnswerStore::SealText(const std::string& plain, const std::string& name) const {
  return crypto::SealText(sealer_, plain, "fe_answer/" + name);
}

absl::StatusOr<std::string> AnswerStore::OpenText(const std::string& sealed, const std::string& name) const {
  return crypto::OpenText(sealer_, sealed, "fe_answer/" + name);
}

absl::StatusOr<std::optional<v1::QueryStatusResponse>> AnswerStore::FindIn(
    sql::Session& session, const std::string& request_id, const v1::QueryStatusRequest& question) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT question, answer, erased FROM fe_answer WHERE request_id = :id",
                    {{"id", request_id}}));
  if (found.rows.empty()) return std::nullopt;
  if (sql::IntOf(found.rows[0][2]) != 0) return MakeError(Reason::PAYLOAD_ERASED);
  CHUANYU_ASSIGN_OR_RETURN(const std::string asked,
                           OpenText(sql::TextOf(found.rows[0][0]), "question/" + request_id));
  if (asked != BytesOf(question)) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT,
                     {.detail = "this request id was used for another question"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                           OpenText(sql::TextOf(found.rows[0][1]), "answer/" + request_id));
  v1::QueryStatusResponse answer;
  if (!answer.ParseFromString(bytes))
    return MakeError(Reason::INTERNAL, {.detail = "a stored answer is unreadable"});
  return answer;
}

absl::StatusOr<std::optional<v1::QueryStatusResponse>> AnswerStore::Find(
    const std::string& request_id, const v1::QueryStatusRequest& question) {
  std::optional<v1::QueryStatusResponse> answer;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(answer, FindIn(session, request_id, question));
    return absl::OkStatus();
  }));
  return answer;
}

absl::StatusOr<int64_t> AnswerStore::Erase(absl::Time before, absl::Time forget_before, int limit) {
  int64_t erased = 0;
  const auto old = [limit](const char* flag) {
    return absl::StrCat("WHERE request_id IN (SELECT request_id FROM fe_answer WHERE erased = ", flag,
                        " AND created_ms < :before ORDER BY created_ms LIMIT ", limit, ")");
  };
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        erased, session.Execute("UPDATE fe_answer SET question = '', answer = '', erased = 1 " + old("0"),
                                {{"before", absl::ToUnixMillis(before)}}));
    return session
        .Execute("DELETE FROM fe_answer " + old("1"), {{"before", absl::ToUnixMillis(forget_before)}})
        .status();
  }));
  return erased;
}

absl::StatusOr<v1::QueryStatusResponse> AnswerStore::KeepIn(sql::Session& session,
                                                            const std::string& request_id,
                                                            const v1::QueryStatusRequest& question,
                                                            const v1::QueryStatusResponse& answer,
                                                            absl::Time now) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string asked, SealText(BytesOf(question), "question/" + request_id));
  CHUANYU_ASSIGN_OR_RETURN(const std::string given, SealText(BytesOf(answer), "answer/" + request_id));
  // Two attempts at once: the second waits here for the first and then reads its answer.
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute(
          "INSERT INTO fe_answer (request_id, created_ms, question, answer) "
          "VALUES (:id, :ms, :question, :answer) ON CONFLICT DO NOTHING",
          {{"id", request_id}, {"ms", absl::ToUnixMillis(now)}, {"question", asked}, {"answer", given}}));
  if (inserted == 1) return answer;
  CHUANYU_ASSIGN_OR_RETURN(auto stored, FindIn(session, request_id, question));
  if (!stored) return MakeError(Reason::STORE_UNAVAILABLE, {.detail = "an answer vanished"});
  return *std::move(stored);
}

absl::StatusOr<v1::QueryStatusResponse> AnswerStore::Keep(const std::string& request_id,
                                                          const v1::QueryStatusRequest& question,
                                                          const v1::QueryStatusResponse& answer,
                                                          absl::Time now) {
  v1::QueryStatusResponse kept;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(kept, KeepIn(session, request_id, question, answer, now));
    return absl::OkStatus();
  }));
  return kept;
}

}  // namespace chuanyu::family_economy
