// What is asked of the log: from memory where it is recent, from the disk otherwise.
#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/file_journal.h"

namespace chuanyu::exchange {

absl::StatusOr<SignedCheckpoint> FileJournal::CheckpointOf(uint64_t size) {
  WalkRange range;
  {
    MutexLock lock(mu_);
    if (const SignedCheckpoint* cosigned = cosigned_.Find(size)) return *cosigned;
    if (const SignedCheckpoint* handed_out = handed_out_.Find(size)) return *handed_out;
    if (latest_.size == size && !latest_.note.empty()) return latest_;
    const SignedCheckpoint* recent = recent_.CheckpointAt(size);
    if (recent != nullptr && !recent->note.empty()) return *recent;
    range = RangeFrom(size == 0 ? 0 : size - 1);
    range.skip_below = size;
  }
  CHUANYU_ASSIGN_OR_RETURN(std::optional<SignedCheckpoint> stored, reader_.FindCheckpoint(range, size));
  if (stored.has_value()) return *std::move(stored);
  return MakeError(Reason::BAD_REQUEST, {.field = "size", .detail = "no checkpoint of that size"});
}

absl::Status FileJournal::AddCosignature(uint64_t size, std::string_view cosignature_lines) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<merkle::NoteSignature> lines,
                           ParseCosignatureLines(cosignature_lines));
  CHUANYU_ASSIGN_OR_RETURN(SignedCheckpoint checkpoint, CheckpointOf(size));
  MutexLock lock(mu_);
  // Another witness may have come first while the lock was free.
  if (const SignedCheckpoint* cosigned = cosigned_.Find(size)) checkpoint = *cosigned;
  CHUANYU_RETURN_IF_ERROR(cosigned_.Add(std::move(checkpoint), lines));
  if (latest_.size == size) latest_.note = cosigned_.Find(size)->note;
  return absl::OkStatus();
}

WalkRange FileJournal::RangeFrom(uint64_t first) const {
  const auto after =
      std::upper_bound(places_.begin(), places_.end(), first,
                       [](uint64_t value, const FramePlace& place) { return value < place.first_index; });
  // The first frame of all starts at index 0, so there is always one at or before.
  return {.from = *std::prev(after), .end = durable_end_, .skip_below = first + 1};
}

// The state of the log at a batch border that is in memory, signed or not.
std::optional<SignedCheckpoint> FileJournal::KnownAt(uint64_t size) const {
  MutexLock lock(mu_);
  if (latest_.size == size) return latest_;
  const SignedCheckpoint* recent = recent_.CheckpointAt(size);
  return recent == nullptr ? std::nullopt : std::optional<SignedCheckpoint>(*recent);
}

absl::StatusOr<Journal::Range> FileJournal::ReadBatches(uint64_t first, uint64_t limit, size_t max_bytes) {
  Range range{.batches = {}, .first_index = first};
  WalkRange walk;
  {
    MutexLock lock(mu_);
    limit = std::min(limit, latest_.size);
    if (first >= limit) return range;
    const std::optional<uint64_t> recent_first = recent_.first_index();
    if (recent_first.has_value() && first >= *recent_first) {
      range.batches = recent_.From(first, limit, max_bytes);
      return range;
    }
    walk = RangeFrom(first);
  }
  const auto known = [this](uint64_t size) { return KnownAt(size); };
  CHUANYU_ASSIGN_OR_RETURN(auto batches, reader_.ReadBatches(walk, limit, max_bytes, known));
  for (DiskReader::Batch& batch : batches) {
    range.batches.push_back(
        MakeBatch(batch.first_index, std::move(batch.records), std::move(batch.checkpoint)));
  }
  return range;
}

absl::Status FileJournal::ForEachFrom(uint64_t first,
                                      const std::function<absl::Status(const DurableRecord&)>& visit) {
  WalkRange range;
  std::vector<std::shared_ptr<const DurableBatch>> recent;
  bool in_memory = false;
  {
    MutexLock lock(mu_);
    const std::optional<uint64_t> recent_first = recent_.first_index();
    in_memory = recent_first.has_value() && first >= *recent_first;
    if (in_memory) {
      recent = recent_.From(first, latest_.size, SIZE_MAX);
    } else {
      range = RangeFrom(first);
    }
  }
  if (!in_memory) return reader_.ForEach(range, first, visit);
  for (const auto& batch : recent) {
    for (const DurableRecord& record : batch->records()) {
      if (record.record.sequence() < first) continue;
      CHUANYU_RETURN_IF_ERROR(visit(record));
    }
  }
  return absl::OkStatus();
}

SignedCheckpoint FileJournal::Latest() const {
  MutexLock lock(mu_);
  return latest_;
}

SignedCheckpoint FileJournal::LatestCosigned() const {
  MutexLock lock(mu_);
  return cosigned_.newest();
}

absl::Status FileJournal::Healthy() const {
  MutexLock lock(mu_);
  return health_;
}

}  // namespace chuanyu::exchange
