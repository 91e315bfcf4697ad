// chuanyu marriage: what officers of marriage registration offices do.
#include "services/cli/marriage.h"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace marriage_verbs {

absl::StatusOr<std::unique_ptr<MarriageStub>> StubOf(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return marriage::v1::Marriage::NewStub(channel);
}

void Bind(CLI::App& verb, Context& context, const std::shared_ptr<MarriageArgs>& args, MarriageVerb run) {
  AddConnection(verb, context);
  verb.callback(
      [args, &context, run] { context.run = [args, &context, run] { return run(context, *args); }; });
}

}  // namespace marriage_verbs

namespace {

using marriage_verbs::Bind;
using marriage_verbs::Call;
using marriage_verbs::StubOf;
using Args = MarriageArgs;
namespace mr = marriage::v1;

std::string LineOf(const mr::Registration& registration) {
  std::string out = absl::StrCat(
      registration.registration_no(), "  version ", registration.version(), "  ",
      mr::RegistrationState_Name(registration.state()).substr(sizeof("REGISTRATION_STATE_") - 1));
  if (!registration.certificate_no().empty()) absl::StrAppend(&out, "  ", registration.certificate_no());
  for (const std::string& reason : registration.refused_reasons()) absl::StrAppend(&out, "  ", reason);
  for (const std::string& paper : registration.missing_documents()) absl::StrAppend(&out, "  ", paper);
  for (const int matter : registration.review()) {
    const std::string name = mr::ReviewMatter_Name(static_cast<mr::ReviewMatter>(matter));
    absl::StrAppend(&out, "  ", name.substr(sizeof("REVIEW_MATTER_") - 1));
  }
  if (registration.has_divorce_days()) {
    const mr::DivorceDays& days = registration.divorce_days();
    absl::StrAppend(&out, "  cooling to ", days.cooling_ends().value(), ", certificates ",
                    days.window_begins().value(), " to ", days.window_ends().value());
  }
  return out;
}

void Print(const Context& context, const mr::Registration& registration) {
  if (context.output == "json") return PrintJson(registration);
  std::printf("%s\n", LineOf(registration).c_str());
}

absl::Status Start(const Context& context, const Args& args) {
  mr::StartRegistrationRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  if (!args.appointment.empty()) request.mutable_registration()->set_appointment_no(args.appointment);
  mr::StartRegistrationResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::StartRegistration, request, &response));
  if (context.output == "json") {
    PrintJson(response.registration());
  } else {
    std::printf("%s\n", response.registration().registration_no().c_str());
    // For people, beside the number that scripts take: it does not go on by itself.
    if (response.registration().state() != mr::REGISTRATION_STATE_PENDING_REMOTE_CHECK)
      std::fprintf(stderr, "%s\n", LineOf(response.registration()).c_str());
  }
  return absl::OkStatus();
}

absl::Status Get(const Context& context, const Args& args) {
  mr::GetRegistrationRequest request;
  request.set_registration_no(args.what);
  if (!args.view.empty()) {
    mr::RegistrationView view = mr::REGISTRATION_VIEW_UNSPECIFIED;
    if (!mr::RegistrationView_Parse("REGISTRATION_VIEW_" + args.view, &view)) {
      return MakeError(Reason::BAD_REQUEST, {.field = "view"});
    }
    request.set_view(view);
  }
  mr::GetRegistrationResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::GetRegistration, request, &response));
  PrintJson(response.registration());
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Args& args) {
  mr::ListRegistrationsRequest request;
  request.set_page_size(200);
  request.set_office_code(args.office);
  mr::RegistrationState state = mr::REGISTRATION_STATE_UNSPECIFIED;
  if (!args.state.empty() && !mr::RegistrationState_Parse("REGISTRATION_STATE_" + args.state, &state)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  request.set_state(state);
  std::vector<std::vector<std::string>> rows;
  do {
    mr::ListRegistrationsResponse response;
    CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::ListRegistrations, request, &response));
    for (const mr::Registration& one : response.registrations()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back({one.registration_no(),
                      mr::RegistrationKind_Name(one.kind()).substr(sizeof("REGISTRATION_KIND_") - 1),
                      mr::RegistrationState_Name(one.state()).substr(sizeof("REGISTRATION_STATE_") - 1),
                      one.office_code(), one.certificate_no(), one.divorce_days().window_begins().value(),
                      one.divorce_days().window_ends().value()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(
      FormatTable({"NUMBER", "KIND", "STATE", "OFFICE", "CERTIFICATE", "ISSUE FROM", "ISSUE UNTIL"}, rows)
          .c_str(),
      stdout);
  return absl::OkStatus();
}

// One line a change; ends with the registration.
absl::Status Watch(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, StubOf(context));
  grpc::ClientContext call;
  mr::WatchRegistrationRequest request;
  request.set_registration_no(args.what);
  const auto reader = stub->WatchRegistration(&call, request);
  for (mr::WatchRegistrationResponse response; reader->Read(&response);) {
    Print(context, response.registration());
    std::fflush(stdout);
  }
  return rpc::FromGrpc(reader->Finish());
}

absl::Status Act(const Context& context, const Args& args) {
  mr::PerformStepRequest request = args.act;
  request.set_registration_no(args.what);
  if (request.request_id().empty()) request.set_request_id(FreshId());
  mr::PerformStepResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::PerformStep, request, &response));
  Print(context, response.registration());
  return absl::OkStatus();
}

