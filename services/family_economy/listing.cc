#include "services/family_economy/listing.h"

#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::StatusOr<absl::Time> TimeOf(const google::protobuf::Timestamp& time, const std::string& field) {
  // As protobuf defines it: the years 1 to 9999.
  if (time.seconds() < -62'135'596'800 || time.seconds() > 253'402'300'799 || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return MakeError(Reason::DATE_INVALID, {.field = field});
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<CaseStore::ListFilter> ReadFilter(const v1::ListVerificationsRequest& request) {
  CaseStore::ListFilter filter{.state = request.state(), .assist_type = request.assist_type()};
  if (!v1::VerificationState_IsValid(request.state())) return Bad("state", "unknown");
  if (!filter.assist_type.empty() && !IsApplicationPurpose(filter.assist_type) &&
      !IsReviewPurpose(filter.assist_type)) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "assist_type"});
  }
  if (request.has_created_from()) {
    CHUANYU_ASSIGN_OR_RETURN(filter.created_from, TimeOf(request.created_from(), "created_from"));
  }
  if (request.has_created_before()) {
    CHUANYU_ASSIGN_OR_RETURN(filter.created_before, TimeOf(request.created_before(), "created_before"));
  }
  if (filter.created_before < filter.created_from) return Bad("created_before", "before created_from");
  return filter;
}

}  // namespace

std::string Listing::TokenFor(const std::string& org, const v1::ListVerificationsRequest& request,
                              int64_t before) const {
  v1::ListVerificationsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  // Type 0 is no kind of document, so this is never the index of a person.
  const std::string text = absl::StrCat("page\n", org, "\n", before, "\n", filter.SerializeAsString());
  const std::string mac = indexer_.Index({.type = 0, .number = text}).ToHex().substr(0, 32);
  return absl::WebSafeBase64Escape(absl::StrCat(before, ".", mac));
}

absl::StatusOr<int64_t> Listing::ReadToken(const std::string& org,
                                           const v1::ListVerificationsRequest& request) const {
  if (request.page_token().empty()) return 0;
  const absl::Status bad = Bad("page_token", "not from an earlier page of this list");
  std::string text;
  if (!absl::WebSafeBase64Unescape(request.page_token(), &text)) return bad;
  int64_t before = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), before);
  if (error != std::errc() || before <= 0) return bad;
  // Whatever is wrong with it, it is not the one that belongs to this place in this list.
  if (!crypto::ConstantTimeEqual(TokenFor(org, request, before), request.page_token())) return bad;
  return before;
}

absl::StatusOr<v1::ListVerificationsResponse> Listing::List(
    const std::string& org, const v1::ListVerificationsRequest& request) const {
  if (request.page_size() < 0 || request.page_size() > kLargestPage) return Bad("page_size", "not 0 to 200");
  CHUANYU_ASSIGN_OR_RETURN(const CaseStore::ListFilter filter, ReadFilter(request));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before, ReadToken(org, request));
  const int size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  CHUANYU_ASSIGN_OR_RETURN(const CaseStore::Page page, store_.List(org, filter, size, before));
  v1::ListVerificationsResponse response;
  for (const v1::VerificationSummary& line : page.checks) *response.add_verifications() = line;
  if (page.next_before > 0) response.set_next_page_token(TokenFor(org, request, page.next_before));
  return response;
}

}  // namespace chuanyu::family_economy
