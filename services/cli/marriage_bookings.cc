// chuanyu marriage: bookings, by couples and at the office.
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/marriage.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

using marriage_verbs::Bind;
using marriage_verbs::Call;
using marriage_verbs::StubOf;
using Args = MarriageArgs;
namespace mr = marriage::v1;

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

// Who has come stands in a file: a command line is seen by everybody on the machine.
absl::Status CheckIn(const Context& context, const Args& args) {
  mr::ActOnAppointmentRequest request;
  CHUANYU_RETURN_IF_ERROR(ReadJsonFile(args.file, &request));
  request.set_request_id(FreshId());
  request.set_appointment_no(args.what);
  request.set_act(mr::APPOINTMENT_ACT_CHECK_IN);
  mr::ActOnAppointmentResponse response;
  CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::ActOnAppointment, request, &response));
  Print(context, response.appointment());
  return absl::OkStatus();
}

// Who is expected at an office on a day.
absl::Status Appointments(const Context& context, const Args& args) {
  mr::ListAppointmentsRequest request;
  request.set_office_code(args.what);
  request.mutable_date()->set_value(args.date);
  request.set_page_size(200);
  std::vector<std::vector<std::string>> rows;
  do {
    mr::ListAppointmentsResponse response;
    CHUANYU_RETURN_IF_ERROR(Call(context, &mr::Marriage::Stub::ListAppointments, request, &response));
    for (const mr::Appointment& one : response.appointments()) {
      if (context.output == "json") {
        PrintJson(one);
        continue;
      }
      rows.push_back({one.appointment_no(), one.period(),
                      mr::SlotService_Name(one.service()).substr(sizeof("SLOT_SERVICE_") - 1),
                      mr::AppointmentState_Name(one.state()).substr(sizeof("APPOINTMENT_STATE_") - 1),
                      mr::BookingCheck_Name(one.check()).substr(sizeof("BOOKING_CHECK_") - 1)});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (context.output == "json") return absl::OkStatus();
  std::fputs(FormatTable({"NUMBER", "PERIOD", "SERVICE", "STATE", "CHECK"}, rows).c_str(), stdout);
  return absl::OkStatus();
}

// The day again after each change; one line a live appointment, and an empty one after each telling.
absl::Status WatchDay(const Context& context, const Args& args) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, StubOf(context));
  grpc::ClientContext call;
  mr::WatchAppointmentsRequest request;
  request.set_office_code(args.what);
  request.mutable_date()->set_value(args.date);
  const auto reader = stub->WatchAppointments(&call, request);
  for (mr::WatchAppointmentsResponse response; reader->Read(&response);) {
    for (const mr::Appointment& one : response.appointments()) Print(context, one);
    std::printf("\n");
    std::fflush(stdout);
  }
  return rpc::FromGrpc(reader->Finish());
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

}  // namespace

void AddMarriageBookings(CLI::App& group, Context& context, const std::shared_ptr<MarriageArgs>& args) {
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
  CLI::App* const check_in =
      group.add_subcommand("check-in", "Both have come; they must be those that booked.");
  check_in->add_option("--persons", args->file, "ActOnAppointmentRequest in JSON: personA, personB")
      ->required();
  Bind(*check_in, context, args, CheckIn);
  CLI::App* const fulfil = group.add_subcommand("fulfil", "Served, where no registration says so.");
  Bind(*fulfil, context, args, [](const Context& at, const Args& with) {
    return ActOnAppointment(at, with, mr::APPOINTMENT_ACT_FULFIL);
  });
  CLI::App* const day = group.add_subcommand("appointments", "Who is expected at an office on a day.");
  Bind(*day, context, args, Appointments);
  CLI::App* const watch_day = group.add_subcommand("watch-day", "The day of an office, after every change.");
  Bind(*watch_day, context, args, WatchDay);
  for (CLI::App* const verb : {day, watch_day}) {
    verb->add_option("office", args->what, "Code of the office, e.g. 500112-01")->required();
    verb->add_option("--date", args->date, "YYYY-MM-DD")->required();
  }
  for (CLI::App* const verb : {check_in, fulfil}) {
    verb->add_option("number", args->what, "appointment_no")->required();
  }
  CLI::App* const get = group.add_subcommand("appointment", "One appointment, as JSON, without persons.");
  Bind(*get, context, args, GetAppointment);
  for (CLI::App* const verb : {confirm, cancel, get}) {
    verb->add_option("number", args->what, "appointment_no")->required();
  }
  for (CLI::App* const verb : {slots, confirm, cancel, get}) {
    verb->add_option("--region", args->region, "Region of the office, 6 digits; else the own one");
  }
}

}  // namespace chuanyu::cli
