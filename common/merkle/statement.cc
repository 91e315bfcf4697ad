#include "common/merkle/statement.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "common/merkle/statement_batch.h"

namespace chuanyu::merkle {
namespace {

// Two hashes: who may use SM only, or has no SM, still binds the bytes.
std::string TextOf(const StatementName& name, const Digest& sha256, const Digest& sm3) {
  return absl::StrCat(std::string(name.kind), "\n", std::string(name.name),
                      "\nsha256:", crypto::HexEncode(crypto::View(sha256)),
                      "\nsm3:", crypto::HexEncode(crypto::View(sm3)), "\n");
}

std::string TextOf(const StatementName& name, const std::string& bytes) {
  return TextOf(name, crypto::Hash(HashAlg::kSha256, {bytes}), crypto::Hash(HashAlg::kSm3, {bytes}));
}

// The text over the roots is of a kind of its own: it is never the text of a statement.
std::string TextOf(const BatchRoots& roots) {
  const std::string size = std::to_string(roots.size);
  return TextOf({.kind = "chuanyu.merkle.Statements", .name = size}, roots.sha256, roots.sm3);
}

absl::StatusOr<std::string> SignNote(const std::vector<NoteSigner>& signers, std::string text) {
  Note note{.text = std::move(text)};
  for (const NoteSigner& signer : signers) {
    CHUANYU_ASSIGN_OR_RETURN(NoteSignature signature, SignText(signer, note.text));
    note.signatures.push_back(std::move(signature));
  }
  return FormatNote(note);
}

absl::Status Invalid(const std::string& detail) {
  return MakeError(Reason::SIG_INVALID, {.field = "note", .detail = detail});
}

}  // namespace

absl::StatusOr<std::string> SignStatement(const std::vector<NoteSigner>& signers, const StatementName& name,
                                          const std::string& bytes) {
  return SignNote(signers, TextOf(name, bytes));
}

absl::StatusOr<std::vector<std::string>> SignStatements(const std::vector<NoteSigner>& signers,
                                                        absl::Span<const Statement> statements) {
  StatementBatch batch;
  std::vector<std::string> texts;
  for (const Statement& statement : statements) {
    texts.push_back(TextOf({.kind = statement.kind, .name = statement.name}, statement.bytes));
    batch.Add(texts.back());
  }
  std::vector<std::string> notes;
  if (texts.size() == 1) {
    CHUANYU_ASSIGN_OR_RETURN(notes.emplace_back(), SignNote(signers, texts[0]));
    return notes;
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string note, SignNote(signers, TextOf(batch.Roots())));
  for (size_t i = 0; i < texts.size(); ++i) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string path, batch.PathOf(i));
    notes.push_back(path + note);
  }
  return notes;
}

absl::StatusOr<std::vector<VerifiedSignature>> OpenStatement(const NoteVerifier& trusted,
                                                             const StatementName& name,
                                                             const std::string& bytes,
                                                             const std::string& note) {
  if (note.empty()) return Invalid("not signed");
  std::string text = TextOf(name, bytes);
  std::string_view signed_note = note;
  if (IsInBatch(note)) {
    const absl::StatusOr<BatchRoots> roots = TakePath(text, &signed_note);
    if (!roots.ok()) return Invalid(std::string(roots.status().message()));
    text = TextOf(*roots);
  }
  const absl::StatusOr<VerifiedNote> opened = trusted.Open(signed_note);
  if (!opened.ok()) return Invalid(std::string(opened.status().message()));
  if (opened->text != text) return Invalid("signed is another statement");
  return opened->signatures;
}

}  // namespace chuanyu::merkle
