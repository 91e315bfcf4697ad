// Signed notes: a text, an empty line, and one signature line for each signature
// (c2sp.org/signed-note@v1.0.0). Pure functions over text; NoteVerifier is immutable after construction and
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/merkle/note_key.h"

namespace chuanyu::merkle {

// One signature line: "— name base64(key id ‖ signature)".
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // what follows the id; for cosignatures the 8-byte time and then the signature
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A note whose signatures nobody has checked yet: do not use `text` before NoteVerifier has.
struct Note {
  std::string text;  // with its final newline
  std::vector<NoteSignature> signatures;
};

// Notes longer than this, or with more signatures, are refused before any signature is checked.
inline constexpr size_t kMaxNoteBytes = 1'000'000;
inline constexpr size_t kMaxNoteSignatures = 100;

// BAD_REQUEST for what is not a note, including one without a signature line.
absl::StatusOr<Note> ParseNote(std::string_view bytes);
std::string FormatNote(const Note& note);

// A line alone, with its newline, as it travels between nodes before it is added to a note.
std::string FormatSignatureLine(const NoteSignature& signature);
// BAD_REQUEST unless `line` is one signature line, with or without its newline.
absl::StatusOr<NoteSignature> ParseSignatureLine(std::string_view line);

// Signs `text`, which ends in a newline, with a key of type kEd25519 or kSm2 (BAD_REQUEST for others).
absl::StatusOr<NoteSignature> SignText(const NoteSigner& signer, std::string_view text);

// A signature that was checked.
struct VerifiedSignature {
  std::string name;
  uint32_t key_id = 0;
  SignatureType type = SignatureType::kEd25519;
  std::optional<absl::Time> time;  // when it was made, for cosignatures; whole seconds
};

// Checks one signature of any type over the note text. SIG_INVALID unless it is by `key`.
absl::StatusOr<VerifiedSignature> VerifySignature(const VerifierKey& key, std::string_view text,
                                                  const NoteSignature& signature);

struct VerifiedNote {
  std::string text;
  std::vector<VerifiedSignature> signatures;  // in the order of the note, each key once
};

// The keys a reader trusts, and which of them must all have signed.
class NoteVerifier {
 public:
  // A signature by an optional key is checked when it is there, but may be missing.
  explicit NoteVerifier(std::vector<VerifierKey> required, std::vector<VerifierKey> optional = {});

  // SIG_INVALID when a required key did not sign, no known key signed, or a line of a known key does not
  // verify; BAD_REQUEST when the note is malformed. Lines of unknown keys are skipped.
  absl::StatusOr<VerifiedNote> Open(std::string_view note) const;
  absl::StatusOr<VerifiedNote> Verify(const Note& note) const;

 private:
  const VerifierKey* Find(const NoteSignature& signature) const;

  std::vector<VerifierKey> keys_;  // the required ones first
  size_t required_;
};

}  // namespace chuanyu::merkle
