#include "services/exchange/journal/journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/checkpoint.h"
#include "services/exchange/journal/batch_builder.h"
#include "services/exchange/journal/checkpoint_signer.h"
#include "services/exchange/journal/cosigned_checkpoints.h"
#include "services/exchange/journal/disk_reader.h"
#include "services/exchange/journal/handed_out.h"
#include "services/exchange/journal/recent_batches.h"
#include "services/exchange/journal/recovery.h"
#include "services/exchange/journal/segment_writer.h"
#include "services/exchange/journal/side_thread.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

absl::StatusOr<ScopedFd> LockFolder(const std::string& dir) {
  const std::string path = dir + "/lock";
  ScopedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.ok()) return FileError("open", path);
  // flock, not fcntl: an fcntl lock would go when any other descriptor of the file is closed.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError("flock", path);
    return MakeError(Reason::JOURNAL_UNAVAILABLE, {.detail = dir + " is in use by another process"});
  }
  return fd;
}

std::vector<merkle::VerifierKey> KeysOf(const std::vector<merkle::NoteSigner>& signers) {
  std::vector<merkle::VerifierKey> keys;
  keys.reserve(signers.size());
  for (const merkle::NoteSigner& signer : signers) keys.push_back(signer.key());
  return keys;
}

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

absl::Status FileJournal::Start() {
  MutexLock writing(write_mu_);
  CHUANYU_ASSIGN_OR_RETURN(writer_, SegmentWriter::Open(options_, state_.end));
  const OwnKeys keys(options_.origin, KeysOf(signers_), {});
  SignedCheckpoint newest = state_.stored;
  const bool current =
      !newest.note.empty() && newest.size == state_.frontier.size() && keys.SignedNow(newest.note);
  if (!current) {
    newest = {state_.frontier.size(), state_.frontier.root(), ""};
    CheckpointSigning signing(signers_, {options_.origin, {newest.size, newest.root}});
    signing.Work();
    CHUANYU_ASSIGN_OR_RETURN(newest.note, std::move(signing).Note());
  }
  for (const auto& [origin, witness] : state_.witnesses) recovered_.witnesses.push_back(witness);
  recovered_.size = state_.frontier.size();
  recovered_.cosigned_size = state_.cosigned.size;
  recovered_.tail_cut = state_.tail_cut;
  MutexLock lock(mu_);
  latest_ = std::move(newest);
  cosigned_.Restore(state_.cosigned);
  places_ = std::move(state_.places);
  durable_end_ = state_.end;
  return absl::OkStatus();
}

FileJournal::~FileJournal() {
  // Nothing that was promised is lost when these fail: a checkpoint can be signed again, a cosignature is
  // given again, and space reserved ahead reads as zeros.
  const absl::Status flushed = Flush();
  MutexLock writing(write_mu_);
  if (flushed.ok() && writer_ != nullptr) writer_->Close().IgnoreError();
}

// After this nothing is appended and every caller gets JOURNAL_UNAVAILABLE until a person restarts the node.
absl::Status FileJournal::Die(const absl::Status& cause) {
  MutexLock lock(mu_);
  if (health_.ok()) {
    health_ = MakeError(Reason::JOURNAL_UNAVAILABLE,
                        {.detail = "the journal stopped: " + std::string(cause.message())});
  }
  return health_;
}

