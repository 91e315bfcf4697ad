#include "services/exchange/journal/scan.h"

#include <algorithm>
#include <optional>

#include "common/base/status_macros.h"

namespace chuanyu::exchange {
namespace {

constexpr uint64_t kSectorBytes = 512;
// Enough to hold many small frames; header hops over large ones read little in vain.
constexpr size_t kWalkWindowBytes = 256u << 10;

FramePlace After(const FramePlace& place, const FrameHeader& header) {
  return {.first_index = header.first_index + header.records,
          .number = header.number + 1,
          .segment = place.segment,
          .offset = place.offset + header.frame_bytes()};
}

absl::Status CheckOrder(const SegmentReader& reader, const FramePlace& expected, const FrameHeader& header) {
  if (header.number == expected.number && header.first_index == expected.first_index) {
    return absl::OkStatus();
  }
  return CorruptAt(reader.path(), expected.offset,
                   "frame " + std::to_string(header.number) + " where frame " +
                       std::to_string(expected.number) + " must be");
}

bool IsZero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

bool WholeFrameIn(std::string_view tail) {
  for (size_t at = tail.find(kFrameMagic); at != std::string_view::npos;
       at = tail.find(kFrameMagic, at + 1)) {
    const std::optional<FrameHeader> header = ParseFrameHeader(tail.substr(at));
    if (header.has_value() && FrameBody(*header, tail.substr(at)).has_value()) return true;
  }
  return false;
}

// True when every sector of `frame`, which starts at `offset` of the file, holds something.
bool EverySectorWritten(std::string_view frame, uint64_t offset) {
  while (!frame.empty()) {
    const size_t in_sector = std::min<uint64_t>(frame.size(), kSectorBytes - offset % kSectorBytes);
    if (IsZero(frame.substr(0, in_sector))) return false;
    frame.remove_prefix(in_sector);
    offset += in_sector;
  }
  return true;
}

bool WrittenInFull(std::string_view tail, uint64_t offset) {
  const std::optional<FrameHeader> header = ParseFrameHeader(tail);
  if (header.has_value()) {
    if (tail.size() < header->frame_bytes()) return false;
    const std::string_view frame = tail.substr(0, header->frame_bytes());
    const std::string_view trailer = frame.substr(frame.size() - kFrameTrailerBytes);
    return trailer.find('\0') == std::string_view::npos && EverySectorWritten(frame, offset);
  }
  // The header itself is damaged: look for the end that a whole frame has.
  const size_t last = tail.find_last_not_of('\0');
  const std::string_view frame = tail.substr(0, last + 1);
  return frame.size() > kFrameHeaderBytes && frame.ends_with(kFrameTrailer) &&
         !IsZero(frame.substr(0, kFrameMagic.size())) && EverySectorWritten(frame, offset);
}

}  // namespace

absl::StatusOr<bool> ScanSegment(SegmentReader& reader, FramePlace& next, FrameVisitor visit) {
  std::vector<Section> sections;
  while (true) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string_view head, reader.Peek(next.offset, kFrameHeaderBytes));
    const std::optional<FrameHeader> header = ParseFrameHeader(head);
    if (!header.has_value()) return true;
    CHUANYU_ASSIGN_OR_RETURN(const std::string_view bytes, reader.Peek(next.offset, header->frame_bytes()));
    const std::optional<std::string_view> body = FrameBody(*header, bytes);
    if (!body.has_value()) return true;
    CHUANYU_RETURN_IF_ERROR(CheckOrder(reader, next, *header));
    if (!ParseSections(*header, *body, sections)) {
      return CorruptAt(reader.path(), next.offset, "a frame whose sections do not fit together");
    }
    CHUANYU_ASSIGN_OR_RETURN(const bool go_on, visit(ScannedFrame{next, *header, sections}));
    next = After(next, *header);
    if (!go_on) return false;
  }
}

absl::StatusOr<bool> WholeFrameAt(SegmentReader& reader, uint64_t offset) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string_view head, reader.Peek(offset, kFrameHeaderBytes));
  const std::optional<FrameHeader> header = ParseFrameHeader(head);
  if (!header.has_value()) return false;
  CHUANYU_ASSIGN_OR_RETURN(const std::string_view bytes, reader.Peek(offset, header->frame_bytes()));
  return FrameBody(*header, bytes).has_value();
}

absl::StatusOr<TailState> ExamineTail(SegmentReader& reader, const FramePlace& end) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string_view tail,
                           reader.Peek(end.offset, reader.size() - std::min(reader.size(), end.offset)));
  if (IsZero(tail)) return TailState::kClean;
  if (WholeFrameIn(tail.substr(1))) {
    return CorruptAt(reader.path(), end.offset, "damaged frame with whole frames after it");
  }
  if (WrittenInFull(tail, end.offset)) {
    return CorruptAt(reader.path(), end.offset, "the last frame was written in full and is damaged");
  }
  return TailState::kTorn;
}

absl::Status WalkFrames(const std::string& dir, const WalkRange& range, FrameVisitor visit) {
  FramePlace next = range.from;
  std::vector<Section> sections;
  for (; next.segment <= range.end.segment; ++next.segment, next.offset = 0) {
    CHUANYU_ASSIGN_OR_RETURN(SegmentReader reader,
                             SegmentReader::Open(SegmentPath(dir, next.segment), kWalkWindowBytes));
    const uint64_t stop = next.segment == range.end.segment ? range.end.offset : reader.size();
    while (next.offset < stop) {
      CHUANYU_ASSIGN_OR_RETURN(const std::string_view head, reader.Peek(next.offset, kFrameHeaderBytes));
      const std::optional<FrameHeader> header = ParseFrameHeader(head);
      if (!header.has_value()) return CorruptAt(reader.path(), next.offset, "damaged frame header");
      CHUANYU_RETURN_IF_ERROR(CheckOrder(reader, next, *header));
      if (header->first_index + header->records >= range.skip_below) {
        CHUANYU_ASSIGN_OR_RETURN(const std::string_view bytes,
                                 reader.Peek(next.offset, header->frame_bytes()));
        const std::optional<std::string_view> body = FrameBody(*header, bytes);
        if (!body.has_value() || !ParseSections(*header, *body, sections)) {
          return CorruptAt(reader.path(), next.offset, "damaged frame");
        }
        CHUANYU_ASSIGN_OR_RETURN(const bool go_on, visit(ScannedFrame{next, *header, sections}));
        if (!go_on) return absl::OkStatus();
      }
      next = After(next, *header);
    }
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
