// chuanyu verification cancel, revoke, review, redispatch, propose, decide, archive: what is done to a check
// that is there.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <type_traits>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "services/cli/call.h"
#include "services/cli/command.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

constexpr char kStatePrefix[] = "VERIFICATION_STATE_";
constexpr char kClassPrefix[] = "DATA_CLASS_";
constexpr char kKindPrefix[] = "PROPOSAL_KIND_";
constexpr char kManualPrefix[] = "MANUAL_REASON_";

// Options of all verbs; each uses those that it offers.
struct Args {
  std::string number;
  std::string request_id;
  int64_t version = 0;
  std::string note_file;
  std::string by = "town";
  int64_t deadline_hours = 24;
  std::string outcome;
  std::string officer;
  std::string economy_file;
};

template <typename Request>
Request RequestFor(const Args& args) {
  Request request;
  request.set_request_id(args.request_id.empty() ? FreshId() : args.request_id);
  request.set_verification_no(args.number);
  request.set_version(args.version);
  return request;
}

// What is proposed and why a person is needed, one line each.
void PrintProposal(const v1::Proposal& proposal) {
  std::printf("proposal %s", v1::ProposalKind_Name(proposal.kind()).substr(sizeof(kKindPrefix) - 1).c_str());
  if (proposal.has_amount_month()) {
    std::printf("  %lld fen a month", static_cast<long long>(proposal.amount_month().amount()));
  }
  if (proposal.has_exit_until()) std::printf("  until %s", proposal.exit_until().value().c_str());
  std::printf("  (income %lld fen a month, standard %lld fen a person, %u persons)\n",
              static_cast<long long>(proposal.income_month().amount()),
              static_cast<long long>(proposal.standard_month().amount()), proposal.members());
  for (const v1::SinglePersonProposal& one : proposal.single_persons()) {
    std::printf("may be covered alone: %s\n", one.member_id().c_str());
  }
  for (const int reason : proposal.manual_reasons()) {
    const std::string name = v1::ManualReason_Name(static_cast<v1::ManualReason>(reason));
    std::printf("for an officer: %s\n", name.substr(sizeof(kManualPrefix) - 1).c_str());
  }
  std::map<std::string, std::string> missing;
  for (const v1::MissingCheck& one : proposal.missing()) {
    // "A05" of DATA_CLASS_A05_REAL_ESTATE.
    missing[one.member_id()] +=
        " " + v1::DataClass_Name(one.data_class()).substr(sizeof(kClassPrefix) - 1, 3);
  }
  for (const auto& [member, classes] : missing) {
    std::printf("needed and not checked: %s%s\n", member.c_str(), classes.c_str());
  }
}

template <typename Request, typename Response>
absl::Status Call(const Context& context,
                  grpc::Status (v1::FamilyEconomy::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                  Response*),
                  const Request& request) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  CHUANYU_ASSIGN_OR_RETURN(const Response response, CallMethod(*stub, method, request));
  if (context.output == "json") {
    PrintJson(response);
    return absl::OkStatus();
  }
  const v1::Verification& now = response.verification();
  std::printf("%s  version %lld  %s\n", now.verification_no().c_str(), static_cast<long long>(now.version()),
              v1::VerificationState_Name(now.state()).substr(sizeof(kStatePrefix) - 1).c_str());
  if constexpr (std::is_same_v<Response, v1::RevokeAuthorizationResponse>) {
    for (const std::string& other : response.other_verification_nos()) {
      std::printf("%s  REVOKED, under the same authorisation\n", other.c_str());
    }
  }
  if constexpr (std::is_same_v<Response, v1::ProposeAssessmentResponse>)
    PrintProposal(now.report().proposal());
  return absl::OkStatus();
}

absl::Status Review(const Context& context, const Args& args) {
  auto request = RequestFor<v1::RequestReviewRequest>(args);
  request.set_requested_by(args.by == "citizen" ? v1::REVIEW_REQUESTER_CITIZEN : v1::REVIEW_REQUESTER_TOWN);
  CHUANYU_ASSIGN_OR_RETURN(*request.mutable_note(), ReadNote(args.note_file));
  request.mutable_deadline()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(args.deadline_hours)));
  return Call(context, &v1::FamilyEconomy::Stub::RequestReview, request);
}

absl::Status Redispatch(const Context& context, const Args& args) {
  auto request = RequestFor<v1::RedispatchVerificationRequest>(args);
  request.set_officer_id(args.officer);
  request.mutable_deadline()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(args.deadline_hours)));
  return Call(context, &v1::FamilyEconomy::Stub::RedispatchVerification, request);
}

