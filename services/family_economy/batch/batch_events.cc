// What becomes known of persons while they are in a batch.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {
namespace {

// A number of ours, not a parameter: the states in which a batch still knows who is in it.
std::string ActiveStates() {
  return absl::StrCat("(", int{v1::BATCH_STATE_RECEIVING}, ",", int{v1::BATCH_STATE_RUNNING}, ")");
}

}  // namespace

// As the line says it, while its chunk is kept; after that as its question does. Empty when neither does.
absl::StatusOr<std::string> BatchStore::CaseRefOf(sql::Session& session, int64_t seq, int64_t line_no) {
  const sql::Binds line = {{"seq", seq}, {"line", line_no}};
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result chunk,
      session.Query("SELECT chunk_no, first_line, sealed FROM fe_batch_chunk WHERE batch_seq = :seq AND "
                    "first_line <= :line ORDER BY first_line DESC LIMIT 1",
                    line));
  if (chunk.rows.empty()) return std::string();
  if (const std::string sealed = sql::TextOf(chunk.rows[0][2]); !sealed.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(
        const std::string bytes,
        OpenText(sealed, absl::StrCat("chunk/", seq, "/", sql::IntOf(chunk.rows[0][0]))));
    v1::BatchLines lines;
    const int64_t position = line_no - sql::IntOf(chunk.rows[0][1]);
    if (!lines.ParseFromString(bytes) || position >= lines.lines_size()) {
      return MakeError(Reason::INTERNAL, {.detail = "a stored chunk"});
    }
    return lines.lines(static_cast<int>(position)).case_ref();
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result question,
      session.Query(
          "SELECT case_ref FROM fe_batch_question WHERE batch_seq = :seq AND line_no = :line LIMIT 1", line));
  return question.rows.empty() ? std::string() : sql::TextOf(question.rows[0][0]);
}

absl::StatusOr<std::vector<BatchStore::ActiveLine>> BatchStore::ActiveLinesOf(sql::Session& session,
                                                                              const std::string& person) {
  // Changes nothing but takes the rows that AddChunk takes: a chunk that comes at the same moment has looked
  // at what is known before (LastLook), or its lines are found here.
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE fe_batch SET version = version WHERE state IN " + ActiveStates()).status());
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result lines,
      session.Query("SELECT b.batch_seq, p.line_no FROM fe_batch b JOIN fe_batch_person p ON p.batch_seq = "
                    "b.batch_seq AND p.person = :person WHERE b.state IN " +
                        ActiveStates() + " ORDER BY b.batch_seq",
                    {{"person", person}}));
  std::vector<ActiveLine> out;
  for (const sql::Row& row : lines.rows) out.push_back({sql::IntOf(row[0]), sql::IntOf(row[1])});
  return out;
}

absl::StatusOr<std::string> BatchStore::Touch(sql::Session& session, const StoredBatch& batch) {
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("UPDATE fe_batch SET version = version + 1 WHERE batch_seq = :seq", {{"seq", batch.seq}})
          .status());
  return WatchName(batch.org, batch.manifest.batch_no());
}

absl::StatusOr<std::vector<std::string>> BatchStore::WarnAbout(sql::Session& session,
                                                               const std::string& person,
                                                               const RaiseFn& raise) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<ActiveLine> lines, ActiveLinesOf(session, person));
  std::vector<std::string> changed;
  for (const auto& [seq, line_no] : lines) {
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<StoredBatch> batch,
                             FindIn(session, "batch_seq = :seq", {{"seq", seq}}));
    if (!batch) continue;
    CHUANYU_ASSIGN_OR_RETURN(const std::string case_ref, CaseRefOf(session, seq, line_no));
    for (v1::BatchWarning& warning : raise(batch->org)) {
      warning.set_line_no(line_no);
      warning.set_case_ref(case_ref);
      CHUANYU_RETURN_IF_ERROR(InsertWarning(session, *batch, std::move(warning)));
    }
    CHUANYU_ASSIGN_OR_RETURN(changed.emplace_back(), Touch(session, *batch));
  }
  return changed;
}

absl::StatusOr<std::vector<std::string>> BatchStore::TakeBackWarnings(sql::Session& session,
                                                                      const std::string& person,
                                                                      const v1::MemberLifeEvent& event) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<ActiveLine> lines, ActiveLinesOf(session, person));
  std::vector<std::string> changed;
  for (const auto& [seq, line_no] : lines) {
    CHUANYU_ASSIGN_OR_RETURN(const bool taken_back, TakeBackOfLine(session, seq, line_no, event));
    if (!taken_back) continue;
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<StoredBatch> batch,
                             FindIn(session, "batch_seq = :seq", {{"seq", seq}}));
    if (!batch) continue;
    CHUANYU_ASSIGN_OR_RETURN(changed.emplace_back(), Touch(session, *batch));
  }
  return changed;
}

}  // namespace chuanyu::family_economy
