// How BatchStore takes a chunk in: one transaction from the persons it names to the question about it.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/batch_sql.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kIndexBytes = 32;
constexpr size_t kPersonsPerQuery = 500;

// Persons of the chunk that earlier chunks have.
absl::StatusOr<absl::flat_hash_set<std::string>> PersonsBefore(sql::Session& session, int64_t seq,
                                                               int64_t first_line,
                                                               const std::vector<std::string>& persons) {
  absl::flat_hash_set<std::string> before;
  for (size_t begin = 0; begin < persons.size(); begin += kPersonsPerQuery) {
    const auto end =
        persons.begin() + static_cast<std::ptrdiff_t>(std::min(persons.size(), begin + kPersonsPerQuery));
    const std::string list = absl::StrJoin(persons.begin() + static_cast<std::ptrdiff_t>(begin), end, "','");
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result rows,
        session.Query(absl::StrCat("SELECT person FROM fe_batch_person WHERE batch_seq = ", seq,
                                   " AND line_no < ", first_line, " AND person IN ('", list, "')")));
    for (const sql::Row& row : rows.rows) before.insert(sql::TextOf(row[0]));
  }
  return before;
}

}  // namespace

absl::StatusOr<bool> BatchStore::HasChunkIn(sql::Session& session, int64_t seq, int64_t number,
                                            const std::string& sm3) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT sm3 FROM fe_batch_chunk WHERE batch_seq = :seq AND chunk_no = :no",
                    {{"seq", seq}, {"no", number}}));
  if (found.rows.empty()) return false;
  if (sql::TextOf(found.rows[0][0]) == sm3) return true;
  return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "chunk.sm3"});
}

absl::StatusOr<bool> BatchStore::HasChunk(int64_t seq, int64_t number, const std::string& sm3) {
  bool has = false;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(has, HasChunkIn(session, seq, number, sm3));
    return absl::OkStatus();
  }));
  return has;
}

absl::StatusOr<std::vector<uint32_t>> BatchStore::TakeDuplicates(sql::Session& session, int64_t seq,
                                                                 int64_t first_line, const NewChunk& chunk) {
  std::vector<std::pair<std::string, uint32_t>> persons;  // the first line of each
  absl::flat_hash_set<std::string> here;
  std::vector<uint32_t> duplicates;
  for (const NewChunk::Accepted& line : chunk.accepted) {
    if (here.insert(line.person).second) {
      persons.emplace_back(line.person, line.position);
    } else {
      duplicates.push_back(line.position);
    }
  }
  // Sorted: neighbours in the index are written together.
  std::sort(persons.begin(), persons.end());
  std::vector<std::string> rows;
  std::vector<std::string> names;
  for (const auto& [person, position] : persons) {
    rows.push_back(absl::StrCat("(", seq, ",'", person, "',", first_line + position, ")"));
    names.push_back(person);
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      InsertRows(session, "fe_batch_person (batch_seq, person, line_no)", rows, "ON CONFLICT DO NOTHING"));
  if (inserted < static_cast<int64_t>(rows.size())) {
    CHUANYU_ASSIGN_OR_RETURN(const auto before, PersonsBefore(session, seq, first_line, names));
    for (const auto& [person, position] : persons) {
      if (before.contains(person)) duplicates.push_back(position);
    }
  }
  std::sort(duplicates.begin(), duplicates.end());
  return duplicates;
}

absl::Status BatchStore::InsertMatches(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                                       const std::vector<uint32_t>& duplicates, absl::Time now) {
  for (const NewChunk::Match& match : chunk.matches) {
    v1::MatchPersonsRequest question;
    question.set_key_id(match.key_id);
    *question.mutable_classes() = batch.manifest.classes();
    std::string& indexes = *question.mutable_indexes();
    for (size_t at = 0; at < chunk.accepted.size(); ++at) {
      if (std::binary_search(duplicates.begin(), duplicates.end(), chunk.accepted[at].position)) continue;
      indexes.append(match.indexes, at * kIndexBytes, kIndexBytes);
    }
    if (indexes.empty()) continue;
    const std::string request_id = ids_.Next(absl::ToUnixMillis(now));
    CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                             SealText(question.SerializeAsString(), "question/" + request_id));
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute(
                "INSERT INTO fe_batch_question (request_id, batch_seq, chunk_no, line_no, region, answered, "
                "hit, outcome, case_ref, auth_no, sealed) VALUES (:id, :seq, :chunk, 0, :region, 0, 0, '', "
                "'', '', :sealed)",
                {{"id", request_id},
                 {"seq", batch.seq},
                 {"chunk", chunk.number},
                 {"region", match.region},
                 {"sealed", sealed}})
            .status());
  }
  return absl::OkStatus();
}

