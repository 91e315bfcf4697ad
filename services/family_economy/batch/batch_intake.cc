#include "services/family_economy/batch/batch_intake.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "common/rpc/unknown_fields.h"
#include "services/family_economy/batch/lines.h"

namespace chuanyu::family_economy {
namespace {

NewChunk::Rejected Reject(uint32_t position, const absl::Status& why, const v1::BatchLine& line) {
  return {.position = position,
          .code = std::string(ReasonName(ReasonOf(why).value_or(Reason::BAD_REQUEST))),
          .field = FieldOf(why),
          // Only what may be shown is kept of a line that is wrong.
          .case_ref = IsReference(line.case_ref()) ? line.case_ref() : ""};
}

}  // namespace

absl::StatusOr<StoredBatch> BatchIntake::Begin(const std::string& org, const v1::BatchManifest& manifest) {
  CHUANYU_RETURN_IF_ERROR(CheckManifest(manifest));
  CHUANYU_RETURN_IF_ERROR(CheckClasses(manifest));
  const Date today = TodayShanghai(deps_.clock);
  for (const std::string& region : deps_.peer_regions) {
    CHUANYU_RETURN_IF_ERROR(deps_.keys.ForAsking(region, today).status());
  }
  return deps_.store.Begin(org, manifest, deps_.clock.Now());
}

absl::Status BatchIntake::Add(const StoredBatch& batch, const v1::BatchChunk& chunk) {
  const std::string sm3 =
      crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {chunk.lines()})));
  if (sm3 != chunk.sm3()) return MakeError(Reason::BATCH_HASH_MISMATCH, {.field = "chunk.sm3"});
  // Before the lines are looked at: what was stored yesterday is not judged again by today.
  CHUANYU_ASSIGN_OR_RETURN(const bool stored, deps_.store.HasChunk(batch.seq, chunk.number(), sm3));
  if (stored) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const NewChunk checked, Check(batch, chunk));
  const LastLook look = [&](sql::Session& session) { return KnownOf(session, batch, checked); };
  return deps_.store.AddChunk(batch, checked, deps_.clock.Now(), look);
}

absl::StatusOr<KnownWarnings> BatchIntake::KnownOf(sql::Session& session, const StoredBatch& batch,
                                                   const NewChunk& chunk) const {
  KnownWarnings out;
  if (!deps_.known) return out;
  std::vector<std::string> persons;
  for (const NewChunk::Accepted& line : chunk.accepted) persons.push_back(line.person);
  CHUANYU_ASSIGN_OR_RETURN(const auto known, deps_.known(session, persons, batch.org));
  for (const NewChunk::Accepted& line : chunk.accepted) {
    const auto [first, last] = known.equal_range(line.person);
    for (auto one = first; one != last; ++one) out.emplace(line.position, one->second);
  }
  return out;
}

absl::Status BatchIntake::CheckClasses(const v1::BatchManifest& manifest) const {
  if (!deps_.may_ask) return absl::OkStatus();
  for (int i = 0; i < manifest.classes_size(); ++i) {
    const absl::Status status = deps_.may_ask(manifest.purpose(), manifest.classes(i));
    if (status.ok()) continue;
    return MakeError(ReasonOf(status).value_or(Reason::INTERNAL),
                     {.field = absl::StrCat("manifest.classes[", i, "]")});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<BatchIntake::CheckedLine>> BatchIntake::CheckLines(
    const StoredBatch& batch, const v1::BatchLines& lines, const RuleContext& context) const {
  std::vector<CheckedLine> out;
  std::vector<AuthorizationUse> uses;
  std::vector<size_t> positions;  // of the uses
  for (const v1::BatchLine& line : lines.lines()) {
    CheckedLine& checked = out.emplace_back(CheckedLine{CheckLine(line, batch.manifest, context), ""});
    if (!checked.person.ok()) continue;
    const auto [type, number] = checked.person->Key();
    checked.index = deps_.indexer.Index({.type = type, .number = number}).ToHex().substr(0, kPersonHexDigits);
    uses.push_back({line.auth_no(), checked.index});
    positions.push_back(out.size() - 1);
  }
  if (uses.empty() || !deps_.refused) return out;
  CHUANYU_ASSIGN_OR_RETURN(const auto refused, deps_.refused(batch.org, uses));
  for (const auto& [use, why] : refused) out[positions[use]].person = why;
  return out;
}

absl::StatusOr<NewChunk> BatchIntake::Check(const StoredBatch& batch, const v1::BatchChunk& chunk) const {
  v1::BatchLines lines;
  if (!lines.ParseFromString(chunk.lines())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "chunk.lines", .detail = "not a BatchLines message"});
  }
  if (lines.lines_size() > kMaxChunkLines) {
    return MakeError(Reason::BATCH_CHUNK_TOO_LARGE, {.field = "chunk.lines"});
  }
  if (lines.lines().empty())
    return MakeError(Reason::BAD_REQUEST, {.field = "chunk.lines", .detail = "empty"});
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(lines));

  const RuleContext context{.now = deps_.clock.Now(),
                            .today = TodayShanghai(deps_.clock),
                            .own_region = deps_.own_region,
                            .divisions = deps_.divisions};
  NewChunk out{
      .number = chunk.number(), .sm3 = chunk.sm3(), .lines = chunk.lines(), .count = lines.lines_size()};
  std::vector<MatchKey> keys;
  for (const std::string& region : deps_.peer_regions) {
    CHUANYU_ASSIGN_OR_RETURN(keys.emplace_back(), deps_.keys.ForAsking(region, context.today));
    out.matches.push_back({.region = region, .key_id = keys.back().id});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<CheckedLine> checked, CheckLines(batch, lines, context));
  for (int at = 0; at < lines.lines_size(); ++at) {
    const v1::BatchLine& line = lines.lines(at);
    const auto position = static_cast<uint32_t>(at);
    const absl::StatusOr<Person>& person = checked[position].person;
    if (!person.ok()) {
      out.rejected.push_back(Reject(position, person.status(), line));
      continue;
    }
    const auto [type, number] = person->Key();
    const crypto::DocumentKey document{.type = type, .number = number};
    out.accepted.push_back(
        {.position = position, .person = checked[position].index, .case_ref = line.case_ref()});
    for (size_t i = 0; i < keys.size(); ++i) {
      out.matches[i].indexes += keys[i].indexer->Index(document).bytes();
    }
  }
  return out;
}

absl::StatusOr<StoredBatch> BatchIntake::Complete(const StoredBatch& batch) {
  return deps_.store.Complete(batch, deps_.clock.Now());
}

}  // namespace chuanyu::family_economy
