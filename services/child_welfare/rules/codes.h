// The letters of the policy files for conditions of parents, and words for what else they name. Pure,
// thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "chuanyu/child_welfare/v1/application.pb.h"
#include "chuanyu/child_welfare/v1/facts.pb.h"
#include "common/policy/period.h"

namespace chuanyu::child_welfare {

inline constexpr std::array kAllConditions = {v1::PARENT_CONDITION_DECEASED,
                                              v1::PARENT_CONDITION_MISSING,
                                              v1::PARENT_CONDITION_SEVERELY_DISABLED,
                                              v1::PARENT_CONDITION_SERIOUSLY_ILL,
                                              v1::PARENT_CONDITION_IMPRISONED,
                                              v1::PARENT_CONDITION_COMPULSORY_REHABILITATION,
                                              v1::PARENT_CONDITION_OTHERWISE_CONFINED,
                                              v1::PARENT_CONDITION_OUT_OF_CONTACT,
                                              v1::PARENT_CONDITION_GUARDIANSHIP_REVOKED,
                                              v1::PARENT_CONDITION_DEPORTED,
                                              v1::PARENT_CONDITION_UNTRACEABLE,
                                              v1::PARENT_CONDITION_NONE};

// 'D' for DECEASED; '?' for UNSPECIFIED.
char LetterOf(v1::ParentCondition condition);
std::optional<v1::ParentCondition> ConditionOf(std::string_view letter);

const policy_file::Words<v1::TableResult>& TableResultWords();
const policy_file::Words<v1::Category>& CategoryWords();
const policy_file::Words<v1::CareType>& CareTypeWords();
const policy_file::Words<v1::StudyStage>& StudyStageWords();
const policy_file::Words<v1::EvidenceKind>& EvidenceKindWords();
const policy_file::Words<v1::OtherBenefitKind>& OtherBenefitWords();

}  // namespace chuanyu::child_welfare
