// chuanyu elderly: what windows and civil-affairs offices do with filings of elderly-care institutions.
#include "services/cli/elderly.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/call.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {

namespace ec = elderly_care::v1;

absl::StatusOr<std::unique_ptr<ec::ElderlyCare::Stub>> ElderlyStub(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return ec::ElderlyCare::NewStub(channel);
}

namespace {

struct Args {
  std::string what;
  std::string file;
  bool fresh_id = false;
  bool full = false;
  std::string state;
  ec::PerformStepRequest act;
  ec::ChangeFilingRequest change;
  ec::EndFilingRequest end;
  std::string reason;
};

std::string WordOf(ec::FilingState state) {
  return ec::FilingState_Name(state).substr(sizeof("FILING_STATE_") - 1);
}
std::string WordOf(cases::v1::PeerCheck check) {
  return cases::v1::PeerCheck_Name(check).substr(sizeof("PEER_CHECK_") - 1);
}

void Print(const Context& context, const ec::Filing& filing) {
  if (context.output == "json") return PrintJson(filing);
  std::printf("%s  version %lld  %s  %s%s\n", filing.application_no().c_str(),
              static_cast<long long>(filing.version()), WordOf(filing.state()).c_str(),
              WordOf(filing.peer_check()).c_str(), filing.late() ? "  LATE" : "");
  for (const std::string& missing : filing.missing()) std::printf("missing %s\n", missing.c_str());
  if (!filing.receipt().filing_no().empty()) {
    std::printf("receipt %s of %s\n", filing.receipt().filing_no().c_str(),
                filing.receipt().filed_at().value().c_str());
  }
}

// Calls a method whose response holds the filing, and prints it.
template <typename Request, typename Response>
absl::Status Call(const Context& context, const Request& request,
                  grpc::Status (ec::ElderlyCare::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                Response*)) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  CHUANYU_ASSIGN_OR_RETURN(const Response response, CallMethod(*stub, method, request));
  Print(context, response.filing());
  return absl::OkStatus();
}

