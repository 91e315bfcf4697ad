#include "services/family_economy/listing.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::StatusOr<CaseStore::ListFilter> ReadFilter(const v1::ListVerificationsRequest& request) {
  CaseStore::ListFilter filter{.state = request.state(), .assist_type = request.assist_type()};
  if (!v1::VerificationState_IsValid(request.state())) return Bad("state", "unknown");
  if (!filter.assist_type.empty() && !IsApplicationPurpose(filter.assist_type) &&
      !IsReviewPurpose(filter.assist_type)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "assist_type"});
  }
  if (request.has_created_from()) {
    CHUANYU_ASSIGN_OR_RETURN(filter.created_from, ParseTimestamp(request.created_from(), "created_from"));
  }
  if (request.has_created_before()) {
    CHUANYU_ASSIGN_OR_RETURN(filter.created_before,
                             ParseTimestamp(request.created_before(), "created_before"));
  }
  if (request.has_review_due_by()) {
    CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(request.review_due_by().value(), "review_due_by"));
    filter.review_due_by = FormatDate(day);
  }
  if (!v1::BatchTier_IsValid(request.review_tier())) return Bad("review_tier", "unknown");
  filter.review_tier = request.review_tier();
  if (!cases::v1::DeadlineLight_IsValid(request.light())) return Bad("light", "unknown");
  filter.light = request.light();
  if (filter.created_before < filter.created_from) return Bad("created_before", "before created_from");
  return filter;
}

std::string ScopeOf(const std::string& org, const v1::ListVerificationsRequest& request) {
  v1::ListVerificationsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return absl::StrCat(org, "\n", filter.SerializeAsString());
}

}  // namespace

absl::StatusOr<v1::ListVerificationsResponse> Listing::List(
    const std::string& org, const v1::ListVerificationsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  CHUANYU_ASSIGN_OR_RETURN(CaseStore::ListFilter filter, ReadFilter(request));
  filter.today = TodayShanghai(clock_);
  const std::string scope = ScopeOf(org, request);
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before, ReadPageToken(indexer_, scope, request.page_token()));
  CHUANYU_ASSIGN_OR_RETURN(const CaseStore::Page page, store_.List(org, filter, size, before));
  v1::ListVerificationsResponse response;
  for (const v1::VerificationSummary& line : page.checks) *response.add_verifications() = line;
  if (page.next_before > 0) response.set_next_page_token(PageToken(indexer_, scope, page.next_before));
  return response;
}

absl::StatusOr<v1::GetVerificationOverviewResponse> Listing::Overview(const std::string& org) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<v1::OverviewLine> lines,
                           store_.CountByLight(org, TodayShanghai(clock_)));
  v1::GetVerificationOverviewResponse response;
  for (const v1::OverviewLine& line : lines) *response.add_lines() = line;
  return response;
}

}  // namespace chuanyu::family_economy
