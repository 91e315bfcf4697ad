#include "services/family_economy/batch/answer_taker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {
namespace {

std::string CodeOf(const absl::Status& status) {
  return std::string(ReasonName(ReasonOf(status).value_or(Reason::PEER_UNAVAILABLE)));
}

// As AskDetails writes it before the question: "20,2026-03\n". Without a month: of a batch from before there
// was one, which asked no class that needs it.
OnFile ReadOnFile(const std::string& asked) {
  const std::string line = asked.substr(0, asked.find('\n'));
  const size_t comma = line.find(',');
  if (comma == std::string::npos) return {.marital_code = line};
  return {.marital_code = line.substr(0, comma), .until_month = line.substr(comma + 1)};
}

}  // namespace

absl::Status AnswerTaker::Take(const BatchAnswer& answer) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session_.Query("SELECT batch_seq, chunk_no, line_no, region, answered, case_ref, sealed FROM "
                     "fe_batch_question WHERE request_id = :id",
                     {{"id", answer.request_id}}));
  if (found.rows.empty()) return absl::OkStatus();
  taken_.acknowledge.push_back(answer.request_id);
  const sql::Row& row = found.rows[0];
  if (sql::IntOf(row[4]) != 0) return absl::OkStatus();
  const Question question{.request_id = answer.request_id,
                          .seq = sql::IntOf(row[0]),
                          .chunk = sql::IntOf(row[1]),
                          .line_no = sql::IntOf(row[2]),
                          .region = sql::TextOf(row[3]),
                          .case_ref = sql::TextOf(row[5]),
                          .sealed = sql::TextOf(row[6])};
  chunks_.emplace(question.seq, question.chunk);
  return question.line_no == 0 ? TakeMatch(question, answer) : TakeDetails(question, answer);
}

absl::Status AnswerTaker::Answered(const Question& question, const std::string& outcome, bool hit,
                                   const std::string& sealed) {
  return session_
      .Execute(
          "UPDATE fe_batch_question SET answered = 1, hit = :hit, outcome = :outcome, sealed = :sealed "
          "WHERE request_id = :id",
          {{"hit", int64_t{hit}}, {"outcome", outcome}, {"sealed", sealed}, {"id", question.request_id}})
      .status();
}

absl::Status AnswerTaker::TakeMatch(const Question& question, const BatchAnswer& answer) {
  if (!answer.status.ok()) return Answered(question, CodeOf(answer.status), false, "");
  v1::MatchPersonsResponse response;
  if (!response.ParseFromString(answer.payload)) {
    return Answered(question, std::string(ReasonName(Reason::BAD_REQUEST)), false, "");
  }
  if (!response.hits().empty()) {
    CHUANYU_ASSIGN_OR_RETURN(const Lines lines, LinesOf(question.seq, question.chunk));
    for (const uint32_t hit : response.hits()) {
      // A position that was not asked about makes the whole answer worthless.
      if (hit >= lines.asked.size()) {
        return Answered(question, std::string(ReasonName(Reason::BAD_REQUEST)), false, "");
      }
    }
    CHUANYU_RETURN_IF_ERROR(AskDetails(question, response, lines));
  }
  return Answered(question, kOutcomeOk, false, "");
}

absl::Status AnswerTaker::AskDetails(const Question& question, const v1::MatchPersonsResponse& response,
                                     const Lines& lines) {
  CHUANYU_ASSIGN_OR_RETURN(const StoredBatch* batch, BatchOf(question.seq));
  std::vector<const v1::BatchLine*> hits;
  for (const uint32_t hit : response.hits()) {
    hits.push_back(&lines.lines.lines(static_cast<int>(lines.asked[hit])));
  }
  CHUANYU_ASSIGN_OR_RETURN(const BatchStore::Rules::Payloads payloads,
                           rules_.questions(session_, batch->org, hits, batch->manifest));
  std::vector<std::string> rows;
  std::vector<LineRow> rejected;
  for (size_t at = 0; at < hits.size(); ++at) {
    const v1::BatchLine& line = *hits[at];
    const int64_t line_no = lines.first_line + lines.asked[response.hits(static_cast<int>(at))];
    const absl::StatusOr<std::string>& payload = payloads.at(at);
    if (!payload.ok()) {
      rejected.push_back({line_no, v1::LINE_OUTCOME_REJECTED, CodeOf(payload.status()),
                          FieldOf(payload.status()), line.case_ref()});
      continue;
    }
    const std::string id = store_.ids_.Next(absl::ToUnixMillis(now_));
    // What is on file travels with the question: the chunk may be gone when the answer comes.
    const OnFile on_file = OnFileOf(line, batch->manifest);
    CHUANYU_ASSIGN_OR_RETURN(
        const std::string sealed,
        store_.SealText(absl::StrCat(on_file.marital_code, ",", on_file.until_month, "\n", *payload),
                        "question/" + id));
    rows.push_back(absl::StrCat("('", id, "',", question.seq, ",", question.chunk, ",", line_no, ",'",
                                question.region, "',0,0,'','", line.case_ref(), "','", line.auth_no(), "','",
                                sealed, "')"));
  }
  CHUANYU_RETURN_IF_ERROR(InsertRows(session_,
                                     "fe_batch_question (request_id, batch_seq, chunk_no, line_no, region, "
                                     "answered, hit, outcome, case_ref, auth_no, sealed)",
                                     rows)
                              .status());
  return RejectLate(question, rejected);
}