absl::Status BatchStore::InsertKnown(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                                     const std::set<uint32_t>& skipped, const LastLook& look) {
  if (!look) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const KnownWarnings known, look(session));
  if (known.empty()) return absl::OkStatus();
  for (const NewChunk::Accepted& line : chunk.accepted) {
    if (skipped.contains(line.position)) continue;
    const auto [first, last] = known.equal_range(line.position);
    for (auto one = first; one != last; ++one) {
      v1::BatchWarning warning = one->second;
      warning.set_line_no(batch.lines + 1 + line.position);
      warning.set_case_ref(line.case_ref);
      CHUANYU_RETURN_IF_ERROR(InsertWarning(session, batch, std::move(warning)));
    }
  }
  return absl::OkStatus();
}

absl::Status BatchStore::InsertChunk(sql::Session& session, const StoredBatch& batch, const NewChunk& chunk,
                                     absl::Time now, const LastLook& look) {
  const int64_t first_line = batch.lines + 1;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<uint32_t> duplicates,
                           TakeDuplicates(session, batch.seq, first_line, chunk));
  std::vector<LineRow> lines;
  std::set<uint32_t> skipped(duplicates.begin(), duplicates.end());
  for (const NewChunk::Rejected& line : chunk.rejected) {
    skipped.insert(line.position);
    lines.push_back(
        {first_line + line.position, v1::LINE_OUTCOME_REJECTED, line.code, line.field, line.case_ref});
  }
  for (const NewChunk::Accepted& line : chunk.accepted) {
    if (!std::binary_search(duplicates.begin(), duplicates.end(), line.position)) continue;
    lines.push_back({first_line + line.position, v1::LINE_OUTCOME_DUP,
                     std::string(ReasonName(Reason::BATCH_DUP_LINE)), "person", line.case_ref});
  }
  CHUANYU_RETURN_IF_ERROR(InsertLines(session, batch.seq, lines).status());
  CHUANYU_RETURN_IF_ERROR(CountRejected(session, batch.seq, lines));
  CHUANYU_RETURN_IF_ERROR(InsertMatches(session, batch, chunk, duplicates, now));
  CHUANYU_RETURN_IF_ERROR(InsertKnown(session, batch, chunk, skipped, look));
  // Nobody to ask about: the chunk is done as it is.
  const bool done = skipped.size() == static_cast<size_t>(chunk.count);
  std::string sealed;
  if (!done) {
    CHUANYU_ASSIGN_OR_RETURN(sealed,
                             SealText(chunk.lines, absl::StrCat("chunk/", batch.seq, "/", chunk.number)));
  }
  return session
      .Execute(
          "INSERT INTO fe_batch_chunk (batch_seq, chunk_no, sm3, first_line, lines, rejected, dup, ok, "
          "error, "
          "hits, done, skipped, sealed) VALUES (:seq, :no, :sm3, :first, :lines, :rejected, :dup, 0, 0, 0, "
          ":done, :skipped, :sealed)",
          {{"seq", batch.seq},
           {"no", chunk.number},
           {"sm3", chunk.sm3},
           {"first", first_line},
           {"lines", chunk.count},
           {"rejected", static_cast<int64_t>(chunk.rejected.size())},
           {"dup", static_cast<int64_t>(duplicates.size())},
           {"done", int64_t{done}},
           {"skipped", absl::StrJoin(skipped, ",")},
           {"sealed", sealed}})
      .status();
}

absl::Status BatchStore::AddChunk(const StoredBatch& batch, const NewChunk& chunk, absl::Time now,
                                  const LastLook& look) {
  bool too_many = false;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    const sql::Binds key = {{"seq", batch.seq}};
    // First of all the row that another upload of the same batch would have to wait for.
    CHUANYU_RETURN_IF_ERROR(
        session.Execute("UPDATE fe_batch SET version = version + 1 WHERE batch_seq = :seq", key).status());
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<StoredBatch> current,
                             FindIn(session, "batch_seq = :seq", key));
    if (!current) return MakeError(Reason::CASE_NOT_FOUND);
    if (chunk.number < current->chunks) {
      return HasChunkIn(session, batch.seq, chunk.number, chunk.sm3).status();
    }
    if (current->state != v1::BATCH_STATE_RECEIVING)
      return MakeError(Reason::STATE_CONFLICT, {.field = "batch"});
    if (chunk.number > current->chunks) {
      return MakeError(Reason::BAD_REQUEST, {.field = "chunk.number", .detail = "not the next chunk"});
    }
    too_many = current->lines + chunk.count > current->manifest.count();
    if (too_many) return Refuse(session, batch.seq, Reason::BATCH_COUNT_MISMATCH, now);
    CHUANYU_RETURN_IF_ERROR(InsertChunk(session, *current, chunk, now, look));
    return session
        .Execute("UPDATE fe_batch SET chunks = chunks + 1, lines = lines + :lines WHERE batch_seq = :seq",
                 {{"lines", chunk.count}, {"seq", batch.seq}})
        .status();
  }));
  if (too_many) return MakeError(Reason::BATCH_COUNT_MISMATCH, {.field = "manifest.count"});
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
