#include "common/merkle/checkpoint.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

absl::Status BadCheckpoint(std::string_view why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = "checkpoint: " + std::string(why)});
}

}  // namespace

std::string FormatCheckpointBody(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
         Base64Encode(crypto::View(checkpoint.head.root)) + "\n";
}

absl::StatusOr<Checkpoint> ParseCheckpointBody(std::string_view text) {
  if (!IsNoteText(text)) return BadCheckpoint("not UTF-8, or with control characters");
  const auto origin = TakeLine(text);
  const auto size_line = TakeLine(text);
  const auto root_line = TakeLine(text);
  if (!origin || !size_line || !root_line) return BadCheckpoint("fewer than three lines");
  if (!text.empty()) return BadCheckpoint("extension lines");
  if (origin->empty()) return BadCheckpoint("no origin");
  const auto size = ParseDecimal(*size_line);
  const auto root = Base64Decode(*root_line);
  if (!size) return BadCheckpoint("malformed size");
  if (!root || root->size() != sizeof(Digest)) return BadCheckpoint("malformed root");
  return Checkpoint{.origin = std::string(*origin),
                    .head = {.size = *size, .root = crypto::DigestFrom(*root)}};
}

absl::StatusOr<NoteSignature> SignCheckpointLine(const NoteSigner& signer, const Checkpoint& checkpoint) {
  if (signer.key().name() != checkpoint.origin) return BadCheckpoint("the key's name is not the origin");
  return SignText(signer, FormatCheckpointBody(checkpoint));
}

std::string AssembleCheckpoint(const Checkpoint& checkpoint, std::vector<NoteSignature> signatures) {
  return FormatNote({.text = FormatCheckpointBody(checkpoint), .signatures = std::move(signatures)});
}

absl::StatusOr<std::string> SignCheckpoint(absl::Span<const NoteSigner> signers,
                                           const Checkpoint& checkpoint) {
  if (signers.empty()) return BadCheckpoint("no signer");
  std::vector<NoteSignature> lines;
  for (const NoteSigner& signer : signers) {
    CHUANYU_ASSIGN_OR_RETURN(NoteSignature line, SignCheckpointLine(signer, checkpoint));
    lines.push_back(std::move(line));
  }
  return AssembleCheckpoint(checkpoint, std::move(lines));
}

absl::StatusOr<std::string> AddSignature(std::string_view note, const NoteSignature& signature) {
  CHUANYU_ASSIGN_OR_RETURN(Note parsed, ParseNote(note));
  parsed.signatures.push_back(signature);
  std::string joined = FormatNote(parsed);
  // What was added must be readable again: a name with a space would hide the line after it.
  CHUANYU_RETURN_IF_ERROR(ParseNote(joined).status());
  return joined;
}

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                                const NoteVerifier& verifier) {
  CHUANYU_ASSIGN_OR_RETURN(VerifiedNote opened, verifier.Open(note));
  CHUANYU_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpointBody(opened.text));
  if (checkpoint.origin != origin) {
    return MakeError(Reason::SIG_INVALID, {.detail = "the checkpoint is of another log"});
  }
  return OpenedCheckpoint{std::move(checkpoint), std::move(opened.signatures)};
}

}  // namespace chuanyu::merkle
