#include "services/exchange/journal/verify.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/checkpoint_history.h"
#include "services/exchange/journal/files.h"
#include "services/exchange/journal/log_verifier.h"
#include "services/exchange/journal/scan.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/journal/verify_with.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

using Check = LogVerifier::Check;

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string RecordPlace(const std::string& path, uint64_t index) {
  return path + ", record " + std::to_string(index);
}

std::string OffsetPlace(const std::string& path, uint64_t offset) {
  return path + " at " + std::to_string(offset);
}

// The published checkpoint and all that were kept. Returns the greatest size, nullopt when none is published.
absl::StatusOr<std::optional<uint64_t>> AddPublishedCheckpoints(const std::string& dir,
                                                                LogVerifier& verifier) {
  const std::string history_dir = dir + "/checkpoints/";
  uint64_t last = 0;
  uint64_t before_last = 0;
  if (Exists(history_dir)) {
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(history_dir));
    for (const std::string& name : names) {
      const std::string path = history_dir + name;
      CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> read, ReadFileIfExists(path));
      if (!read.has_value()) continue;
      const std::string& bytes = *read;
      const CheckpointHistory history = SplitHistory(bytes);
      // The newest file may be copied while a note is being added.
      if (history.whole_bytes != bytes.size() && name != names.back()) {
        verifier.Fail(Check::kRoots, "a kept checkpoint is cut off", path);
      }
      for (const std::string_view note : history.notes) {
        const std::optional<uint64_t> size = verifier.AddCheckpoint(note, path);
        if (size.value_or(last) < last)
          verifier.Fail(Check::kRoots, "a kept checkpoint is shorter than the one before", path);
        before_last = last;
        last = std::max(last, size.value_or(last));
      }
    }
  }
  const std::string path = dir + "/checkpoint";
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> note, ReadFileIfExists(path));
  if (!note.has_value()) return std::nullopt;
  const std::optional<uint64_t> size = verifier.AddCheckpoint(*note, path);
  // The newest is kept a moment before it is published, when all its files are there already.
  if (size.value_or(last) < before_last) {
    verifier.Fail(Check::kRoots, "the newest checkpoint is shorter than a kept one", path);
  }
  return std::max(last, size.value_or(last));
}

// The records of a publication, bundle by bundle. Ends early at the first bundle that cannot be read.
absl::Status AddBundles(const std::string& dir, uint64_t size, LogVerifier& verifier) {
  for (uint64_t first = 0; first < size; first += merkle::kTileWidth) {
    const merkle::BundleId full = {first / merkle::kTileWidth};
    const auto width = static_cast<uint32_t>(std::min<uint64_t>(merkle::kTileWidth, size - first));
    const std::string path = dir + "/" + merkle::BundlePath({full.index, width});
    uint32_t found_width = width;
    CHUANYU_ASSIGN_OR_RETURN(std::optional<std::string> bytes, ReadFileIfExists(path));
    if (!bytes.has_value() && width != merkle::kTileWidth) {
      found_width = merkle::kTileWidth;
      CHUANYU_ASSIGN_OR_RETURN(bytes, ReadFileIfExists(dir + "/" + merkle::BundlePath(full)));
    }
    const auto records = merkle::DecodeBundle(bytes.value_or(""), found_width);
    if (!bytes.has_value() || !records.ok()) {
      verifier.Fail(Check::kRecords, bytes.has_value() ? "the file is damaged" : "the file is missing", path);
      return absl::OkStatus();
    }
    for (uint32_t i = 0; i < width; ++i) {
      verifier.AddRecord((*records)[i], [&] { return RecordPlace(path, first + i); });
    }
  }
  return absl::OkStatus();
}

// The node's own segment files.
class SegmentSource {
 public:
  SegmentSource(const LogToVerify& log, LogVerifier& verifier) : log_(log), verifier_(verifier) {}

  // Returns whether an unfinished frame stands at the end.
  absl::StatusOr<bool> Run();

 private:
  absl::StatusOr<TailState> ReadSegment(uint32_t number, bool newest);
  absl::StatusOr<TailState> ReadOn(SegmentReader& reader, bool newest);
  void AddFrame(const std::string& path, const ScannedFrame& frame);
  void AddSection(const std::string& path, const ScannedFrame& frame, const Section& section);
  void CheckHead(const std::string& path, const ScannedFrame& frame);

  const LogToVerify& log_;
  LogVerifier& verifier_;
  FramePlace next_;
  uint64_t previous_bytes_ = 0;
};

absl::StatusOr<bool> SegmentSource::Run() {
  uint32_t count = 0;
  while (Exists(SegmentPath(log_.dir, count))) ++count;
  TailState tail = TailState::kClean;
  for (uint32_t number = 0; number < count; ++number) {
    absl::StatusOr<TailState> read = ReadSegment(number, number + 1 == count);
    if (HasReason(read.status(), Reason::JOURNAL_CORRUPT)) {
      verifier_.Fail(Check::kSegments, "damaged", std::string(read.status().message()));
      return false;
    }
    CHUANYU_RETURN_IF_ERROR(read.status());
    tail = *read;
  }
  return tail == TailState::kTorn;
}

