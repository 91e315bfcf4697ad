#include "tests/support/submissions.h"

#include "absl/time/clock.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "tests/support/households.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::Exchange;

void SetTime(google::protobuf::Timestamp& out, absl::Time time) {
  const int64_t us = absl::ToUnixMicros(time);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<int32_t>(us % 1'000'000) * 1'000);
}

}  // namespace

exchange::v1::Submission NewSubmission(UuidV7Generator& ids) {
  family_economy::v1::QueryStatusRequest question;
  *question.mutable_person() = MakeMember("m1", kP02, "01").person();
  question.add_classes(family_economy::v1::DATA_CLASS_A10_ASSISTANCE);
  question.mutable_as_of()->set_value("2026-11-24");
  exchange::v1::Submission submission;
  submission.set_payload(question.SerializeAsString());
  exchange::v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(ids.Next(absl::ToUnixMillis(absl::Now())));
  envelope.set_operation("/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus");
  envelope.set_to_region("510000");
  envelope.set_purpose("P-DIBAO");
  envelope.set_legal_basis("社会救助暂行办法§58");
  envelope.set_authorization_no("auth-test");
  envelope.set_correlation_id("case-test");
  envelope.set_subject_count(1);
  SetTime(*envelope.mutable_sent_at(), absl::Now());
  SetTime(*envelope.mutable_deadline(), absl::Now() + absl::Minutes(30));
  return submission;
}

absl::StatusOr<exchange::v1::Receipt> Submit(Exchange::Stub& stub, const exchange::v1::Submission& submission,
                                             absl::Duration limit) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + limit);
  exchange::v1::SubmitRequest request;
  *request.mutable_submission() = submission;
  exchange::v1::SubmitResponse response;
  const absl::Status status = rpc::FromGrpc(stub.Submit(&context, request, &response));
  if (!status.ok()) return status;
  return response.receipt();
}

absl::StatusOr<exchange::v1::Answer> Await(Exchange::Stub& stub, const std::string& request_id,
                                           absl::Duration limit) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + limit + absl::Seconds(2));
  exchange::v1::AwaitAnswerRequest request;
  request.set_request_id(request_id);
  request.mutable_max_wait()->set_seconds(absl::ToInt64Seconds(limit));
  exchange::v1::AwaitAnswerResponse response;
  const absl::Status status = rpc::FromGrpc(stub.AwaitAnswer(&context, request, &response));
  if (!status.ok()) return status;
  return response.answer();
}

absl::Status Acknowledge(Exchange::Stub& stub, const std::string& request_id) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(15));
  exchange::v1::AcknowledgeAnswersRequest request;
  request.add_request_ids(request_id);
  exchange::v1::AcknowledgeAnswersResponse response;
  return rpc::FromGrpc(stub.AcknowledgeAnswers(&context, request, &response));
}

absl::StatusOr<exchange::v1::RequestView> Get(Exchange::Stub& stub, const std::string& request_id) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(15));
  exchange::v1::GetRequestRequest request;
  request.set_request_id(request_id);
  exchange::v1::GetRequestResponse response;
  const absl::Status status = rpc::FromGrpc(stub.GetRequest(&context, request, &response));
  if (!status.ok()) return status;
  return response.request();
}

}  // namespace chuanyu::testing
