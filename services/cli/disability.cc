// chuanyu disability: 残疾人两项补贴, for windows, civil-affairs offices and 残联.
#include "chuanyu/disability/v1/disability.grpc.pb.h"
#include "services/cli/case_verbs.h"

namespace chuanyu::cli {

namespace dis = disability::v1;

namespace {

std::string WordOf(dis::Benefit benefit) { return dis::Benefit_Name(benefit).substr(sizeof("BENEFIT_") - 1); }

struct DisabilityVerbs {
  using Stub = dis::Disability::Stub;
  using Application = dis::Application;
  using State = dis::ApplicationState;
  using CreateRequest = dis::CreateApplicationRequest;
  using CreateResponse = dis::CreateApplicationResponse;
  using GetRequest = dis::GetApplicationRequest;
  using GetResponse = dis::GetApplicationResponse;
  using ListRequest = dis::ListApplicationsRequest;
  using ListResponse = dis::ListApplicationsResponse;
  using WatchRequest = dis::WatchApplicationRequest;
  using WatchResponse = dis::WatchApplicationResponse;
  using ActRequest = dis::PerformStepRequest;
  using ActResponse = dis::PerformStepResponse;
  static constexpr auto kFullView = dis::APPLICATION_VIEW_FULL;
  static constexpr char kColumn[] = "GRANTS";

  static std::unique_ptr<Stub> NewStub(const std::shared_ptr<grpc::Channel>& channel) {
    return dis::Disability::NewStub(channel);
  }
  static bool ParseState(const std::string& name, State* out) {
    return dis::ApplicationState_Parse(name, out);
  }
  static std::string StateName(State state) { return dis::ApplicationState_Name(state); }
  static std::string Column(const Application& application) {
    std::string out;
    for (const dis::Decided& each : application.result().decided()) {
      if (!each.grant_no().empty()) absl::StrAppend(&out, out.empty() ? "" : " ", WordOf(each.benefit()));
    }
    return out;
  }
  static void PrintResult(const Application& application) {
    for (const dis::Decided& each : application.result().decided()) {
      const bool granted = !each.grant_no().empty();
      std::printf("%s  %s %s\n", WordOf(each.benefit()).c_str(),
                  granted ? each.grant_no().c_str() : each.refused_reason().c_str(),
                  granted ? ("from " + each.from_month().value()).c_str() : "");
    }
  }
};
using Verbs = CaseVerbs<DisabilityVerbs>;

std::string WordOf(dis::OverlapDuty duty) {
  return dis::OverlapDuty_Name(duty).substr(sizeof("OVERLAP_DUTY_") - 1);
}

void PrintRecoveries(const google::protobuf::RepeatedPtrField<dis::Recovery>& recoveries) {
  std::vector<std::vector<std::string>> rows;
  for (const dis::Recovery& one : recoveries) {
    rows.push_back({one.grant_no(), one.month().value(), one.after_end() ? "AFTER_END" : WordOf(one.duty()),
                    absl::StrCat(one.fen().amount()), absl::StrCat(one.left().amount())});
  }
  std::fputs(FormatTable({"GRANT", "MONTH", "WHY", "FEN", "LEFT_FEN"}, rows).c_str(), stdout);
}

absl::Status ShowGrant(const Context& context, const std::string& number) {
  dis::GetGrantRequest request;
  request.set_grant_no(number);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response, CallOnce<dis::GetGrantResponse>([&](auto* call, auto* into) {
                             return stub->GetGrant(call, request, into);
                           }));
  if (context.output == "json") {
    PrintJson(response);
    return absl::OkStatus();
  }
  const dis::Grant& grant = response.grant();
  std::printf("%s  %s  %s from %s%s%s\n", grant.grant_no().c_str(), WordOf(grant.benefit()).c_str(),
              dis::GrantState_Name(grant.state()).substr(sizeof("GRANT_STATE_") - 1).c_str(),
              grant.from_month().value().c_str(), grant.has_to_month() ? " to " : "",
              grant.to_month().value().c_str());
  std::vector<std::vector<std::string>> rows;
  for (const dis::LedgerLine& line : response.lines()) {
    rows.push_back({line.month().value(), absl::StrCat(line.fen().amount())});
  }
  std::fputs(FormatTable({"MONTH", "FEN"}, rows).c_str(), stdout);
  if (!response.recoveries().empty()) PrintRecoveries(response.recoveries());
  return absl::OkStatus();
}

struct ChangeArgs {
  dis::ChangeGrantRequest request;
  std::string reason;
};

absl::Status ChangeGrant(const Context& context, dis::GrantChange change, const ChangeArgs& args) {
  dis::ChangeGrantRequest request = args.request;
  if (request.request_id().empty()) request.set_request_id(FreshId());
  request.set_change(change);
  dis::StopReason reason = dis::STOP_REASON_UNSPECIFIED;
  if (!args.reason.empty() && !dis::StopReason_Parse("STOP_REASON_" + args.reason, &reason)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  request.set_reason(reason);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<dis::ChangeGrantResponse>([&](auto* call, auto* into) {
                             return stub->ChangeGrant(call, request, into);
                           }));
  PrintJson(response.grant());
  return absl::OkStatus();
}

absl::Status MoveGrants(const Context& context, const dis::MoveGrantsRequest& args) {
  dis::MoveGrantsRequest request = args;
  if (request.request_id().empty()) request.set_request_id(FreshId());
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<dis::MoveGrantsResponse>([&](auto* call, auto* into) {
                             return stub->MoveGrants(call, request, into);
                           }));
  PrintJson(response);
  return absl::OkStatus();
}