absl::Status AnswerTaker::RejectLate(const Question& question, const std::vector<LineRow>& rejected) {
  for (const LineRow& line : rejected) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t inserted, InsertLines(session_, question.seq, {line}));
    if (inserted == 0) continue;
    CHUANYU_RETURN_IF_ERROR(CountRejected(session_, question.seq, {line}));
    CHUANYU_RETURN_IF_ERROR(
        session_
            .Execute("UPDATE fe_batch_chunk SET rejected = rejected + 1 WHERE batch_seq = :seq AND "
                     "chunk_no = :no",
                     {{"seq", question.seq}, {"no", question.chunk}})
            .status());
  }
  return absl::OkStatus();
}

absl::Status AnswerTaker::TakeDetails(const Question& question, const BatchAnswer& answer) {
  if (!answer.status.ok()) return Answered(question, CodeOf(answer.status), false, "");
  v1::QueryStatusResponse response;
  if (!response.ParseFromString(answer.payload)) {
    return Answered(question, std::string(ReasonName(Reason::BAD_REQUEST)), false, "");
  }
  CHUANYU_ASSIGN_OR_RETURN(const StoredBatch* batch, BatchOf(question.seq));
  std::vector<v1::DataClass> classes;
  for (const int one : batch->manifest.classes()) classes.push_back(static_cast<v1::DataClass>(one));
  v1::QueryStatusResponse read;
  std::string outcome = kOutcomeOk;
  bool hit = false;
  for (v1::ClassResult& result : ReadAnswer(response, classes)) {
    hit = hit || result.state() == v1::RESULT_STATE_HIT;
    const bool checked = result.state() == v1::RESULT_STATE_HIT || result.state() == v1::RESULT_STATE_NO_HIT;
    // A register that was down must not read as "has nothing": the line is an error.
    if (!checked && outcome == kOutcomeOk) {
      outcome = ParseReason(result.reason()) ? result.reason() : ReasonName(Reason::SOURCE_UNAVAILABLE);
    }
    *read.add_results() = std::move(result);
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string asked,
                           store_.OpenText(question.sealed, "question/" + question.request_id));
  CHUANYU_RETURN_IF_ERROR(Warn(question, *batch, rules_.warnings(read, ReadOnFile(asked), batch->org)));
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           store_.SealText(read.SerializeAsString(), "answer/" + question.request_id));
  return Answered(question, outcome, hit, sealed);
}

absl::Status AnswerTaker::Warn(const Question& question, const StoredBatch& batch,
                               std::vector<v1::BatchWarning> warnings) {
  for (v1::BatchWarning& warning : warnings) {
    warning.set_line_no(question.line_no);
    warning.set_case_ref(question.case_ref);
    warning.mutable_region()->set_code(question.region);
    warning.set_request_id(question.request_id);
    CHUANYU_RETURN_IF_ERROR(store_.InsertWarning(session_, batch, std::move(warning)));
  }
  return absl::OkStatus();
}

absl::StatusOr<BatchStore::Taken> BatchStore::TakeAnswers(const std::vector<BatchAnswer>& answers,
                                                          const Rules& rules, absl::Time now) {
  Taken taken;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    AnswerTaker taker(*this, session, rules, now);
    for (const BatchAnswer& answer : answers) CHUANYU_RETURN_IF_ERROR(taker.Take(answer));
    CHUANYU_ASSIGN_OR_RETURN(taken, taker.Finish());
    return absl::OkStatus();
  }));
  return taken;
}

}  // namespace chuanyu::family_economy
