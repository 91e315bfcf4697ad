#include "services/family_economy/batch/batch_store.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/migrate.h"
#include "services/family_economy/batch/batch_schema.h"

namespace chuanyu::family_economy {
namespace {

absl::Time TimeOf(int64_t ms) { return ms == 0 ? absl::InfinitePast() : absl::FromUnixMillis(ms); }

absl::StatusOr<int64_t> NextSequence(sql::Session& session) {
  CHUANYU_RETURN_IF_ERROR(
      session.Execute("UPDATE fe_batch_sequence SET value = value + 1 WHERE name = 'batch'").status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT value FROM fe_batch_sequence WHERE name = 'batch'"));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "fe_batch_sequence is empty"});
  return sql::IntOf(found.rows[0][0]);
}

}  // namespace

absl::StatusOr<std::unique_ptr<BatchStore>> BatchStore::Open(sql::Pool& pool, const crypto::Sealer& sealer) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "family_economy_batch", BatchMigrations()));
  return std::unique_ptr<BatchStore>(new BatchStore(pool, sealer));
}

absl::StatusOr<std::string> BatchStore::SealText(std::string_view plain, const std::string& name) const {
  return crypto::SealText(sealer_, plain, "fe_batch/" + name);
}

absl::StatusOr<std::string> BatchStore::OpenText(const std::string& sealed, const std::string& name) const {
  return crypto::OpenText(sealer_, sealed, "fe_batch/" + name);
}

absl::StatusOr<std::optional<StoredBatch>> BatchStore::FindIn(sql::Session& session, const std::string& where,
                                                              const sql::Binds& binds) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT batch_seq, org, manifest, state, outcome, version, chunks, lines, "
                                 "created_ms, started_ms, ended_ms FROM fe_batch WHERE ",
                                 where),
                    binds));
  if (found.rows.empty()) return std::optional<StoredBatch>();
  const sql::Row& row = found.rows[0];
  StoredBatch batch{.seq = sql::IntOf(row[0]),
                    .org = sql::TextOf(row[1]),
                    .state = static_cast<v1::BatchState>(sql::IntOf(row[3])),
                    .outcome = sql::TextOf(row[4]),
                    .version = sql::IntOf(row[5]),
                    .chunks = sql::IntOf(row[6]),
                    .lines = sql::IntOf(row[7]),
                    .created = TimeOf(sql::IntOf(row[8])),
                    .started = TimeOf(sql::IntOf(row[9])),
                    .ended = TimeOf(sql::IntOf(row[10]))};
  std::string manifest;
  if (!absl::Base64Unescape(sql::TextOf(row[2]), &manifest) || !batch.manifest.ParseFromString(manifest)) {
    return MakeError(Reason::INTERNAL, {.detail = "a stored manifest cannot be read"});
  }
  return std::optional<StoredBatch>(std::move(batch));
}

absl::StatusOr<StoredBatch> BatchStore::Begin(const std::string& org, const v1::BatchManifest& manifest,
                                              absl::Time now) {
  StoredBatch batch;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    const sql::Binds key = {{"org", org}, {"no", manifest.batch_no()}, {"request", manifest.request_id()}};
    const std::string where = "org = :org AND (batch_no = :no OR request_id = :request)";
    CHUANYU_ASSIGN_OR_RETURN(std::optional<StoredBatch> found, FindIn(session, where, key));
    if (!found) {
      CHUANYU_ASSIGN_OR_RETURN(const int64_t seq, NextSequence(session));
      CHUANYU_RETURN_IF_ERROR(
          session
              .Execute(
                  "INSERT INTO fe_batch (batch_seq, org, batch_no, request_id, manifest, state, outcome, "
                  "version, chunks, lines, warnings, created_ms, started_ms, ended_ms) VALUES (:seq, :org, "
                  ":no, :request, :manifest, :state, '', 1, 0, 0, 0, :now, 0, 0)",
                  {{"seq", seq},
                   {"org", org},
                   {"no", manifest.batch_no()},
                   {"request", manifest.request_id()},
                   {"manifest", absl::Base64Escape(manifest.SerializeAsString())},
                   {"state", int64_t{v1::BATCH_STATE_RECEIVING}},
                   {"now", absl::ToUnixMillis(now)}})
              .status());
      CHUANYU_ASSIGN_OR_RETURN(found, FindIn(session, where, key));
    }
    batch = *std::move(found);
    if (batch.manifest.SerializeAsString() == manifest.SerializeAsString()) return absl::OkStatus();
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "manifest"});
  }));
  return batch;
}

