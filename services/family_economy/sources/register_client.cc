#include "services/family_economy/sources/register_client.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/deadline.h"
#include "grpcpp/channel.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/routing.h"
#include "services/family_economy/sources/source_answer.h"

namespace chuanyu::family_economy {
namespace {

using Kind = RegisterClient::Reply::Kind;

// The text of such an error is never looked at: it might repeat personal data.
Reason ReasonFor(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return Reason::POLICY_DENIED;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return Reason::BAD_REQUEST;
    default:
      return Reason::INTERNAL;
  }
}

bool MayPass(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::RESOURCE_EXHAUSTED || code == grpc::StatusCode::ABORTED;
}

std::vector<v1::DataClass> ClassesOf(const v1::StoredAsk& ask) {
  std::vector<v1::DataClass> classes;
  for (const int one : ask.classes()) classes.push_back(static_cast<v1::DataClass>(one));
  return classes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RegisterClient>> RegisterClient::Open(const SourceConfig& config,
                                                                     const rpc::TlsFiles& tls,
                                                                     std::string region) {
  CHUANYU_ASSIGN_OR_RETURN(
      std::shared_ptr<grpc::Channel> channel,
      rpc::OpenChannel({.target = config.target, .tls = tls, .server_spiffe = config.identity}));
  return std::unique_ptr<RegisterClient>(
      new RegisterClient(config, std::move(region), v1::RegisterSource::NewStub(std::move(channel))));
}

template <typename Response>
RegisterClient::Reply RegisterClient::Read(const grpc::Status& status, const Response& response,
                                           const v1::StoredAsk& ask) const {
  const std::vector<v1::DataClass> classes = ClassesOf(ask);
  const auto error = [&](Reason reason) {
    Reply reply{.kind = Kind::kAnswer, .results = {}, .ticket = {}};
    reply.results = WithoutAnswer(classes, v1::RESULT_STATE_ERROR, std::string(ReasonName(reason)));
    for (v1::ClassResult& result : reply.results) result.set_source(config_.name);
    return reply;
  };
  if (MayPass(status.error_code())) return Reply{.kind = Kind::kRetry, .results = {}, .ticket = {}};
  const bool collecting = !ask.ticket_id().empty();
  if (collecting && status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return Reply{.kind = Kind::kAnew, .results = {}, .ticket = {}};
  }
  if (!status.ok()) return error(ReasonFor(status.error_code()));
  if (response.has_answer()) {
    return Reply{.kind = Kind::kAnswer,
                 .results = ReadSourceAnswer(response.answer(), classes, config_.name, region_),
                 .ticket = {}};
  }
  if (!response.has_later() || !IsToken(response.later().id(), 128, ".")) return error(Reason::BAD_REQUEST);
  return Reply{.kind = Kind::kLater, .results = {}, .ticket = response.later()};
}

RegisterClient::Reply RegisterClient::Call(const v1::StoredLookup& lookup, const v1::StoredAsk& ask) const {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + config_.timeout);
  if (!ask.ticket_id().empty()) {
    v1::CollectRequest request;
    request.set_query_id(ask.query_id());
    request.set_ticket_id(ask.ticket_id());
    v1::CollectResponse response;
    const grpc::Status status = stub_->Collect(&context, request, &response);
    return Read(status, response, ask);
  }
  v1::QueryRequest request;
  request.set_query_id(ask.query_id());
  *request.mutable_person() = lookup.question().person();
  *request.mutable_classes() = ask.classes();
  *request.mutable_as_of() = lookup.question().as_of();
  request.set_purpose(lookup.purpose());
  request.mutable_from_region()->set_code(lookup.from_region());
  request.set_authorization_no(lookup.authorization_no());
  *request.mutable_due_time() = ask.due_time();
  v1::QueryResponse response;
  const grpc::Status status = stub_->Query(&context, request, &response);
  return Read(status, response, ask);
}

}  // namespace chuanyu::family_economy