absl::Status Propose(const Context& context, const Args& args) {
  auto request = RequestFor<v1::ProposeAssessmentRequest>(args);
  CHUANYU_ASSIGN_OR_RETURN(const std::string json, ReadNote(args.economy_file));
  // The parser's message may repeat what stands in the file, so it is not shown.
  if (!google::protobuf::util::JsonStringToMessage(json, request.mutable_economy()).ok()) {
    return MakeError(Reason::BAD_REQUEST,
                     {.detail = args.economy_file + " is not a HouseholdEconomy in JSON"});
  }
  return Call(context, &v1::FamilyEconomy::Stub::ProposeAssessment, request);
}

absl::Status Decide(const Context& context, const Args& args) {
  auto request = RequestFor<v1::DecideVerificationRequest>(args);
  request.set_outcome(args.outcome == "granted" ? v1::DECISION_OUTCOME_GRANTED
                                                : v1::DECISION_OUTCOME_REFUSED);
  request.set_officer_id(args.officer);
  CHUANYU_ASSIGN_OR_RETURN(*request.mutable_note(), ReadNote(args.note_file));
  return Call(context, &v1::FamilyEconomy::Stub::DecideVerification, request);
}

CLI::App& AddAct(CLI::App& group, Context& context, const std::shared_ptr<Args>& args, const char* name,
                 const char* what, absl::Status (*run)(const Context&, const Args&)) {
  CLI::App* const verb = group.add_subcommand(name, what);
  verb->add_option("number", args->number, "verification_no")->required();
  verb->add_option("--request-id", args->request_id, "Of an act that may have been done already; else fresh");
  AddConnection(*verb, context);
  verb->callback([=, &context] { context.run = [=, &context] { return run(context, *args); }; });
  return *verb;
}

void AddVersion(CLI::App& verb, Args& args, bool required) {
  verb.add_option("--version", args.version,
                  "Version that was seen; refused when the check has changed since")
      ->required(required);
}

void AddNote(CLI::App& verb, Args& args, bool required) {
  verb.add_option("--note-file", args.note_file, "File with the note, - for standard input")
      ->required(required);
}

}  // namespace

void AddVerificationActs(CLI::App& group, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App& cancel = AddAct(group, context, args, "cancel", "Withdraws a check that is not answered yet.",
                            [](const Context& context, const Args& args) {
                              return Call(context, &v1::FamilyEconomy::Stub::CancelVerification,
                                          RequestFor<v1::CancelVerificationRequest>(args));
                            });
  AddVersion(cancel, *args, false);
  CLI::App& revoke =
      AddAct(group, context, args, "revoke",
             "The family withdraws its authorisation: ends every check under it and erases them.",
             [](const Context& context, const Args& args) {
               return Call(context, &v1::FamilyEconomy::Stub::RevokeAuthorization,
                           RequestFor<v1::RevokeAuthorizationRequest>(args));
             });
  AddVersion(revoke, *args, false);
  CLI::App& review =
      AddAct(group, context, args, "review", "Contests a report (复核): everybody is asked again.", Review);
  AddVersion(review, *args, false);
  AddNote(review, *args, false);
  review.add_option("--by", args->by, "Who asks for it")->check(CLI::IsMember({"citizen", "town"}));
  review.add_option("--deadline-hours", args->deadline_hours, "When the new report is made at the latest")
      ->check(CLI::Range(1, 24 * 366));
  CLI::App& redispatch =
      AddAct(group, context, args, "redispatch",
             "Has everything asked again of an EXPIRED check; once. Also for an operator.", Redispatch);
  AddVersion(redispatch, *args, false);
  redispatch.add_option("--officer", args->officer, "The account of who orders it, never an ID number")
      ->required();
  redispatch.add_option("--deadline-hours", args->deadline_hours, "When the report is made at the latest")
      ->check(CLI::Range(1, 24 * 366));
  CLI::App& propose =
      AddAct(group, context, args, "propose",
             "Enters income and property; the new report has what the machine proposes.", Propose);
  AddVersion(propose, *args, false);
  propose.add_option("--economy", args->economy_file, "HouseholdEconomy in JSON, - for standard input")
      ->required();
  CLI::App& decide =
      AddAct(group, context, args, "decide", "Records what a named officer decides on the report.", Decide);
  AddVersion(decide, *args, true);
  AddNote(decide, *args, true);
  decide.add_option("--outcome", args->outcome, "What is decided")
      ->required()
      ->check(CLI::IsMember({"granted", "refused"}));
  decide.add_option("--officer", args->officer, "The officer's account, never an ID number")->required();
  CLI::App& archive = AddAct(group, context, args, "archive", "Closes a check that has a report.",
                             [](const Context& context, const Args& args) {
                               return Call(context, &v1::FamilyEconomy::Stub::ArchiveVerification,
                                           RequestFor<v1::ArchiveVerificationRequest>(args));
                             });
  AddVersion(archive, *args, false);
}

}  // namespace chuanyu::cli
