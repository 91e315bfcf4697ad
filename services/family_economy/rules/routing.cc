#include "services/family_economy/rules/routing.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

v1::ClassResult Unanswered(v1::DataClass data_class, v1::ResultState state, const std::string& reason) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(state);
  result.set_reason(reason);
  return result;
}

bool IsWellFormed(const v1::ClassResult& result) {
  switch (result.state()) {
    case v1::RESULT_STATE_HIT:
      return true;
    case v1::RESULT_STATE_NO_HIT:
      return result.items().empty();
    case v1::RESULT_STATE_NOT_CHECKED:
    case v1::RESULT_STATE_ERROR:
      return !result.reason().empty() && result.items().empty();
    default:
      return false;
  }
}

}  // namespace

Routing Route(const Application& application, const std::string& own_region,
              const std::set<std::string>& peer_regions) {
  Routing routing;
  for (const Member& member : application.members) {
    if (member.region == own_region) {
      routing.own.push_back(&member);
    } else if (peer_regions.contains(member.region)) {
      routing.remote.push_back(&member);
    } else {
      routing.nobody.push_back(&member);
    }
  }
  return routing;
}

v1::QueryStatusRequest QuestionFor(const Application& application, const Member& member,
                                   const std::vector<v1::DataClass>& classes) {
  v1::QueryStatusRequest question;
  *question.mutable_person() = member.person.ToProto();
  for (const v1::DataClass data_class : classes) question.add_classes(data_class);
  question.mutable_as_of()->set_value(FormatDate(application.as_of));
  question.set_check_type(application.type);
  question.mutable_check_until()->set_seconds(absl::ToUnixSeconds(application.deadline));
  return question;
}

std::vector<v1::DataClass> ClassesOf(const v1::RemoteQuery& query) {
  std::vector<v1::DataClass> classes;
  for (const int data_class : query.classes()) classes.push_back(static_cast<v1::DataClass>(data_class));
  return classes;
}

std::vector<v1::ClassResult> WithoutAnswer(const std::vector<v1::DataClass>& classes, v1::ResultState state,
                                           const std::string& reason) {
  std::vector<v1::ClassResult> results;
  for (const v1::DataClass data_class : classes) results.push_back(Unanswered(data_class, state, reason));
  return results;
}

std::vector<v1::ClassResult> ReadAnswer(const v1::QueryStatusResponse& answer,
                                        const std::vector<v1::DataClass>& classes) {
  std::vector<v1::ClassResult> results;
  for (const v1::DataClass data_class : classes) {
    const auto found =
        std::find_if(answer.results().begin(), answer.results().end(),
                     [&](const v1::ClassResult& result) { return result.data_class() == data_class; });
    if (found != answer.results().end() && IsWellFormed(*found)) {
      results.push_back(*found);
    } else {
      results.push_back(
          Unanswered(data_class, v1::RESULT_STATE_ERROR, std::string(ReasonName(Reason::BAD_REQUEST))));
    }
  }
  return results;
}

}  // namespace chuanyu::family_economy
