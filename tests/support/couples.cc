#include "tests/support/couples.h"

#include "absl/strings/str_format.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {
namespace {

using namespace marriage::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr absl::Duration kLimit = absl::Seconds(30);

template <typename Value>
absl::StatusOr<Value> Finish(const grpc::Status& status, const Value& value) {
  if (!status.ok()) return rpc::FromGrpc(status);
  return value;
}

void Prepare(grpc::ClientContext& context) { context.set_deadline(absl::ToChronoTime(absl::Now() + kLimit)); }

}  // namespace

std::string AdultNumber(bool man, int serial) {
  return NumberBorn(absl::CivilDay(1980, 1, 1) + serial / 5, man, serial % 5);
}

std::string NumberBorn(absl::CivilDay birth, bool man, int n) {
  // GB 11643: odd sequences are male.
  const int sequence = 990 + 2 * n + (man ? 1 : 0);
  const std::string body =
      absl::StrFormat("511623%04d%02d%02d%03d", birth.year(), birth.month(), birth.day(), sequence);
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < body.size(); ++i) sum += (body[i] - '0') * kWeights[i];
  return body + "10X98765432"[sum % 11];
}

type::v1::PersonRef CoupleRef(const std::string& number) {
  type::v1::PersonRef out;
  out.set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  out.set_doc_no(number);
  out.set_name(kCoupleName);
  return out;
}

Party CoupleParty(const std::string& number) {
  Party out;
  *out.mutable_person() = CoupleRef(number);
  out.mutable_hukou()->set_code("511623");
  out.set_marital_code("10");
  for (const DocumentKind kind : {DOCUMENT_KIND_IDENTITY, DOCUMENT_KIND_DECLARATION,
                                  DOCUMENT_KIND_MARRIAGE_CERTIFICATE, DOCUMENT_KIND_DIVORCE_AGREEMENT}) {
    out.add_documents()->set_kind(kind);
  }
  out.set_present(true);
  out.set_voluntary(true);
  out.set_declares_no_kin(true);
  return out;
}

absl::StatusOr<std::vector<Slot>> MarriageClient::Slots(const std::string& region, const std::string& office,
                                                        const std::string& day) {
  grpc::ClientContext context;
  Prepare(context);
  ListSlotsRequest request;
  request.set_region(region);
  request.set_office_code(office);
  request.mutable_date()->set_value(day);
  request.set_service(SLOT_SERVICE_MARRY);
  ListSlotsResponse response;
  const grpc::Status status = stub_->ListSlots(&context, request, &response);
  return Finish(status, std::vector<Slot>(response.slots().begin(), response.slots().end()));
}

absl::StatusOr<Appointment> MarriageClient::Hold(const std::string& request_id, const std::string& region,
                                                 const Slot& slot, const std::string& a,
                                                 const std::string& b) {
  grpc::ClientContext context;
  Prepare(context);
  HoldAppointmentRequest request;
  request.set_request_id(request_id);
  request.set_region(region);
  Appointment& appointment = *request.mutable_appointment();
  appointment.set_office_code(slot.office_code());
  *appointment.mutable_date() = slot.date();
  appointment.set_period(slot.period());
  appointment.set_service(slot.service());
  *appointment.mutable_person_a() = CoupleRef(a);
  *appointment.mutable_person_b() = CoupleRef(b);
  HoldAppointmentResponse response;
  const grpc::Status status = stub_->HoldAppointment(&context, request, &response);
  return Finish(status, response.appointment());
}

absl::StatusOr<Appointment> MarriageClient::Act(const std::string& request_id, const std::string& region,
                                                const std::string& number, AppointmentAct act) {
  grpc::ClientContext context;
  Prepare(context);
  ActOnAppointmentRequest request;
  request.set_request_id(request_id);
  request.set_region(region);
  request.set_appointment_no(number);
  request.set_act(act);
  ActOnAppointmentResponse response;
  const grpc::Status status = stub_->ActOnAppointment(&context, request, &response);
  return Finish(status, response.appointment());
}

absl::StatusOr<Appointment> MarriageClient::GetAppointment(const std::string& region,
                                                           const std::string& number) {
  grpc::ClientContext context;
  Prepare(context);
  GetAppointmentRequest request;
  request.set_region(region);
  request.set_appointment_no(number);
  GetAppointmentResponse response;
  const grpc::Status status = stub_->GetAppointment(&context, request, &response);
  return Finish(status, response.appointment());
}

absl::StatusOr<Registration> MarriageClient::Start(const std::string& request_id, const std::string& office,
                                                   const Party& a, const Party& b, RegistrationKind kind) {
  grpc::ClientContext context;
  Prepare(context);
  StartRegistrationRequest request;
  request.set_request_id(request_id);
  Registration& registration = *request.mutable_registration();
  registration.set_kind(kind);
  registration.set_office_code(office);
  *registration.mutable_party_a() = a;
  *registration.mutable_party_b() = b;
  if (kind == REGISTRATION_KIND_DIVORCE) registration.set_marriage_region("510000");
  StartRegistrationResponse response;
  const grpc::Status status = stub_->StartRegistration(&context, request, &response);
  return Finish(status, response.registration());
}

absl::StatusOr<Registration> MarriageClient::Get(const std::string& number) {
  grpc::ClientContext context;
  Prepare(context);
  GetRegistrationRequest request;
  request.set_registration_no(number);
  GetRegistrationResponse response;
  const grpc::Status status = stub_->GetRegistration(&context, request, &response);
  return Finish(status, response.registration());
}

absl::StatusOr<Registration> MarriageClient::Perform(const std::string& request_id, const std::string& number,
                                                     const std::string& act) {
  grpc::ClientContext context;
  Prepare(context);
  PerformStepRequest request;
  request.set_request_id(request_id);
  request.set_registration_no(number);
  request.set_act(act);
  request.set_role("MARRIAGE_OFFICER");
  request.set_officer_id("officer-1");
  request.set_party_a_present(true);
  request.set_party_b_present(true);
  PerformStepResponse response;
  const grpc::Status status = stub_->PerformStep(&context, request, &response);
  return Finish(status, response.registration());
}

absl::StatusOr<Registration> MarriageClient::AwaitChecked(const std::string& number) {
  absl::StatusOr<Registration> found;
  Eventually(kLimit, [&] {
    found = Get(number);
    // A server that was killed may not be there again yet.
    if (absl::IsUnavailable(found.status())) return false;
    return !found.ok() || found->state() != REGISTRATION_STATE_PENDING_REMOTE_CHECK;
  });
  return found;
}

}  // namespace chuanyu::testing
