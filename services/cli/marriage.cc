// chuanyu marriage: bookings, and what officers of marriage registration offices do.
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/marriage/v1/marriage.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "grpcpp/client_context.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

namespace mr = marriage::v1;

struct Args {
  std::string what;
  std::string region;
  std::string date;
  std::string kind = "MARRIAGE";
  bool fresh_id = false;
  mr::PerformStepRequest act;
  mr::VoidCertificateNumberRequest spoilt;
};

std::string FreshId() { return UuidV7Generator().Next(absl::ToUnixMillis(absl::Now())); }

absl::StatusOr<std::unique_ptr<mr::Marriage::Stub>> StubOf(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto channel, Connect(context.connection));
  return mr::Marriage::NewStub(channel);
}

// One unary call.
template <typename Request, typename Response>
absl::Status Call(const Context& context,
                  grpc::Status (mr::Marriage::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, StubOf(context));
  grpc::ClientContext call;
  rpc::SetDeadline(call, absl::Now() + absl::Seconds(30));
  const grpc::Status status = (stub.get()->*method)(&call, request, response);
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

void Print(const Context& context, const mr::Registration& registration) {
  if (context.output == "json") return PrintJson(registration);
  std::printf(
      "%s  version %lld  %s", registration.registration_no().c_str(),
      static_cast<long long>(registration.version()),
      mr::RegistrationState_Name(registration.state()).substr(sizeof("REGISTRATION_STATE_") - 1).c_str());
  if (!registration.certificate_no().empty()) std::printf("  %s", registration.certificate_no().c_str());
  for (const std::string& reason : registration.refused_reasons()) std::printf("  %s", reason.c_str());
  if (registration.has_divorce_days()) {
    std::printf("  cooling to %s, certificates %s to %s",
                registration.divorce_days().cooling_ends().value().c_str(),
                registration.divorce_days().window_begins().value().c_str(),
                registration.divorce_days().window_ends().value().c_str());
  }
  std::printf("\n");
}

void Print(const Context& context, const mr::Appointment& appointment) {
  if (context.output == "json") return PrintJson(appointment);
  std::printf("%s  %s  %s  %s %s %s\n", appointment.appointment_no().c_str(),
              mr::AppointmentState_Name(appointment.state()).substr(sizeof("APPOINTMENT_STATE_") - 1).c_str(),
              mr::BookingCheck_Name(appointment.check()).substr(sizeof("BOOKING_CHECK_") - 1).c_str(),
              appointment.office_code().c_str(), appointment.date().value().c_str(),
              appointment.period().c_str());
}

absl::Status Slots(const Context& context, const Args& args) {
  mr::ListSlotsRequest request;
  request.set_region(args.region);
  request.set_office_code(args.what);
  request.mutable_date()->set_value(args.date);
  mr::ListSlotsResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::ListSlots, request, &response));
  std::vector<std::vector<std::string>> rows;
  for (const mr::Slot& slot : response.slots()) {
    if (context.output == "json") {
      PrintJson(slot);
      continue;
    }
    rows.push_back({slot.date().value(), slot.period(),
                    mr::SlotService_Name(slot.service()).substr(sizeof("SLOT_SERVICE_") - 1),
                    absl::StrCat(slot.booked()), absl::StrCat(slot.capacity())});
  }
  if (context.output == "json") return absl::OkStatus();
  std::fputs(FormatTable({"DATE", "PERIOD", "SERVICE", "BOOKED", "CAPACITY"}, rows).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status Hold(const Context& context, const Args& args) {
  mr::HoldAppointmentRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  if (!args.date.empty()) request.mutable_appointment()->mutable_date()->set_value(args.date);
  mr::HoldAppointmentResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::HoldAppointment, request, &response));
  Print(context, response.appointment());
  return absl::OkStatus();
}

absl::Status ActOnAppointment(const Context& context, const Args& args, mr::AppointmentAct act) {
  mr::ActOnAppointmentRequest request;
  request.set_request_id(FreshId());
  request.set_region(args.region);
  request.set_appointment_no(args.what);
  request.set_act(act);
  mr::ActOnAppointmentResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::ActOnAppointment, request, &response));
  Print(context, response.appointment());
  return absl::OkStatus();
}

