// The batches of this region in SQL. What is about persons is sealed, or a blind index; everything that is
// written about one event (a chunk, a group of answers) is one transaction.
//
// Life of a batch: Begin stores its manifest; AddChunk stores each chunk together with the verdict on every
// line and the question about it, whose request id is thus on disk before anybody is asked; Complete compares
// the whole with the manifest and lets the asking begin. TakeAnswers stores answers and makes of each hit a
// question of its own; a chunk is done when none of its questions is open, a batch when no chunk is. After a
// crash at any point the open questions are asked again under the same request ids, which is harmless, and
// the totals come out the same. Thread-safe; everything blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/batch.pb.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/base/uuid.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"
#include "services/family_economy/authorization_ledger.h"
#include "services/family_economy/batch/lines.h"

namespace chuanyu::family_economy {

struct StoredBatch {
  int64_t seq = 0;
  std::string org;
  v1::BatchManifest manifest;
  v1::BatchState state = v1::BATCH_STATE_UNSPECIFIED;
  std::string outcome;
  int64_t version = 0;
  int64_t chunks = 0;
  int64_t lines = 0;
  absl::Time created;
  absl::Time started;  // InfinitePast: not yet
  absl::Time ended;    // InfinitePast: not yet
};

// A chunk after its lines were looked at. Positions count from 0 inside the chunk.
struct NewChunk {
  struct Rejected {
    uint32_t position;
    std::string code;
    std::string field;
    std::string case_ref;
  };
  struct Accepted {
    uint32_t position;
    std::string person;  // 24 hex digits
    std::string case_ref;
  };
  struct Match {  // one a region
    std::string region;
    std::string key_id;
    std::string indexes;  // 32 bytes for each of `accepted`
  };
  int64_t number = 0;
  std::string sm3;
  std::string lines;  // as received
  int64_t count = 0;
  std::vector<Rejected> rejected;
  std::vector<Accepted> accepted;
  std::vector<Match> matches;
};

// Warnings about accepted lines of a chunk that need no question: what chuanyu-life-events told before. By
// position; with region and evidence, without number and line.
using KnownWarnings = std::multimap<uint32_t, v1::BatchWarning>;
// Reads them in the transaction that stores the chunk, so that nothing becomes known between.
using LastLook = std::function<absl::StatusOr<KnownWarnings>(sql::Session& session)>;

struct BatchQuestion {
  std::string request_id;
  std::string region;
  std::string auth_no;  // of the line; empty when it is about a chunk
  int64_t line_no = 0;  // 0: the blind indexes of a chunk
  std::string payload;
};

// An answer, or why there is none.
struct BatchAnswer {
  std::string request_id;
  absl::Status status;
  std::string payload;
};

class BatchStore {
 public:
  static absl::StatusOr<std::unique_ptr<BatchStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer);

  // The batch with this manifest: a new one, or the one that is stored. IDEMPOTENCY_CONFLICT when its number
  // or its request id belongs to another manifest.
  absl::StatusOr<StoredBatch> Begin(const std::string& org, const v1::BatchManifest& manifest,
                                    absl::Time now);
  // CASE_NOT_FOUND when there is none, or it is another organisation's.
  absl::StatusOr<StoredBatch> Find(const std::string& org, const std::string& batch_no);
  absl::StatusOr<v1::BatchCounts> Counts(int64_t seq);

  // Whether the chunk is stored; IDEMPOTENCY_CONFLICT when with another hash.
  absl::StatusOr<bool> HasChunk(int64_t seq, int64_t number, const std::string& sm3);
  // Stores the next chunk; does nothing when it is stored already. BAD_REQUEST when it is not the next one;
  // STATE_CONFLICT when the batch takes none; BATCH_COUNT_MISMATCH when there are more lines than announced:
  // the batch is then refused.
  absl::Status AddChunk(const StoredBatch& batch, const NewChunk& chunk, absl::Time now,
                        const LastLook& look = nullptr);
  // All chunks have come: lets the asking begin. BATCH_COUNT_MISMATCH when lines are missing (more chunks may
  // follow later); BATCH_HASH_MISMATCH when they are not those of the manifest: the batch is then refused.
  // The batch as it is afterwards; nothing changes for one that was completed before.
  absl::StatusOr<StoredBatch> Complete(const StoredBatch& batch, absl::Time now);

  // Batches whose lines are being checked, oldest first.
  absl::StatusOr<std::vector<StoredBatch>> Running();
  // Open questions about chunks, or about lines, after `after` in the order in which they were made.
  enum class Step { kMatch, kDetails };
  absl::StatusOr<std::vector<BatchQuestion>> OpenQuestions(int64_t seq, Step step, const std::string& after,
                                                           int limit);

