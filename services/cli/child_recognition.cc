// chuanyu child check, check-recognition: what another region says of a child's status, and whether it really
// did.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "services/child_welfare/recognition_signature.h"
#include "services/cli/child.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

namespace cw = child_welfare::v1;

struct Args {
  std::string question;  // file
  std::string answer;    // file
  std::string trust;     // file
};

absl::Status Check(const Context& context, const Args& args) {
  cw::CheckRecognitionRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.question, &request));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, CaseVerbs<ChildVerbs>::Open(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  cw::CheckRecognitionResponse response;
  const grpc::Status status = stub->CheckRecognition(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  PrintJson(response);
  return absl::OkStatus();
}

absl::StatusOr<merkle::NoteVerifier> ReadKeys(const std::string& path) {
  std::ifstream file(path);
  std::vector<merkle::VerifierKey> keys;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    CHUANYU_ASSIGN_OR_RETURN(merkle::VerifierKey key, merkle::VerifierKey::Parse(line));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return MakeError(Reason::BAD_REQUEST, {.detail = path + " has no key"});
  return merkle::NoteVerifier(std::move(keys));
}

absl::Status CheckOffline(const Args& args) {
  cw::CheckRecognitionRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.question, &request));
  cw::CheckRecognitionResponse response;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.answer, &response));
  CHUANYU_ASSIGN_OR_RETURN(const merkle::NoteVerifier keys, ReadKeys(args.trust));
  const std::string& number = request.person().doc_type() == type::v1::DOC_TYPE_NONE
                                  ? request.person().person_ref()
                                  : request.person().doc_no();
  CHUANYU_ASSIGN_OR_RETURN(
      const cw::Recognition said,
      child_welfare::OpenRecognition(
          response.signed_recognition(), keys,
          {.type = static_cast<uint8_t>(request.person().doc_type()), .number = number}));
  PrintJson(said);
  return absl::OkStatus();
}

}  // namespace

void AddChildRecognition(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  // Files and not options: a command line is seen by everybody on the machine.
  CLI::App* const check =
      group.add_subcommand("check", "Asks whether a child has a status; prints the answer.");
  check->add_option("file", args->question, "CheckRecognitionRequest in JSON")->required();
  AddConnection(*check, context);
  check->callback([args, &context] { context.run = [args, &context] { return Check(context, *args); }; });

  CLI::App* const offline = group.add_subcommand(
      "check-recognition", "Checks the signature of an answer and whom it is about, offline.");
  offline->add_option("file", args->question, "The CheckRecognitionRequest that was asked, in JSON")
      ->required();
  offline->add_option("--answer", args->answer, "What `child check` printed")->required();
  offline->add_option("--trust", args->trust, "Keys that must have signed it, one a line")->required();
  offline->callback([args, &context] { context.run = [args] { return CheckOffline(*args); }; });
}

}  // namespace chuanyu::cli
