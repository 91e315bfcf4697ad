// What answers complete: a chunk when none of its questions is open, a batch when none of its chunks is.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/answer_taker.h"

namespace chuanyu::family_economy {
namespace {

std::string ChunkSealName(int64_t seq, int64_t chunk) { return absl::StrCat("chunk/", seq, "/", chunk); }

}  // namespace

absl::StatusOr<BatchStore::Taken> AnswerTaker::Finish() {
  for (const auto& [seq, chunk] : chunks_) CHUANYU_RETURN_IF_ERROR(CompleteChunk(seq, chunk));
  std::set<int64_t> batches;
  for (const auto& [seq, chunk] : chunks_) batches.insert(seq);
  for (const int64_t seq : batches) {
    CHUANYU_RETURN_IF_ERROR(
        session_.Execute("UPDATE fe_batch SET version = version + 1 WHERE batch_seq = :seq", {{"seq", seq}})
            .status());
    CHUANYU_ASSIGN_OR_RETURN(const bool over, store_.FinishIfDone(session_, seq, now_));
    taken_.over = taken_.over || over;
    CHUANYU_ASSIGN_OR_RETURN(const StoredBatch* batch, BatchOf(seq));
    taken_.changed[seq] = BatchStore::WatchName(batch->org, batch->manifest.batch_no());
  }
  return std::move(taken_);
}

absl::StatusOr<const StoredBatch*> AnswerTaker::BatchOf(int64_t seq) {
  const auto known = batches_.find(seq);
  if (known != batches_.end()) return &known->second;
  CHUANYU_ASSIGN_OR_RETURN(std::optional<StoredBatch> found,
                           store_.FindIn(session_, "batch_seq = :seq", {{"seq", seq}}));
  if (!found) return MakeError(Reason::INTERNAL, {.detail = "a question without a batch"});
  return &batches_.emplace(seq, *std::move(found)).first->second;
}

absl::StatusOr<AnswerTaker::Lines> AnswerTaker::LinesOf(int64_t seq, int64_t chunk) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session_.Query("SELECT first_line, skipped, sealed FROM fe_batch_chunk WHERE "
                                          "batch_seq = :seq AND chunk_no = :no",
                                          {{"seq", seq}, {"no", chunk}}));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "a question without a chunk"});
  Lines out{.first_line = sql::IntOf(found.rows[0][0])};
  CHUANYU_ASSIGN_OR_RETURN(const std::string bytes,
                           store_.OpenText(sql::TextOf(found.rows[0][2]), ChunkSealName(seq, chunk)));
  if (!out.lines.ParseFromString(bytes)) return MakeError(Reason::INTERNAL, {.detail = "a stored chunk"});
  std::set<uint32_t> skipped;
  for (const auto& text : absl::StrSplit(sql::TextOf(found.rows[0][1]), ',', absl::SkipEmpty())) {
    uint32_t position = 0;
    if (absl::SimpleAtoi(text, &position)) skipped.insert(position);
  }
  for (int at = 0; at < out.lines.lines_size(); ++at) {
    if (!skipped.contains(static_cast<uint32_t>(at))) out.asked.push_back(static_cast<uint32_t>(at));
  }
  return out;
}

absl::StatusOr<int64_t> AnswerTaker::Number(const std::string& query, const sql::Binds& binds) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session_.Query(query, binds));
  return sql::IntOf(found.rows.at(0).at(0));
}

absl::Status AnswerTaker::CompleteChunk(int64_t seq, int64_t chunk) {
  const sql::Binds key = {{"seq", seq}, {"no", chunk}};
  const std::string about = " FROM fe_batch_question WHERE batch_seq = :seq AND chunk_no = :no";
  CHUANYU_ASSIGN_OR_RETURN(const int64_t open, Number("SELECT COUNT(*)" + about + " AND answered = 0", key));
  if (open > 0) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(std::vector<LineRow> failed, FailedLines(seq, chunk));
  // A line that was rejected after its upload keeps that.
  CHUANYU_ASSIGN_OR_RETURN(const int64_t errors, InsertLines(session_, seq, failed));
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t hits,
      Number("SELECT COUNT(DISTINCT line_no)" + about +
                 " AND hit = 1 AND line_no NOT IN (SELECT line_no FROM fe_batch_line WHERE batch_seq = :seq)",
             key));
  return session_
      .Execute(
          "UPDATE fe_batch_chunk SET done = 1, error = :errors, hits = :hits, "
          "ok = lines - rejected - dup - :errors, sealed = '' WHERE batch_seq = :seq AND chunk_no = :no",
          {{"errors", errors}, {"hits", hits}, {"seq", seq}, {"no", chunk}})
      .status();
}

absl::StatusOr<std::vector<LineRow>> AnswerTaker::FailedLines(int64_t seq, int64_t chunk) {
  std::vector<LineRow> failed;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session_.Query("SELECT line_no, case_ref, outcome FROM fe_batch_question WHERE batch_seq = :seq AND "
                     "chunk_no = :no AND outcome <> 'OK' ORDER BY line_no",
                     {{"seq", seq}, {"no", chunk}}));
  if (found.rows.empty()) return failed;
  if (sql::IntOf(found.rows[0][0]) == 0) {  // the blind indexes of the whole chunk
    CHUANYU_ASSIGN_OR_RETURN(const Lines lines, LinesOf(seq, chunk));
    for (const uint32_t position : lines.asked) {
      failed.push_back({lines.first_line + position, v1::LINE_OUTCOME_ERROR, sql::TextOf(found.rows[0][2]),
                        "", lines.lines.lines(static_cast<int>(position)).case_ref()});
    }
    return failed;
  }
  for (const sql::Row& row : found.rows) {
    failed.push_back(
        {sql::IntOf(row[0]), v1::LINE_OUTCOME_ERROR, sql::TextOf(row[2]), "", sql::TextOf(row[1])});
  }
  return failed;
}

absl::StatusOr<bool> BatchStore::FinishIfDone(sql::Session& session, int64_t seq, absl::Time now) {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t finished,
      session.Execute(
          "UPDATE fe_batch SET state = :done, ended_ms = :now, version = version + 1 WHERE "
          "batch_seq = :seq AND state = :running AND NOT EXISTS (SELECT 1 FROM fe_batch_chunk WHERE "
          "batch_seq = :seq AND done = 0)",
          {{"done", int64_t{v1::BATCH_STATE_DONE}},
           {"running", int64_t{v1::BATCH_STATE_RUNNING}},
           {"now", absl::ToUnixMillis(now)},
           {"seq", seq}}));
  return finished == 1;
}

}  // namespace chuanyu::family_economy