  // What storing answers needs to know of the rules.
  struct Rules {
    // The questions about the lines of a chunk that hit, one for each in order, read in the transaction that
    // stores them; an error rejects its line (the authorisation ended meanwhile).
    using Payloads = std::vector<absl::StatusOr<std::string>>;
    std::function<absl::StatusOr<Payloads>(sql::Session& session, const std::string& org,
                                           const std::vector<const v1::BatchLine*>& lines,
                                           const v1::BatchManifest& manifest)>
        questions;
    std::function<std::vector<v1::BatchWarning>(const v1::QueryStatusResponse&, const OnFile& on_file,
                                                const std::string& org)>
        warnings;
  };
  struct Taken {
    std::vector<std::string> acknowledge;    // stored now or before
    std::map<int64_t, std::string> changed;  // batch_seq -> WatchName
    bool over = false;                       // some batch is done
  };
  // Stores answers in one transaction. Answers to questions that are not in this database are left out.
  absl::StatusOr<Taken> TakeAnswers(const std::vector<BatchAnswer>& answers, const Rules& rules,
                                    absl::Time now);
  // In the caller's transaction: something became known of a person, by NewChunk::Accepted::person. Warns
  // about the line of every batch that is not over and holds the person. WatchNames of those batches.
  using RaiseFn = std::function<std::vector<v1::BatchWarning>(const std::string& org)>;
  absl::StatusOr<std::vector<std::string>> WarnAbout(sql::Session& session, const std::string& person,
                                                     const RaiseFn& raise);
  // The same for what was taken back: its warnings say so (life_event.withdrawn); their disposition stays an
  // officer's.
  absl::StatusOr<std::vector<std::string>> TakeBackWarnings(sql::Session& session, const std::string& person,
                                                            const v1::MemberLifeEvent& event);
  // Forgets who was in a batch that is over. In steps, so that no transaction grows with the batch.
  absl::Status ForgetPersons(int64_t seq);
  // Batches that are over and still remember.
  absl::StatusOr<std::vector<int64_t>> OverWithPersons();

  struct ResultPage {
    std::vector<v1::BatchLineResult> results;
    std::string next_token;
  };
  // BAD_REQUEST for a token that is not from an earlier page.
  absl::StatusOr<ResultPage> Results(int64_t seq, v1::LineOutcome outcome, int page_size,
                                     const std::string& token);
  struct WarningPage {
    std::vector<v1::BatchWarning> warnings;
    std::string next_token;
  };
  absl::StatusOr<WarningPage> Warnings(int64_t seq, v1::WarningDisposition disposition, int page_size,
                                       const std::string& token);
  // CASE_NOT_FOUND; STALE_VERSION.
  absl::StatusOr<v1::BatchWarning> SetDisposition(int64_t seq,
                                                  const v1::SetWarningDispositionRequest& request);

  // Under which changes of a batch are told.
  static std::string WatchName(const std::string& org, const std::string& batch_no) {
    return org + "/" + batch_no;
  }

 private:
  friend class AnswerTaker;
  BatchStore(sql::Pool& pool, const crypto::Sealer& sealer) : pool_(pool), sealer_(sealer) {}

  absl::StatusOr<std::optional<StoredBatch>> FindIn(sql::Session& session, const std::string& where,
                                                    const sql::Binds& binds);
  absl::StatusOr<std::string> SealText(std::string_view plain, const std::string& name) const;
  absl::StatusOr<std::string> OpenText(const std::string& sealed, const std::string& name) const;
  absl::StatusOr<bool> HasChunkIn(sql::Session& session, int64_t seq, int64_t number, const std::string& sm3);
  // DONE when no chunk is left; whether it is.
  absl::StatusOr<bool> FinishIfDone(sql::Session& session, int64_t seq, absl::Time now);
  absl::Status Refuse(sql::Session& session, int64_t seq, Reason reason, absl::Time now);
  absl::StatusOr<std::vector<uint32_t>> TakeDuplicates(sql::Session& session, int64_t seq, int64_t first_line,
                                                       const NewChunk& chunk);
  absl::Status InsertMatches(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                             const std::vector<uint32_t>& duplicates, absl::Time now);
  absl::Status InsertWarning(sql::Session& session, const StoredBatch& batch, v1::BatchWarning warning);
  // STALE_VERSION when it has another version than `before` by now.
  absl::Status SaveWarning(sql::Session& session, int64_t seq, int64_t id, int64_t before,
                           const v1::BatchWarning& warning);
  // Of that line, what came from this event.
  absl::StatusOr<bool> TakeBackOfLine(sql::Session& session, int64_t seq, int64_t line_no,
                                      const v1::MemberLifeEvent& event);
  struct ActiveLine {
    int64_t seq = 0;
    int64_t line_no = 0;
  };
  // Where the person is in batches that are not over; takes the rows that AddChunk takes.
  absl::StatusOr<std::vector<ActiveLine>> ActiveLinesOf(sql::Session& session, const std::string& person);
  // The batch has changed; its name for watchers.
  absl::StatusOr<std::string> Touch(sql::Session& session, const StoredBatch& batch);
  absl::Status InsertChunk(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                           absl::Time now, const LastLook& look);
  absl::Status InsertKnown(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                           const std::set<uint32_t>& skipped, const LastLook& look);
  absl::StatusOr<std::string> CaseRefOf(sql::Session& session, int64_t seq, int64_t line_no);

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu::family_economy