absl::Status Query(const Context& context, const std::string& file) {
  dis::QueryBenefitsRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(file, &request));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<dis::QueryBenefitsResponse>([&](auto* call, auto* into) {
                             return stub->QueryBenefits(call, request, into);
                           }));
  PrintJson(response);
  return absl::OkStatus();
}

struct RecoverArgs {
  dis::RecordRecoveryRequest request;
  int64_t fen = 0;
};

absl::Status Recover(const Context& context, const RecoverArgs& args) {
  dis::RecordRecoveryRequest request = args.request;
  if (request.request_id().empty()) request.set_request_id(FreshId());
  if (args.fen != 0) request.mutable_fen()->set_amount(args.fen);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<dis::RecordRecoveryResponse>([&](auto* call, auto* into) {
                             return stub->RecordRecovery(call, request, into);
                           }));
  PrintJson(response.recovery());
  return absl::OkStatus();
}

// All of which something is left.
absl::Status ListRecoveries(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  dis::ListRecoveriesResponse all;
  dis::ListRecoveriesRequest request;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const auto page,
                             CallOnce<dis::ListRecoveriesResponse>([&](auto* call, auto* into) {
                               return stub->ListRecoveries(call, request, into);
                             }));
    all.mutable_recoveries()->MergeFrom(page.recoveries());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") {
    PrintJson(all);
  } else {
    PrintRecoveries(all.recoveries());
  }
  return absl::OkStatus();
}

// Begins it, which changes nothing when it runs or has run, and shows how it stands.
absl::Status Compare(const Context& context, const std::string& month) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  dis::StartComparisonRequest start;
  start.mutable_month()->set_value(month);
  CHUANYU_RETURN_IF_ERROR(CallOnce<dis::StartComparisonResponse>([&](auto* call, auto* into) {
                            return stub->StartComparison(call, start, into);
                          }).status());
  dis::GetComparisonRequest get;
  get.mutable_month()->set_value(month);
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<dis::GetComparisonResponse>(
                               [&](auto* call, auto* into) { return stub->GetComparison(call, get, into); }));
  if (context.output == "json") {
    PrintJson(response);
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const dis::Comparison& one : response.comparisons()) {
    rows.push_back(
        {one.region().code(), dis::ComparisonState_Name(one.state()).substr(sizeof("COMPARISON_STATE_") - 1),
         absl::StrCat(one.lines()), absl::StrCat(one.overlaps()), absl::StrCat(one.recover().amount())});
  }
  std::fputs(FormatTable({"REGION", "STATE", "LINES", "OVERLAPS", "RECOVER_FEN"}, rows).c_str(), stdout);
  for (const dis::Overlap& one : response.overlaps()) {
    std::printf("%s  %s  %lld fen\n", one.grant_no().c_str(), WordOf(one.duty()).c_str(),
                static_cast<long long>(one.fen().amount()));
  }
  return absl::OkStatus();
}