absl::StatusOr<StoredBatch> BatchStore::Find(const std::string& org, const std::string& batch_no) {
  std::optional<StoredBatch> found;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        found, FindIn(session, "org = :org AND batch_no = :no", {{"org", org}, {"no", batch_no}}));
    return absl::OkStatus();
  }));
  if (!found) return MakeError(Reason::CASE_NOT_FOUND, {.field = "batch_no"});
  return *std::move(found);
}

absl::Status BatchStore::Refuse(sql::Session& session, int64_t seq, Reason reason, absl::Time now) {
  const std::string which = absl::StrCat(" WHERE batch_seq = ", seq);
  // Nothing of it will be asked, so nothing about persons is kept.
  for (const std::string& statement : {absl::StrCat("DELETE FROM fe_batch_question", which),
                                       absl::StrCat("DELETE FROM fe_batch_person", which),
                                       absl::StrCat("UPDATE fe_batch_chunk SET sealed = ''", which)}) {
    CHUANYU_RETURN_IF_ERROR(session.Execute(statement).status());
  }
  return session
      .Execute(
          "UPDATE fe_batch SET state = :state, outcome = :outcome, ended_ms = :now, "
          "version = version + 1 WHERE batch_seq = :seq",
          {{"state", int64_t{v1::BATCH_STATE_REFUSED}},
           {"outcome", std::string(ReasonName(reason))},
           {"now", absl::ToUnixMillis(now)},
           {"seq", seq}})
      .status();
}

absl::StatusOr<StoredBatch> BatchStore::Complete(const StoredBatch& batch, absl::Time now) {
  StoredBatch after;
  bool hash_differs = false;
  const sql::Binds key = {{"seq", batch.seq}};
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(std::optional<StoredBatch> found, FindIn(session, "batch_seq = :seq", key));
    if (!found) return MakeError(Reason::CASE_NOT_FOUND);
    after = *std::move(found);
    hash_differs = after.outcome == ReasonName(Reason::BATCH_HASH_MISMATCH);
    if (after.state != v1::BATCH_STATE_RECEIVING) return absl::OkStatus();
    if (after.lines != after.manifest.count()) {
      return MakeError(Reason::BATCH_COUNT_MISMATCH, {.field = "manifest.count"});
    }
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result chunks,
        session.Query("SELECT sm3 FROM fe_batch_chunk WHERE batch_seq = :seq ORDER BY chunk_no", key));
    std::string hashes;
    for (const sql::Row& row : chunks.rows) hashes += absl::HexStringToBytes(sql::TextOf(row[0]));
    const std::string sm3 = crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {hashes})));
    hash_differs = sm3 != after.manifest.sm3();
    if (hash_differs) {
      CHUANYU_RETURN_IF_ERROR(Refuse(session, after.seq, Reason::BATCH_HASH_MISMATCH, now));
    } else {
      CHUANYU_RETURN_IF_ERROR(
          session
              .Execute("UPDATE fe_batch SET state = :state, started_ms = :now, version = version + 1 "
                       "WHERE batch_seq = :seq",
                       {{"state", int64_t{v1::BATCH_STATE_RUNNING}},
                        {"now", absl::ToUnixMillis(now)},
                        {"seq", batch.seq}})
              .status());
    }
    // A batch without a line to ask about is over at once.
    if (!hash_differs) CHUANYU_RETURN_IF_ERROR(FinishIfDone(session, batch.seq, now).status());
    CHUANYU_ASSIGN_OR_RETURN(found, FindIn(session, "batch_seq = :seq", key));
    after = *std::move(found);
    return absl::OkStatus();
  }));
  if (hash_differs) return MakeError(Reason::BATCH_HASH_MISMATCH, {.field = "manifest.sm3"});
  return after;
}

}  // namespace chuanyu::family_economy
