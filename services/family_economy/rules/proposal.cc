#include "services/family_economy/rules/proposal.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/calendar/month.h"
#include "services/family_economy/rules/assessment_income.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/economy.h"
#include "services/family_economy/rules/life_events.h"
#include "services/family_economy/rules/review_schedule.h"
#include "services/family_economy/rules/standing.h"

namespace chuanyu::family_economy {
namespace {

// 渝北区民政局 2023-08-11, plan P1 三(七): 殡葬服务信息共享; plan P8 三(四): 逝者死亡信息报告渠道.
constexpr char kDeathSource[] = "川渝殡葬服务信息共享";

// The kinds and reasons of a proposal and those of declarations are numbered as in the messages, plus one.
template <typename Wire, typename Kind>
Wire OnWire(Kind kind) {
  return static_cast<Wire>(static_cast<int>(kind) + 1);
}
template <typename Kind, typename Wire>
Kind FromWire(Wire kind) {
  return static_cast<Kind>(static_cast<int>(kind) - 1);
}

class Composer {
 public:
  Composer(const v1::Verification& check, const AssessmentPolicy& policy, const RuleContext& context,
           Date as_of)
      : check_(check), economy_(check.economy()), policy_(policy), context_(context) {
    input_.as_of = as_of;
  }

  v1::Proposal Propose() {
    input_.place = DecidingCounty();
    input_.household_type = check_.household().type();
    AddMembers();
    AddDeclared();
    AddClasses();
    AddReasons();
    absl::StatusOr<Proposal> proposal = Assess(input_, policy_);
    if (!proposal.ok()) {
      input_.manual_reasons.insert(ManualReason::kNotComputable);
      proposal = Proposal{.kind = ProposalKind::kManual,
                          .manual_reasons = {input_.manual_reasons.begin(), input_.manual_reasons.end()},
                          .policy_version = policy_.version()};
    }
    AddFirstMonth(*proposal);
    proposal->rules.insert(proposal->rules.begin(), membership_.begin(), membership_.end());
    proposal->rules.insert(proposal->rules.end(), events_.begin(), events_.end());
    return ToProto(*proposal);
  }

 private:
  // The county that was competent for the accepting organisation on the day: its standard applies.
  std::string DecidingCounty() const {
    const auto code = DivisionCode::Parse(check_.accept_org().division().code(), "accept_org.division");
    if (!code.ok()) return "";
    const auto county = context_.divisions.CompetentCounty(*code, input_.as_of);
    return county.ok() ? county->str() : code->County().str();
  }

  // Those who count; of whom it is not known, counts, and a person decides.
  void AddMembers() {
    const absl::StatusOr<const PolicyPeriod*> period = policy_.PeriodOn(input_.as_of);
    if (!period.ok()) {
      for (const v1::Member& member : check_.household().members()) AddMember(member);
      return;
    }
    const MembershipRules& rules = (*period)->membership;
    for (const Standing& standing : StandingsOf(check_, input_.as_of, rules, context_)) {
      if (standing.undecided) input_.manual_reasons.insert(ManualReason::kMembershipUndecided);
      membership_.push_back({.id = "MEMBERSHIP." + NameOf(standing.decision.reason),
                             .source = rules.source,
                             .member_id = standing.decision.member_id,
                             .inputs = {},
                             .outputs = {{"counted", standing.counts ? 1 : 0}}});
      if (standing.counts) AddMember(*standing.member);
    }
  }
  void AddMember(const v1::Member& member) {
    AssessedMember& out = input_.members.emplace_back(AssessedMember{.id = member.member_id()});
    counted_.insert(out.id);
    if (member.has_disability()) {
      out.disabilities.push_back({.type = static_cast<int>(member.disability().type()),
                                  .grade = static_cast<int>(member.disability().grade())});
    }
    out.serious_illness = member.serious_illness();
    if (const auto month = ParseMonth(member.employed_since().value()); month.ok())
      out.employed_since = *month;
    if (!economy_.has_current_dibao()) return;
    // Who found work before 低保 began is not disregarded.
    const auto from = ParseMonth(economy_.current_dibao().from_month().value());
    out.in_dibao = from.ok() && (!out.employed_since || *from <= *out.employed_since);
  }

