// Keys of signed notes (c2sp.org/signed-note@v1.0.0): name, signature type and public key, with the 32-bit
// id that finds them in a signature line, and the text form "name+id+base64" in which they are handed round.
// Values are immutable after construction and may be shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/signer.h"

namespace chuanyu::merkle {

// What a signature says and how. Beside C2SP's own types ours are 0xff followed by an identifier.
enum class SignatureType {
  kEd25519,         // 0x01: over the note text
  kCosignature,     // 0x04: cosignature/v1, Ed25519 over time and checkpoint (c2sp.org/tlog-cosignature)
  kSm2,             // 0xff ‖ "chuanyu.sm2-with-sm3/v1": SM2-with-SM3 over the note text
  kSm2Cosignature,  // 0xff ‖ "chuanyu.sm2-cosignature/v1": SM2-with-SM3 over the binary form in cosign.h
};

inline constexpr std::string_view kSm2Identifier = "chuanyu.sm2-with-sm3/v1";
inline constexpr std::string_view kSm2CosignatureIdentifier = "chuanyu.sm2-cosignature/v1";

crypto::KeyAlg KeyAlgOf(SignatureType type);
// True for the two types whose signature begins with the time at which it was made.
bool IsCosignature(SignatureType type);

// SHA-256(name ‖ LF ‖ type byte [‖ identifier] ‖ public key)[:4], big-endian. `public_bytes` as in
// crypto::Verifier::public_bytes().
uint32_t KeyId(std::string_view name, SignatureType type, std::string_view public_bytes);

// The public half: who signs, how, and the key to check with.
class VerifierKey {
 public:
  // BAD_REQUEST when `name` is not a key name or the verifier's algorithm is not that of `type`.
  static absl::StatusOr<VerifierKey> Create(std::string_view name, SignatureType type,
                                            std::shared_ptr<const crypto::Verifier> verifier);
  // Reads "name+id+base64(type ‖ key)". BAD_REQUEST when it is malformed, of a type not listed above, or the
  // id does not match the key.
  static absl::StatusOr<VerifierKey> Parse(std::string_view text);
  std::string Format() const;

  const std::string& name() const { return name_; }
  SignatureType type() const { return type_; }
  uint32_t key_id() const { return key_id_; }
  const crypto::Verifier& verifier() const { return *verifier_; }

 private:
  VerifierKey(std::string_view name, SignatureType type, std::shared_ptr<const crypto::Verifier> verifier);

  std::string name_;
  SignatureType type_;
  uint32_t key_id_;
  std::shared_ptr<const crypto::Verifier> verifier_;
};

// The private half. SignText and CosignCheckpoint (cosign.h) make one signature line each, so that a node may
// make them in parallel with other work.
class NoteSigner {
 public:
  // BAD_REQUEST as VerifierKey::Create.
  static absl::StatusOr<NoteSigner> Create(std::string_view name, SignatureType type,
                                           std::shared_ptr<const crypto::Signer> signer);

  const VerifierKey& key() const { return key_; }
  const crypto::Signer& signer() const { return *signer_; }

 private:
  NoteSigner(VerifierKey key, std::shared_ptr<const crypto::Signer> signer);

  VerifierKey key_;
  std::shared_ptr<const crypto::Signer> signer_;
};

}  // namespace chuanyu::merkle