absl::Status Void(const Context& context, const Args& args) {
  mr::VoidCertificateNumberRequest request = args.spoilt;
  request.set_request_id(FreshId());
  mr::RegistrationKind kind = mr::REGISTRATION_KIND_UNSPECIFIED;
  if (!mr::RegistrationKind_Parse("REGISTRATION_KIND_" + args.kind, &kind)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "kind"});
  }
  request.set_kind(kind);
  mr::VoidCertificateNumberResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::VoidCertificateNumber, request, &response));
  std::printf("%s\n", response.certificate_no().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddMarriage(CLI::App& app, Context& context) {
  CLI::App* const group =
      app.add_subcommand("marriage", "Bookings and registrations of marriages and divorces.");
  group->require_subcommand(1);
  auto args = std::make_shared<MarriageArgs>();
  AddMarriageBookings(*group, context, args);
  CLI::App* const start = group->add_subcommand("start", "Both are at the counter; prints the number.");
  start->add_option("file", args->what, "StartRegistrationRequest in JSON")->required();
  start->add_flag("--fresh-id", args->fresh_id, "Under a new request id instead of the file's");
  start->add_option("--appointment", args->appointment, "Theirs: FULFILLED once they are registered");
  Bind(*start, context, args, Start);
  CLI::App* const get = group->add_subcommand("get", "One registration, as JSON.");
  get->add_option("number", args->what, "registration_no")->required();
  get->add_option("--view", args->view, "OFFICER, PARTY_A or PARTY_B; else BASIC, without persons");
  Bind(*get, context, args, Get);
  CLI::App* const list = group->add_subcommand("list", "Registrations of the own offices, newest first.");
  list->add_option("--state", args->state, "NETWORK_CHECKED, COOLING ...; else all");
  list->add_option("--office", args->office, "Of this one only");
  Bind(*list, context, args, List);
  CLI::App* const watch = group->add_subcommand("watch", "Every change of a registration until it is final.");
  watch->add_option("number", args->what, "registration_no")->required();
  Bind(*watch, context, args, Watch);
  CLI::App* const act = group->add_subcommand("act", "An officer acts on a registration.");
  act->add_option("number", args->what, "registration_no")->required();
  act->add_option("act", *args->act.mutable_act(),
                  "check, clear, declare, register, refuse; accept, withdraw, issue for a divorce")
      ->required();
  act->add_option("--role", *args->act.mutable_role(), "MARRIAGE_OFFICER")->required();
  act->add_option("--officer", *args->act.mutable_officer_id(), "The officer's account")->required();
  act->add_flag_callback(
      "--both-present",
      [args] {
        args->act.set_party_a_present(true);
        args->act.set_party_b_present(true);
      },
      "Both are in person: needed to declare, register, accept and issue");
  act->add_option("--reason", *args->act.mutable_refused_reason(), "C_*, to refuse");
  act->add_option("--request-id", *args->act.mutable_request_id(), "Of a repeat; else a new one");
  Bind(*act, context, args, Act);
  CLI::App* const spoilt =
      group->add_subcommand("void", "Uses up a certificate number without a registration; prints it.");
  spoilt->add_option("office", *args->spoilt.mutable_office_code(), "Code of the office")->required();
  spoilt->add_option("--kind", args->kind, "MARRIAGE or DIVORCE");
  spoilt->add_option("--officer", *args->spoilt.mutable_officer_id(), "The officer's account")->required();
  spoilt->add_option("--reason", *args->spoilt.mutable_reason(), "Why, e.g. blank-form-spoilt")->required();
  Bind(*spoilt, context, args, Void);
}

}  // namespace chuanyu::cli
