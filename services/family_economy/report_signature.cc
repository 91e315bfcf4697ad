#include "services/family_economy/report_signature.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/statement.h"
#include "services/family_economy/rules/report.h"

namespace chuanyu::family_economy {
namespace {

merkle::StatementName NameOf(const std::string& report_no) {
  return {.kind = "chuanyu.family_economy.v1.Report", .name = report_no};
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
  CHUANYU_ASSIGN_OR_RETURN(const std::string note,
                           merkle::SignStatement(signers, NameOf(report.report_no()), statement));
  report.set_statement(statement);
  report.set_note(note);
  return absl::OkStatus();
}

absl::StatusOr<OpenedReport> OpenReport(const v1::Report& report, const merkle::NoteVerifier& trusted) {
  auto signatures =
      merkle::OpenStatement(trusted, NameOf(report.report_no()), report.statement(), report.note());
  if (!signatures.ok()) return signatures.status();
  OpenedReport opened{.signatures = *std::move(signatures)};
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
