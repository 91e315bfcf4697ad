#include "services/family_economy/open_questions.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"

namespace chuanyu::family_economy {
namespace {

std::string ScopeOf(const std::string& org, const v1::ListOpenQuestionsRequest& request) {
  return absl::StrCat("open-questions\n", org, "\n", request.overdue_only(), "\n", request.region());
}

// The last question of a page: "<request id>.<signed instant>".
std::string TokenAfter(const crypto::BlindIndexer& indexer, const std::string& scope,
                       const v1::OpenQuestionView& last) {
  const int64_t due = absl::ToUnixMillis(TimeOf(last.due_time()));
  return last.request_id() + "." + PageToken(indexer, scope + "\n" + last.request_id(), due);
}

}  // namespace

cases::v1::DeadlineLight LightOf(absl::Time asked, absl::Time due, absl::Time now) {
  if (now >= due) return cases::v1::DEADLINE_LIGHT_RED;
  return (due - now) * 5 > due - asked ? cases::v1::DEADLINE_LIGHT_GREEN : cases::v1::DEADLINE_LIGHT_AMBER;
}

absl::StatusOr<v1::ListOpenQuestionsResponse> OpenQuestionList::List(
    const std::string& org, const v1::ListOpenQuestionsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  const bool malformed =
      !request.region().empty() &&
      (request.region().size() != 6 || request.region().find_first_not_of("0123456789") != std::string::npos);
  if (malformed) return MakeError(Reason::BAD_REQUEST, {.field = "region", .detail = "not 6 digits"});
  const std::string scope = ScopeOf(org, request);
  int64_t after_due = -1;
  std::string after_id;
  if (!request.page_token().empty()) {
    after_id = request.page_token().substr(0, request.page_token().find('.'));
    const std::string rest =
        request.page_token().substr(std::min(after_id.size() + 1, request.page_token().size()));
    if (rest.empty()) return MakeError(Reason::BAD_REQUEST, {.field = "page_token"});
    CHUANYU_ASSIGN_OR_RETURN(after_due, ReadPageToken(indexer_, scope + "\n" + after_id, rest));
  }
  const absl::Time now = clock_.Now();
  CaseStore::OpenFilter filter{.org = org, .region = request.region()};
  if (request.overdue_only()) filter.due_before = now;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<v1::OpenQuestionView> found,
                           store_.OpenQuestions(filter, after_due, after_id, size + 1));
  v1::ListOpenQuestionsResponse response;
  for (v1::OpenQuestionView view : found) {
    if (response.questions_size() == size) {
      response.set_next_page_token(TokenAfter(indexer_, scope, response.questions(size - 1)));
      break;
    }
    if (view.region().code() == own_region_) view.set_holder(v1::QUESTION_HOLDER_DEPARTMENT);
    view.set_light(LightOf(TimeOf(view.ask_time()), TimeOf(view.due_time()), now));
    *response.add_questions() = std::move(view);
  }
  return response;
}

}  // namespace chuanyu::family_economy
