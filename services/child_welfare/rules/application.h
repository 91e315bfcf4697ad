// An application for the status of a child, read into types that were checked. Domain page §5.1. Pure,
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/application.pb.h"
#include "common/identity/division.h"
#include "common/person/person.h"
#include "services/child_welfare/rules/assessment.h"

namespace chuanyu::child_welfare {

// Personal data.
struct ChildApplication {
  Person child;
  Date birth;
  std::string hukou_code;    // as stated
  std::string hukou_region;  // that decides and pays, 6 digits
  v1::CareType care_type = v1::CARE_TYPE_UNSPECIFIED;
  v1::StudyStage study_stage = v1::STUDY_STAGE_UNSPECIFIED;
  Parents parents;
  std::vector<Warning> warnings;
};

// Errors name the field: BAD_REQUEST, CODE_UNKNOWN, DATE_INVALID, ID_*, USCC_*, those of CheckParents; B_AGE
// for an adult; B_EVIDENCE_CONFLICT when the date of birth is not that of the number, or a parent is the
// guardian; B_GUARDIAN_UNPROVEN without a guardian of full age, or an institution, and a proof of it.
absl::StatusOr<ChildApplication> ParseChildApplication(const v1::Child& child,
                                                       const std::vector<v1::ParentFact>& parents,
                                                       const v1::Guardian& guardian, const PolicyDay& policy,
                                                       Date today, const DivisionTable& divisions);

// What another region states of a status that it carries over. BAD_REQUEST, CODE_UNKNOWN, DATE_INVALID.
absl::Status CheckTransfer(const v1::Transfer& transfer);

// What was confirmed on `confirmed` needs no second examination when the 户籍 moves (domain page §5.4
// [PROP]).
bool IsReusable(Date confirmed, const PolicyDay& policy, Date today);

}  // namespace chuanyu::child_welfare
