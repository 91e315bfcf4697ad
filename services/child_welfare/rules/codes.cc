#include "services/child_welfare/rules/codes.h"

namespace chuanyu::child_welfare {
namespace {

// In the order of v1::ParentCondition, from 1.
constexpr std::string_view kLetters = "DMRKJQXLCEUN";
static_assert(kLetters.size() == kAllConditions.size());

}  // namespace

char LetterOf(v1::ParentCondition condition) {
  const auto at = static_cast<size_t>(condition);
  return at >= 1 && at <= kLetters.size() ? kLetters[at - 1] : '?';
}

std::optional<v1::ParentCondition> ConditionOf(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  const size_t at = kLetters.find(letter[0]);
  if (at == std::string_view::npos) return std::nullopt;
  return kAllConditions[at];
}

const policy_file::Words<v1::TableResult>& TableResultWords() {
  static const auto& words =
      *new policy_file::Words<v1::TableResult>{{"ORPHAN", v1::TABLE_RESULT_ORPHAN},
                                               {"DEFACTO", v1::TABLE_RESULT_DEFACTO},
                                               {"MANUAL", v1::TABLE_RESULT_MANUAL},
                                               {"NOT_ELIGIBLE", v1::TABLE_RESULT_NOT_ELIGIBLE}};
  return words;
}

const policy_file::Words<v1::Category>& CategoryWords() {
  static const auto& words = *new policy_file::Words<v1::Category>{{"ORPHAN", v1::CATEGORY_ORPHAN},
                                                                   {"DEFACTO", v1::CATEGORY_DEFACTO}};
  return words;
}

const policy_file::Words<v1::CareType>& CareTypeWords() {
  static const auto& words = *new policy_file::Words<v1::CareType>{{"INSTITUTION", v1::CARE_TYPE_INSTITUTION},
                                                                   {"FAMILY", v1::CARE_TYPE_FAMILY}};
  return words;
}

const policy_file::Words<v1::StudyStage>& StudyStageWords() {
  static const auto& words =
      *new policy_file::Words<v1::StudyStage>{{"COMPULSORY", v1::STUDY_STAGE_COMPULSORY},
                                              {"SENIOR_SECONDARY", v1::STUDY_STAGE_SENIOR_SECONDARY},
                                              {"VOCATIONAL_SECONDARY", v1::STUDY_STAGE_VOCATIONAL_SECONDARY},
                                              {"UNDERGRADUATE", v1::STUDY_STAGE_UNDERGRADUATE}};
  return words;
}

const policy_file::Words<v1::EvidenceKind>& EvidenceKindWords() {
  static const auto& words = *new policy_file::Words<v1::EvidenceKind>{
      {"DEATH_CERTIFICATE", v1::EVIDENCE_KIND_DEATH_CERTIFICATE},
      {"COURT_JUDGMENT", v1::EVIDENCE_KIND_COURT_JUDGMENT},
      {"DISABILITY_CERTIFICATE", v1::EVIDENCE_KIND_DISABILITY_CERTIFICATE},
      {"DIAGNOSIS", v1::EVIDENCE_KIND_DIAGNOSIS},
      {"REHABILITATION_DECISION", v1::EVIDENCE_KIND_REHABILITATION_DECISION},
      {"CONFINEMENT_DECISION", v1::EVIDENCE_KIND_CONFINEMENT_DECISION},
      {"POLICE_RECEIPT", v1::EVIDENCE_KIND_POLICE_RECEIPT},
      {"DEPORTATION_DECISION", v1::EVIDENCE_KIND_DEPORTATION_DECISION},
      {"FOUNDLING_CERTIFICATE", v1::EVIDENCE_KIND_FOUNDLING_CERTIFICATE},
      {"GUARDIANSHIP_PROOF", v1::EVIDENCE_KIND_GUARDIANSHIP_PROOF}};
  return words;
}

const policy_file::Words<v1::OtherBenefitKind>& OtherBenefitWords() {
  static const auto& words = *new policy_file::Words<v1::OtherBenefitKind>{
      {"DIBAO", v1::OTHER_BENEFIT_KIND_DIBAO},
      {"TEKUN", v1::OTHER_BENEFIT_KIND_TEKUN},
      {"DISABILITY_LIFE", v1::OTHER_BENEFIT_KIND_DISABILITY_LIFE}};
  return words;
}

}  // namespace chuanyu::child_welfare
