// The verbs that every item with applications has: submit, get, list, watch, act. `T` names the item's
// messages and says what is its own:
//
//   struct ChildVerbs {
//     using Stub = child_welfare::v1::ChildWelfare::Stub;
//     using CreateRequest = ...; CreateResponse, GetRequest, GetResponse, ListRequest, ListResponse,
//     WatchRequest, WatchResponse, ActRequest, ActResponse, Application, State;
//     static std::unique_ptr<Stub> NewStub(const std::shared_ptr<grpc::Channel>& channel);
//     static bool ParseState(const std::string& name, State* out);
//     static std::string StateName(State state);
//     static constexpr auto kFullView = child_welfare::v1::APPLICATION_VIEW_FULL;
//     static constexpr char kColumn[] = "DETERMINATION";  // of list
//     static std::string Column(const Application& application);
//     static void PrintResult(const Application& application);  // lines below the first, as text
//   };
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chuanyu/cases/v1/claim.pb.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/call.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {

template <typename T>
class CaseVerbs {
 public:
  struct Args {
    std::string what;
    bool fresh_id = false;
    bool full = false;
    typename T::ActRequest act;
  };
  // Adds the verbs to `group`; `acts` and `roles` are for the help. Returns `act`, for options of the item's
  // own, which `before` reads into the request.
  static CLI::App* Add(CLI::App& group, Context& context, const std::shared_ptr<Args>& args,
                       const std::string& acts, const std::string& roles,
                       std::function<absl::Status(typename T::ActRequest*)> before);

  static absl::StatusOr<std::unique_ptr<typename T::Stub>> Open(const Context& context) {
    CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
    return T::NewStub(channel);
  }
  static void Print(const Context& context, const typename T::Application& application) {
    if (context.output == "json") return PrintJson(application);
    std::printf("%s  version %lld  %s  %s\n", application.application_no().c_str(),
                static_cast<long long>(application.version()), Word(application.state()).c_str(),
                Check(application).c_str());
    T::PrintResult(application);
  }

 private:
  static std::string Word(typename T::State state) {
    return T::StateName(state).substr(sizeof("APPLICATION_STATE_") - 1);
  }
  static std::string Check(const typename T::Application& application) {
    return cases::v1::PeerCheck_Name(application.peer_check()).substr(sizeof("PEER_CHECK_") - 1);
  }
  static absl::Status Submit(const Context& context, const Args& args);
  static absl::Status Get(const Context& context, const Args& args);
  static absl::Status List(const Context& context, const Args& args);
  static absl::Status Watch(const Context& context, const Args& args);
  static absl::Status Act(const Context& context, const Args& args,
                          const std::function<absl::Status(typename T::ActRequest*)>& before);
};

template <typename T>
absl::Status CaseVerbs<T>::Submit(const Context& context, const Args& args) {
  typename T::CreateRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<typename T::CreateResponse>([&](auto* call, auto* into) {
                             return stub->CreateApplication(call, request, into);
                           }));
  if (context.output == "json") {
    PrintJson(response);
    return absl::OkStatus();
  }
  std::printf("%s\n", response.application().application_no().c_str());
  // Beside the number, which scripts read: what the place of the 户籍 asks for.
  for (const auto& material : response.materials()) {
    std::fprintf(stderr, "%s%s%s\n", material.name().c_str(), material.when().empty() ? "" : "  ",
                 material.when().c_str());
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CaseVerbs<T>::Get(const Context& context, const Args& args) {
  typename T::GetRequest request;
  request.set_application_no(args.what);
  if (args.full) request.set_view(T::kFullView);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<typename T::GetResponse>([&](auto* call, auto* into) {
                             return stub->GetApplication(call, request, into);
                           }));
  PrintJson(response.application());
  return absl::OkStatus();
}

template <typename T>
absl::Status CaseVerbs<T>::List(const Context& context, const Args& args) {
  typename T::ListRequest request;
  request.set_page_size(200);
  typename T::State state{};
  if (!args.what.empty() && !T::ParseState("APPLICATION_STATE_" + args.what, &state)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  request.set_state(state);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Open(context));
  std::vector<std::vector<std::string>> rows;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const auto response,
                             CallOnce<typename T::ListResponse>([&](auto* call, auto* into) {
                               return stub->ListApplications(call, request, into);
                             }));
    for (const auto& one : response.applications()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back(
          {one.application_no(), Word(one.state()), Check(one), absl::StrCat(one.version()), T::Column(one)});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(FormatTable({"NUMBER", "STATE", "CHECK", "VERSION", T::kColumn}, rows).c_str(), stdout);
  return absl::OkStatus();
}

// One line a change; ends with the application.
template <typename T>
absl::Status CaseVerbs<T>::Watch(const Context& context, const Args& args) {
  typename T::WatchRequest request;
  request.set_application_no(args.what);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Open(context));
  grpc::ClientContext call;
  const auto reader = stub->WatchApplication(&call, request);
  for (typename T::WatchResponse response; reader->Read(&response);) {
    Print(context, response.application());
    std::fflush(stdout);
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

template <typename T>
absl::Status CaseVerbs<T>::Act(const Context& context, const Args& args,
                               const std::function<absl::Status(typename T::ActRequest*)>& before) {
  typename T::ActRequest request = args.act;
  request.set_application_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_RETURN_IF_ERROR(before(&request));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<typename T::ActResponse>([&](auto* call, auto* into) {
                             return stub->PerformStep(call, request, into);
                           }));
  Print(context, response.application());
  return absl::OkStatus();
}

template <typename T>
CLI::App* CaseVerbs<T>::Add(CLI::App& group, Context& context, const std::shared_ptr<Args>& args,
                            const std::string& acts, const std::string& roles,
                            std::function<absl::Status(typename T::ActRequest*)> before) {
  CLI::App* const submit = group.add_subcommand(
      "submit", "Submits an application file; prints its number, and on stderr the list of materials.");
  submit->add_option("file", args->what, "CreateApplicationRequest in JSON")->required();
  submit->add_flag("--fresh-id", args->fresh_id, "Submit under a new request id instead of the file's");
  CLI::App* const get =
      group.add_subcommand("get", "One application as it is now, as JSON, without persons.");
  get->add_option("number", args->what, "application_no")->required();
  get->add_flag("--full", args->full, "Also persons, and what was found and looked up, for who decides");
  CLI::App* const watch = group.add_subcommand("watch", "Every change of an application until it is final.");
  watch->add_option("number", args->what, "application_no")->required();
  CLI::App* const list = group.add_subcommand("list", "Applications filed, or come to the own counties.");
  list->add_option("--state", args->what, "RECEIVED, TOWN_REVIEW ...; else all");
  CLI::App* const act = group.add_subcommand("act", "A named officer acts on an application.");
  act->add_option("number", args->what, "application_no")->required();
  act->add_option("act", *args->act.mutable_act(), acts)->required();
  act->add_option("--role", *args->act.mutable_role(), roles)->required();
  act->add_option("--officer", *args->act.mutable_officer_id(), "The officer's account")->required();
  act->add_option_function<int64_t>(
      "--version", [args](const int64_t& version) { args->act.set_version(version); },
      "Version that the officer has seen; required to approve or reject");
  act->add_option("--request-id", *args->act.mutable_request_id(), "Of a repeat; else a new one");
  for (CLI::App* const verb : {submit, get, watch, list, act}) AddConnection(*verb, context);
  submit->callback([args, &context] { context.run = [args, &context] { return Submit(context, *args); }; });
  get->callback([args, &context] { context.run = [args, &context] { return Get(context, *args); }; });
  watch->callback([args, &context] { context.run = [args, &context] { return Watch(context, *args); }; });
  list->callback([args, &context] { context.run = [args, &context] { return List(context, *args); }; });
  act->callback([args, &context, before = std::move(before)] {
    context.run = [args, &context, before] { return Act(context, *args, before); };
  });
  return act;
}

}  // namespace chuanyu::cli
