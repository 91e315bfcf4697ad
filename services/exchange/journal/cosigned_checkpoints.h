// Our checkpoints with the cosignatures that peers gave them. Not synchronised.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/merkle/note.h"
#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

// BAD_REQUEST unless every line is a signature line and there is at least one.
absl::StatusOr<std::vector<merkle::NoteSignature>> ParseCosignatureLines(std::string_view lines);

class CosignedCheckpoints {
 public:
  // What is on disk at start; ignored when it has no note.
  void Restore(const SignedCheckpoint& newest);

  // Adds to the note of `checkpoint` the lines it does not hold yet.
  absl::Status Add(SignedCheckpoint checkpoint, const std::vector<merkle::NoteSignature>& lines);

  // Null when none of that size is remembered. Only the newest ones are.
  const SignedCheckpoint* Find(uint64_t size) const;
  // Of the greatest size; empty note and size 0 when there is none.
  SignedCheckpoint newest() const;
  // Those that were added to since the last call, in order of size.
  std::vector<SignedCheckpoint> TakeUnsaved();

 private:
  std::map<uint64_t, SignedCheckpoint> by_size_;
  std::set<uint64_t> unsaved_;  // sizes, each in by_size_
};

}  // namespace chuanyu::exchange
