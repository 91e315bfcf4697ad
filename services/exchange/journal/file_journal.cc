#include "services/exchange/journal/file_journal.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/checkpoint_signer.h"

namespace chuanyu::exchange {

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

}  // namespace chuanyu::exchange
