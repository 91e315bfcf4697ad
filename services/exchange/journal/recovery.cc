#include "services/exchange/journal/recovery.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/published.h"
#include "services/exchange/journal/sections.h"

namespace chuanyu::exchange {
namespace {

constexpr uint64_t kPlaceEveryBytes = 1u << 20;

absl::StatusOr<uint64_t> FileSize(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return FileError("stat", path);
  return static_cast<uint64_t>(info.st_size);
}

// Lengths of the segments, by number. Removes a segment whose creation was not finished.
absl::StatusOr<std::vector<uint64_t>> SegmentSizes(const std::string& dir) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(dir + "/segments"));
  const std::string folder = dir + "/segments/";
  std::vector<uint64_t> sizes;
  for (const std::string& name : names) {
    const std::string path = folder + name;
    if (name.ends_with(".tmp")) {
      if (::unlink(path.c_str()) != 0) return FileError("unlink", path);
      continue;
    }
    const std::string expected = SegmentPath(dir, static_cast<uint32_t>(sizes.size()));
    if (path != expected) {
      return MakeError(Reason::JOURNAL_CORRUPT,
                       {.detail = "found " + path + " where " + expected + " must be"});
    }
    CHUANYU_ASSIGN_OR_RETURN(const uint64_t size, FileSize(path));
    sizes.push_back(size);
  }
  return sizes;
}

class Recovery {
 public:
  Recovery(const JournalOptions& options, const OwnKeys& keys)
      : options_(options), keys_(keys), state_(options.tree_hash) {}

  absl::StatusOr<LogState> Run();

 private:
  absl::Status StepOver(uint32_t segment);
  absl::Status Scan(uint32_t segment, bool newest);
  absl::Status Apply(const SegmentReader& reader, const ScannedFrame& frame);
  absl::Status ApplySegmentInfo(const SegmentReader& reader, const ScannedFrame& frame,
                                const Section& section);
  absl::Status ApplyFrontier(const SegmentReader& reader, const ScannedFrame& frame, const Section& section);
  absl::Status ApplyCheckpoint(const SegmentReader& reader, const ScannedFrame& frame,
                               const Section& section);
  absl::Status ApplyRecord(const SegmentReader& reader, const ScannedFrame& frame, const Section& section);
  absl::Status ReadTime(const std::string& path);
  absl::Status CheckPublished(const SegmentReader& reader);
  absl::Status CheckSignatures();

  const JournalOptions& options_;
  const OwnKeys& keys_;
  LogState state_;
  std::vector<uint64_t> sizes_;
  bool scanning_ = false;  // a segment has been read in full: the frontier is known
  std::string last_record_;
  std::optional<SignedCheckpoint> published_;
};

absl::StatusOr<LogState> Recovery::Run() {
  CHUANYU_ASSIGN_OR_RETURN(sizes_, SegmentSizes(options_.dir));
  if (sizes_.empty()) {
    return MakeError(Reason::JOURNAL_CORRUPT, {.detail = SegmentPath(options_.dir, 0) + " is missing"});
  }
  CHUANYU_ASSIGN_OR_RETURN(published_, ReadPublishedCheckpoint(options_.dir, options_.origin, keys_));
  size_t first_full = sizes_.size() - 1;
  for (uint64_t bytes = sizes_[first_full]; first_full > 0; --first_full) {
    bytes += sizes_[first_full - 1];
    if (bytes > options_.full_scan_bytes) break;
  }
  for (uint32_t segment = 0; segment < sizes_.size(); ++segment) {
    const bool newest = segment + 1 == sizes_.size();
    CHUANYU_RETURN_IF_ERROR(segment < first_full ? StepOver(segment) : Scan(segment, newest));
  }
  CHUANYU_RETURN_IF_ERROR(CheckSignatures());
  return std::move(state_);
}

