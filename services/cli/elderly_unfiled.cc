// chuanyu elderly found...: institutions that the county found without a filing.
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/cli/call.h"
#include "services/cli/elderly.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

namespace ec = elderly_care::v1;

struct Args {
  std::string file;
  std::string act;
  std::string state;
  std::string officer;
  std::string request_id;
  ec::ActOnUnfiledRequest on;
};

std::string WordOf(ec::UnfiledState state) {
  return ec::UnfiledState_Name(state).substr(sizeof("UNFILED_STATE_") - 1);
}

void Print(const Context& context, const ec::UnfiledInstitution& found) {
  if (context.output == "json") return PrintJson(found);
  std::printf("%s  %s  on site by %s%s  urged %d times%s%s\n", found.finding_no().c_str(),
              WordOf(found.state()).c_str(), found.onsite_due().value().c_str(),
              found.overdue() ? "  OVERDUE" : "", found.urgings_size(),
              found.application_no().empty() ? "" : "  ", found.application_no().c_str());
}

absl::Status Found(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  ec::RecordUnfiledRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.file, request.mutable_found()));
  request.set_request_id(args.request_id.empty() ? FreshId() : args.request_id);
  request.set_officer_id(args.officer);
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallMethod(*stub, &ec::ElderlyCare::Stub::RecordUnfiled, request));
  Print(context, response.found());
  return absl::OkStatus();
}

absl::Status Act(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  ec::ActOnUnfiledRequest request = args.on;
  request.set_request_id(args.request_id.empty() ? FreshId() : args.request_id);
  request.set_officer_id(args.officer);
  ec::UnfiledAct act = ec::UNFILED_ACT_UNSPECIFIED;
  if (!ec::UnfiledAct_Parse("UNFILED_ACT_" + args.act, &act)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "act"});
  }
  request.set_act(act);
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallMethod(*stub, &ec::ElderlyCare::Stub::ActOnUnfiled, request));
  Print(context, response.found());
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Args& args) {
  ec::ListUnfiledRequest request;
  request.set_page_size(200);
  ec::UnfiledState state = ec::UNFILED_STATE_UNSPECIFIED;
  if (!args.state.empty() && !ec::UnfiledState_Parse("UNFILED_STATE_" + args.state, &state)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  request.set_state(state);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, ElderlyStub(context));
  std::vector<std::vector<std::string>> rows;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const auto response,
                             CallMethod(*stub, &ec::ElderlyCare::Stub::ListUnfiled, request));
    for (const ec::UnfiledInstitution& one : response.found()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back({one.finding_no(), WordOf(one.state()), one.found_on().value(), one.onsite_due().value(),
                      one.overdue() ? "OVERDUE" : "", absl::StrCat(one.urgings_size()),
                      one.application_no()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(FormatTable({"NUMBER", "STATE", "FOUND", "ON SITE BY", "MARK", "URGED", "FILING"}, rows).c_str(),
             stdout);
  return absl::OkStatus();
}

}  // namespace

void AddElderlyUnfiled(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* const found = group.add_subcommand("found", "The county found one that has not filed.");
  found->add_option("file", args->file, "UnfiledInstitution in JSON")->required();
  CLI::App* const act = group.add_subcommand("found-act", "The county acts on one that has not filed.");
  act->add_option("number", *args->on.mutable_finding_no(), "finding_no")->required();
  act->add_option("act", args->act, "CHECK (on site), URGE (to file) or CLOSE")->required();
  act->add_option("--premises-id", *args->on.mutable_premises_id(), "As found on site, to check");
  CLI::App* const list = group.add_subcommand("found-list", "What the own counties found unfiled.");
  list->add_option("--state", args->state, "FOUND, CHECKED, FILED or CLOSED; else all");
  for (CLI::App* const verb : {found, act}) {
    verb->add_option("--officer", args->officer, "The officer's account")->required();
    verb->add_option("--request-id", args->request_id, "Of a repeat; else a new one");
  }
  for (CLI::App* const verb : {found, act, list}) AddConnection(*verb, context);
  found->callback([args, &context] { context.run = [args, &context] { return Found(context, *args); }; });
  act->callback([args, &context] { context.run = [args, &context] { return Act(context, *args); }; });
  list->callback([args, &context] { context.run = [args, &context] { return List(context, *args); }; });
}

}  // namespace chuanyu::cli