absl::Status GetAppointment(const Context& context, const Args& args) {
  mr::GetAppointmentRequest request;
  request.set_region(args.region);
  request.set_appointment_no(args.what);
  mr::GetAppointmentResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::GetAppointment, request, &response));
  PrintJson(response.appointment());
  return absl::OkStatus();
}

absl::Status Start(const Context& context, const Args& args) {
  mr::StartRegistrationRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.what, &request));
  if (args.fresh_id || request.request_id().empty()) request.set_request_id(FreshId());
  mr::StartRegistrationResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::StartRegistration, request, &response));
  if (context.output == "json") {
    PrintJson(response.registration());
  } else {
    std::printf("%s\n", response.registration().registration_no().c_str());
  }
  return absl::OkStatus();
}

absl::Status Get(const Context& context, const Args& args) {
  mr::GetRegistrationRequest request;
  request.set_registration_no(args.what);
  mr::GetRegistrationResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::GetRegistration, request, &response));
  PrintJson(response.registration());
  return absl::OkStatus();
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

using Verb = absl::Status (*)(const Context& context, const Args& args);

void Bind(CLI::App& verb, Context& context, const std::shared_ptr<Args>& args, Verb run) {
  AddConnection(verb, context);
  verb.callback(
      [args, &context, run] { context.run = [args, &context, run] { return run(context, *args); }; });
}

void AddBookings(CLI::App& group, Context& context, const std::shared_ptr<Args>& args) {
  CLI::App* const slots = group.add_subcommand("slots", "Places of one day of an office.");
  slots->add_option("office", args->what, "Code of the office, e.g. 500112-01")->required();
  slots->add_option("--date", args->date, "YYYY-MM-DD")->required();
  Bind(*slots, context, args, Slots);
  CLI::App* const hold = group.add_subcommand("hold", "Keeps a place for ten minutes.");
  hold->add_option("file", args->what, "HoldAppointmentRequest in JSON")->required();
  hold->add_option("--date", args->date, "Another day than the file's");
  hold->add_flag("--fresh-id", args->fresh_id, "Under a new request id instead of the file's");
  Bind(*hold, context, args, Hold);
  CLI::App* const confirm = group.add_subcommand("confirm", "Books the place that is held.");
  Bind(*confirm, context, args, [](const Context& at, const Args& with) {
    return ActOnAppointment(at, with, mr::APPOINTMENT_ACT_CONFIRM);
  });
  CLI::App* const cancel = group.add_subcommand("cancel", "Gives the place up.");
  Bind(*cancel, context, args, [](const Context& at, const Args& with) {
    return ActOnAppointment(at, with, mr::APPOINTMENT_ACT_CANCEL);
  });
  CLI::App* const get = group.add_subcommand("appointment", "One appointment, as JSON, without persons.");
  Bind(*get, context, args, GetAppointment);
  for (CLI::App* const verb : {confirm, cancel, get}) {
    verb->add_option("number", args->what, "appointment_no")->required();
  }
  for (CLI::App* const verb : {slots, confirm, cancel, get}) {
    verb->add_option("--region", args->region, "Region of the office, 6 digits; else the own one");
  }
}

}  // namespace

void AddMarriage(CLI::App& app, Context& context) {
  CLI::App* const group =
      app.add_subcommand("marriage", "Bookings and registrations of marriages and divorces.");
  group->require_subcommand(1);
  auto args = std::make_shared<Args>();
  AddBookings(*group, context, args);
  CLI::App* const start = group->add_subcommand("start", "Both are at the counter; prints the number.");
  start->add_option("file", args->what, "StartRegistrationRequest in JSON")->required();
  start->add_flag("--fresh-id", args->fresh_id, "Under a new request id instead of the file's");
  Bind(*start, context, args, Start);
  CLI::App* const get = group->add_subcommand("get", "One registration, as JSON, without persons.");
  get->add_option("number", args->what, "registration_no")->required();
  Bind(*get, context, args, Get);
  CLI::App* const act = group->add_subcommand("act", "An officer acts on a registration.");
  act->add_option("number", args->what, "registration_no")->required();
  act->add_option("act", *args->act.mutable_act(),
                  "check, declare, register, refuse; accept, withdraw, issue for a divorce")
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
