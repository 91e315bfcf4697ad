#include "services/family_economy/rules/standing.h"

#include <map>
#include <string>

#include "common/calendar/age.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kAdult = 18;

bool IsMarried(const v1::Member& member) {
  const std::string& code = member.declared_marital_code();
  return !code.empty() && code[0] == '2';
}

Study StudyOf(const v1::Member& member, const v1::MemberCircumstances& circumstances) {
  if (circumstances.study() == v1::STUDY_POSTGRADUATE) return Study::kPostgraduate;
  const bool studies = circumstances.study() == v1::STUDY_UP_TO_BACHELOR || member.student();
  return studies ? Study::kUpToBachelor : Study::kNone;
}

PersonFacts FactsOf(const v1::Member& member, const v1::MemberCircumstances& circumstances, Date day,
                    const RuleContext& context) {
  const std::optional<int> age = AgeOf(member, day, context);
  return {.member_id = member.member_id(),
          .relation = member.relation(),
          .adult = age ? std::optional<bool>(*age >= kAdult) : std::nullopt,
          .married = IsMarried(member),
          .study = StudyOf(member, circumstances),
          .can_live_independently = !circumstances.cannot_live_independently(),
          .lives_together = !circumstances.lives_apart(),
          .duty_of_support = circumstances.duty_of_support(),
          .soldier = circumstances.soldier(),
          .clergy_away_months = static_cast<int>(circumstances.clergy_away_months()),
          .prisoner = circumstances.prisoner(),
          .compulsory_rehab = circumstances.compulsory_rehab(),
          .declared_missing = circumstances.declared_missing()};
}

}  // namespace

std::optional<int> AgeOf(const v1::Member& member, Date day, const RuleContext& context) {
  std::vector<v1::Warning> ignored;
  const absl::StatusOr<Person> person = ParsePerson(member.person(), context, "person", &ignored);
  if (!person.ok() || !person->document || !person->document->birth_date()) return std::nullopt;
  return AgeOn(*person->document->birth_date(), day);
}

std::vector<Standing> StandingsOf(const v1::Verification& check, Date day, const MembershipRules& rules,
                                  const RuleContext& context) {
  std::map<std::string, v1::MemberCircumstances> described;
  for (const v1::MemberCircumstances& one : check.economy().circumstances()) described[one.member_id()] = one;
  std::vector<Standing> out;
  for (const v1::Member& member : check.household().members()) {
    const bool known = described.contains(member.member_id());
    const PersonFacts facts = FactsOf(member, described[member.member_id()], day, context);
    Standing standing{.member = &member, .decision = DecideMembership({facts}, rules).at(0)};
    const bool not_member = standing.decision.membership == Membership::kNotMember;
    standing.counts = !(not_member && known);
    standing.undecided = standing.decision.membership == Membership::kManual || (not_member && !known);
    out.push_back(std::move(standing));
  }
  return out;
}

}  // namespace chuanyu::family_economy
