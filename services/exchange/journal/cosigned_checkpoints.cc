#include "services/exchange/journal/cosigned_checkpoints.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/checkpoint.h"

namespace chuanyu::exchange {
namespace {

// Two witnesses seldom drift further apart than this many batches; a later line then makes a note of its own.
constexpr size_t kRemembered = 1024;

}  // namespace

absl::StatusOr<std::vector<merkle::NoteSignature>> ParseCosignatureLines(std::string_view lines) {
  std::vector<merkle::NoteSignature> parsed;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    if (end == std::string_view::npos || parsed.size() == merkle::kMaxNoteSignatures) {
      return MakeError(Reason::BAD_REQUEST, {.field = "cosignatures", .detail = "not signature lines"});
    }
    CHUANYU_ASSIGN_OR_RETURN(merkle::NoteSignature line,
                             merkle::ParseSignatureLine(lines.substr(0, end + 1)));
    parsed.push_back(std::move(line));
    lines.remove_prefix(end + 1);
  }
  if (parsed.empty()) {
    return MakeError(Reason::BAD_REQUEST, {.field = "cosignatures", .detail = "no signature line"});
  }
  return parsed;
}

void CosignedCheckpoints::Restore(const SignedCheckpoint& newest) {
  if (!newest.note.empty()) by_size_[newest.size] = newest;
}

absl::Status CosignedCheckpoints::Add(SignedCheckpoint checkpoint,
                                      const std::vector<merkle::NoteSignature>& lines) {
  CHUANYU_ASSIGN_OR_RETURN(merkle::Note note, merkle::ParseNote(checkpoint.note));
  bool added = false;
  for (const merkle::NoteSignature& line : lines) {
    if (std::find(note.signatures.begin(), note.signatures.end(), line) != note.signatures.end()) continue;
    note.signatures.push_back(line);
    added = true;
  }
  if (note.signatures.size() > merkle::kMaxNoteSignatures) {
    return MakeError(Reason::BAD_REQUEST, {.field = "cosignatures", .detail = "too many signature lines"});
  }
  if (!added) return absl::OkStatus();
  checkpoint.note = merkle::FormatNote(note);
  const uint64_t size = checkpoint.size;
  by_size_[size] = std::move(checkpoint);
  unsaved_.insert(size);
  while (by_size_.size() > kRemembered && !unsaved_.contains(by_size_.begin()->first)) {
    by_size_.erase(by_size_.begin());
  }
  return absl::OkStatus();
}

const SignedCheckpoint* CosignedCheckpoints::Find(uint64_t size) const {
  const auto found = by_size_.find(size);
  return found == by_size_.end() ? nullptr : &found->second;
}

SignedCheckpoint CosignedCheckpoints::newest() const {
  return by_size_.empty() ? SignedCheckpoint() : by_size_.rbegin()->second;
}

std::vector<SignedCheckpoint> CosignedCheckpoints::TakeUnsaved() {
  std::vector<SignedCheckpoint> unsaved;
  for (const uint64_t size : std::exchange(unsaved_, {})) unsaved.push_back(by_size_.at(size));
  return unsaved;
}

}  // namespace chuanyu::exchange
