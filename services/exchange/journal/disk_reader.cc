#include "services/exchange/journal/disk_reader.h"

#include <iterator>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kSaltBytes = 32;

absl::Status NoSuchLocation() {
  return MakeError(Reason::BAD_REQUEST, {.field = "location", .detail = "not a place in this journal"});
}

}  // namespace

DiskReader::DiskReader(std::string dir, std::string origin, crypto::HashAlg tree_hash, Vault& vault)
    : dir_(std::move(dir)), origin_(std::move(origin)), tree_hash_(tree_hash), vault_(vault) {}

absl::StatusOr<DurableRecord> DiskReader::Decode(std::string_view path, uint64_t offset,
                                                 const Section& section) const {
  const std::optional<RecordContent> content = ParseRecordContent(section.content);
  DurableRecord record;
  if (section.tag != SectionTag::kRecord || !content.has_value() ||
      !record.record.ParseFromArray(content->record.data(), static_cast<int>(content->record.size()))) {
    return CorruptAt(path, offset, "damaged record");
  }
  record.bytes = std::string(content->record);
  record.leaf_hash = merkle::LeafHash(tree_hash_, record.bytes);
  return record;
}

absl::Status DiskReader::OpenPayload(std::string_view sealed, DurableRecord& record) const {
  if (sealed.empty() && record.record.commitment().empty()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const std::string opened, vault_.Open(sealed, crypto::View(record.leaf_hash)));
  if (opened.size() < kSaltBytes) return MakeError(Reason::COMMITMENT_MISMATCH, {.detail = record.location});
  record.salt = opened.substr(0, kSaltBytes);
  record.payload = opened.substr(kSaltBytes);
  const crypto::Digest commitment = crypto::Hash(crypto::HashAlg::kSm3, {record.salt, record.payload});
  if (crypto::View(commitment) != record.record.commitment()) {
    return MakeError(Reason::COMMITMENT_MISMATCH, {.detail = record.location});
  }
  return absl::OkStatus();
}

absl::StatusOr<DurableRecord> DiskReader::ReadAt(std::string_view location, Payload payload) const {
  const std::optional<ParsedLocation> place = ParseLocation(location);
  if (!place.has_value()) return NoSuchLocation();
  const std::string path = SegmentPath(dir_, place->segment);
  absl::StatusOr<SegmentReader> reader = SegmentReader::Open(path, 0);
  if (HasReason(reader.status(), Reason::JOURNAL_CORRUPT)) return NoSuchLocation();
  CHUANYU_RETURN_IF_ERROR(reader.status());
  if (place->offset >= reader->size()) return NoSuchLocation();
  CHUANYU_ASSIGN_OR_RETURN(const std::string_view bytes, reader->Peek(place->offset, place->length));
  const std::optional<Section> section = ParseSection(bytes);
  if (!section.has_value()) return CorruptAt(path, place->offset, "damaged record");
  CHUANYU_ASSIGN_OR_RETURN(DurableRecord record, Decode(path, place->offset, *section));
  record.location = std::string(location);
  if (payload == Payload::kOpen) {
    CHUANYU_RETURN_IF_ERROR(OpenPayload(ParseRecordContent(section->content)->sealed, record));
  }
  return record;
}

absl::Status DiskReader::ForEach(const WalkRange& range, uint64_t first,
                                 const std::function<absl::Status(const DurableRecord&)>& visit) const {
  return WalkFrames(dir_, range, [&](const ScannedFrame& frame) -> absl::StatusOr<bool> {
    uint64_t index = frame.place.first_index;
    for (const Section& section : frame.sections) {
      if (section.tag != SectionTag::kRecord || index++ < first) continue;
      const uint64_t offset = frame.FileOffset(section);
      const std::string path = SegmentPath(dir_, frame.place.segment);
      CHUANYU_ASSIGN_OR_RETURN(DurableRecord record, Decode(path, offset, section));
      record.location =
          FormatLocation(frame.place.segment, offset, kSectionHeaderBytes + section.content.size());
      CHUANYU_RETURN_IF_ERROR(visit(record));
    }
    return true;
  });
}

