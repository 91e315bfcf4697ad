// chuanyu child: what windows and civil-affairs offices do with applications for the status of a child.
#include "services/cli/child.h"

namespace chuanyu::cli {

namespace cw = child_welfare::v1;

void ChildVerbs::PrintResult(const Application& application) {
  const cw::Result& result = application.result();
  if (result.determination_no().empty()) return;
  std::printf("determination %s  %s from %s\n", result.determination_no().c_str(),
              cw::Category_Name(result.category()).substr(sizeof("CATEGORY_") - 1).c_str(),
              result.from_month().value().c_str());
}

namespace {

using Verbs = CaseVerbs<ChildVerbs>;

struct EndArgs {
  cw::EndDeterminationRequest request;
  std::string reason;
};

absl::Status End(const Context& context, const EndArgs& args) {
  cw::EndDeterminationRequest request = args.request;
  if (request.request_id().empty()) request.set_request_id(FreshId());
  cw::EndReason reason = cw::END_REASON_UNSPECIFIED;
  if (!cw::EndReason_Parse("END_REASON_" + args.reason, &reason)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  request.set_reason(reason);
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
  CHUANYU_ASSIGN_OR_RETURN(const auto response,
                           CallOnce<cw::EndDeterminationResponse>([&](auto* call, auto* into) {
                             return stub->EndDetermination(call, request, into);
                           }));
  PrintJson(response.determination());
  return absl::OkStatus();
}

void AddEnd(CLI::App& group, Context& context) {
  auto args = std::make_shared<EndArgs>();
  CLI::App* const end = group.add_subcommand("end", "Something ends a status.");
  end->add_option("number", *args->request.mutable_determination_no(), "determination_no")->required();
  end->add_option("--reason", args->reason,
                  "RELEASED, CONTACT_RESTORED, GUARDIANSHIP_RESTORED, ADOPTED, ADULT, DECEASED, HUKOU_MOVED")
      ->required();
  end->add_option("--on", *args->request.mutable_on()->mutable_value(), "Day of the event, YYYY-MM-DD")
      ->required();
  end->add_option("--officer", *args->request.mutable_officer_id(), "The officer's account")->required();
  end->add_option("--request-id", *args->request.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*end, context);
  end->callback([args, &context] { context.run = [args, &context] { return End(context, *args); }; });
}

}  // namespace

void AddChild(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("child", "Statuses of children (孤儿, 事实无人抚养儿童).");
  group->require_subcommand(1);
  auto args = std::make_shared<Verbs::Args>();
  auto category = std::make_shared<std::string>();
  CLI::App* const act =
      Verbs::Add(*group, context, args,
                 "supplement, resubmit, withdraw, push, town_pass, return, approve, reject, notify",
                 "WINDOW, TOWN or COUNTY", [category](cw::PerformStepRequest* request) {
                   cw::Category value = cw::CATEGORY_UNSPECIFIED;
                   if (!category->empty() && !cw::Category_Parse("CATEGORY_" + *category, &value)) {
                     return MakeError(Reason::BAD_REQUEST, {.field = "category"});
                   }
                   request->set_category(value);
                   return absl::OkStatus();
                 });
  act->add_option("--category", *category, "ORPHAN or DEFACTO, where the table leaves it to the officer");
  AddEnd(*group, context);
  AddChildRecognition(*group, context);
}

}  // namespace chuanyu::cli
