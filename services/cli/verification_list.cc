// chuanyu verification list, overview: checks, what is due of them, and the families that are due to be
// looked at again.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "services/cli/call.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "services/cli/verification.h"

namespace chuanyu::cli {
namespace {

constexpr char kStatePrefix[] = "VERIFICATION_STATE_";
constexpr char kTierPrefix[] = "BATCH_TIER_";
constexpr char kLightPrefix[] = "DEADLINE_LIGHT_";
constexpr char kActPrefix[] = "PROCEDURE_ACT_";

struct Filter {
  std::string state;
  std::string assist_type;
  std::string from;
  std::string before;
  std::string review_due_by;
  std::string tier;
  std::string light;

  // Asks when families are looked at again instead of when checks were filed.
  bool reviews() const { return !review_due_by.empty() || !tier.empty(); }
};

absl::Status ReadTime(const std::string& text, const char* option, google::protobuf::Timestamp& out) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return MakeError(Reason::DATE_INVALID, {.field = option, .detail = "not RFC 3339"});
  }
  out.set_seconds(absl::ToUnixSeconds(time));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListVerificationsRequest> RequestFor(const Filter& filter) {
  v1::ListVerificationsRequest request;
  if (!filter.state.empty()) {
    v1::VerificationState state;
    if (!v1::VerificationState_Parse(kStatePrefix + filter.state, &state)) {
      return MakeError(Reason::CODE_UNKNOWN, {.field = "--state"});
    }
    request.set_state(state);
  }
  request.set_assist_type(filter.assist_type);
  if (!filter.from.empty()) {
    CHUANYU_RETURN_IF_ERROR(ReadTime(filter.from, "--created-from", *request.mutable_created_from()));
  }
  if (!filter.before.empty()) {
    CHUANYU_RETURN_IF_ERROR(ReadTime(filter.before, "--created-before", *request.mutable_created_before()));
  }
  if (!filter.review_due_by.empty()) request.mutable_review_due_by()->set_value(filter.review_due_by);
  if (!filter.tier.empty()) {
    v1::BatchTier tier;
    if (!v1::BatchTier_Parse(kTierPrefix + filter.tier, &tier)) {
      return MakeError(Reason::CODE_UNKNOWN, {.field = "--tier"});
    }
    request.set_review_tier(tier);
  }
  if (!filter.light.empty()) {
    cases::v1::DeadlineLight light;
    if (!cases::v1::DeadlineLight_Parse(kLightPrefix + filter.light, &light)) {
      return MakeError(Reason::CODE_UNKNOWN, {.field = "--light"});
    }
    request.set_light(light);
  }
  return request;
}

std::string StateOf(const v1::VerificationSummary& summary) {
  return v1::VerificationState_Name(summary.state()).substr(sizeof(kStatePrefix) - 1);
}

std::string LightName(cases::v1::DeadlineLight light) {
  return cases::v1::DeadlineLight_Name(light).substr(sizeof(kLightPrefix) - 1);
}

std::vector<std::string> Line(const v1::VerificationSummary& summary) {
  const bool due = summary.has_due_date();
  // A problem stands where the day would.
  const std::string day = due ? summary.due_date().value() : summary.due_problem();
  return {summary.verification_no(),
          StateOf(summary),
          summary.assist_type(),
          absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(summary.create_time().seconds()),
                           ChinaTime()),
          std::to_string(summary.version()),
          due ? LightName(summary.light()) : "",
          due ? v1::ProcedureAct_Name(summary.due_act()).substr(sizeof(kActPrefix) - 1) : "",
          day};
}

std::vector<std::string> ReviewLine(const v1::VerificationSummary& summary) {
  return {summary.next_review_date().value(),
          v1::BatchTier_Name(summary.review_tier()).substr(sizeof(kTierPrefix) - 1),
          summary.verification_no(),
          StateOf(summary),
          summary.assist_type(),
          summary.household_id(),
          summary.erased() ? "erased" : "kept"};
}

