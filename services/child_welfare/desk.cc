#include "services/child_welfare/desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::child_welfare {
v1::ApplicationState StateOf(const v1::Application& application) {
  v1::ApplicationState state = v1::APPLICATION_STATE_UNSPECIFIED;
  v1::ApplicationState_Parse("APPLICATION_STATE_" + cases::Current(application.steps()).step(), &state);
  return state;
}

void CopyPushed(const v1::Application& from, v1::Application* to) {
  to->set_application_no(from.application_no());
  *to->mutable_child() = from.child();
  *to->mutable_parents() = from.parents();
  *to->mutable_guardian() = from.guardian();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
}

void SetHolder(const uniqueness::Holder& holder, cases::v1::ClaimHolder* out) {
  out->set_region(holder.region);
  *out->mutable_accepted_at() = TimestampOf(absl::FromUnixMillis(holder.accepted_at_ms));
}

absl::Status Desk::Transact(
    absl::FunctionRef<absl::Status(sql::Session& session, std::vector<std::string>* topics)> work) {
  std::vector<std::string> topics;
  CHUANYU_RETURN_IF_ERROR(d.pool.Transact([&](sql::Session& session) -> absl::Status {
    topics.clear();
    CHUANYU_RETURN_IF_ERROR(d.store.Lock(session));
    return work(session, &topics);
  }));
  for (const std::string& topic : topics) d.changed(topic);
  d.wake();
  return absl::OkStatus();
}

std::string Desk::SubjectOf(const Person& person) const {
  const auto [type, number] = person.Key();
  return d.claim_indexer.Index({.type = type, .number = number}).ToHex();
}

absl::StatusOr<ActKey> Desk::KeyOf(const std::string& org, const std::string& request_id,
                                   const google::protobuf::Message& request) const {
  if (!IsToken(request_id, 64, ".")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  // The name of the message first: the same fields in another act are another body. Type 0 is no kind of
  // document, so this is never the index of a person.
  const std::string body = request.GetDescriptor()->full_name() + "\n" + request.SerializeAsString();
  return ActKey{.org = org,
                .request_id = request_id,
                .body_mac = d.own_indexer.Index({.type = 0, .number = body}).ToHex()};
}

absl::StatusOr<ChildApplication> Desk::Parse(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  return ParseChildApplication(application.child(),
                               {application.parents().begin(), application.parents().end()},
                               application.guardian(), policy, Today(), d.divisions);
}

absl::Status Desk::Refresh(v1::Application* application) const {
  application->set_state(StateOf(*application));
  CHUANYU_ASSIGN_OR_RETURN(const cases::v1::DeadlineLight light,
                           cases::LightOf(d.flow, d.calendar, application->steps(), Today()));
  application->set_light(light);
  application->clear_proposal();
  if (!DecidesHere(*application) || !application->has_child()) return absl::OkStatus();
  const auto parsed = Parse(*application);
  if (!parsed.ok())
    return absl::OkStatus();  // nothing to propose: what is wrong is told when somebody decides
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  const Assessment assessment = AssessParents(parsed->parents, policy, Today());
  v1::Proposal& proposal = *application->mutable_proposal();
  proposal.set_result(assessment.result);
  if (assessment.earliest_eligible) {
    proposal.mutable_earliest_eligible()->set_value(FormatDate(*assessment.earliest_eligible));
  }
  if (assessment.until) proposal.mutable_until()->set_value(FormatDate(*assessment.until));
  return absl::OkStatus();
}

absl::Status Desk::Send(sql::Session& session, const std::string& to_region, const std::string& operation,
                        const std::string& correlation_id, const google::protobuf::Message& message) const {
  return d.outbox
      .Add(session,
           {.to_region = to_region,
            .operation = operation,
            .purpose = kPurpose,
            .correlation_id = correlation_id,
            .payload = message.SerializeAsString()},
           d.clock.Now())
      .status();
}

absl::Status Desk::Release(sql::Session& session, const StoredApplication& stored) const {
  if (stored.window_region != d.own_region) return absl::OkStatus();  // its owner does
  return d.claims.Release(session, stored.claim_id);
}

}  // namespace chuanyu::child_welfare