// Only the first frame, which says where the segment stands in the log.
absl::Status Recovery::StepOver(uint32_t segment) {
  CHUANYU_ASSIGN_OR_RETURN(SegmentReader reader,
                           SegmentReader::Open(SegmentPath(options_.dir, segment), 4096));
  CHUANYU_ASSIGN_OR_RETURN(const std::string_view head, reader.Peek(0, kFrameHeaderBytes));
  const std::optional<FrameHeader> header = ParseFrameHeader(head);
  if (!header.has_value()) return CorruptAt(reader.path(), 0, "damaged frame header");
  FramePlace place = {header->first_index, header->number, segment, 0};
  state_.places.push_back(place);
  CHUANYU_ASSIGN_OR_RETURN(const bool went_on, ScanSegment(reader, place, [&](const ScannedFrame& frame) {
                             const absl::Status status =
                                 ApplySegmentInfo(reader, frame, frame.sections.at(0));
                             return status.ok() ? absl::StatusOr<bool>(false) : status;
                           }));
  if (went_on) return CorruptAt(reader.path(), 0, "damaged first frame");
  return absl::OkStatus();
}

absl::Status Recovery::Scan(uint32_t segment, bool newest) {
  CHUANYU_ASSIGN_OR_RETURN(SegmentReader reader, SegmentReader::Open(SegmentPath(options_.dir, segment)));
  FramePlace next = {state_.end.first_index, state_.end.number, segment, 0};
  if (!scanning_ && segment > 0) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string_view head, reader.Peek(0, kFrameHeaderBytes));
    const std::optional<FrameHeader> header = ParseFrameHeader(head);
    if (!header.has_value()) return CorruptAt(reader.path(), 0, "damaged frame header");
    next = {header->first_index, header->number, segment, 0};
  }
  CHUANYU_RETURN_IF_ERROR(ScanSegment(reader, next, [&](const ScannedFrame& frame) {
                            const absl::Status status = Apply(reader, frame);
                            return status.ok() ? absl::StatusOr<bool>(true) : status;
                          }).status());
  scanning_ = true;
  state_.end = next;
  if (next.offset == 0) return CorruptAt(reader.path(), 0, "damaged first frame");
  CHUANYU_RETURN_IF_ERROR(ReadTime(reader.path()));
  if (!newest) {
    if (next.offset != reader.size()) return CorruptAt(reader.path(), next.offset, "damaged frame");
    return absl::OkStatus();
  }
  CHUANYU_ASSIGN_OR_RETURN(const TailState tail, ExamineTail(reader, next));
  CHUANYU_RETURN_IF_ERROR(CheckPublished(reader));
  state_.tail_cut = tail == TailState::kTorn;
  return absl::OkStatus();
}

absl::Status Recovery::Apply(const SegmentReader& reader, const ScannedFrame& frame) {
  RememberPlace(frame.place, state_.places);
  if (frame.place.offset == 0 &&
      (frame.sections.empty() || frame.sections.front().tag != SectionTag::kSegment)) {
    return CorruptAt(reader.path(), 0, "the first frame does not start a segment");
  }
  for (const Section& section : frame.sections) {
    absl::Status status;
    switch (section.tag) {
      case SectionTag::kSegment:
        status = ApplySegmentInfo(reader, frame, section);
        break;
      case SectionTag::kFrontier:
        status = ApplyFrontier(reader, frame, section);
        break;
      case SectionTag::kCheckpoint:
        status = ApplyCheckpoint(reader, frame, section);
        break;
      case SectionTag::kRecord:
        status = ApplyRecord(reader, frame, section);
        break;
      case SectionTag::kWitness: {
        std::optional<WitnessState> witness = DecodeWitness(section.content);
        if (!witness.has_value())
          status = CorruptAt(reader.path(), frame.FileOffset(section), "bad witness");
        else
          Remember(*std::move(witness), state_.witnesses);
        break;
      }
      case SectionTag::kCosigned: {
        absl::StatusOr<SignedCheckpoint> cosigned = DecodeCosigned(section.content, options_.origin);
        if (!cosigned.ok())
          status = CorruptAt(reader.path(), frame.FileOffset(section), "bad cosigned checkpoint");
        else if (cosigned->size >= state_.cosigned.size)
          state_.cosigned = *std::move(cosigned);
        break;
      }
    }
    CHUANYU_RETURN_IF_ERROR(status);
  }
  if (published_.has_value() && published_->size == state_.frontier.size() &&
      published_->root != state_.frontier.root()) {
    return CorruptAt(reader.path(), frame.place.offset, "the records do not give the published root");
  }
  return absl::OkStatus();
}

