// The journal in files: see journal.h for what it promises. Appending and signing are in file_journal.cc,
// reading in file_journal_reads.cc. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/merkle/note.h"
#include "services/exchange/journal/batch_builder.h"
#include "services/exchange/journal/cosigned_checkpoints.h"
#include "services/exchange/journal/disk_reader.h"
#include "services/exchange/journal/handed_out.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/recent_batches.h"
#include "services/exchange/journal/recovery.h"
#include "services/exchange/journal/segment_writer.h"
#include "services/exchange/journal/side_thread.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {

class FileJournal final : public Journal {
 public:
  FileJournal(JournalOptions options, const Clock& clock, Vault& vault, ScopedFd lock,
              std::vector<merkle::NoteSigner> signers, LogState state)
      : options_(std::move(options)),
        clock_(clock),
        vault_(vault),
        lock_(std::move(lock)),
        reader_(options_.dir, options_.origin, options_.tree_hash, vault),
        signers_(std::move(signers)),
        state_(std::move(state)),
        recent_(options_.recent_batches, options_.recent_bytes) {}
  ~FileJournal() override;

  absl::Status Start();

  const Recovered& recovered() const override { return recovered_; }
  absl::StatusOr<std::shared_ptr<const DurableBatch>> Append(std::vector<Draft> drafts,
                                                             std::vector<WitnessState> witnesses,
                                                             Signing signing) override;
  absl::StatusOr<SignedCheckpoint> SignedEnd(const DurableBatch& batch) override;
  absl::StatusOr<SignedCheckpoint> SignedLatest() override { return Sign(Latest()); }
  absl::Status Flush() override;
  absl::Status AddCosignature(uint64_t size, std::string_view cosignature_lines) override;
  absl::StatusOr<Range> ReadBatches(uint64_t first, uint64_t limit, size_t max_bytes) override;
  absl::StatusOr<DurableRecord> ReadAt(std::string_view location) override {
    return reader_.ReadAt(location, DiskReader::Payload::kOpen);
  }
  absl::StatusOr<DurableRecord> ReadRecordAt(std::string_view location) override {
    return reader_.ReadAt(location, DiskReader::Payload::kLeaveSealed);
  }
  absl::Status ForEachFrom(uint64_t first,
                           const std::function<absl::Status(const DurableRecord&)>& visit) override;
  SignedCheckpoint Latest() const override;
  SignedCheckpoint LatestCosigned() const override;
  absl::Status Healthy() const override;

 private:
  absl::Status StartSegmentIfFull() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  FrameExtras TakeExtras(std::vector<WitnessState> witnesses) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<SignedCheckpoint> WriteFrame(PreparedBatch& batch, const FrameExtras& extras,
                                              Signing signing) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_)
      ABSL_LOCKS_EXCLUDED(mu_);
  Signing AtTheLatest(const PreparedBatch& batch, Signing signing) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  absl::StatusOr<SignedCheckpoint> Sign(SignedCheckpoint checkpoint) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Die(const absl::Status& cause) ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<SignedCheckpoint> CheckpointOf(uint64_t size) ABSL_LOCKS_EXCLUDED(mu_);
  std::optional<SignedCheckpoint> KnownAt(uint64_t size) const ABSL_LOCKS_EXCLUDED(mu_);
  WalkRange RangeFrom(uint64_t first) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const JournalOptions options_;
  const Clock& clock_;
  Vault& vault_;
  const ScopedFd lock_;
  const DiskReader reader_;
  Recovered recovered_;

  // The writing side. Taken before mu_.
  Mutex write_mu_;
  const std::vector<merkle::NoteSigner> signers_;
  SideThread side_ ABSL_GUARDED_BY(write_mu_);
  std::unique_ptr<SegmentWriter> writer_ ABSL_GUARDED_BY(write_mu_);
  // `places` and `cosigned` of it are used at start only: readers have their own below.
  LogState state_ ABSL_GUARDED_BY(write_mu_);
  // Since the last batch that was signed when it was written.
  uint64_t unsigned_records_ ABSL_GUARDED_BY(write_mu_) = 0;
  uint64_t unsigned_bytes_ ABSL_GUARDED_BY(write_mu_) = 0;

  mutable Mutex mu_;
  absl::Status health_ ABSL_GUARDED_BY(mu_);
  FramePlace durable_end_ ABSL_GUARDED_BY(mu_);
  std::vector<FramePlace> places_ ABSL_GUARDED_BY(mu_);
  RecentBatches recent_ ABSL_GUARDED_BY(mu_);
  SignedCheckpoint latest_ ABSL_GUARDED_BY(mu_);
  HandedOut handed_out_ ABSL_GUARDED_BY(mu_);
  CosignedCheckpoints cosigned_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