absl::StatusOr<std::shared_ptr<const DurableBatch>> FileJournal::Append(std::vector<Draft> drafts,
                                                                        std::vector<WitnessState> witnesses,
                                                                        Signing signing) {
  MutexLock writing(write_mu_);
  CHUANYU_RETURN_IF_ERROR(Healthy());
  CHUANYU_ASSIGN_OR_RETURN(PreparedBatch batch, PrepareBatch(std::move(drafts), state_.frontier,
                                                             state_.last_time_us, clock_.Now()));
  if (batch.records.empty() && witnesses.empty()) return MakeBatch(state_.frontier.size(), {}, Latest());
  if (const absl::Status rolled = StartSegmentIfFull(); !rolled.ok()) return Die(rolled);

  const uint64_t first_index = state_.frontier.size();
  const FramePlace place = writer_->end();
  FrameExtras extras = TakeExtras(std::move(witnesses));
  absl::StatusOr<SignedCheckpoint> checkpoint = WriteFrame(batch, extras, AtTheLatest(batch, signing));
  if (!checkpoint.ok()) return Die(checkpoint.status());

  // Durable: from here on it is the log.
  state_.frontier = std::move(batch.frontier);
  state_.last_time_us = batch.last_time_us;
  state_.end = writer_->end();
  for (WitnessState& witness : extras.witnesses) {
    Remember(std::move(witness), state_.witnesses);
  }
  const bool grew = !batch.records.empty();
  auto durable = MakeBatch(first_index, std::move(batch.records), *checkpoint);
  MutexLock lock(mu_);
  latest_ = *std::move(checkpoint);
  durable_end_ = writer_->end();
  RememberPlace(place, places_);
  if (grew) recent_.Add(durable);
  return durable;
}

// A peer that was away must find a signed checkpoint every now and then.
Signing FileJournal::AtTheLatest(const PreparedBatch& batch, Signing signing) {
  unsigned_records_ += batch.records.size();
  for (const DurableRecord& record : batch.records) {
    unsigned_bytes_ += record.bytes.size() + record.payload.size();
  }
  if (unsigned_records_ >= options_.max_unsigned_records || unsigned_bytes_ >= options_.max_unsigned_bytes) {
    signing = Signing::kNow;
  }
  if (signing == Signing::kNow) unsigned_records_ = unsigned_bytes_ = 0;
  return signing;
}

absl::StatusOr<SignedCheckpoint> FileJournal::SignedEnd(const DurableBatch& batch) {
  if (!batch.checkpoint().note.empty()) return batch.checkpoint();
  {
    MutexLock lock(mu_);
    if (const SignedCheckpoint* known = handed_out_.Find(batch.checkpoint().size)) return *known;
    if (latest_.size == batch.checkpoint().size && !latest_.note.empty()) return latest_;
  }
  return Sign(batch.checkpoint());
}

// `checkpoint` is one of this log: every batch border was a state of it.
absl::StatusOr<SignedCheckpoint> FileJournal::Sign(SignedCheckpoint checkpoint) {
  if (!checkpoint.note.empty()) return checkpoint;
  CheckpointSigning signing(signers_, {options_.origin, {checkpoint.size, checkpoint.root}});
  signing.Work();
  absl::StatusOr<std::string> note = std::move(signing).Note();
  if (!note.ok()) return Die(note.status());
  checkpoint.note = *std::move(note);
  MutexLock lock(mu_);
  if (latest_.size == checkpoint.size && latest_.note.empty()) latest_.note = checkpoint.note;
  handed_out_.Add(checkpoint);
  return checkpoint;
}

// The checkpoint of the log before this frame goes into it, with the cosignatures that came meanwhile.
FrameExtras FileJournal::TakeExtras(std::vector<WitnessState> witnesses) {
  FrameExtras extras{.witnesses = std::move(witnesses)};
  MutexLock lock(mu_);
  if (!latest_.note.empty() && (state_.stored.size != latest_.size || state_.stored.note.empty())) {
    state_.stored = latest_;
    extras.checkpoint_note = latest_.note;
  }
  extras.cosigned = cosigned_.TakeUnsaved();
  return extras;
}