absl::Status Recovery::ApplySegmentInfo(const SegmentReader& reader, const ScannedFrame& frame,
                                        const Section& section) {
  const std::optional<SegmentInfo> info = DecodeSegmentInfo(section.content);
  const uint32_t number = frame.place.segment;
  if (section.tag != SectionTag::kSegment || !info.has_value() || frame.place.offset != 0 ||
      info->number != number) {
    return CorruptAt(reader.path(), frame.FileOffset(section), "not the head of this segment");
  }
  if (number > 0 && info->previous_bytes != sizes_[number - 1]) {
    return CorruptAt(SegmentPath(options_.dir, number - 1), sizes_[number - 1],
                     "the segment was " + std::to_string(info->previous_bytes) + " bytes long when closed");
  }
  state_.last_time_us = std::max(state_.last_time_us, info->last_time_us);
  return absl::OkStatus();
}

absl::Status Recovery::ApplyFrontier(const SegmentReader& reader, const ScannedFrame& frame,
                                     const Section& section) {
  absl::StatusOr<merkle::Frontier> frontier = merkle::Frontier::Parse(section.content);
  const bool fits = frontier.ok() && frontier->alg() == options_.tree_hash &&
                    frontier->size() == frame.header.first_index &&
                    (!(scanning_ || frame.place.segment == 0) || *frontier == state_.frontier);
  if (!fits) return CorruptAt(reader.path(), frame.FileOffset(section), "the tree does not fit");
  state_.frontier = *std::move(frontier);
  return absl::OkStatus();
}

absl::Status Recovery::ApplyCheckpoint(const SegmentReader& reader, const ScannedFrame& frame,
                                       const Section& section) {
  absl::StatusOr<SignedCheckpoint> checkpoint = ParseCheckpointNote(section.content, options_.origin);
  if (!checkpoint.ok() || checkpoint->size != frame.header.first_index ||
      checkpoint->root != state_.frontier.root()) {
    return CorruptAt(reader.path(), frame.FileOffset(section),
                     "the records before do not give the signed root");
  }
  state_.stored = *std::move(checkpoint);
  return absl::OkStatus();
}

absl::Status Recovery::ApplyRecord(const SegmentReader& reader, const ScannedFrame& frame,
                                   const Section& section) {
  const std::optional<RecordContent> content = ParseRecordContent(section.content);
  if (!content.has_value()) return CorruptAt(reader.path(), frame.FileOffset(section), "bad record");
  state_.frontier.Append(merkle::LeafHash(options_.tree_hash, content->record));
  last_record_.assign(content->record);
  return absl::OkStatus();
}

absl::Status Recovery::ReadTime(const std::string& path) {
  if (last_record_.empty()) return absl::OkStatus();
  v1::JournalRecord record;
  if (!record.ParseFromString(last_record_) || record.sequence() + 1 != state_.frontier.size()) {
    return CorruptAt(path, state_.end.offset, "the last record does not have its place in the log");
  }
  state_.last_time_us = std::max(state_.last_time_us, record.time_us());
  return absl::OkStatus();
}

