#include "services/family_economy/report_signature.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/report.h"

namespace chuanyu::family_economy {
namespace {

// The first line keeps a signature over a report from being one over anything else, a checkpoint for example.
// Two hashes: who may use SM only, or has no SM, still binds the bytes.
std::string NoteText(const std::string& report_no, const std::string& statement) {
  const auto hex = [&statement](crypto::HashAlg alg) {
    return crypto::HexEncode(crypto::View(crypto::Hash(alg, {statement})));
  };
  return absl::StrCat("chuanyu.family_economy.v1.Report\n", report_no,
                      "\nsha256:", hex(crypto::HashAlg::kSha256), "\nsm3:", hex(crypto::HashAlg::kSm3), "\n");
}

absl::Status Invalid(const std::string& detail) {
  return MakeError(Reason::SIG_INVALID, {.field = "report", .detail = detail});
}

}  // namespace

std::string ReportKeyName(const std::string& region) { return region + ".chuanyu/family-economy"; }

absl::Status SignReport(const std::vector<merkle::NoteSigner>& signers, v1::Verification* verification) {
  if (signers.empty()) return absl::OkStatus();
  v1::Report& report = *verification->mutable_report();
  const std::string statement = EvidenceOf(*verification).SerializeAsString();
  merkle::Note note{.text = NoteText(report.report_no(), statement)};
  for (const merkle::NoteSigner& signer : signers) {
    CHUANYU_ASSIGN_OR_RETURN(merkle::NoteSignature signature, merkle::SignText(signer, note.text));
    note.signatures.push_back(std::move(signature));
  }
  report.set_statement(statement);
  report.set_note(merkle::FormatNote(note));
  return absl::OkStatus();
}

absl::StatusOr<OpenedReport> OpenReport(const v1::Report& report, const merkle::NoteVerifier& trusted) {
  if (report.note().empty()) return Invalid("the report is not signed");
  const absl::StatusOr<merkle::VerifiedNote> note = trusted.Open(report.note());
  if (!note.ok()) return Invalid(std::string(note.status().message()));
  OpenedReport opened{.signatures = note->signatures};
  if (note->text != NoteText(report.report_no(), report.statement()))
    return Invalid("signed is another report");
  if (!opened.evidence.ParseFromString(report.statement()) ||
      opened.evidence.report().report_no() != report.report_no()) {
    return Invalid("the statement is not that of the report");
  }
  opened.evidence.mutable_report()->set_statement(report.statement());
  opened.evidence.mutable_report()->set_note(report.note());
  return opened;
}

std::string SignatureWord(const merkle::VerifiedSignature& signature) {
  return absl::StrFormat("%s，%s，密钥 %08x", signature.name,
                         signature.type == merkle::SignatureType::kSm2 ? "SM2" : "Ed25519", signature.key_id);
}

}  // namespace chuanyu::family_economy
