// A check as it was submitted, read into types that were checked: household, authorisation, question. Domain
// page §4.1. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/verification.pb.h"
#include "common/calendar/date.h"
#include "common/identity/citizen_id.h"
#include "common/identity/division.h"
#include "common/identity/uscc.h"
#include "common/person/person.h"

namespace chuanyu::family_economy {

// What the rules need to know of the world.
struct RuleContext {
  absl::Time now;
  Date today;  // in Asia/Shanghai
  std::string own_region;
  const DivisionTable& divisions;
  int auth_max_days = 0;  // an authorisation lasts so long at most; 0: no limit but its own
};

struct Member {
  std::string id;
  Person person;
  std::string relation;
  std::string region;  // where the 户籍 is, 6 digits
  v1::Capacity capacity = v1::CAPACITY_UNSPECIFIED;

  // True for full capacity and 18 years: signs for itself, and may sign for others.
  bool SignsAlone(Date day) const { return capacity == v1::CAPACITY_FULL && person.IsAdultOn(day); }
};

struct Application {
  v1::VerificationType type = v1::VERIFICATION_TYPE_UNSPECIFIED;
  std::string purpose;
  std::string household_id;
  std::vector<Member> members;
  std::vector<v1::DataClass> classes;
  Date as_of;
  absl::Time deadline;
  std::string accepting_county;  // 6 digits, competent today
  std::vector<v1::Warning> warnings;
};

// Reads a check. Errors name the field: BAD_REQUEST, CODE_UNKNOWN, DATE_INVALID, ID_*, USCC_*,
// DEADLINE_PASSED, PURPOSE_DENIED (assist_type is no purpose of household checks), ORG_NOT_COMPETENT (the
// accepting organisation is not in this region). Says nothing about the authorisation.
absl::StatusOr<Application> ParseApplication(const v1::Verification& verification,
                                             const RuleContext& context);

// Reads a person. Appends what is odd about the number to `warnings`.
absl::StatusOr<Person> ParsePerson(const type::v1::PersonRef& person, const RuleContext& context,
                                   const std::string& field, std::vector<v1::Warning>* warnings);

// Six digits of the region where `code` is today; old codes lead to their successors. CODE_UNKNOWN when the
// code is in no table, is above county level, or its successors are in several regions.
absl::StatusOr<std::string> RegionOf(const type::v1::DivisionCode& code, const RuleContext& context,
                                     const std::string& field);

}  // namespace chuanyu::family_economy
