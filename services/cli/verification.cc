// chuanyu verification: what a county platform does with household checks.
#include "services/cli/verification.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

absl::StatusOr<std::unique_ptr<v1::FamilyEconomy::Stub>> Stub(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return v1::FamilyEconomy::NewStub(channel);
}

absl::StatusOr<std::string> ReadNote(const std::string& path) {
  if (path.empty()) return std::string();
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream file(path);
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

namespace {

absl::StatusOr<v1::CreateVerificationRequest> ReadRequest(const std::string& path, bool fresh_id) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  v1::CreateVerificationRequest request;
  // The parser's message may repeat what stands in the file, so it is not shown.
  if (!google::protobuf::util::JsonStringToMessage(text.str(), &request).ok()) {
    return MakeError(Reason::BAD_REQUEST, {.detail = path + " is not a CreateVerificationRequest in JSON"});
  }
  const absl::Time now = absl::Now();
  if (fresh_id || request.request_id().empty())
    request.set_request_id(UuidV7Generator().Next(absl::ToUnixMillis(now)));
  v1::Verification& verification = *request.mutable_verification();
  if (!verification.has_as_of()) {
    verification.mutable_as_of()->set_value(absl::FormatTime("%Y-%m-%d", now, ChinaTime()));
  }
  if (!verification.has_deadline())
    verification.mutable_deadline()->set_seconds(absl::ToUnixSeconds(now) + 3600);
  return request;
}

absl::Status Submit(const Context& context, const std::string& path, bool fresh_id) {
  CHUANYU_ASSIGN_OR_RETURN(const v1::CreateVerificationRequest request, ReadRequest(path, fresh_id));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  v1::CreateVerificationResponse response;
  const grpc::Status status = stub->CreateVerification(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (context.output == "json") {
    PrintJson(response.verification());
  } else {
    std::printf("%s\n", response.verification().verification_no().c_str());
  }
  return absl::OkStatus();
}

absl::Status Get(const Context& context, const std::string& number) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  v1::GetVerificationRequest request;
  request.set_verification_no(number);
  v1::GetVerificationResponse response;
  const grpc::Status status = stub->GetVerification(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  PrintJson(response.verification());
  return absl::OkStatus();
}

// One line a change; ends with the check.
absl::Status Watch(const Context& context, const std::string& number) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  grpc::ClientContext call;
  v1::WatchVerificationRequest request;
  request.set_verification_no(number);
  const auto reader = stub->WatchVerification(&call, request);
  for (v1::WatchVerificationResponse response; reader->Read(&response);) {
    const v1::Verification& now = response.verification();
    const std::string state = v1::VerificationState_Name(now.state());
    if (context.output == "json") {
      PrintJson(now);
    } else {
      std::printf("version %lld  %s\n", static_cast<long long>(now.version()),
                  state.substr(sizeof("VERIFICATION_STATE_") - 1).c_str());
    }
    std::fflush(stdout);
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

}  // namespace

void AddVerification(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("verification", "Household economy checks (家庭经济状况核对).");
  group->require_subcommand(1);
  auto text = std::make_shared<std::string>();
  auto fresh = std::make_shared<bool>(false);

  CLI::App* const submit =
      group->add_subcommand("submit", "Submits an application file; prints the check's number.");
  submit->add_option("file", *text, "CreateVerificationRequest in JSON; as_of and deadline may be left out")
      ->required();
  submit->add_flag("--fresh-id", *fresh, "Submit under a new request id instead of the file's");
  AddConnection(*submit, context);
  submit->callback([=, &context] { context.run = [=, &context] { return Submit(context, *text, *fresh); }; });

  CLI::App* const get = group->add_subcommand("get", "One check as it is now, as JSON.");
  get->add_option("number", *text, "verification_no")->required();
  AddConnection(*get, context);
  get->callback([=, &context] { context.run = [=, &context] { return Get(context, *text); }; });

  CLI::App* const watch = group->add_subcommand("watch", "Every change of a check until it is final.");
  watch->add_option("number", *text, "verification_no")->required();
  AddConnection(*watch, context);
  watch->callback([=, &context] { context.run = [=, &context] { return Watch(context, *text); }; });
  AddVerificationList(*group, context);
  AddVerificationActs(*group, context);
  AddVerificationProcedure(*group, context);
  AddVerificationQuestions(*group, context);
  AddVerificationReport(*group, context);
  AddVerificationReveal(*group, context);
}

}  // namespace chuanyu::cli