void AddGrantVerbs(CLI::App& group, Context& context) {
  auto number = std::make_shared<std::string>();
  CLI::App* const grant = group.add_subcommand("grant", "A grant and the months that were paid.");
  grant->add_option("number", *number, "grant_no")->required();
  AddConnection(*grant, context);
  grant->callback(
      [number, &context] { context.run = [number, &context] { return ShowGrant(context, *number); }; });

  auto args = std::make_shared<ChangeArgs>();
  for (const auto& [name, about, change] :
       {std::tuple{"stop", "No month after that of the event is paid.", dis::GRANT_CHANGE_STOP},
        {"suspend", "No month after that of the event is paid until it is resumed.",
         dis::GRANT_CHANGE_SUSPEND},
        {"resume", "Paid again from the month of the event on.", dis::GRANT_CHANGE_RESUME}}) {
    CLI::App* const verb = group.add_subcommand(name, about);
    verb->add_option("number", *args->request.mutable_grant_no(), "grant_no")->required();
    if (change != dis::GRANT_CHANGE_RESUME) {
      verb->add_option("--reason", args->reason,
                       "DEATH, CERT_CANCELLED, CERT_EXPIRED, NOT_ELIGIBLE, TEKUN, HUKOU_OUT, SENTENCE, "
                       "RENOUNCED, REVIEW")
          ->required();
    }
    verb->add_option("--on", *args->request.mutable_on()->mutable_value(), "Day of the event, YYYY-MM-DD")
        ->required();
    verb->add_option("--officer", *args->request.mutable_officer_id(), "The officer's account")->required();
    verb->add_option("--request-id", *args->request.mutable_request_id(), "Of a repeat; else a new one");
    AddConnection(*verb, context);
    verb->callback([args, change = change, &context] {
      context.run = [args, change, &context] { return ChangeGrant(context, change, *args); };
    });
  }
}

void AddMove(CLI::App& group, Context& context) {
  auto request = std::make_shared<dis::MoveGrantsRequest>();
  CLI::App* const verb = group.add_subcommand(
      "move", "The 户籍 has moved to another region: carries over what the person is paid.");
  verb->add_option("number", *request->mutable_grant_no(), "grant_no of one of the grants")->required();
  verb->add_option("--to", *request->mutable_hukou_code()->mutable_code(), "Division code of the 户籍 now")
      ->required();
  verb->add_option("--on", *request->mutable_on()->mutable_value(), "When it moved, YYYY-MM-DD")->required();
  verb->add_option("--officer", *request->mutable_officer_id(), "The officer's account")->required();
  verb->add_option("--request-id", *request->mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*verb, context);
  verb->callback(
      [request, &context] { context.run = [request, &context] { return MoveGrants(context, *request); }; });
}

void AddRecovery(CLI::App& group, Context& context) {
  auto args = std::make_shared<RecoverArgs>();
  CLI::App* const verb = group.add_subcommand(
      "recover", "Money of a month has come back, or people have decided that it is kept.");
  verb->add_option("number", *args->request.mutable_grant_no(), "grant_no")->required();
  verb->add_option("--month", *args->request.mutable_month()->mutable_value(), "YYYY-MM")->required();
  verb->add_option("--fen", args->fen, "How much has come back");
  verb->add_flag_callback(
      "--keeps", [args] { args->request.set_keeps(true); },
      "Of an UNDECIDED month: this region keeps what it paid");
  verb->add_option("--on", *args->request.mutable_on()->mutable_value(), "When, YYYY-MM-DD")->required();
  verb->add_option("--officer", *args->request.mutable_officer_id(), "The officer's account")->required();
  verb->add_option("--request-id", *args->request.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*verb, context);
  verb->callback([args, &context] { context.run = [args, &context] { return Recover(context, *args); }; });

  CLI::App* const list =
      group.add_subcommand("recoveries", "The months of which something is left to be recovered.");
  AddConnection(*list, context);
  list->callback([&context] { context.run = [&context] { return ListRecoveries(context); }; });
}

}  // namespace

void AddDisability(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("disability", "Subsidies for the disabled (残疾人两项补贴).");
  group->require_subcommand(1);
  auto args = std::make_shared<Verbs::Args>();
  auto findings = std::make_shared<std::string>();
  CLI::App* const act = Verbs::Add(
      *group, context, args,
      "supplement, resubmit, withdraw, push, town_pass, fed_pass, return, approve, reject, notify",
      "WINDOW, TOWN, DISABLED_FED or COUNTY", [findings](dis::PerformStepRequest* request) {
        return findings->empty() ? absl::OkStatus() : ReadJsonFile(*findings, request->mutable_findings());
      });
  act->add_option("--findings", *findings,
                  "Findings in JSON: what was found, for town_pass, fed_pass, approve");
  AddGrantVerbs(*group, context);
  AddMove(*group, context);
  AddRecovery(*group, context);

  auto what = std::make_shared<std::string>();
  CLI::App* const query = group->add_subcommand("query", "What a person is paid, wherever the 户籍 is.");
  query->add_option("file", *what, "QueryBenefitsRequest in JSON")->required();
  query->callback([what, &context] { context.run = [what, &context] { return Query(context, *what); }; });
  CLI::App* const compare = group->add_subcommand("compare", "Compares a month's ledger with other regions.");
  compare->add_option("month", *what, "YYYY-MM")->required();
  compare->callback([what, &context] { context.run = [what, &context] { return Compare(context, *what); }; });
  for (CLI::App* const verb : {query, compare}) AddConnection(*verb, context);
}

}  // namespace chuanyu::cli
