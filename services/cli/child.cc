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

// What all acts on a status have.
template <typename Request>
struct StatusArgs {
  Request request;
  std::string word;  // a reason, or the place of the 户籍
};

// A verb that acts on a status: `read` turns the word into the request, `call` runs the stub's method.
template <typename Request, typename Response, typename Read, typename Call>
std::shared_ptr<StatusArgs<Request>> AddStatusAct(CLI::App* verb, Context& context, Read read, Call call) {
  auto args = std::make_shared<StatusArgs<Request>>();
  verb->add_option("number", *args->request.mutable_determination_no(), "determination_no")->required();
  verb->add_option("--on", *args->request.mutable_on()->mutable_value(), "Day of it, YYYY-MM-DD")->required();
  verb->add_option("--officer", *args->request.mutable_officer_id(), "The officer's account")->required();
  verb->add_option("--request-id", *args->request.mutable_request_id(), "Of a repeat; else a new one");
  AddConnection(*verb, context);
  verb->callback([args, read, call, &context] {
    context.run = [args, read, call, &context]() -> absl::Status {
      Request request = args->request;
      if (request.request_id().empty()) request.set_request_id(FreshId());
      CHUANYU_RETURN_IF_ERROR(read(args->word, &request));
      CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
      CHUANYU_ASSIGN_OR_RETURN(const auto response, CallOnce<Response>([&](auto* of, auto* into) {
                                 return call(*stub, of, request, into);
                               }));
      PrintJson(response.determination());
      return absl::OkStatus();
    };
  });
  return args;
}

// The reason of `prefix` that is called `word`.
template <typename Reason, typename Request>
absl::Status ReadReason(bool (*parse)(::google::protobuf::ConstStringParam, Reason*), const char* prefix,
                        const std::string& word, Request* request) {
  Reason reason{};
  if (!parse(prefix + word, &reason)) return MakeError(chuanyu::Reason::BAD_REQUEST, {.field = "reason"});
  request->set_reason(reason);
  return absl::OkStatus();
}

void AddEnd(CLI::App& group, Context& context) {
  CLI::App* const verb = group.add_subcommand("end", "Something ends a status.");
  const auto args = AddStatusAct<cw::EndDeterminationRequest, cw::EndDeterminationResponse>(
      verb, context,
      [](const std::string& word, auto* request) {
        return ReadReason(cw::EndReason_Parse, "END_REASON_", word, request);
      },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.EndDetermination(of, request, into);
      });
  verb->add_option("--reason", args->word,
                   "RELEASED, CONTACT_RESTORED, GUARDIANSHIP_RESTORED, ADOPTED, ADULT, DECEASED, HUKOU_MOVED")
      ->required();
}

void AddSuspend(CLI::App& group, Context& context) {
  CLI::App* const verb = group.add_subcommand("suspend", "Holds a status up until it is resumed or ended.");
  const auto args = AddStatusAct<cw::SuspendDeterminationRequest, cw::SuspendDeterminationResponse>(
      verb, context,
      [](const std::string& word, auto* request) {
        return ReadReason(cw::SuspendReason_Parse, "SUSPEND_REASON_", word, request);
      },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.SuspendDetermination(of, request, into);
      });
  verb->add_option("--reason", args->word, "CONDITION_IN_DOUBT, REVIEW_MISSING, WHEREABOUTS_UNKNOWN")
      ->required();
}

void AddResume(CLI::App& group, Context& context) {
  AddStatusAct<cw::ResumeDeterminationRequest, cw::ResumeDeterminationResponse>(
      group.add_subcommand("resume", "A status that was held up counts again."), context,
      [](const std::string&, auto*) { return absl::OkStatus(); },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.ResumeDetermination(of, request, into);
      });
}

void AddMove(CLI::App& group, Context& context) {
  CLI::App* const verb =
      group.add_subcommand("move", "The 户籍 has moved to another region: carries it over.");
  const auto args = AddStatusAct<cw::MoveDeterminationRequest, cw::MoveDeterminationResponse>(
      verb, context,
      [](const std::string& word, auto* request) {
        request->mutable_hukou_code()->set_code(word);
        return absl::OkStatus();
      },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.MoveDetermination(of, request, into);
      });
  verb->add_option("--to", args->word, "Division code of the 户籍 now")->required();
}

