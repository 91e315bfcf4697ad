#include "services/family_economy/rounds.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/class_groups.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {

void Rounds::AskRegisters(const Application& application, const Member& member, const std::string& purpose,
                          const std::vector<v1::DataClass>& classes, v1::Verification* verification) const {
  // Group by group: a class that the purpose may not see takes none of another group with it.
  for (const auto& [group, asked] : SplitByGroup(classes)) {
    const absl::StatusOr<v1::QueryStatusResponse> answer =
        deps_.ask_own(QuestionFor(application, member, asked), purpose);
    const auto results =
        answer.ok()
            ? ReadAnswer(*answer, asked)
            : WithoutAnswer(asked, v1::RESULT_STATE_NOT_CHECKED,
                            std::string(ReasonName(ReasonOf(answer.status()).value_or(Reason::INTERNAL))));
    AddResults(member.id, member.region, results, verification);
  }
}

absl::StatusOr<std::pair<std::string, std::string>> Rounds::AddQuestion(
    const Application& application, const Member& member, const std::string& purpose,
    const std::vector<v1::DataClass>& classes, absl::Time now, v1::Verification* verification) {
  const v1::SourceGroup group = GroupOf(classes.front());
  CHUANYU_ASSIGN_OR_RETURN(const ClassDeadline deadline,
                           DeadlineFor(group, now, deps_.limits, deps_.calendar));
  v1::RemoteQuery& query = *verification->add_remote_queries();
  query.set_request_id(ids_.Next(absl::ToUnixMillis(now)));
  query.mutable_region()->set_code(member.region);
  query.set_member_id(member.id);
  query.set_purpose(purpose);
  query.set_group(group);
  *query.mutable_ask_time() = TimestampOf(now);
  *query.mutable_due_time() = TimestampOf(std::min(deadline.due, application.deadline));
  if (deadline.remind < application.deadline) *query.mutable_remind_time() = TimestampOf(deadline.remind);
  for (const v1::DataClass data_class : classes) query.add_classes(data_class);
  *verification->mutable_partial_time() =
      TimestampOf(std::min(now + deps_.limits.own_data, application.deadline));
  return std::pair(query.request_id(), QuestionFor(application, member, classes).SerializeAsString());
}

absl::Status Rounds::AddQuestions(const Application& application, const Member& member,
                                  const std::string& purpose, const std::vector<v1::DataClass>& classes,
                                  absl::Time now, v1::Verification* verification, Questions* questions) {
  for (const auto& [group, asked] : SplitByGroup(classes)) {
    CHUANYU_ASSIGN_OR_RETURN(auto question,
                             AddQuestion(application, member, purpose, asked, now, verification));
    questions->push_back(std::move(question));
  }
  return absl::OkStatus();
}

absl::StatusOr<Questions> Rounds::Ask(const Application& application, const std::string& purpose,
                                      absl::Time now, v1::Verification* verification) {
  const Routing routing = Route(application, deps_.own_region, deps_.peer_regions);
  Questions questions;
  for (const Member* member : routing.own) {
    std::vector<v1::DataClass> at_once;
    std::vector<v1::DataClass> later;
    for (const v1::DataClass data_class : application.classes) {
      // Whoever has no number is found in no register: no server needs to be asked.
      const bool server = deps_.own_servers.contains(data_class) && member->person.document.has_value();
      (server ? later : at_once).push_back(data_class);
    }
    CHUANYU_RETURN_IF_ERROR(
        AddQuestions(application, *member, purpose, later, now, verification, &questions));
    AskRegisters(application, *member, purpose, at_once, verification);
  }
  for (const Member* member : routing.nobody) {
    AddResults(member->id, member->region,
               WithoutAnswer(application.classes, v1::RESULT_STATE_NOT_CHECKED,
                             std::string(ReasonName(Reason::PEER_UNAVAILABLE))),
               verification);
  }
  for (const Member* member : routing.remote) {
    CHUANYU_RETURN_IF_ERROR(
        AddQuestions(application, *member, purpose, application.classes, now, verification, &questions));
  }
  return questions;
}

}  // namespace chuanyu::family_economy