absl::StatusOr<TailState> SegmentSource::ReadSegment(uint32_t number, bool newest) {
  verifier_.Count(Check::kSegments);
  next_.segment = number;
  next_.offset = 0;
  const std::string path = SegmentPath(log_.dir, number);
  while (true) {
    CHUANYU_ASSIGN_OR_RETURN(SegmentReader reader, SegmentReader::Open(path));
    const uint64_t begin = next_.offset;
    const absl::StatusOr<TailState> tail = ReadOn(reader, newest);
    const bool stuck = !tail.ok() && next_.offset == begin;  // whole, and still not what must come here
    // A clean end is the end, also while the node writes on: who followed a busy node would never be done.
    const bool clean = tail.ok() && *tail == TailState::kClean;
    if (!newest || stuck || clean) return tail;
    // The node may be writing: what looked like a damaged end may be a frame that came between two reads.
    CHUANYU_ASSIGN_OR_RETURN(SegmentReader again, SegmentReader::Open(path));
    CHUANYU_ASSIGN_OR_RETURN(const bool grew, WholeFrameAt(again, next_.offset));
    if (!grew) return tail;
  }
}

// Adds what stands from next_ on.
absl::StatusOr<TailState> SegmentSource::ReadOn(SegmentReader& reader, bool newest) {
  const auto add = [&](const ScannedFrame& frame) -> absl::StatusOr<bool> {
    AddFrame(reader.path(), frame);
    return true;
  };
  CHUANYU_RETURN_IF_ERROR(ScanSegment(reader, next_, add).status());
  previous_bytes_ = next_.offset;
  if (next_.offset == 0 || (!newest && next_.offset != reader.size())) {
    return CorruptAt(reader.path(), next_.offset, "damaged frame");
  }
  return ExamineTail(reader, next_);
}

void SegmentSource::CheckHead(const std::string& path, const ScannedFrame& frame) {
  const auto info = frame.sections.empty() ? std::nullopt : DecodeSegmentInfo(frame.sections[0].content);
  if (!info.has_value() || frame.sections[0].tag != SectionTag::kSegment ||
      info->number != frame.place.segment || info->previous_bytes != previous_bytes_) {
    verifier_.Fail(Check::kSegments, "the segment does not follow the one before", path);
  }
}

void SegmentSource::AddFrame(const std::string& path, const ScannedFrame& frame) {
  if (frame.place.offset == 0) CheckHead(path, frame);
  verifier_.AddBorder();
  for (const Section& section : frame.sections) AddSection(path, frame, section);
}

void SegmentSource::AddSection(const std::string& path, const ScannedFrame& frame, const Section& section) {
  const uint64_t offset = frame.FileOffset(section);
  if (section.tag == SectionTag::kRecord) {
    const std::optional<RecordContent> content = ParseRecordContent(section.content);
    verifier_.AddRecord(content.has_value() ? content->record : "",
                        [&] { return OffsetPlace(path, offset); });
  } else if (section.tag == SectionTag::kCheckpoint) {
    const auto size = verifier_.AddCheckpoint(section.content, OffsetPlace(path, offset));
    if (size.value_or(frame.place.first_index) != frame.place.first_index) {
      verifier_.Fail(Check::kRoots, "the checkpoint is of another size", OffsetPlace(path, offset));
    }
  } else if (section.tag == SectionTag::kCosigned && section.content.size() > 8) {
    verifier_.AddCheckpoint(section.content.substr(8), OffsetPlace(path, offset));
  }
}

// Also the hash of the tree. A mirror without log.json is taken to use the public standard, SHA-256.
crypto::HashAlg CheckParameters(const LogToVerify& log, const std::optional<std::string>& text,
                                std::string& failure) {
  if (!text.has_value()) return crypto::HashAlg::kSha256;
  for (const auto alg : {crypto::HashAlg::kSha256, crypto::HashAlg::kSm3}) {
    if (*text == LogParameters(log.trust.origin, alg)) return alg;
  }
  failure = "the log is another one than " + log.trust.origin;
  const bool sm3 = text->find("\"tree_hash\": \"sm3\"") != std::string::npos;
  return sm3 ? crypto::HashAlg::kSm3 : crypto::HashAlg::kSha256;
}

}  // namespace

absl::StatusOr<LogReport> VerifyLogWith(const LogToVerify& log, const RecordVisitor& visitor) {
  const bool has_segments = Exists(SegmentPath(log.dir, 0));
  const std::string public_dir = has_segments ? log.dir + "/public" : log.dir;
  if (!has_segments && !Exists(public_dir + "/checkpoint")) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "no log at " + log.dir});
  }
  if (log.trust.node_keys.empty()) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = "no key of " + log.trust.origin + " to check with"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> parameters,
                           ReadFileIfExists(log.dir + "/log.json"));
  std::string wrong_parameters;
  const crypto::HashAlg alg = CheckParameters(log, parameters, wrong_parameters);
  LogVerifier verifier(log.trust, alg, !has_segments, visitor);
  verifier.Count(Check::kParameters);
  if (!wrong_parameters.empty()) verifier.Fail(Check::kParameters, wrong_parameters, log.dir + "/log.json");

  CHUANYU_ASSIGN_OR_RETURN(const std::optional<uint64_t> published,
                           AddPublishedCheckpoints(public_dir, verifier));
  if (published.has_value()) verifier.CompareTiles(public_dir, *published);
  bool unfinished_tail = false;
  if (has_segments) {
    CHUANYU_ASSIGN_OR_RETURN(unfinished_tail, SegmentSource(log, verifier).Run());
  } else {
    CHUANYU_RETURN_IF_ERROR(AddBundles(public_dir, published.value_or(0), verifier));
  }
  LogReport report = std::move(verifier).Finish();
  report.unfinished_tail = unfinished_tail;
  return report;
}

absl::StatusOr<LogReport> VerifyLog(const LogToVerify& log) { return VerifyLogWith(log, nullptr); }

}  // namespace chuanyu::exchange
