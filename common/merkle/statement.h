// Signatures over the bytes of a statement (a report, a recognition), as a signed note: who checks one needs
// the bytes and the note, and no serialisation of its own. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/merkle/note.h"
#include "common/merkle/note_key.h"

namespace chuanyu::merkle {

// What is signed: `kind` keeps a signature over one kind of statement from being one over another (or over a
// checkpoint), `name` says which statement. Neither holds a line break.
struct StatementName {
  std::string_view kind;  // full name of the message
  std::string_view name;  // number of the case; empty: its bytes say it
};

// One signature line for each signer, over name and hashes (SHA-256 and SM3) of `bytes`.
absl::StatusOr<std::string> SignStatement(const std::vector<NoteSigner>& signers, const StatementName& name,
                                          const std::string& bytes);

struct Statement {
  std::string kind;  // as StatementName
  std::string name;
  std::string bytes;
};

// Signs several at once: each signer signs the roots of a Merkle tree over all (RFC 6962; SHA-256 and SM3),
// and what each statement gets is its path in the tree, an empty line, and the note over the roots. So one
// SM2 signature serves as many statements as came while the one before was made. What it tells of the others
// are hashes of hashes. In the order of `statements`; one alone is signed as SignStatement does.
absl::StatusOr<std::vector<std::string>> SignStatements(const std::vector<NoteSigner>& signers,
                                                        absl::Span<const Statement> statements);

// `note` is what SignStatement or SignStatements made.
// SIG_INVALID when it is not signed, not by all keys that `trusted` requires, or not over this statement.
absl::StatusOr<std::vector<VerifiedSignature>> OpenStatement(const NoteVerifier& trusted,
                                                             const StatementName& name,
                                                             const std::string& bytes,
                                                             const std::string& note);

}  // namespace chuanyu::merkle
