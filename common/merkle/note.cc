#include "common/merkle/note.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/cosign.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

constexpr std::string_view kLineStart = "\xe2\x80\x94 ";  // em dash, space
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kTimeBytes = 8;

absl::Status BadNote(std::string_view why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = "note: " + std::string(why)});
}

absl::Status NotSigned(std::string_view why) {
  return MakeError(Reason::SIG_INVALID, {.detail = "note: " + std::string(why)});
}

bool SameKey(const VerifierKey& key, std::string_view name, uint32_t key_id) {
  return key.key_id() == key_id && key.name() == name;
}

}  // namespace

absl::StatusOr<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (!line.starts_with(kLineStart)) return BadNote("a signature line does not begin with an em dash");
  line.remove_prefix(kLineStart.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return BadNote("a signature line without a signature");
  const std::string_view name = line.substr(0, space);
  const auto bytes = Base64Decode(line.substr(space + 1));
  if (!IsKeyName(name)) return BadNote("a signature line with a malformed name");
  if (!bytes || bytes->size() <= kKeyIdBytes) return BadNote("a signature line with a malformed signature");
  uint32_t key_id = 0;
  for (size_t i = 0; i < kKeyIdBytes; ++i) key_id = key_id << 8 | static_cast<uint8_t>((*bytes)[i]);
  return NoteSignature{.name = std::string(name), .key_id = key_id, .signature = bytes->substr(kKeyIdBytes)};
}

std::string FormatSignatureLine(const NoteSignature& signature) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(signature.key_id >> shift & 0xff));
  bytes.append(signature.signature);
  return std::string(kLineStart) + signature.name + " " + Base64Encode(bytes) + "\n";
}

absl::StatusOr<Note> ParseNote(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) return BadNote("too long");
  if (!IsNoteText(bytes)) return BadNote("not UTF-8, or with control characters");
  // "The text is separated from the signatures by the last empty line in the note."
  const size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos) return BadNote("no empty line before the signatures");
  Note note{.text = std::string(bytes.substr(0, split + 1))};
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty()) return BadNote("no signature");
  while (!rest.empty()) {
    const auto line = TakeLine(rest);
    if (!line) return BadNote("the last line has no newline");
    if (note.signatures.size() == kMaxNoteSignatures) return BadNote("too many signatures");
    CHUANYU_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(*line));
    note.signatures.push_back(std::move(signature));
  }
  return note;
}

std::string FormatNote(const Note& note) {
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) text += FormatSignatureLine(signature);
  return text;
}

absl::StatusOr<NoteSignature> SignText(const NoteSigner& signer, std::string_view text) {
  if (IsCosignature(signer.key().type())) return BadNote("a cosigning key signs no text");
  if (!text.ends_with('\n') || !IsNoteText(text)) return BadNote("not a text that can be signed");
  CHUANYU_ASSIGN_OR_RETURN(std::string signature, signer.signer().Sign(text));
  return NoteSignature{
      .name = signer.key().name(), .key_id = signer.key().key_id(), .signature = std::move(signature)};
}

absl::StatusOr<VerifiedSignature> VerifySignature(const VerifierKey& key, std::string_view text,
                                                  const NoteSignature& signature) {
  if (!SameKey(key, signature.name, signature.key_id)) return NotSigned("a signature of another key");
  VerifiedSignature verified{.name = key.name(), .key_id = key.key_id(), .type = key.type()};
  if (!IsCosignature(key.type())) {
    CHUANYU_RETURN_IF_ERROR(key.verifier().Verify(text, signature.signature));
    return verified;
  }
  const std::string_view bytes = signature.signature;
  if (bytes.size() <= kTimeBytes) return NotSigned("a cosignature without a time");
  const uint64_t seconds = ReadBigEndian64(bytes);
  if (seconds > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return NotSigned("a time beyond 2^63");
  verified.time = absl::FromUnixSeconds(static_cast<int64_t>(seconds));
  const absl::StatusOr<std::string> message = CosignedMessage(key, text, seconds);
  if (!message.ok()) return NotSigned("cosigned, but no checkpoint");
  CHUANYU_RETURN_IF_ERROR(key.verifier().Verify(*message, bytes.substr(kTimeBytes)));
  return verified;
}

NoteVerifier::NoteVerifier(std::vector<VerifierKey> required, std::vector<VerifierKey> optional)
    : keys_(std::move(required)), required_(keys_.size()) {
  for (VerifierKey& key : optional) keys_.push_back(std::move(key));
}

const VerifierKey* NoteVerifier::Find(const NoteSignature& signature) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const VerifierKey& key) {
    return SameKey(key, signature.name, signature.key_id);
  });
  return found == keys_.end() ? nullptr : &*found;
}

absl::StatusOr<VerifiedNote> NoteVerifier::Open(std::string_view note) const {
  CHUANYU_ASSIGN_OR_RETURN(const Note parsed, ParseNote(note));
  return Verify(parsed);
}

absl::StatusOr<VerifiedNote> NoteVerifier::Verify(const Note& note) const {
  VerifiedNote verified{.text = note.text};
  const auto has = [&](std::string_view name, uint32_t key_id) {
    return std::any_of(verified.signatures.begin(), verified.signatures.end(),
                       [&](const VerifiedSignature& s) { return s.key_id == key_id && s.name == name; });
  };
  for (const NoteSignature& signature : note.signatures) {
    const VerifierKey* key = Find(signature);
    if (key == nullptr || has(signature.name, signature.key_id)) continue;
    CHUANYU_ASSIGN_OR_RETURN(VerifiedSignature good, VerifySignature(*key, note.text, signature));
    verified.signatures.push_back(std::move(good));
  }
  for (size_t i = 0; i < required_; ++i) {
    if (!has(keys_[i].name(), keys_[i].key_id())) return NotSigned("not signed by " + keys_[i].name());
  }
  if (verified.signatures.empty()) return NotSigned("not signed by a known key");
  return verified;
}

}  // namespace chuanyu::merkle
