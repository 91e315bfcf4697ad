// The end of the log on disk: writes frames, reserves space ahead, starts new segments. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/exchange/journal/files.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/scan.h"

namespace chuanyu::exchange {

class SegmentWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Open(const JournalOptions& options,
                                                             const FramePlace& end);

  // Where the next frame goes.
  const FramePlace& end() const { return end_; }
  // True when the next frame belongs in a new segment.
  bool Full() const { return end_.offset >= segment_bytes_; }

  // Writes one frame of `records` records and syncs it. After an error nothing more may be written.
  absl::Status WriteAndSync(std::string_view frame, uint64_t records);

  // Closes the segment at its exact length and starts the next with `head`, its first frame. The new file is
  // complete and synced before its name appears.
  absl::Status StartSegment(std::string_view head);

  // Gives the space reserved ahead back.
  absl::Status Close() { return file_->Truncate(end_.offset); }

 private:
  SegmentWriter(const JournalOptions& options, AppendFiles& files, const FramePlace& end);

  const std::string dir_;
  const uint64_t segment_bytes_;
  const uint64_t reserve_bytes_;
  AppendFiles& files_;
  std::unique_ptr<AppendFile> file_;
  FramePlace end_;
  uint64_t reserved_end_;
};

}  // namespace chuanyu::exchange
