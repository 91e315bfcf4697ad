// What follows from the segment files at start: everything the journal keeps in memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/exchange/journal/checkpoint_signer.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/scan.h"

namespace chuanyu::exchange {

struct LogState {
  explicit LogState(crypto::HashAlg tree_hash) : frontier(tree_hash) {}

  merkle::Frontier frontier;
  int64_t last_time_us = 0;
  std::map<std::string, WitnessState> witnesses;  // newest per origin
  SignedCheckpoint stored;                        // newest own note on disk; no note when there is none
  SignedCheckpoint cosigned;                      // newest cosigned one; no note when there is none
  std::vector<FramePlace> places;                 // about one a megabyte, ascending
  FramePlace end;                                 // where the next frame goes
  bool tail_cut = false;
};

// Makes the folders, log.json and the first segment when there is no log yet. CONFIG_INVALID when there is
// one with another origin or tree hash. The folder is locked by the caller.
absl::Status CreateOrCheckLog(const JournalOptions& options);

// Bytes of a segment's first frame over `state`, whose segment number is `state.end.segment`.
std::string SegmentHead(const LogState& state, uint64_t previous_bytes);

// Reads the segments, checks them against each other, against every checkpoint they hold and against what was
// published, and cuts a torn tail. JOURNAL_CORRUPT names the file and the offset. CONFIG_INVALID when the
// checkpoints are not by `keys`.
absl::StatusOr<LogState> RecoverLog(const JournalOptions& options, const OwnKeys& keys);

// Puts a witness state in the place of the one known of its log.
void Remember(WitnessState witness, std::map<std::string, WitnessState>& witnesses);

// Appends to `places` when the last one is far enough away.
void RememberPlace(const FramePlace& place, std::vector<FramePlace>& places);

}  // namespace chuanyu::exchange
