#include "common/merkle/proof.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr size_t kMaxPath = 64;  // a tree of 2^64 leaves

absl::Status BadProof(std::string_view why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = "proof: " + std::string(why)});
}

}  // namespace

std::string FormatProof(const LogProof& proof) {
  std::string text = std::string(kHeader) + "\n";
  if (proof.extra) text += std::string(kExtra) + Base64Encode(*proof.extra) + "\n";
  text += std::string(kIndex) + std::to_string(proof.index) + "\n";
  for (const Digest& hash : proof.path) text += Base64Encode(crypto::View(hash)) + "\n";
  return text + "\n" + proof.checkpoint_note;
}

absl::StatusOr<LogProof> ParseProof(std::string_view text) {
  if (text.size() > 2 * kMaxNoteBytes) return BadProof("too long");
  LogProof proof;
  if (TakeLine(text) != kHeader) return BadProof("no header line");
  auto line = TakeLine(text);
  if (line && line->starts_with(kExtra)) {
    proof.extra = Base64Decode(line->substr(kExtra.size()));
    if (!proof.extra) return BadProof("malformed extra line");
    line = TakeLine(text);
  }
  if (!line || !line->starts_with(kIndex)) return BadProof("no index line");
  const auto index = ParseDecimal(line->substr(kIndex.size()));
  if (!index) return BadProof("malformed index");
  proof.index = *index;
  for (line = TakeLine(text); line && !line->empty(); line = TakeLine(text)) {
    const auto hash = Base64Decode(*line);
    if (!hash || hash->size() != sizeof(Digest)) return BadProof("malformed hash");
    if (proof.path.size() == kMaxPath) return BadProof("too many hashes");
    proof.path.push_back(crypto::DigestFrom(*hash));
  }
  if (!line) return BadProof("no empty line before the checkpoint");
  proof.checkpoint_note = std::string(text);
  return proof;
}

absl::StatusOr<OpenedCheckpoint> VerifyProof(const LogProof& proof, HashAlg alg, const Digest& leaf_hash,
                                             std::string_view origin, const NoteVerifier& verifier) {
  CHUANYU_ASSIGN_OR_RETURN(OpenedCheckpoint opened, OpenCheckpoint(proof.checkpoint_note, origin, verifier));
  CHUANYU_RETURN_IF_ERROR(VerifyInclusion(alg, proof.index, leaf_hash, opened.checkpoint.head, proof.path));
  return opened;
}

}  // namespace chuanyu::merkle