void AddBenefits(CLI::App& group, Context& context) {
  CLI::App* const verb = group.add_subcommand(
      "benefits", "What other benefits pay to a child, from a month on: only the rest is paid (补差).");
  const auto args = AddStatusAct<cw::StateOtherBenefitsRequest, cw::StateOtherBenefitsResponse>(
      verb, context,
      [](const std::string& file, auto* request) -> absl::Status {
        cw::StateOtherBenefitsRequest stated;
        CHUANYU_RETURN_IF_ERROR(ReadJsonFile(file, &stated));
        *request->mutable_other_benefits() = stated.other_benefits();
        return absl::OkStatus();
      },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.StateOtherBenefits(of, request, into);
      });
  verb->add_option("--stated", args->word, "File with other_benefits: kind, from_month, fen_month, source")
      ->required();
}

void AddReview(CLI::App& group, Context& context) {
  CLI::App* const verb = group.add_subcommand(
      "review", "An officer has looked at a status: it goes on, as what is stated of the parents now.");
  const auto args = AddStatusAct<cw::ReviewDeterminationRequest, cw::ReviewDeterminationResponse>(
      verb, context,
      [](const std::string& file, auto* request) -> absl::Status {
        if (file.empty()) return absl::OkStatus();
        cw::ReviewDeterminationRequest stated;
        CHUANYU_RETURN_IF_ERROR(ReadJsonFile(file, &stated));
        *request->mutable_parents() = stated.parents();
        request->set_category(stated.category());
        request->set_study_stage(stated.study_stage());
        return absl::OkStatus();
      },
      [](auto& stub, auto* of, const auto& request, auto* into) {
        return stub.ReviewDetermination(of, request, into);
      });
  verb->add_option("--stated", args->word,
                   "File with parents, category or study_stage as they are now; without it, as they were");
}

void AddStatus(CLI::App& group, Context& context) {
  auto request = std::make_shared<cw::GetDeterminationRequest>();
  CLI::App* const verb = group.add_subcommand("status", "A determination and the months paid for it.");
  verb->add_option("number", *request->mutable_determination_no(), "determination_no")->required();
  AddConnection(*verb, context);
  verb->callback([request, &context] {
    context.run = [request, &context]() -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(const auto stub, Verbs::Open(context));
      CHUANYU_ASSIGN_OR_RETURN(const auto response,
                               CallOnce<cw::GetDeterminationResponse>([&](auto* call, auto* into) {
                                 return stub->GetDetermination(call, *request, into);
                               }));
      PrintJson(response);
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddChild(CLI::App& app, Context& context) {
  CLI::App* const group = app.add_subcommand("child", "Statuses of children (孤儿, 事实无人抚养儿童).");
  group->require_subcommand(1);
  auto args = std::make_shared<Verbs::Args>();
  auto category = std::make_shared<std::string>();
  auto found = std::make_shared<std::string>();
  CLI::App* const act = Verbs::Add(
      *group, context, args,
      "supplement, resubmit, withdraw, push, town_pass, return, approve, reject, notify",
      "WINDOW, TOWN or COUNTY", [category, found](cw::PerformStepRequest* request) -> absl::Status {
        cw::Category value = cw::CATEGORY_UNSPECIFIED;
        if (!category->empty() && !cw::Category_Parse("CATEGORY_" + *category, &value)) {
          return MakeError(Reason::BAD_REQUEST, {.field = "category"});
        }
        request->set_category(value);
        if (found->empty()) return absl::OkStatus();
        cw::PerformStepRequest stated;
        CHUANYU_RETURN_IF_ERROR(ReadJsonFile(*found, &stated));
        *request->mutable_found() = stated.found();
        *request->mutable_other_benefits() = stated.other_benefits();
        return absl::OkStatus();
      });
  act->add_option("--found", *found,
                  "File with found, facts of parents in place of what was stated (town_pass, approve), and "
                  "other_benefits (approve)");
  act->add_option("--category", *category, "ORPHAN or DEFACTO, where the table leaves it to the officer");
  AddStatus(*group, context);
  AddEnd(*group, context);
  AddSuspend(*group, context);
  AddResume(*group, context);
  AddMove(*group, context);
  AddReview(*group, context);
  AddBenefits(*group, context);
  AddChildRecognition(*group, context);
}

}  // namespace chuanyu::cli
