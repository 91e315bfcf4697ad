// Walking the frames of segment files. Every frame that is visited has passed its checksums.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/exchange/journal/files.h"
#include "services/exchange/journal/frame.h"

namespace chuanyu::exchange {

// Where a frame is, for finding a record without reading everything before it.
struct FramePlace {
  uint64_t first_index = 0;
  uint64_t number = 0;
  uint32_t segment = 0;
  uint64_t offset = 0;
};

struct ScannedFrame {
  FramePlace place;
  FrameHeader header;
  const std::vector<Section>& sections;  // valid during the visit
  // Of a section: where it is in the file.
  uint64_t FileOffset(const Section& section) const {
    return place.offset + kFrameHeaderBytes + section.offset;
  }
};
// Returns false to stop.
using FrameVisitor = absl::FunctionRef<absl::StatusOr<bool>(const ScannedFrame&)>;

// Visits the frames of one segment from `next` on, and leaves `next` after the last whole one: at the end of
// the file or at the first bytes that are not a whole frame. JOURNAL_CORRUPT when a whole frame is not the
// one that must come next. Returns false when the visitor stopped.
absl::StatusOr<bool> ScanSegment(SegmentReader& reader, FramePlace& next, FrameVisitor visit);

// Whether a whole, undamaged frame begins there.
absl::StatusOr<bool> WholeFrameAt(SegmentReader& reader, uint64_t offset);

// What stands after the last whole frame of the newest segment.
enum class TailState {
  kClean,  // nothing, or zeros reserved ahead
  kTorn,   // part of a frame whose write never completed: it was never acknowledged
};
// JOURNAL_CORRUPT when it is neither: a whole frame follows the damage, or the damaged frame had been written
// in full, so that it may have been acknowledged. The second is told from a torn write by its end being there
// and no sector of it missing; a write is torn in whole sectors.
absl::StatusOr<TailState> ExamineTail(SegmentReader& reader, const FramePlace& end);

// Visits frames over all segments from `from` to `end` (exclusive), which must be frame borders. Frames whose
// records all lie below `skip_below` are stepped over unread. Anything unreadable in between is
// JOURNAL_CORRUPT.
struct WalkRange {
  FramePlace from;
  FramePlace end;
  uint64_t skip_below = 0;
};
absl::Status WalkFrames(const std::string& dir, const WalkRange& range, FrameVisitor visit);

}  // namespace chuanyu::exchange
