#include "common/merkle/cosign.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

// The NUL keeps it apart from every note text, which has no control characters: one SM2 key may then sign
// checkpoints and cosign without one being taken for the other.
constexpr std::string_view kSm2Label("chuanyu/sm2-cosignature/v1\n\0", 28);

bool Fits(std::string_view name) { return !name.empty() && name.size() <= 255; }

void AppendName(std::string& out, std::string_view name) {
  out.push_back(static_cast<char>(name.size()));
  out.append(name);
}

}  // namespace

std::string Ed25519CosignedMessage(uint64_t seconds, std::string_view checkpoint_body) {
  return ("cosignature/v1\ntime " + std::to_string(seconds) + "\n").append(checkpoint_body);
}

absl::StatusOr<std::string> Sm2CosignedMessage(const Sm2CosignedRange& range) {
  if (!Fits(range.cosigner) || !Fits(range.origin)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "cosigner and origin have 1 to 255 bytes"});
  }
  std::string message(kSm2Label);
  AppendName(message, range.cosigner);
  AppendBigEndian64(message, range.seconds);
  AppendName(message, range.origin);
  AppendBigEndian64(message, range.start);
  AppendBigEndian64(message, range.end);
  message.append(crypto::View(range.root));
  return message;
}

absl::StatusOr<std::string> CosignedMessage(const VerifierKey& key, std::string_view text, uint64_t seconds) {
  CHUANYU_ASSIGN_OR_RETURN(const Checkpoint checkpoint, ParseCheckpointBody(text));
  if (key.type() == SignatureType::kCosignature) return Ed25519CosignedMessage(seconds, text);
  if (key.type() != SignatureType::kSm2Cosignature) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "not a cosigning key"});
  }
  return Sm2CosignedMessage({.cosigner = key.name(),
                             .seconds = seconds,
                             .origin = checkpoint.origin,
                             .start = 0,
                             .end = checkpoint.head.size,
                             .root = checkpoint.head.root});
}

absl::StatusOr<NoteSignature> CosignCheckpoint(const NoteSigner& cosigner, const Checkpoint& checkpoint,
                                               absl::Time now) {
  const int64_t seconds = absl::ToUnixSeconds(now);
  if (seconds <= 0 || now == absl::InfiniteFuture()) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "no time to cosign at"});
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const std::string message,
      CosignedMessage(cosigner.key(), FormatCheckpointBody(checkpoint), static_cast<uint64_t>(seconds)));
  CHUANYU_ASSIGN_OR_RETURN(const std::string signature, cosigner.signer().Sign(message));
  NoteSignature line{.name = cosigner.key().name(), .key_id = cosigner.key().key_id()};
  AppendBigEndian64(line.signature, static_cast<uint64_t>(seconds));
  line.signature.append(signature);
  return line;
}

absl::StatusOr<absl::Time> VerifyCosignature(const VerifierKey& key, const Checkpoint& checkpoint,
                                             const NoteSignature& line) {
  if (!IsCosignature(key.type())) return MakeError(Reason::SIG_INVALID, {.detail = "not a cosigning key"});
  CHUANYU_ASSIGN_OR_RETURN(const VerifiedSignature verified,
                           VerifySignature(key, FormatCheckpointBody(checkpoint), line));
  return *verified.time;
}

}  // namespace chuanyu::merkle
