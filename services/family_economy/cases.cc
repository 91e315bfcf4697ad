#include "services/family_economy/cases.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/authorization.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/due_acts.h"
#include "services/family_economy/rules/economy.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/report.h"

namespace chuanyu::family_economy {
namespace {

constexpr uint32_t kDefaultIncomeWindow = 12;  // 重庆低保条例 §12

}  // namespace

std::vector<IndexedMember> IndexMembers(const Application& application, const crypto::BlindIndexer& indexer) {
  std::vector<IndexedMember> out;
  for (const Member& member : application.members) {
    const auto [type, number] = member.person.Key();
    out.push_back({member.id, indexer.Index({.type = type, .number = number})});
  }
  return out;
}

HouseholdVersion IndexHousehold(const v1::Household& household, const Application& application,
                                const crypto::BlindIndexer& indexer) {
  std::vector<FrozenMember> members;
  for (const Member& member : application.members) {
    const auto [type, number] = member.person.Key();
    members.push_back({indexer.Index({.type = type, .number = number}).ToHex(), member.relation});
  }
  // As in MacOf.
  const auto mac = [&](const std::string& text) {
    return indexer.Index({.type = 0, .number = text}).ToHex();
  };
  return {.household_id = application.household_id,
          .members_mac = mac(MembersText(std::move(members))),
          .facts_mac = mac(household.SerializeAsString())};
}

RuleContext Cases::Now() const {
  return {.now = deps_.clock.Now(),
          .today = TodayShanghai(deps_.clock),
          .own_region = deps_.own_region,
          .divisions = deps_.divisions,
          .auth_max_days = deps_.auth_max_days};
}

BodyMac Cases::MacOf(const v1::Verification& verification) const {
  // Type 0 is no kind of document, so this is never the index of a person. The message has no map and no
  // unknown field, so its bytes are always the same.
  return {deps_.indexer.Index({.type = 0, .number = verification.SerializeAsString()}).ToHex()};
}

BodyMac Cases::DocumentMac(const v1::Verification& verification, const Application& application) const {
  std::set<std::pair<uint8_t, std::string>> persons;
  for (const Member& member : application.members) persons.insert(member.person.Key());
  v1::Authorization document;
  document.set_household_id(application.household_id);
  document.set_file_sm3(verification.authorization().file_sm3());
  std::string text = document.SerializeAsString();
  // Keys hold no line break, so no two households read the same.
  for (const auto& [type, number] : persons) absl::StrAppend(&text, "\n", type, " ", number);
  return {deps_.indexer.Index({.type = 0, .number = text}).ToHex()};
}

absl::StatusOr<NewCase> Cases::Compose(const Caller& caller, const v1::CreateVerificationRequest& request,
                                       const Application& application, const RuleContext& context) const {
  const v1::Verification& submitted = request.verification();
  NewCase out{.key = {.org = caller.org, .request_id = request.request_id()},
              .body = MacOf(submitted),
              .verification = submitted,
              .document = DocumentMac(submitted, application),
              .household = IndexHousehold(submitted.household(), application, deps_.indexer),
              .region = deps_.own_region,
              .county = application.accepting_county,
              .today = context.today,
              .now = context.now};
  v1::Verification& verification = out.verification;
  verification.set_state(v1::VERIFICATION_STATE_ACCEPTED);
  RecordEvent(v1::CASE_EVENT_KIND_CREATED, {.name = caller.name, .now = context.now}, &verification);
  if (verification.income_window_months() == 0) {
    verification.set_income_window_months(kDefaultIncomeWindow);
  }
  for (const v1::Warning& warning : application.warnings) *verification.add_warnings() = warning;
  for (const v1::ReportMember& line : MaskedMembers(application, context.today)) {
    *verification.mutable_report()->add_members() = line;
  }
  CHUANYU_ASSIGN_OR_RETURN(out.questions,
                           deps_.rounds.Ask(application, application.purpose, context.now, &verification));
  Advance(context.now, deps_.own_region, &verification);
  out.members = IndexMembers(application, deps_.indexer);
  if (application.type == v1::VERIFICATION_TYPE_NEW) {
    for (const IndexedMember& member : out.members) out.applicants.push_back(member.person);
  }
  return out;
}

absl::StatusOr<v1::Verification> Cases::Create(const Caller& caller,
                                               const v1::CreateVerificationRequest& request) {
  if (!IsToken(request.request_id(), 64, ".")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  const RequestKey key{.org = caller.org, .request_id = request.request_id()};
  // First of all: a repeat must get its answer also when the deadline or the authorisation has ended since.
  CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::Verification> known,
                           deps_.store.Find(key, MacOf(request.verification())));
  if (known) return *std::move(known);

  const RuleContext context = Now();
  CHUANYU_ASSIGN_OR_RETURN(const Application application, ParseApplication(request.verification(), context));
  CHUANYU_RETURN_IF_ERROR(CheckAuthorization(request.verification(), application, context));
  if (request.verification().has_economy()) {
    CHUANYU_RETURN_IF_ERROR(
        CheckEconomy(request.verification().economy(), request.verification().household()));
  }
  CHUANYU_RETURN_IF_ERROR(CheckProcedure(request.verification().procedure(), context.today));
  CHUANYU_ASSIGN_OR_RETURN(const NewCase new_case, Compose(caller, request, application, context));
  CHUANYU_ASSIGN_OR_RETURN(v1::Verification created, deps_.store.Create(new_case));
  // When the same request came twice at once, the other one's questions are asked, not these.
  const bool ours = created.remote_queries_size() == 0 || new_case.questions.empty() ||
                    created.remote_queries(0).request_id() == new_case.questions[0].first;
  if (!ours) return created;
  for (const auto& [request_id, payload] : new_case.questions) {
    deps_.ask_peer(created, request_id, payload);
  }
  return created;
}

}  // namespace chuanyu::family_economy
