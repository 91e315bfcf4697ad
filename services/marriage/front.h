// chuanyu.marriage.v1.Marriage: what systems of this region ask. Every handler admits the caller (role
// system, own region) first and hands blocking work to the worker pool; what concerns another region's office
// goes to that region through the exchange, and no worker waits for it.
//
// Shutdown order: CaseRuntime::Stop, then the front.
#pragma once

#include <functional>
#include <string>

#include "chuanyu/marriage/v1/marriage.grpc.pb.h"
#include "common/outbox/outbox_sender.h"
#include "common/service/calls.h"
#include "common/service/watching.h"
#include "services/marriage/bookings.h"
#include "services/marriage/registrations.h"

namespace chuanyu::marriage {

struct FrontDeps {
  const Desk& desk;
  const Bookings& bookings;
  const Registrations& registrations;
  WatchingDeps watching;
};

class Front final : public v1::Marriage::CallbackService {
 public:
  explicit Front(const FrontDeps& deps) : deps_(deps) {}
  // Before it serves.
  void Attach(OutboxSender& sender) { sender_ = &sender; }

  grpc::ServerUnaryReactor* ListSlots(grpc::CallbackServerContext* context,
                                      const v1::ListSlotsRequest* request,
                                      v1::ListSlotsResponse* response) override;
  grpc::ServerUnaryReactor* HoldAppointment(grpc::CallbackServerContext* context,
                                            const v1::HoldAppointmentRequest* request,
                                            v1::HoldAppointmentResponse* response) override;
  grpc::ServerUnaryReactor* ActOnAppointment(grpc::CallbackServerContext* context,
                                             const v1::ActOnAppointmentRequest* request,
                                             v1::ActOnAppointmentResponse* response) override;
  grpc::ServerUnaryReactor* GetAppointment(grpc::CallbackServerContext* context,
                                           const v1::GetAppointmentRequest* request,
                                           v1::GetAppointmentResponse* response) override;
  grpc::ServerUnaryReactor* ListAppointments(grpc::CallbackServerContext* context,
                                             const v1::ListAppointmentsRequest* request,
                                             v1::ListAppointmentsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchAppointmentsResponse>* WatchAppointments(
      grpc::CallbackServerContext* context, const v1::WatchAppointmentsRequest* request) override;
  grpc::ServerUnaryReactor* ListRegistrations(grpc::CallbackServerContext* context,
                                              const v1::ListRegistrationsRequest* request,
                                              v1::ListRegistrationsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchRegistrationResponse>* WatchRegistration(
      grpc::CallbackServerContext* context, const v1::WatchRegistrationRequest* request) override;
  grpc::ServerUnaryReactor* StartRegistration(grpc::CallbackServerContext* context,
                                              const v1::StartRegistrationRequest* request,
                                              v1::StartRegistrationResponse* response) override;
  grpc::ServerUnaryReactor* GetRegistration(grpc::CallbackServerContext* context,
                                            const v1::GetRegistrationRequest* request,
                                            v1::GetRegistrationResponse* response) override;
  grpc::ServerUnaryReactor* PerformStep(grpc::CallbackServerContext* context,
                                        const v1::PerformStepRequest* request,
                                        v1::PerformStepResponse* response) override;
  grpc::ServerUnaryReactor* VoidCertificateNumber(grpc::CallbackServerContext* context,
                                                  const v1::VoidCertificateNumberRequest* request,
                                                  v1::VoidCertificateNumberResponse* response) override;

 private:
  using Taken = std::function<void(v1::BookResponse answer)>;
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const Caller& caller)> work);
  bool IsElsewhere(const std::string& region) const;
  // Asks `region`, in the name of the caller's organisation; `question` holds the call already.
  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request, const std::string& region,
                                    v1::BookRequest question, Taken taken);
  // The same for a call whose answer is an appointment.
  template <typename Response>
  grpc::ServerUnaryReactor* ForwardAppointment(grpc::CallbackServerContext* context,
                                               const google::protobuf::Message& request,
                                               const std::string& region, const v1::BookRequest& question,
                                               Response* response) {
    return Forward(context, request, region, question, [response](v1::BookResponse answer) {
      response->mutable_appointment()->Swap(answer.mutable_appointment());
    });
  }

  const FrontDeps deps_;
  OutboxSender* sender_ = nullptr;
};

}  // namespace chuanyu::marriage