// Seals, writes and syncs while the side thread signs. Waits for both: nothing leaves before. The write is on
// this thread, so that it is on its way to the disk even when no core is free for the other thread.
absl::StatusOr<SignedCheckpoint> FileJournal::WriteFrame(PreparedBatch& batch, const FrameExtras& extras,
                                                         Signing signing_when) {
  const auto write = [this, &writer = *writer_, &batch, &extras]() -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const std::string frame,
                             BuildFrame(writer.end(), extras, vault_, batch.records));
    return writer.WriteAndSync(frame, batch.records.size());
  };
  if (batch.records.empty()) {
    CHUANYU_RETURN_IF_ERROR(write());
    return Latest();
  }
  SignedCheckpoint checkpoint = {batch.frontier.size(), batch.frontier.root(), ""};
  if (signing_when == Signing::kWhenNeeded) {
    CHUANYU_RETURN_IF_ERROR(write());
    return checkpoint;
  }
  CheckpointSigning signing(signers_, {options_.origin, {checkpoint.size, checkpoint.root}});
  side_.Start([&signing] {
    signing.Work();
    return absl::OkStatus();
  });
  const absl::Status written = write();
  signing.Work();
  CHUANYU_RETURN_IF_ERROR(side_.Wait());
  CHUANYU_RETURN_IF_ERROR(written);
  CHUANYU_ASSIGN_OR_RETURN(checkpoint.note, std::move(signing).Note());
  return checkpoint;
}

absl::Status FileJournal::StartSegmentIfFull() {
  if (!writer_->Full()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(SignedCheckpoint latest, SignedLatest());
  {
    MutexLock lock(mu_);
    state_.stored = std::move(latest);
    state_.cosigned = cosigned_.newest();
  }
  const uint64_t previous_bytes = writer_->end().offset;
  state_.end = writer_->end();
  ++state_.end.segment;
  CHUANYU_RETURN_IF_ERROR(writer_->StartSegment(SegmentHead(state_, previous_bytes)));
  state_.end = writer_->end();
  MutexLock lock(mu_);
  durable_end_ = writer_->end();
  places_.push_back({state_.end.first_index, state_.end.number - 1, state_.end.segment, 0});
  return absl::OkStatus();
}

absl::Status FileJournal::Flush() {
  MutexLock writing(write_mu_);
  if (writer_ == nullptr) return absl::OkStatus();  // Start failed
  CHUANYU_RETURN_IF_ERROR(Healthy());
  CHUANYU_RETURN_IF_ERROR(SignedLatest().status());
  const FramePlace place = writer_->end();
  const FrameExtras extras = TakeExtras({});
  if (extras.empty()) return absl::OkStatus();
  PreparedBatch nothing{.records = {}, .frontier = state_.frontier};
  if (const auto written = WriteFrame(nothing, extras, Signing::kNow); !written.ok())
    return Die(written.status());
  state_.end = writer_->end();
  MutexLock lock(mu_);
  durable_end_ = writer_->end();
  RememberPlace(place, places_);
  return absl::OkStatus();
}

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

}  // namespace

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(
    JournalOptions options, const Clock& clock, Vault& vault,
    const std::vector<std::shared_ptr<const crypto::Signer>>& signers) {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<merkle::NoteSigner> note_signers,
                           MakeCheckpointSigners(options.origin, signers));
  CHUANYU_RETURN_IF_ERROR(MakeDirDurably(options.dir));
  CHUANYU_ASSIGN_OR_RETURN(ScopedFd lock, LockFolder(options.dir));
  CHUANYU_RETURN_IF_ERROR(CreateOrCheckLog(options));
  const OwnKeys keys(options.origin, KeysOf(note_signers), options.retired_keys);
  CHUANYU_ASSIGN_OR_RETURN(LogState state, RecoverLog(options, keys));
  auto journal = std::make_unique<FileJournal>(std::move(options), clock, vault, std::move(lock),
                                               std::move(note_signers), std::move(state));
  CHUANYU_RETURN_IF_ERROR(journal->Start());
  return journal;
}

std::shared_ptr<const DurableBatch> Journal::MakeBatch(uint64_t first_index,
                                                       std::vector<DurableRecord> records,
                                                       SignedCheckpoint checkpoint) {
  std::shared_ptr<DurableBatch> batch(new DurableBatch());
  batch->first_index_ = first_index;
  batch->records_ = std::move(records);
  batch->checkpoint_ = std::move(checkpoint);
  return batch;
}

}  // namespace chuanyu::exchange
