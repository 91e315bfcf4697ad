// chuanyu verification report, check-report: the report of a check as a page to print or as JSON.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"
#include "services/cli/verification.h"
#include "services/family_economy/report_signature.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/report_page.h"

namespace chuanyu::cli {
namespace {

using family_economy::EvidenceOf;
using family_economy::OpenReport;

struct Args {
  std::string what;  // verification_no, or a file
  std::string form = "html";
  std::string out;
  std::string trust;
};

// What is printed, and what is known of its signature.
struct Evidence {
  v1::Verification verification;
  std::string signature;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  return std::move(text).str();
}

// One key a line, as `chuanyu-family-economy trust` prints them; a report must be signed by all of them.
absl::StatusOr<merkle::NoteVerifier> ReadTrust(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::vector<merkle::VerifierKey> keys;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    CHUANYU_ASSIGN_OR_RETURN(merkle::VerifierKey key, merkle::VerifierKey::Parse(line));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return MakeError(Reason::BAD_REQUEST, {.detail = path + " has no key"});
  return merkle::NoteVerifier(std::move(keys));
}

absl::StatusOr<Evidence> OpenWith(const std::string& trust, const v1::Report& report) {
  CHUANYU_ASSIGN_OR_RETURN(const merkle::NoteVerifier keys, ReadTrust(trust));
  CHUANYU_ASSIGN_OR_RETURN(family_economy::OpenedReport opened, OpenReport(report, keys));
  Evidence evidence{.verification = std::move(opened.evidence), .signature = "已验证："};
  for (size_t i = 0; i < opened.signatures.size(); ++i) {
    evidence.signature += (i == 0 ? "" : "；") + family_economy::SignatureWord(opened.signatures[i]);
  }
  return evidence;
}

// Without a signature the report is put together from the check as it is now.
absl::StatusOr<Evidence> Unsigned(const v1::Verification& check) {
  if (check.erased() || check.state() == v1::VERIFICATION_STATE_REVIEWING) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "verification_no", .detail = "what the report rests on is not there"});
  }
  Evidence evidence{.verification = EvidenceOf(check),
                    .signature = check.report().note().empty() ? "无" : "未验证"};
  // With the signature, so that whoever gets the JSON can check it.
  *evidence.verification.mutable_report() = check.report();
  return evidence;
}

absl::Status Write(const Args& args, const Evidence& evidence) {
  std::string text;
  if (args.form == "html") {
    text = family_economy::RenderReportPage(evidence.verification, evidence.signature);
  } else {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    if (!google::protobuf::util::MessageToJsonString(evidence.verification, &text, options).ok()) {
      return MakeError(Reason::INTERNAL, {.detail = "the report has no JSON form"});
    }
  }
  if (args.out.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return absl::OkStatus();
  }
  std::ofstream file(args.out, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = args.out + " cannot be written"});
  return absl::OkStatus();
}

absl::Status Report(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  v1::GetVerificationRequest request;
  request.set_verification_no(args.what);
  v1::GetVerificationResponse response;
  const grpc::Status status = stub->GetVerification(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  const v1::Verification& check = response.verification();
  if (!check.has_report()) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "verification_no", .detail = "there is no report"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Evidence evidence,
                           args.trust.empty() ? Unsigned(check) : OpenWith(args.trust, check.report()));
  return Write(args, evidence);
}

absl::Status CheckReport(const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string json, ReadFile(args.what));
  v1::Verification file;
  // The parser's message may repeat what stands in the file, so it is not shown.
  if (!google::protobuf::util::JsonStringToMessage(json, &file).ok()) {
    return MakeError(Reason::BAD_REQUEST, {.detail = args.what + " is not a report in JSON"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Evidence evidence, OpenWith(args.trust, file.report()));
  // A person reads the fields, not the signed bytes: they must say the same.
  if (!google::protobuf::util::MessageDifferencer::Equals(file, evidence.verification)) {
    return MakeError(Reason::SIG_INVALID,
                     {.field = "report", .detail = "the file says more or less than was signed"});
  }
  std::fprintf(stderr, "%s\n", evidence.signature.c_str());
  return args.out.empty() ? absl::OkStatus() : Write(args, evidence);
}

}  // namespace

void AddVerificationReport(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const report = group.add_subcommand("report", "The report of a check, to print or as JSON.");
  report->add_option("number", args->what, "verification_no")->required();
  report->add_option("--trust", args->trust,
                     "Keys that must have signed it, one a line; else nothing is checked");
  AddConnection(*report, context);
  CLI::App* const check =
      group.add_subcommand("check-report", "Checks the signature of a report in JSON, offline.");
  check->add_option("file", args->what, "As `verification report -o json` writes it")->required();
  check->add_option("--trust", args->trust, "Keys that must have signed it, one a line")->required();
  for (CLI::App* const verb : {report, check}) {
    verb->add_option("-o,--output", args->form, "html or json")->check(CLI::IsMember({"html", "json"}));
    verb->add_option("--out", args->out, "File to write");
  }
  report->callback([args, &context] { context.run = [args, &context] { return Report(context, *args); }; });
  check->callback([args, &context] { context.run = [args] { return CheckReport(*args); }; });
}

}  // namespace chuanyu::cli
