#include "services/family_economy/rounds.h"

#include "common/errors/error.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {

void Rounds::AskRegisters(const Application& application, const Member& member, const std::string& purpose,
                          v1::Verification* verification) const {
  const absl::StatusOr<v1::QueryStatusResponse> answer = ask_own_(QuestionFor(application, member), purpose);
  const auto results =
      answer.ok()
          ? ReadAnswer(*answer, application.classes)
          : WithoutAnswer(application.classes, v1::RESULT_STATE_NOT_CHECKED,
                          std::string(ReasonName(ReasonOf(answer.status()).value_or(Reason::INTERNAL))));
  AddResults(member.id, member.region, results, verification);
}

Questions Rounds::Ask(const Application& application, const std::string& purpose, absl::Time now,
                      v1::Verification* verification) {
  const Routing routing = Route(application, own_region_, peer_regions_);
  for (const Member* member : routing.own) AskRegisters(application, *member, purpose, verification);
  for (const Member* member : routing.nobody) {
    AddResults(member->id, member->region,
               WithoutAnswer(application.classes, v1::RESULT_STATE_NOT_CHECKED,
                             std::string(ReasonName(Reason::PEER_UNAVAILABLE))),
               verification);
  }
  Questions questions;
  for (const Member* member : routing.remote) {
    v1::RemoteQuery& query = *verification->add_remote_queries();
    query.set_request_id(ids_.Next(absl::ToUnixMillis(now)));
    query.mutable_region()->set_code(member->region);
    query.set_member_id(member->id);
    query.set_purpose(purpose);
    for (const v1::DataClass data_class : application.classes) query.add_classes(data_class);
    questions.emplace_back(query.request_id(), QuestionFor(application, *member).SerializeAsString());
  }
  return questions;
}

}  // namespace chuanyu::family_economy
