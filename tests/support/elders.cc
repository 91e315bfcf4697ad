#include "tests/support/elders.h"

#include <unistd.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {
namespace {

using namespace elderly_care::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using EcFiling = elderly_care::v1::Filing;  // there is a testing::Filing

constexpr absl::Duration kLimit = absl::Seconds(30);

template <typename Value>
absl::StatusOr<Value> Finish(const grpc::Status& status, const Value& value) {
  if (!status.ok()) return rpc::FromGrpc(status);
  return value;
}

void Prepare(grpc::ClientContext& context) { context.set_deadline(absl::ToChronoTime(absl::Now() + kLimit)); }

absl::StatusOr<EcFiling> AwaitThat(ElderClient& client, const std::string& number,
                                   const std::function<bool(const EcFiling&)>& holds) {
  absl::StatusOr<EcFiling> seen = absl::UnknownError("not looked yet");
  Eventually(kLimit, [&] {
    seen = client.Get(number);
    return seen.ok() && holds(*seen);
  });
  if (seen.ok() && !holds(*seen)) {
    return absl::DeadlineExceededError(absl::StrCat("last ", FilingState_Name(seen->state()), " ",
                                                    cases::v1::PeerCheck_Name(seen->peer_check())));
  }
  return seen;
}

}  // namespace

EcFiling ElderFiling(const std::string& premises_id, const std::string& address, const std::string& window) {
  EcFiling filing;
  Institution& who = *filing.mutable_institution();
  who.set_uscc("91511623MA9999996N");
  who.set_nature(NATURE_FOR_PROFIT);
  who.set_name("测试养老院");
  who.mutable_registered_at()->set_code("511623");
  who.set_registration(REGISTRATION_REGISTERED);
  who.mutable_legal_rep()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  who.mutable_legal_rep()->set_doc_no(kP08.doc_no);
  who.mutable_legal_rep()->set_name(kP08.name);
  who.set_phone("0826-0000001");
  who.set_contact_name(kP08.name);
  who.set_contact_phone("13800000001");
  Premises& where = *filing.mutable_premises();
  where.set_premises_id(premises_id);
  where.mutable_address_code()->set_code(address);
  where.set_address("测试路1号");
  where.mutable_location()->set_longitude_e7(1'069'300'000);
  where.mutable_location()->set_latitude_e7(303'300'000);
  where.set_ownership(OWNERSHIP_OWN);
  where.set_beds_total(30);
  where.set_beds_nursing(20);
  where.set_area_m2_x100(120'000);
  filing.mutable_materials()->set_application_form(true);
  filing.mutable_materials()->set_registration_certificate_no("SYNTHETIC-1");
  filing.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-01-05");
  filing.mutable_accept_division()->set_code(window);
  return filing;
}

std::string ElderClient::NextId() {
  return absl::StrCat("r-", getpid(), "-", absl::Hex(absl::ToUnixNanos(absl::Now())), "-", ++requests_);
}

absl::StatusOr<EcFiling> ElderClient::Create(const EcFiling& filing, const std::string& request_id) {
  grpc::ClientContext context;
  Prepare(context);
  CreateFilingRequest request;
  request.set_request_id(request_id.empty() ? NextId() : request_id);
  *request.mutable_filing() = filing;
  CreateFilingResponse response;
  const grpc::Status status = stub_->CreateFiling(&context, request, &response);
  return Finish(status, response.filing());
}

absl::StatusOr<EcFiling> ElderClient::File(const EcFiling& filing) {
  absl::StatusOr<EcFiling> at = Create(filing);
  if (at.ok()) at = Act(at->application_no(), "submit", "WINDOW");
  if (at.ok()) at = Act(at->application_no(), "forward", "WINDOW");
  return at;
}

absl::StatusOr<EcFiling> ElderClient::Get(const std::string& number, bool full) {
  grpc::ClientContext context;
  Prepare(context);
  GetFilingRequest request;
  request.set_application_no(number);
  if (full) request.set_view(FILING_VIEW_FULL);
  GetFilingResponse response;
  const grpc::Status status = stub_->GetFiling(&context, request, &response);
  return Finish(status, response.filing());
}

absl::StatusOr<EcFiling> ElderClient::Act(const std::string& number, const std::string& act,
                                          const std::string& role, const EcFiling& correction,
                                          const std::string& note) {
  const auto seen = Get(number, false);
  if (!seen.ok()) return seen;
  grpc::ClientContext context;
  Prepare(context);
  PerformStepRequest request;
  request.set_request_id(NextId());
  request.set_application_no(number);
  request.set_version(seen->version());
  request.set_act(act);
  request.set_role(role);
  request.set_officer_id("officer-1");
  *request.mutable_correction() = correction;
  request.set_note(note);
  PerformStepResponse response;
  const grpc::Status status = stub_->PerformStep(&context, request, &response);
  return Finish(status, response.filing());
}

absl::StatusOr<EcFiling> ElderClient::End(const std::string& number) {
  grpc::ClientContext context;
  Prepare(context);
  EndFilingRequest request;
  request.set_request_id(NextId());
  request.set_application_no(number);
  request.set_reason(END_REASON_CLOSED);
  request.set_role("COUNTY");
  request.set_officer_id("officer-1");
  EndFilingResponse response;
  const grpc::Status status = stub_->EndFiling(&context, request, &response);
  return Finish(status, response.filing());
}

absl::Status ElderClient::Subscribe(const std::string& region) {
  grpc::ClientContext context;
  Prepare(context);
  SubscribeMapRequest request;
  request.mutable_region()->set_code(region);
  SubscribeMapResponse response;
  const grpc::Status status = stub_->SubscribeMap(&context, request, &response);
  return status.ok() ? absl::OkStatus() : rpc::FromGrpc(status);
}

absl::StatusOr<std::vector<PublicEntry>> ElderClient::Institutions() {
  std::vector<PublicEntry> all;
  ListInstitutionsRequest request;
  request.set_page_size(2);  // small, so that pages are turned
  do {
    grpc::ClientContext context;
    Prepare(context);
    ListInstitutionsResponse response;
    const grpc::Status status = stub_->ListInstitutions(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    all.insert(all.end(), response.entries().begin(), response.entries().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<FilingStatus> ElderClient::Check(const std::string& filing_no, const std::string& region,
                                                const std::string& purpose) {
  grpc::ClientContext context;
  Prepare(context);
  CheckStatusRequest request;
  request.set_filing_no(filing_no);
  request.mutable_region()->set_code(region);
  request.set_purpose(purpose);
  CheckStatusResponse response;
  const grpc::Status status = stub_->CheckStatus(&context, request, &response);
  return Finish(status, response.status());
}

absl::StatusOr<std::vector<MapChange>> ElderClient::Changes(int64_t after, absl::Duration limit) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + limit));
  WatchInstitutionsRequest request;
  request.set_after_sequence(after);
  const auto reader = stub_->WatchInstitutions(&context, request);
  WatchInstitutionsResponse response;
  std::vector<MapChange> changes;
  if (reader->Read(&response)) changes.assign(response.changes().begin(), response.changes().end());
  context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (changes.empty()) return rpc::FromGrpc(status);
  return changes;
}

absl::StatusOr<EcFiling> ElderClient::Await(const std::string& number, FilingState state) {
  return AwaitThat(*this, number, [&](const EcFiling& seen) { return seen.state() == state; });
}

absl::StatusOr<EcFiling> ElderClient::AwaitCheck(const std::string& number, cases::v1::PeerCheck check) {
  return AwaitThat(*this, number, [&](const EcFiling& seen) { return seen.peer_check() == check; });
}

}  // namespace chuanyu::testing
