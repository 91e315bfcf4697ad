#include "services/child_welfare/recognition_signature.h"

#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/crypto/seal.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

constexpr merkle::StatementName kStatementName = {.kind = "chuanyu.child_welfare.v1.Recognition", .name = ""};
constexpr size_t kSaltBytes = 16;

std::string SubjectHash(const std::string& salt, const crypto::DocumentKey& subject) {
  const std::string type(1, static_cast<char>(subject.type));
  const crypto::Digest digest = crypto::Hash(crypto::HashAlg::kSm3, {salt, type, subject.number});
  return std::string(crypto::View(digest));
}

}  // namespace

std::string RecognitionKeyName(const std::string& region) { return region + ".chuanyu/child-welfare"; }

absl::Status BindSubject(const crypto::DocumentKey& subject, v1::Recognition* recognition) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string salt, crypto::RandomBytes(kSaltBytes));
  recognition->set_subject_salt(salt);
  recognition->set_subject_sm3(SubjectHash(salt, subject));
  return absl::OkStatus();
}

merkle::Statement StatementOf(const v1::Recognition& recognition) {
  return {.kind = std::string(kStatementName.kind), .name = "", .bytes = recognition.SerializeAsString()};
}

absl::StatusOr<v1::SignedRecognition> SignRecognition(const std::vector<merkle::NoteSigner>& signers,
                                                      const v1::Recognition& recognition) {
  v1::SignedRecognition out;
  out.set_statement(recognition.SerializeAsString());
  CHUANYU_ASSIGN_OR_RETURN(*out.mutable_note(),
                           merkle::SignStatement(signers, kStatementName, out.statement()));
  return out;
}

absl::StatusOr<v1::Recognition> OpenRecognition(const v1::SignedRecognition& signed_recognition,
                                                const merkle::NoteVerifier& trusted,
                                                const crypto::DocumentKey& subject) {
  CHUANYU_RETURN_IF_ERROR(merkle::OpenStatement(trusted, kStatementName, signed_recognition.statement(),
                                                signed_recognition.note())
                              .status());
  v1::Recognition recognition;
  if (!recognition.ParseFromString(signed_recognition.statement()) || recognition.subject_salt().empty() ||
      recognition.subject_sm3() != SubjectHash(recognition.subject_salt(), subject)) {
    return MakeError(Reason::SIG_INVALID, {.field = "statement", .detail = "is about somebody else"});
  }
  return recognition;
}

}  // namespace chuanyu::child_welfare