  void AddDeclared() {
    for (const v1::Income& one : economy_.incomes()) {
      if (!counted_.contains(one.member_id())) continue;
      input_.incomes.push_back({one.member_id(), FromWire<IncomeKind>(one.kind()),
                                *ParseMonth(one.month().value()), one.net().amount()});
    }
    for (const v1::Deduction& one : economy_.deductions()) {
      if (!counted_.contains(one.member_id())) continue;
      input_.deductions.push_back({one.member_id(), FromWire<DeductionKind>(one.kind()),
                                   *ParseMonth(one.month().value()), one.amount().amount()});
    }
    for (const v1::Property& one : economy_.property()) {
      if (!counted_.contains(one.member_id())) continue;
      const bool money = one.kind() == v1::PROPERTY_KIND_FINANCIAL;
      input_.property.push_back({one.member_id(), FromWire<PropertyKind>(one.kind()),
                                 money ? one.amount().amount() : int64_t{one.count()}});
    }
    if (!economy_.has_current_dibao()) return;
    input_.current = CurrentDibao{.amount_fen_month = economy_.current_dibao().amount_month().amount()};
    const auto exit_from = ParseMonth(economy_.current_dibao().exit_from().value());
    if (exit_from.ok()) input_.current->exit_from = *exit_from;
  }

  void AddClasses() {
    for (const v1::MemberResult& result : check_.results()) {
      if (!counted_.contains(result.member_id())) continue;
      input_.classes.push_back({result.member_id(), result.result().data_class(), result.result().state()});
    }
  }

  // The own registers say that 低保 is being paid to somebody of the household.
  bool OwnRegionPaysDibao() const {
    const auto is_dibao = [](const v1::ClassItem& item) {
      const v1::AssistanceType type = item.assistance().type();
      return type == v1::ASSISTANCE_TYPE_DIBAO_URBAN || type == v1::ASSISTANCE_TYPE_DIBAO_RURAL;
    };
    return std::any_of(check_.results().begin(), check_.results().end(), [&](const v1::MemberResult& one) {
      const auto& items = one.result().items();
      return one.region().code() == context_.own_region && std::any_of(items.begin(), items.end(), is_dibao);
    });
  }

  // Who was left out as 服刑 may count again: what was entered is older than what was told.
  void AddRelease(const v1::MemberLifeEvent& event) {
    for (const v1::MemberCircumstances& one : economy_.circumstances()) {
      if (one.member_id() != event.member_id() || !one.prisoner()) continue;
      input_.manual_reasons.insert(ManualReason::kMembershipUndecided);
    }
  }

  // A death is told before any register has it. Whoever it was, the household is not what was declared.
  void AddLifeEvent(const v1::MemberLifeEvent& event) {
    if (event.withdrawn()) return;
    if (event.kind() == life_events::v1::LIFE_EVENT_KIND_PRISON_RELEASE) return AddRelease(event);
    if (!IsDeath(event)) return;
    input_.manual_reasons.insert(ManualReason::kDeathRecorded);
    int64_t day = 0;
    if (const auto date = ParseDate(event.date().value()); date.ok()) {
      day = date->year() * 10'000 + date->month() * 100 + date->day();
    }
    events_.push_back(
        {.id = "LIFE_EVENT.DEATH",
         .source = absl::StrCat(kDeathSource, "; ", SourceNameOf(event), ", ", event.region().code()),
         .member_id = event.member_id(),
         .inputs = {{"death_yyyymmdd", day}},
         .outputs = {}});
  }

  // From when 低保 would be paid if it were granted today (domain page §4.3).
  void AddFirstMonth(Proposal& proposal) const {
    const absl::StatusOr<const PolicyPeriod*> period = policy_.PeriodOn(input_.as_of);
    if (proposal.kind != ProposalKind::kDibao || !period.ok()) return;
    const ProcedureRules& rules = (*period)->procedure;
    proposal.rules.push_back(
        {.id = "PAID_FROM",
         .source = rules.source,
         .inputs = {{"approved_month", MonthNumber(Month(context_.today))}},
         .outputs = {{"paid_from_month", MonthNumber(FirstPaidMonth(context_.today, rules))}}});
  }