// A tail is only torn when nobody was promised what was in it.
absl::Status Recovery::CheckPublished(const SegmentReader& reader) {
  if (!published_.has_value()) return absl::OkStatus();
  if (published_->size > state_.frontier.size()) {
    return CorruptAt(reader.path(), state_.end.offset,
                     "the segments end at record " + std::to_string(state_.frontier.size()) + " but record " +
                         std::to_string(published_->size) + " was published");
  }
  return CheckPublishedEdge(options_.dir, options_.tree_hash, *published_);
}

absl::Status Recovery::CheckSignatures() {
  for (const SignedCheckpoint* checkpoint : {&state_.stored, &state_.cosigned}) {
    if (checkpoint->note.empty() || keys_.SignedEver(checkpoint->note)) continue;
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = "the checkpoint of size " + std::to_string(checkpoint->size) + " in " +
                                options_.dir + " is not signed by the configured keys"});
  }
  return absl::OkStatus();
}

}  // namespace

void Remember(WitnessState witness, std::map<std::string, WitnessState>& witnesses) {
  std::string origin = witness.origin;
  witnesses.insert_or_assign(std::move(origin), std::move(witness));
}

void RememberPlace(const FramePlace& place, std::vector<FramePlace>& places) {
  if (places.empty() || places.back().segment != place.segment ||
      place.offset - places.back().offset >= kPlaceEveryBytes) {
    places.push_back(place);
  }
}

std::string SegmentHead(const LogState& state, uint64_t previous_bytes) {
  FrameBuilder builder;
  builder.Add(SectionTag::kSegment,
              {EncodeSegmentInfo({state.end.segment, previous_bytes, state.last_time_us})});
  builder.Add(SectionTag::kFrontier, {state.frontier.Serialise()});
  for (const auto& [origin, witness] : state.witnesses) {
    builder.Add(SectionTag::kWitness, {EncodeWitness(witness)});
  }
  if (!state.stored.note.empty()) builder.Add(SectionTag::kCheckpoint, {state.stored.note});
  if (!state.cosigned.note.empty()) {
    builder.Add(SectionTag::kCosigned, {EncodeCosigned(state.cosigned.size, state.cosigned.note)});
  }
  return std::move(builder).Finish({.number = state.end.number, .first_index = state.end.first_index});
}

absl::Status CreateOrCheckLog(const JournalOptions& options) {
  const std::string path = options.dir + "/log.json";
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> stored, ReadFileIfExists(path));
  if (stored.has_value() && *stored != LogParameters(options.origin, options.tree_hash)) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = path + " was made with other parameters: " + *stored});
  }
  CHUANYU_RETURN_IF_ERROR(MakeDirDurably(options.dir + "/segments"));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(options.dir + "/segments"));
  const bool has_segments =
      std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".seg"); });
  if (has_segments) {
    if (stored.has_value()) return absl::OkStatus();
    return MakeError(Reason::JOURNAL_CORRUPT, {.detail = path + " is missing beside its segments"});
  }
  // log.json first: a crash in between leaves parameters without a segment, which the next start completes.
  if (!stored.has_value())
    CHUANYU_RETURN_IF_ERROR(WriteFileDurably(path, LogParameters(options.origin, options.tree_hash)));
  return WriteFileDurably(SegmentPath(options.dir, 0), SegmentHead(LogState(options.tree_hash), 0));
}

absl::StatusOr<LogState> RecoverLog(const JournalOptions& options, const OwnKeys& keys) {
  CHUANYU_ASSIGN_OR_RETURN(LogState state, Recovery(options, keys).Run());
  const std::string path = SegmentPath(options.dir, state.end.segment);
  AppendFiles& files = options.files != nullptr ? *options.files : AppendFiles::Real();
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<AppendFile> file, files.Open(path));
  // Frames that a crash left whole but unsynced count as part of the log from here on, so they must stay; and
  // what is cut must never come back under a later frame.
  CHUANYU_RETURN_IF_ERROR(file->Truncate(state.end.offset));
  CHUANYU_RETURN_IF_ERROR(file->Sync());
  return state;
}

}  // namespace chuanyu::exchange
