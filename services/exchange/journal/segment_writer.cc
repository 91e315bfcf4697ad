#include "services/exchange/journal/segment_writer.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::exchange {

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentWriter::Open(const JournalOptions& options,
                                                                   const FramePlace& end) {
  AppendFiles& files = options.files != nullptr ? *options.files : AppendFiles::Real();
  std::unique_ptr<SegmentWriter> writer(new SegmentWriter(options, files, end));
  CHUANYU_ASSIGN_OR_RETURN(writer->file_, files.Open(SegmentPath(options.dir, end.segment)));
  return writer;
}

SegmentWriter::SegmentWriter(const JournalOptions& options, AppendFiles& files, const FramePlace& end)
    : dir_(options.dir),
      segment_bytes_(options.segment_bytes),
      reserve_bytes_(options.reserve_bytes),
      files_(files),
      end_(end),
      reserved_end_(end.offset) {}

absl::Status SegmentWriter::WriteAndSync(std::string_view frame, uint64_t records) {
  if (end_.offset + frame.size() > reserved_end_) {
    const uint64_t reserve = end_.offset + frame.size() + reserve_bytes_;
    CHUANYU_RETURN_IF_ERROR(file_->Reserve(reserve));
    reserved_end_ = reserve;
  }
  CHUANYU_RETURN_IF_ERROR(file_->WriteAt(end_.offset, frame));
  CHUANYU_RETURN_IF_ERROR(file_->Sync());
  end_.offset += frame.size();
  end_.first_index += records;
  ++end_.number;
  return absl::OkStatus();
}

absl::Status SegmentWriter::StartSegment(std::string_view head) {
  CHUANYU_RETURN_IF_ERROR(Close());
  const std::string path = SegmentPath(dir_, end_.segment + 1);
  CHUANYU_RETURN_IF_ERROR(WriteFileDurably(path, head));
  CHUANYU_ASSIGN_OR_RETURN(file_, files_.Open(path));
  ++end_.segment;
  ++end_.number;
  end_.offset = head.size();
  reserved_end_ = head.size();
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