  void AddReasons() {
    if (CountUnsettled(check_) > 0) input_.manual_reasons.insert(ManualReason::kFindingsUnsettled);
    if (!HasDibaoRules(check_.assist_type())) input_.manual_reasons.insert(ManualReason::kNoRules);
    for (const v1::MemberLifeEvent& event : check_.life_events()) AddLifeEvent(event);
    const bool declared = economy_.has_current_dibao();
    // In a new application what is paid is a duplicate, and counted as such.
    const bool told_otherwise = OwnRegionPaysDibao() && check_.type() != v1::VERIFICATION_TYPE_NEW;
    if (declared ? !OwnRegionPaysDibao() : told_otherwise) {
      input_.manual_reasons.insert(ManualReason::kCurrentUnconfirmed);
    }
  }

  const v1::Verification& check_;
  const v1::HouseholdEconomy& economy_;
  const AssessmentPolicy& policy_;
  const RuleContext& context_;
  AssessmentInput input_;
  std::set<std::string> counted_;
  std::vector<AppliedRule> membership_;
  std::vector<AppliedRule> events_;
};

void AddNumbers(const AppliedRule::Numbers& numbers,
                google::protobuf::RepeatedPtrField<v1::RuleNumber>* into) {
  for (const auto& [name, value] : numbers) {
    v1::RuleNumber& out = *into->Add();
    out.set_name(name);
    out.set_value(value);
  }
}

v1::Proposal Manual(ManualReason reason) {
  return ToProto({.kind = ProposalKind::kManual, .manual_reasons = {reason}});
}

}  // namespace

v1::Proposal ProposeFor(const v1::Verification& check, const AssessmentPolicy* policy,
                        const RuleContext& context) {
  const absl::StatusOr<Date> as_of = ParseDate(check.as_of().value());
  if (policy == nullptr || !as_of.ok()) return Manual(ManualReason::kNoPolicy);
  return Composer(check, *policy, context, *as_of).Propose();
}

v1::Proposal ToProto(const Proposal& proposal) {
  v1::Proposal out;
  out.set_kind(OnWire<v1::ProposalKind>(proposal.kind));
  if (proposal.amount_fen_month) out.mutable_amount_month()->set_amount(*proposal.amount_fen_month);
  if (proposal.exit_until) out.mutable_exit_until()->set_value(FormatMonth(*proposal.exit_until));
  for (const SinglePerson& one : proposal.single_persons) {
    v1::SinglePersonProposal& single = *out.add_single_persons();
    single.set_member_id(one.member_id);
    if (one.amount_fen_month) single.mutable_amount_month()->set_amount(*one.amount_fen_month);
  }
  for (const ManualReason reason : proposal.manual_reasons) {
    out.add_manual_reasons(OnWire<v1::ManualReason>(reason));
  }
  for (const auto& [member_id, data_class] : proposal.missing) {
    v1::MissingCheck& missing = *out.add_missing();
    missing.set_member_id(member_id);
    missing.set_data_class(data_class);
  }
  if (proposal.standard_fen_month > 0) {
    out.mutable_standard_month()->set_amount(proposal.standard_fen_month);
  }
  out.set_members(static_cast<uint32_t>(proposal.members));
  out.mutable_income_month()->set_amount(proposal.income_fen_month);
  out.set_income_twelfths(proposal.income_twelfths);
  out.set_standard_unconfirmed(proposal.standard_unconfirmed);
  out.set_policy_version(proposal.policy_version);
  for (const AppliedRule& rule : proposal.rules) {
    v1::AppliedRule& applied = *out.add_rules();
    applied.set_id(rule.id);
    applied.set_source(rule.source);
    applied.set_member_id(rule.member_id);
    AddNumbers(rule.inputs, applied.mutable_inputs());
    AddNumbers(rule.outputs, applied.mutable_outputs());
  }
  return out;
}

}  // namespace chuanyu::family_economy