absl::Status Create(const Context& context, const Args& args) {
  ec::CreateFilingRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  ec::CreateFilingResponse response;
  const grpc::Status status = stub->CreateFiling(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (context.output == "json") {
    PrintJson(response.filing());
  } else {
    std::printf("%s\n", response.filing().application_no().c_str());
  }
  return absl::OkStatus();
}

absl::Status Get(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  ec::GetFilingRequest request;
  request.set_application_no(args.what);
  if (args.full) request.set_view(ec::FILING_VIEW_FULL);
  ec::GetFilingResponse response;
  const grpc::Status status = stub->GetFiling(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  PrintJson(response.filing());
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Args& args) {
  ec::ListFilingsRequest request;
  request.set_page_size(200);
  ec::FilingState state = ec::FILING_STATE_UNSPECIFIED;
  if (!args.state.empty() && !ec::FilingState_Parse("FILING_STATE_" + args.state, &state)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  request.set_state(state);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  std::vector<std::vector<std::string>> rows;
  do {
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
    ec::ListFilingsResponse response;
    const grpc::Status status = stub->ListFilings(&call, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    for (const ec::Filing& one : response.filings()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back({one.application_no(), WordOf(one.state()), WordOf(one.peer_check()),
                      one.authority().code(), one.late() ? "LATE" : "", one.onsite_due().value(),
                      one.receipt().filing_no()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(
      FormatTable({"NUMBER", "STATE", "CHECK", "AUTHORITY", "MARK", "ON SITE BY", "RECEIPT"}, rows).c_str(),
      stdout);
  return absl::OkStatus();
}

// One line a change; ends with the filing.
absl::Status Watch(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  grpc::ClientContext call;
  ec::WatchFilingRequest request;
  request.set_application_no(args.what);
  const auto reader = stub->WatchFiling(&call, request);
  for (ec::WatchFilingResponse response; reader->Read(&response);) {
    Print(context, response.filing());
    std::fflush(stdout);
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

absl::Status Act(const Context& context, const Args& args) {
  ec::PerformStepRequest request = args.act;
  request.set_application_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  // A file and not options: a command line is seen by everybody on the machine.
  if (!args.file.empty()) CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.file, request.mutable_correction()));
  return Call(context, request, &ec::ElderlyCare::Stub::PerformStep);
}

absl::Status Change(const Context& context, const Args& args) {
  ec::ChangeFilingRequest request = args.change;
  request.set_application_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.file, request.mutable_change()));
  return Call(context, request, &ec::ElderlyCare::Stub::ChangeFiling);
}

absl::Status End(const Context& context, const Args& args) {
  ec::EndFilingRequest request = args.end;
  request.set_application_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  ec::EndReason reason = ec::END_REASON_UNSPECIFIED;
  if (!ec::EndReason_Parse("END_REASON_" + args.reason, &reason)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  request.set_reason(reason);
  return Call(context, request, &ec::ElderlyCare::Stub::EndFiling);
}

// What every act of an officer needs.
template <typename Request>
void AddOfficer(CLI::App& verb, Context& context, Request& request, std::string& number) {
  verb.add_option("number", number, "application_no")->required();
  verb.add_option("--role", *request.mutable_role(), "WINDOW or COUNTY")->required();
  verb.add_option("--officer", *request.mutable_officer_id(), "The officer's account")->required();
  verb.add_option("--request-id", *request.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(verb, context);
}

void AddActs(CLI::App& group, Context& context, const std::shared_ptr<Args>& args) {
  CLI::App* const act = group.add_subcommand("act", "A named officer acts on a filing.");
  AddOfficer(*act, context, args->act, args->what);
  act->add_option("act", *args->act.mutable_act(),
                  "submit, withdraw, forward, supplement, resubmit, file, verify, discrepancy, rectify, "
                  "accept_change, suspend, resume")
      ->required();
  act->add_option_function<int64_t>(
      "--version", [args](const int64_t& version) { args->act.set_version(version); },
      "Version that the officer has seen; required to file, verify or find a discrepancy");
  act->add_option("--correction", args->file, "Filing in JSON, what is set replaces; to resubmit");
  act->add_option("--note", *args->act.mutable_note(), "What the on-site check found");
  act->callback([args, &context] { context.run = [args, &context] { return Act(context, *args); }; });

  CLI::App* const change = group.add_subcommand("change", "A change filing (变更备案), at the authority.");
  AddOfficer(*change, context, args->change, args->what);
  change->add_option("--file", args->file, "Change in JSON")->required();
  change->callback([args, &context] { context.run = [args, &context] { return Change(context, *args); }; });

  CLI::App* const end = group.add_subcommand("end", "Service has ended, or the registration was cancelled.");
  AddOfficer(*end, context, args->end, args->what);
  end->add_option("--reason", args->reason, "CLOSED or REGISTRATION_CANCELLED")->required();
  end->callback([args, &context] { context.run = [args, &context] { return End(context, *args); }; });
}

}  // namespace

void AddElderly(CLI::App& app, Context& context) {
  CLI::App* const group =
      app.add_subcommand("elderly", "Filings of elderly-care institutions (养老机构登记备案).");
  group->require_subcommand(1);
  auto args = std::make_shared<Args>();
  CLI::App* const create = group->add_subcommand("create", "Types in a draft; prints its number.");
  create->add_option("file", args->what, "CreateFilingRequest in JSON")->required();
  create->add_flag("--fresh-id", args->fresh_id, "Under a new request id instead of the file's");
  CLI::App* const get = group->add_subcommand("get", "One filing as it is now, as JSON.");
  get->add_option("number", args->what, "application_no")->required();
  get->add_flag("--full", args->full, "With persons and notes");
  CLI::App* const watch = group->add_subcommand("watch", "Every change of a filing until it is final.");
  watch->add_option("number", args->what, "application_no")->required();
  CLI::App* const list = group->add_subcommand("list", "Filings of the own window and the own divisions.");
  list->add_option("--state", args->state, "CHECKING, FILED ...; else all");
  for (CLI::App* const verb : {create, get, watch, list}) AddConnection(*verb, context);
  create->callback([args, &context] { context.run = [args, &context] { return Create(context, *args); }; });
  get->callback([args, &context] { context.run = [args, &context] { return Get(context, *args); }; });
  watch->callback([args, &context] { context.run = [args, &context] { return Watch(context, *args); }; });
  list->callback([args, &context] { context.run = [args, &context] { return List(context, *args); }; });
  AddActs(*group, context, args);
  AddElderlyMap(*group, context);
  AddElderlyUnfiled(*group, context);
}

}  // namespace chuanyu::cli
