// chuanyu child: what windows and civil-affairs offices do with applications for the status of a child.
#include "services/cli/child.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {

namespace cw = child_welfare::v1;

absl::StatusOr<std::unique_ptr<cw::ChildWelfare::Stub>> ChildStub(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return cw::ChildWelfare::NewStub(channel);
}

namespace {

struct Args {
  std::string what;
  bool fresh_id = false;
  cw::PerformStepRequest act;
  std::string category;
  cw::EndDeterminationRequest end;
  std::string reason;
};

std::string FreshId() { return UuidV7Generator().Next(absl::ToUnixMillis(absl::Now())); }

std::string WordOf(cw::ApplicationState state) {
  return cw::ApplicationState_Name(state).substr(sizeof("APPLICATION_STATE_") - 1);
}
std::string WordOf(cw::PeerCheck check) {
  return cw::PeerCheck_Name(check).substr(sizeof("PEER_CHECK_") - 1);
}
std::string WordOf(cw::Category category) {
  return cw::Category_Name(category).substr(sizeof("CATEGORY_") - 1);
}

void Print(const Context& context, const cw::Application& application) {
  if (context.output == "json") return PrintJson(application);
  std::printf("%s  version %lld  %s  %s\n", application.application_no().c_str(),
              static_cast<long long>(application.version()), WordOf(application.state()).c_str(),
              WordOf(application.peer_check()).c_str());
  if (!application.result().determination_no().empty()) {
    std::printf("determination %s  %s from %s\n", application.result().determination_no().c_str(),
                WordOf(application.result().category()).c_str(),
                application.result().from_month().value().c_str());
  }
}

absl::Status Submit(const Context& context, const Args& args) {
  cw::CreateApplicationRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  cw::CreateApplicationResponse response;
  const grpc::Status status = stub->CreateApplication(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (context.output == "json") {
    PrintJson(response.application());
  } else {
    std::printf("%s\n", response.application().application_no().c_str());
  }
  return absl::OkStatus();
}

absl::Status Get(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  cw::GetApplicationRequest request;
  request.set_application_no(args.what);
  cw::GetApplicationResponse response;
  const grpc::Status status = stub->GetApplication(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  PrintJson(response.application());
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Args& args) {
  cw::ListApplicationsRequest request;
  request.set_page_size(200);
  cw::ApplicationState state = cw::APPLICATION_STATE_UNSPECIFIED;
  if (!args.what.empty() && !cw::ApplicationState_Parse("APPLICATION_STATE_" + args.what, &state)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  request.set_state(state);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  std::vector<std::vector<std::string>> rows;
  do {
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
    cw::ListApplicationsResponse response;
    const grpc::Status status = stub->ListApplications(&call, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    for (const cw::Application& one : response.applications()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back({one.application_no(), WordOf(one.state()), WordOf(one.peer_check()),
                      absl::StrCat(one.version()), one.result().determination_no()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(FormatTable({"NUMBER", "STATE", "CHECK", "VERSION", "DETERMINATION"}, rows).c_str(), stdout);
  return absl::OkStatus();
}

// One line a change; ends with the application.
absl::Status Watch(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  grpc::ClientContext call;
  cw::WatchApplicationRequest request;
  request.set_application_no(args.what);
  const auto reader = stub->WatchApplication(&call, request);
  for (cw::WatchApplicationResponse response; reader->Read(&response);) {
    Print(context, response.application());
    std::fflush(stdout);
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

absl::Status Act(const Context& context, const Args& args) {
  cw::PerformStepRequest request = args.act;
  request.set_application_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  cw::Category category = cw::CATEGORY_UNSPECIFIED;
  if (!args.category.empty() && !cw::Category_Parse("CATEGORY_" + args.category, &category)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "category"});
  }
  request.set_category(category);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  cw::PerformStepResponse response;
  const grpc::Status status = stub->PerformStep(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  Print(context, response.application());
  return absl::OkStatus();
}

absl::Status End(const Context& context, const Args& args) {
  cw::EndDeterminationRequest request = args.end;
  request.set_determination_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  cw::EndReason reason = cw::END_REASON_UNSPECIFIED;
  if (!cw::EndReason_Parse("END_REASON_" + args.reason, &reason)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  request.set_reason(reason);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ChildStub(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  cw::EndDeterminationResponse response;
  const grpc::Status status = stub->EndDetermination(&call, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  PrintJson(response.determination());
  return absl::OkStatus();
}

void AddActs(CLI::App& group, Context& context, const std::shared_ptr<Args>& args) {
  CLI::App* const act = group.add_subcommand("act", "A named officer acts on an application.");
  act->add_option("number", args->what, "application_no")->required();
  act->add_option("act", *args->act.mutable_act(),
                  "supplement, resubmit, withdraw, push, town_pass, return, approve, reject, notify")
      ->required();
  act->add_option("--role", *args->act.mutable_role(), "WINDOW, TOWN or COUNTY")->required();
  act->add_option("--officer", *args->act.mutable_officer_id(), "The officer's account")->required();
  act->add_option_function<int64_t>(
      "--version", [args](const int64_t& version) { args->act.set_version(version); },
      "Version that the officer has seen; required to approve or reject");
  act->add_option("--category", args->category,
                  "ORPHAN or DEFACTO, where the table leaves it to the officer");
  act->add_option("--request-id", *args->act.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*act, context);
  act->callback([args, &context] { context.run = [args, &context] { return Act(context, *args); }; });

  CLI::App* const end = group.add_subcommand("end", "Something ends a status.");
  end->add_option("number", args->what, "determination_no")->required();
  end->add_option("--reason", args->reason,
                  "RELEASED, CONTACT_RESTORED, GUARDIANSHIP_RESTORED, ADOPTED, ADULT, DECEASED, HUKOU_MOVED")
      ->required();
  end->add_option("--on", *args->end.mutable_on()->mutable_value(), "Day of the event, YYYY-MM-DD")
      ->required();
  end->add_option("--officer", *args->end.mutable_officer_id(), "The officer's account")->required();
  end->add_option("--request-id", *args->end.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*end, context);
  end->callback([args, &context] { context.run = [args, &context] { return End(context, *args); }; });
}

}  // namespace

void AddChild(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("child", "Statuses of children (孤儿, 事实无人抚养儿童).");
  group->require_subcommand(1);
  auto args = std::make_shared<Args>();
  CLI::App* const submit = group->add_subcommand("submit", "Submits an application file; prints its number.");
  submit->add_option("file", args->what, "CreateApplicationRequest in JSON")->required();
  submit->add_flag("--fresh-id", args->fresh_id, "Submit under a new request id instead of the file's");
  CLI::App* const get =
      group->add_subcommand("get", "One application as it is now, as JSON, without persons.");
  get->add_option("number", args->what, "application_no")->required();
  CLI::App* const watch = group->add_subcommand("watch", "Every change of an application until it is final.");
  watch->add_option("number", args->what, "application_no")->required();
  CLI::App* const list = group->add_subcommand("list", "Applications filed, or come to the own counties.");
  list->add_option("--state", args->what, "RECEIVED, TOWN_REVIEW ...; else all");
  for (CLI::App* const verb : {submit, get, watch, list}) AddConnection(*verb, context);
  list->callback([args, &context] { context.run = [args, &context] { return List(context, *args); }; });
  submit->callback([args, &context] { context.run = [args, &context] { return Submit(context, *args); }; });
  get->callback([args, &context] { context.run = [args, &context] { return Get(context, *args); }; });
  watch->callback([args, &context] { context.run = [args, &context] { return Watch(context, *args); }; });
  AddActs(*group, context, args);
  AddChildRecognition(*group, context);
}

}  // namespace chuanyu::cli
