// From drafts to the bytes of one frame. No files; the vault may make a data key.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/merkle/tree.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/scan.h"

namespace chuanyu::exchange {

// The records of a batch with their place in the tree, not yet on disk: `location` is empty.
struct PreparedBatch {
  std::vector<DurableRecord> records;
  merkle::Frontier frontier;  // of the log with these records
  int64_t last_time_us = 0;
};

// Fills sequence, time, salt and commitment, and serialises each record, once. BAD_REQUEST or
// PAYLOAD_TOO_LARGE as Journal::Append says. Time never goes back, even when the clock does.
absl::StatusOr<PreparedBatch> PrepareBatch(std::vector<Draft> drafts, const merkle::Frontier& frontier,
                                           int64_t last_time_us, absl::Time now);

// What else goes into a batch's frame.
struct FrameExtras {
  std::vector<WitnessState> witnesses;
  std::string checkpoint_note;             // of the log before the batch; empty when it is on disk already
  std::vector<SignedCheckpoint> cosigned;  // not on disk yet
  bool empty() const { return witnesses.empty() && checkpoint_note.empty() && cosigned.empty(); }
};

// Seals the payloads and fills in the locations for a frame that will stand at `place`.
absl::StatusOr<std::string> BuildFrame(const FramePlace& place, const FrameExtras& extras, Vault& vault,
                                       std::vector<DurableRecord>& records);

}  // namespace chuanyu::exchange
