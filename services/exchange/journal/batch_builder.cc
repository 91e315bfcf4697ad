#include "services/exchange/journal/batch_builder.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/seal.h"
#include "common/errors/error.h"
#include "common/merkle/tiles.h"
#include "services/exchange/journal/frame.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kSaltBytes = 32;
// Sealing and framing add less than this to a record.
constexpr size_t kOverheadBytes = 256;

absl::Status CheckSizes(const std::vector<Draft>& drafts) {
  uint64_t total = 1u << 20;  // checkpoints and witness states
  for (const Draft& draft : drafts) {
    if (!draft.salt.empty() && draft.salt.size() != kSaltBytes) {
      return MakeError(Reason::BAD_REQUEST, {.field = "salt", .detail = "a salt is 32 bytes"});
    }
    total += draft.record.ByteSizeLong() + draft.payload.size() + kOverheadBytes;
  }
  if (total > kMaxFrameBody) {
    return MakeError(Reason::PAYLOAD_TOO_LARGE, {.detail = "a batch is at most 1 GiB"});
  }
  return absl::OkStatus();
}

// Salts for the drafts that have a payload and bring none, out of one call to the generator.
absl::Status FillSalts(std::vector<Draft>& drafts) {
  const auto needs = [](const Draft& draft) { return draft.salt.empty() && !draft.payload.empty(); };
  const auto count = static_cast<size_t>(std::count_if(drafts.begin(), drafts.end(), needs));
  if (count == 0) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const std::string random, crypto::RandomBytes(count * kSaltBytes));
  size_t used = 0;
  for (Draft& draft : drafts) {
    if (!needs(draft)) continue;
    draft.salt = random.substr(used, kSaltBytes);
    used += kSaltBytes;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PreparedBatch> PrepareBatch(std::vector<Draft> drafts, const merkle::Frontier& frontier,
                                           int64_t last_time_us, absl::Time now) {
  CHUANYU_RETURN_IF_ERROR(CheckSizes(drafts));
  CHUANYU_RETURN_IF_ERROR(FillSalts(drafts));
  PreparedBatch batch{.records = {}, .frontier = frontier, .last_time_us = last_time_us};
  if (!drafts.empty()) batch.last_time_us = std::max(last_time_us, absl::ToUnixMicros(now));
  batch.records.reserve(drafts.size());
  for (Draft& draft : drafts) {
    DurableRecord durable{.record = std::move(draft.record),
                          .payload = std::move(draft.payload),
                          .salt = std::move(draft.salt)};
    durable.record.set_sequence(batch.frontier.size());
    durable.record.set_time_us(batch.last_time_us);
    durable.record.clear_commitment();
    if (durable.payload.empty()) {
      durable.salt.clear();
    } else {
      const crypto::Digest commitment = crypto::Hash(crypto::HashAlg::kSm3, {durable.salt, durable.payload});
      durable.record.set_commitment(commitment.data(), commitment.size());
    }
    if (!durable.record.SerializeToString(&durable.bytes) || durable.bytes.size() > merkle::kMaxRecordBytes) {
      return MakeError(Reason::BAD_REQUEST, {.detail = "a record is at most 65,535 bytes of valid text"});
    }
    durable.leaf_hash = merkle::LeafHash(frontier.alg(), durable.bytes);
    batch.frontier.Append(durable.leaf_hash);
    batch.records.push_back(std::move(durable));
  }
  return batch;
}

absl::StatusOr<std::string> BuildFrame(const FramePlace& place, const FrameExtras& extras, Vault& vault,
                                       std::vector<DurableRecord>& records) {
  FrameBuilder builder;
  size_t bytes = extras.checkpoint_note.size() + 4096;
  for (const DurableRecord& record : records) {
    bytes += record.bytes.size() + record.payload.size() + kOverheadBytes;
  }
  builder.Reserve(bytes);
  if (!extras.checkpoint_note.empty()) builder.Add(SectionTag::kCheckpoint, {extras.checkpoint_note});
  for (const SignedCheckpoint& cosigned : extras.cosigned) {
    builder.Add(SectionTag::kCosigned, {EncodeCosigned(cosigned.size, cosigned.note)});
  }
  for (const WitnessState& witness : extras.witnesses) {
    builder.Add(SectionTag::kWitness, {EncodeWitness(witness)});
  }
  std::string length;
  for (DurableRecord& record : records) {
    std::string sealed;
    if (!record.payload.empty()) {
      // Bound to the leaf, so that a payload cannot be shown for another record.
      CHUANYU_ASSIGN_OR_RETURN(
          sealed, vault.Seal(record.record.operation(), absl::FromUnixMicros(record.record.time_us()),
                             record.salt + record.payload, crypto::View(record.leaf_hash)));
    }
    length.clear();
    PutFixed32(length, static_cast<uint32_t>(record.bytes.size()));
    const size_t offset = builder.Add(SectionTag::kRecord, {length, record.bytes, sealed});
    record.location =
        FormatLocation(place.segment, place.offset + offset,
                       kSectionHeaderBytes + length.size() + record.bytes.size() + sealed.size());
  }
  return std::move(builder).Finish({.records = static_cast<uint32_t>(records.size()),
                                    .number = place.number,
                                    .first_index = place.first_index});
}

}  // namespace chuanyu::exchange
