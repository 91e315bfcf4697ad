#include "services/marriage/front.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/marriage/watch_calls.h"

namespace chuanyu::marriage {
namespace {

// Somebody waits at a screen: domain page §3.11, sync.
constexpr absl::Duration kAnswerWithin = absl::Seconds(5);

}  // namespace

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const Caller& caller)> work) {
  return RunForSystem(context, request, deps_.desk.own_region(), deps_.watching.workers, std::move(work));
}

bool Front::IsElsewhere(const std::string& region) const {
  return !region.empty() && region != deps_.desk.own_region();
}

grpc::ServerUnaryReactor* Front::Forward(grpc::CallbackServerContext* context,
                                         const google::protobuf::Message& request, const std::string& region,
                                         v1::BookRequest question, Taken taken) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Caller> caller = AdmitSystem(*context, request, deps_.desk.own_region());
  if (!caller.ok()) {
    reactor->Finish(rpc::ToGrpc(caller.status()));
    return reactor;
  }
  if (!deps_.desk.config().peer_regions.contains(region)) {
    reactor->Finish(rpc::ToGrpc(
        MakeError(Reason::PEER_UNAVAILABLE, {.field = "region", .detail = "no region that is reached"})));
    return reactor;
  }
  question.set_org(caller->org);
  sender_->Ask({.to_region = region,
                .operation = deps_.desk.Operation(kBook),
                .purpose = kAppointment,
                .payload = question.SerializeAsString()},
               kAnswerWithin, [reactor, taken = std::move(taken)](absl::StatusOr<std::string> payload) {
                 absl::Status status = payload.status();
                 if (HasReason(status, Reason::DEADLINE_PASSED))
                   status = MakeError(Reason::PEER_UNAVAILABLE, {.detail = "no answer yet: ask again"});
                 v1::BookResponse answer;
                 if (status.ok() && !answer.ParseFromString(*payload))
                   status = MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
                 if (status.ok()) taken(std::move(answer));
                 reactor->Finish(rpc::ToGrpc(status));
               });
  return reactor;
}

grpc::ServerUnaryReactor* Front::ListSlots(grpc::CallbackServerContext* context,
                                           const v1::ListSlotsRequest* request,
                                           v1::ListSlotsResponse* response) {
  if (IsElsewhere(request->region())) {
    v1::BookRequest question;
    *question.mutable_list_slots() = *request;
    return Forward(
        context, *request, request->region(), std::move(question),
        [response](v1::BookResponse answer) { response->mutable_slots()->Swap(answer.mutable_slots()); });
  }
  return Run(context, *request, [this, request, response](const Caller&) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto slots, deps_.bookings.List(*request));
    for (const v1::Slot& slot : slots) *response->add_slots() = slot;
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::HoldAppointment(grpc::CallbackServerContext* context,
                                                 const v1::HoldAppointmentRequest* request,
                                                 v1::HoldAppointmentResponse* response) {
  if (IsElsewhere(request->region())) {
    v1::BookRequest question;
    *question.mutable_hold() = *request;
    return ForwardAppointment(context, *request, request->region(), question, response);
  }
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_appointment(), deps_.bookings.Hold(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ActOnAppointment(grpc::CallbackServerContext* context,
                                                  const v1::ActOnAppointmentRequest* request,
                                                  v1::ActOnAppointmentResponse* response) {
  if (IsElsewhere(request->region())) {
    v1::BookRequest question;
    *question.mutable_act() = *request;
    return ForwardAppointment(context, *request, request->region(), question, response);
  }
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_appointment(), deps_.bookings.Act(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetAppointment(grpc::CallbackServerContext* context,
                                                const v1::GetAppointmentRequest* request,
                                                v1::GetAppointmentResponse* response) {
  if (IsElsewhere(request->region())) {
    v1::BookRequest question;
    *question.mutable_get() = *request;
    return ForwardAppointment(context, *request, request->region(), question, response);
  }
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_appointment(),
                             deps_.bookings.Get(caller.org, request->appointment_no()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListAppointments(grpc::CallbackServerContext* context,
                                                  const v1::ListAppointmentsRequest* request,
                                                  v1::ListAppointmentsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.bookings.ListDay(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchAppointmentsResponse>* Front::WatchAppointments(
    grpc::CallbackServerContext* context, const v1::WatchAppointmentsRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.desk.own_region());
  if (!caller.ok()) return new RefusedWatching<v1::WatchAppointmentsResponse>(caller.status());
  return DayWatch::Start(
      std::make_shared<DayWatch>(deps_.watching, deps_.bookings, std::move(caller->org), *request));
}

grpc::ServerUnaryReactor* Front::ListRegistrations(grpc::CallbackServerContext* context,
                                                   const v1::ListRegistrationsRequest* request,
                                                   v1::ListRegistrationsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.registrations.List(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchRegistrationResponse>* Front::WatchRegistration(
    grpc::CallbackServerContext* context, const v1::WatchRegistrationRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.desk.own_region());
  if (!caller.ok()) return new RefusedWatching<v1::WatchRegistrationResponse>(caller.status());
  return RegistrationWatch::Start(std::make_shared<RegistrationWatch>(
      deps_.watching, deps_.desk, deps_.registrations, std::move(caller->org), request->registration_no()));
}

grpc::ServerUnaryReactor* Front::StartRegistration(grpc::CallbackServerContext* context,
                                                   const v1::StartRegistrationRequest* request,
                                                   v1::StartRegistrationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_registration(),
                             deps_.registrations.Start(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetRegistration(grpc::CallbackServerContext* context,
                                                 const v1::GetRegistrationRequest* request,
                                                 v1::GetRegistrationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_registration(),
                             deps_.registrations.Get(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::PerformStep(grpc::CallbackServerContext* context,
                                             const v1::PerformStepRequest* request,
                                             v1::PerformStepResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_registration(),
                             deps_.registrations.Perform(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::VoidCertificateNumber(grpc::CallbackServerContext* context,
                                                       const v1::VoidCertificateNumberRequest* request,
                                                       v1::VoidCertificateNumberResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response->mutable_certificate_no(),
                             deps_.registrations.VoidNumber(caller.org, *request));
    return absl::OkStatus();
  });
}

}  // namespace chuanyu::marriage
