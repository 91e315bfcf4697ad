#include "common/merkle/statement.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"

namespace chuanyu::merkle {
namespace {

// Two hashes: who may use SM only, or has no SM, still binds the bytes.
std::string TextOf(const StatementName& name, const std::string& bytes) {
  const auto hex = [&bytes](crypto::HashAlg alg) {
    return crypto::HexEncode(crypto::View(crypto::Hash(alg, {bytes})));
  };
  return absl::StrCat(std::string(name.kind), "\n", std::string(name.name),
                      "\nsha256:", hex(crypto::HashAlg::kSha256), "\nsm3:", hex(crypto::HashAlg::kSm3), "\n");
}

absl::Status Invalid(const std::string& detail) {
  return MakeError(Reason::SIG_INVALID, {.field = "note", .detail = detail});
}

}  // namespace

absl::StatusOr<std::string> SignStatement(const std::vector<NoteSigner>& signers, const StatementName& name,
                                          const std::string& bytes) {
  Note note{.text = TextOf(name, bytes)};
  for (const NoteSigner& signer : signers) {
    CHUANYU_ASSIGN_OR_RETURN(NoteSignature signature, SignText(signer, note.text));
    note.signatures.push_back(std::move(signature));
  }
  return FormatNote(note);
}

absl::StatusOr<std::vector<VerifiedSignature>> OpenStatement(const NoteVerifier& trusted,
                                                             const StatementName& name,
                                                             const std::string& bytes,
                                                             const std::string& note) {
  if (note.empty()) return Invalid("not signed");
  const absl::StatusOr<VerifiedNote> opened = trusted.Open(note);
  if (!opened.ok()) return Invalid(std::string(opened.status().message()));
  if (opened->text != TextOf(name, bytes)) return Invalid("signed is another statement");
  return opened->signatures;
}

}  // namespace chuanyu::merkle