// Every page; a page of JSON or of the table is printed when it comes: who wants only the newest stops
// reading.
absl::Status List(const Context& context, const Filter& filter) {
  CHUANYU_ASSIGN_OR_RETURN(v1::ListVerificationsRequest request, RequestFor(filter));
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  const std::vector<std::string> header = {"NUMBER",  "STATE", "KIND",     "CREATED",
                                           "VERSION", "LIGHT", "NEXT ACT", "DUE"};
  const bool sorted = filter.reviews() && context.output != "json";
  std::vector<std::vector<std::string>> reviews;
  bool none = true;
  do {
    CHUANYU_ASSIGN_OR_RETURN(const v1::ListVerificationsResponse response,
                             CallMethod(*stub, &v1::FamilyEconomy::Stub::ListVerifications, request));
    none = none && response.verifications().empty();
    if (sorted) {
      for (const auto& summary : response.verifications()) reviews.push_back(ReviewLine(summary));
    } else if (context.output == "json") {
      PrintJson(response);
    } else if (!response.verifications().empty()) {
      std::vector<std::vector<std::string>> rows;
      for (const auto& summary : response.verifications()) rows.push_back(Line(summary));
      std::printf("%s", FormatTable(header, rows).c_str());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (none && context.output != "json") std::printf(sorted ? "nothing is due\n" : "no checks\n");
  if (reviews.empty()) return absl::OkStatus();
  std::sort(reviews.begin(), reviews.end());  // by day
  std::printf(
      "%s", FormatTable({"DUE", "TIER", "CHECK", "STATE", "KIND", "HOUSEHOLD", "PERSONS"}, reviews).c_str());
  return absl::OkStatus();
}

// §3.13: by state and by days to the deadline.
absl::Status Overview(const Context& context) {
  CHUANYU_ASSIGN_OR_RETURN(const auto stub, Stub(context));
  CHUANYU_ASSIGN_OR_RETURN(const v1::GetVerificationOverviewResponse response,
                           CallMethod(*stub, &v1::FamilyEconomy::Stub::GetVerificationOverview,
                                      v1::GetVerificationOverviewRequest()));
  if (context.output == "json") {
    PrintJson(response);
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const v1::OverviewLine& line : response.lines()) {
    rows.push_back({v1::VerificationState_Name(line.state()).substr(sizeof(kStatePrefix) - 1),
                    LightName(line.light()), std::to_string(line.count()), line.earliest_due_date().value()});
  }
  std::printf("%s", FormatTable({"STATE", "LIGHT", "CHECKS", "EARLIEST DUE"}, rows).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddVerificationList(CLI::App& group, Context& context) {
  auto filter = std::make_shared<Filter>();
  CLI::App* const list = group.add_subcommand("list", "Checks of the own organisation, newest first.");
  list->add_option("--state", filter->state, "Only this state, e.g. REPORTED");
  list->add_option("--assist-type", filter->assist_type, "Only this purpose code, e.g. P-DIBAO");
  list->add_option("--created-from", filter->from, "Only from this instant on, RFC 3339");
  list->add_option("--created-before", filter->before, "Only before this instant, RFC 3339");
  list->add_option("--review-due-by", filter->review_due_by,
                   "Only families that are to be looked at again (定期复核) by this day, YYYY-MM-DD");
  list->add_option("--tier", filter->tier,
                   "Only families that are looked at YEARLY, HALF_YEARLY, QUARTERLY or MONTHLY");
  list->add_option("--light", filter->light,
                   "Only checks whose next act of the county is GREEN, AMBER or RED (overdue), or NONE");
  AddConnection(*list, context);
  list->callback([=, &context] { context.run = [=, &context] { return List(context, *filter); }; });

  CLI::App* const overview = group.add_subcommand(
      "overview", "Checks by state and light, of the own organisation; for an operator of all.");
  AddConnection(*overview, context);
  overview->callback([&context] { context.run = [&context] { return Overview(context); }; });
}

}  // namespace chuanyu::cli