absl::StatusOr<std::vector<DiskReader::Batch>> DiskReader::ReadBatches(const WalkRange& range, uint64_t limit,
                                                                       size_t max_bytes,
                                                                       const KnownAt& known) const {
  std::vector<Batch> batches;
  size_t bytes = 0;
  const auto ends = [](const Batch& batch) { return batch.first_index + batch.records.size(); };
  const auto open_end = [](const Batch& batch) { return batch.checkpoint.size == 0; };
  const auto read = [&](const ScannedFrame& frame) -> absl::StatusOr<bool> {
    const std::string path = SegmentPath(dir_, frame.place.segment);
    if (!batches.empty() && open_end(batches.back())) {
      batches.back().checkpoint = known(ends(batches.back())).value_or(SignedCheckpoint());
    }
    Batch batch{.first_index = frame.place.first_index};
    for (const Section& section : frame.sections) {
      // The checkpoint of a batch is in the first frame written after it.
      if (section.tag == SectionTag::kCheckpoint && !batches.empty()) {
        const Batch& before = batches.back();
        if (before.first_index + before.records.size() == frame.place.first_index) {
          CHUANYU_ASSIGN_OR_RETURN(batches.back().checkpoint, ParseCheckpointNote(section.content, origin_));
        }
      }
      if (section.tag != SectionTag::kRecord) continue;
      // What ends without a checkpoint cannot be sent alone: it goes on with the next frame.
      const bool enough = bytes > max_bytes && !batches.empty() && !open_end(batches.back());
      if (enough || frame.place.first_index + frame.header.records > limit) return false;
      const uint64_t offset = frame.FileOffset(section);
      CHUANYU_ASSIGN_OR_RETURN(DurableRecord record, Decode(path, offset, section));
      record.location =
          FormatLocation(frame.place.segment, offset, kSectionHeaderBytes + section.content.size());
      const absl::Status opened = OpenPayload(ParseRecordContent(section.content)->sealed, record);
      if (!opened.ok() && !HasReason(opened, Reason::PAYLOAD_ERASED)) return opened;
      batch.records.push_back(std::move(record));
    }
    if (batch.records.empty()) return true;
    for (const DurableRecord& record : batch.records) bytes += record.bytes.size() + record.payload.size();
    if (!batches.empty() && open_end(batches.back())) {
      std::move(batch.records.begin(), batch.records.end(), std::back_inserter(batches.back().records));
    } else {
      batches.push_back(std::move(batch));
    }
    return true;
  };
  CHUANYU_RETURN_IF_ERROR(WalkFrames(dir_, range, read));
  if (!batches.empty() && open_end(batches.back())) {
    const std::optional<SignedCheckpoint> end = known(ends(batches.back()));
    if (!end) {
      batches.pop_back();
    } else {
      batches.back().checkpoint = *end;
    }
  }
  return batches;
}

absl::StatusOr<std::optional<SignedCheckpoint>> DiskReader::FindCheckpoint(const WalkRange& range,
                                                                           uint64_t size) const {
  std::optional<SignedCheckpoint> found;
  const auto look = [&](const ScannedFrame& frame) -> absl::StatusOr<bool> {
    if (frame.place.first_index > size) return false;
    for (const Section& section : frame.sections) {
      if (section.tag != SectionTag::kCheckpoint || frame.place.first_index != size) continue;
      CHUANYU_ASSIGN_OR_RETURN(found, ParseCheckpointNote(section.content, origin_));
    }
    return !found.has_value();
  };
  CHUANYU_RETURN_IF_ERROR(WalkFrames(dir_, range, look));
  return found;
}

}  // namespace chuanyu::exchange
