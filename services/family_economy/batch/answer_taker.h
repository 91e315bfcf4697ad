// How BatchStore takes one group of answers in, in one transaction: a hit of a chunk's blind indexes becomes
// a question about the line; the last answer about a chunk ends it, the last chunk ends the batch. Of one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/family_economy/batch/batch_sql.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {

class AnswerTaker {
 public:
  AnswerTaker(BatchStore& store, sql::Session& session, const BatchStore::Rules& rules, absl::Time now)
      : store_(store), session_(session), rules_(rules), now_(now) {}

  // One answer; nothing for one to a question that is not in this database or is answered already.
  absl::Status Take(const BatchAnswer& answer);
  // Ends what these answers complete.
  absl::StatusOr<BatchStore::Taken> Finish();

 private:
  struct Question {
    std::string request_id;
    int64_t seq;
    int64_t chunk;
    int64_t line_no;
    std::string region;
    std::string case_ref;
    std::string sealed;
  };
  struct Lines {
    int64_t first_line = 0;
    std::vector<uint32_t> asked;  // positions of the lines whose indexes were sent
    v1::BatchLines lines;
  };

  absl::StatusOr<const StoredBatch*> BatchOf(int64_t seq);
  absl::StatusOr<Lines> LinesOf(int64_t seq, int64_t chunk);
  absl::Status Answered(const Question& question, const std::string& outcome, bool hit,
                        const std::string& sealed);
  absl::Status TakeMatch(const Question& question, const BatchAnswer& answer);
  absl::Status AskDetails(const Question& question, const v1::MatchPersonsResponse& response,
                          const Lines& lines);
  // Lines whose authorisation ended between upload and hit: two regions may find that twice.
  absl::Status RejectLate(const Question& question, const std::vector<LineRow>& rejected);
  absl::Status TakeDetails(const Question& question, const BatchAnswer& answer);
  absl::Status Warn(const Question& question, const StoredBatch& batch,
                    std::vector<v1::BatchWarning> warnings);
  absl::StatusOr<int64_t> Number(const std::string& query, const sql::Binds& binds);
  absl::Status CompleteChunk(int64_t seq, int64_t chunk);
  // Lines of the chunk that some region gave no full answer about.
  absl::StatusOr<std::vector<LineRow>> FailedLines(int64_t seq, int64_t chunk);

  BatchStore& store_;
  sql::Session& session_;
  const BatchStore::Rules& rules_;
  const absl::Time now_;
  BatchStore::Taken taken_;
  std::set<std::pair<int64_t, int64_t>> chunks_;  // batch, chunk: touched by these answers
  std::map<int64_t, StoredBatch> batches_;
};

}  // namespace chuanyu::family_economy
