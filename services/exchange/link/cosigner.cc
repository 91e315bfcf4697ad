#include "services/exchange/link/cosigner.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/cosign.h"
#include "services/exchange/journal/cosigned_checkpoints.h"

namespace chuanyu::exchange {

absl::StatusOr<std::string> Cosigner::Cosign(const merkle::Checkpoint& checkpoint, absl::Time now) const {
  std::string lines;
  for (const merkle::NoteSigner& signer : signers_) {
    CHUANYU_ASSIGN_OR_RETURN(const merkle::NoteSignature line,
                             merkle::CosignCheckpoint(signer, checkpoint, now));
    lines += merkle::FormatSignatureLine(line);
  }
  return lines;
}

absl::Status VerifyCosignatures(std::string_view lines, const merkle::Checkpoint& checkpoint,
                                const std::vector<merkle::VerifierKey>& keys) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<merkle::NoteSignature> parsed, ParseCosignatureLines(lines));
  for (const merkle::VerifierKey& key : keys) {
    absl::Status verdict = MakeError(Reason::SIG_INVALID, {.detail = "a cosignature is missing"});
    for (const merkle::NoteSignature& line : parsed) {
      if (line.name != key.name() || line.key_id != key.key_id()) continue;
      verdict = merkle::VerifyCosignature(key, checkpoint, line).status();
    }
    CHUANYU_RETURN_IF_ERROR(verdict);
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
