// What BatchStore is searched for.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {
namespace {

absl::Status BadToken() {
  return MakeError(Reason::BAD_REQUEST, {.field = "page_token", .detail = "not from an earlier page"});
}

// "<number>" or "<number>.<region>"; 0 and "" for the first page.
struct PageAfter {
  int64_t number = 0;
  std::string region;
};
absl::StatusOr<PageAfter> ReadToken(const std::string& token) {
  PageAfter after;
  if (token.empty()) return after;
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  if (parts.size() > 2 || !absl::SimpleAtoi(parts[0], &after.number) || after.number <= 0) return BadToken();
  if (parts.size() == 2) after.region = parts[1];
  if (!std::all_of(after.region.begin(), after.region.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return BadToken();
  }
  return after;
}

}  // namespace

absl::StatusOr<v1::BatchCounts> BatchStore::Counts(int64_t seq) {
  v1::BatchCounts counts;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result sums,
        session.Query(
            "SELECT lines, rejected, dup, ok, error, hits FROM fe_batch_chunk WHERE batch_seq = :seq",
            {{"seq", seq}}));
    // Added here: databases differ in the type of a SUM.
    for (const sql::Row& row : sums.rows) {
      counts.set_taken_in(counts.taken_in() + sql::IntOf(row[0]));
      counts.set_rejected(counts.rejected() + sql::IntOf(row[1]));
      counts.set_dup(counts.dup() + sql::IntOf(row[2]));
      counts.set_ok(counts.ok() + sql::IntOf(row[3]));
      counts.set_error(counts.error() + sql::IntOf(row[4]));
      counts.set_hits(counts.hits() + sql::IntOf(row[5]));
    }
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result codes,
        session.Query("SELECT code, lines FROM fe_batch_code WHERE batch_seq = :seq ORDER BY code",
                      {{"seq", seq}}));
    for (const sql::Row& row : codes.rows) {
      v1::RejectedCount& count = *counts.add_rejected_by_code();
      count.set_code(sql::TextOf(row[0]));
      count.set_lines(sql::IntOf(row[1]));
    }
    return absl::OkStatus();
  }));
  return counts;
}

absl::StatusOr<std::vector<StoredBatch>> BatchStore::Running() {
  std::vector<StoredBatch> batches;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT batch_seq FROM fe_batch WHERE state = :state ORDER BY batch_seq",
                      {{"state", int64_t{v1::BATCH_STATE_RUNNING}}}));
    for (const sql::Row& row : found.rows) {
      CHUANYU_ASSIGN_OR_RETURN(std::optional<StoredBatch> batch,
                               FindIn(session, "batch_seq = :seq", {{"seq", sql::IntOf(row[0])}}));
      if (batch) batches.push_back(*std::move(batch));
    }
    return absl::OkStatus();
  }));
  return batches;
}

absl::StatusOr<std::vector<BatchQuestion>> BatchStore::OpenQuestions(int64_t seq, Step step,
                                                                     const std::string& after, int limit) {
  std::vector<BatchQuestion> questions;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT request_id, region, auth_no, line_no, sealed FROM fe_batch_question "
                         "WHERE batch_seq = :seq AND answered = 0 AND request_id > :after AND line_no ",
                         step == Step::kMatch ? "= 0" : "> 0", " ORDER BY request_id LIMIT ", limit),
            {{"seq", seq}, {"after", after}}));
    for (const sql::Row& row : found.rows) {
      BatchQuestion& question = questions.emplace_back();
      question.request_id = sql::TextOf(row[0]);
      question.region = sql::TextOf(row[1]);
      question.auth_no = sql::TextOf(row[2]);
      question.line_no = sql::IntOf(row[3]);
      CHUANYU_ASSIGN_OR_RETURN(question.payload,
                               OpenText(sql::TextOf(row[4]), "question/" + question.request_id));
      // The status on file comes before a line's question.
      if (question.line_no > 0) question.payload.erase(0, question.payload.find('\n') + 1);
    }
    return absl::OkStatus();
  }));
  return questions;
}

absl::StatusOr<std::vector<int64_t>> BatchStore::OverWithPersons() {
  std::vector<int64_t> batches;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT batch_seq FROM fe_batch WHERE state = :state AND EXISTS (SELECT 1 FROM "
                      "fe_batch_person p WHERE p.batch_seq = fe_batch.batch_seq)",
                      {{"state", int64_t{v1::BATCH_STATE_DONE}}}));
    for (const sql::Row& row : found.rows) batches.push_back(sql::IntOf(row[0]));
    return absl::OkStatus();
  }));
  return batches;
}

absl::Status BatchStore::ForgetPersons(int64_t seq) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int high = 0; high < 256; ++high) {
    const std::string from = {kDigits[high >> 4], kDigits[high & 15]};
    CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) {
      return session
          .Execute("DELETE FROM fe_batch_person WHERE batch_seq = :seq AND person >= :from AND person <= :to",
                   {{"seq", seq}, {"from", from}, {"to", from + "g"}})
          .status();
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<BatchStore::ResultPage> BatchStore::Results(int64_t seq, v1::LineOutcome outcome,
                                                           int page_size, const std::string& token) {
  CHUANYU_ASSIGN_OR_RETURN(const PageAfter after, ReadToken(token));
  const bool hits = outcome == v1::LINE_OUTCOME_HIT;
  const std::string query =
      hits ? "SELECT line_no, case_ref, region, request_id, sealed FROM fe_batch_question WHERE batch_seq = "
             ":seq "
             "AND hit = 1 AND (line_no > :line OR (line_no = :line AND region > :region)) "
             "ORDER BY line_no, region LIMIT "
           : "SELECT line_no, case_ref, code, field FROM fe_batch_line WHERE batch_seq = :seq AND "
             "outcome = :outcome AND line_no > :line ORDER BY line_no LIMIT ";
  sql::Binds binds = {{"seq", seq}, {"line", after.number}};
  if (hits) {
    binds["region"] = after.region;
  } else {
    binds["outcome"] = int64_t{outcome};
  }
  ResultPage page;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                             session.Query(absl::StrCat(query, page_size + 1), binds));
    for (const sql::Row& row : found.rows) {
      if (page.results.size() == static_cast<size_t>(page_size)) {
        const v1::BatchLineResult& last = page.results.back();
        page.next_token =
            absl::StrCat(last.line_no(), hits ? "." : "", hits ? last.region().code() : std::string());
        return absl::OkStatus();
      }
      v1::BatchLineResult& line = page.results.emplace_back();
      line.set_line_no(sql::IntOf(row[0]));
      line.set_case_ref(sql::TextOf(row[1]));
      line.set_outcome(outcome);
      if (!hits) {
        line.set_code(sql::TextOf(row[2]));
        line.set_field(sql::TextOf(row[3]));
        continue;
      }
      line.mutable_region()->set_code(sql::TextOf(row[2]));
      line.set_request_id(sql::TextOf(row[3]));
      CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                               OpenText(sql::TextOf(row[4]), "answer/" + line.request_id()));
      v1::QueryStatusResponse answer;
      if (!answer.ParseFromString(bytes)) return MakeError(Reason::INTERNAL, {.detail = "a stored answer"});
      line.mutable_results()->Swap(answer.mutable_results());
    }
    return absl::OkStatus();
  }));
  return page;
}

}  // namespace chuanyu::family_economy
