// The signature of a recognition, and how somebody who was shown one checks it: who signed, that nothing was
// changed, and that it is about the child whose number they know. Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/recognition.pb.h"
#include "common/crypto/blind_index.h"
#include "common/merkle/note.h"
#include "common/merkle/note_key.h"
#include "common/merkle/statement.h"

namespace chuanyu::child_welfare {

// Whose name stands on signatures: "<region>.chuanyu/child-welfare".
std::string RecognitionKeyName(const std::string& region);

// Binds `recognition` to a document by a fresh salt, so that the statement tells the number to nobody who
// does not know it.
absl::Status BindSubject(const crypto::DocumentKey& subject, v1::Recognition* recognition);

// The bytes of `recognition` and what they are, to be signed.
merkle::Statement StatementOf(const v1::Recognition& recognition);
absl::StatusOr<v1::SignedRecognition> SignRecognition(const std::vector<merkle::NoteSigner>& signers,
                                                      const v1::Recognition& recognition);

// SIG_INVALID when it is not signed by the keys that `trusted` requires, was changed, or is about somebody
// else. Take what it says from the result: everything beside it is not signed.
absl::StatusOr<v1::Recognition> OpenRecognition(const v1::SignedRecognition& signed_recognition,
                                                const merkle::NoteVerifier& trusted,
                                                const crypto::DocumentKey& subject);

}  // namespace chuanyu::child_welfare
