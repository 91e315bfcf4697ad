// The made-up policy of testdata/assessment and a household to assess by it. Synthetic.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/assessment.h"

namespace chuanyu::family_economy {

inline std::string TestPolicyPath() {
  return std::string(CHUANYU_SOURCE_DIR) + "/services/family_economy/rules/testdata/assessment/500000.toml";
}

inline std::string TestPolicyText() {
  std::ifstream file(TestPolicyPath());
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty());
  return text.str();
}

// The text with the first `from` replaced; fails the test when it is not there.
inline std::string TestPolicyWith(const std::string& from, const std::string& to) {
  std::string text = TestPolicyText();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

inline const AssessmentPolicy& TestPolicy() {
  static const auto* policy = new AssessmentPolicy(AssessmentPolicy::Load(TestPolicyPath()).value());
  return *policy;
}

// Members P01, P02, P03 in the city: S = 75 000, n = 3, S·n = 225 000 on 2026-03-20. All that is needed was
// checked.
inline AssessmentInput TestHousehold() {
  AssessmentInput input{.place = "500199",
                        .household_type = v1::HOUSEHOLD_TYPE_URBAN,
                        .as_of = Date(2026, 3, 20),
                        .members = {{.id = "P01"}, {.id = "P02"}, {.id = "P03"}}};
  for (const AssessedMember& member : input.members) {
    input.classes.push_back({member.id, v1::DATA_CLASS_A05_REAL_ESTATE, v1::RESULT_STATE_NO_HIT});
    input.classes.push_back({member.id, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_NO_HIT});
  }
  return input;
}

// With so much wage in the month before.
inline AssessmentInput TestHouseholdWithWage(int64_t fen) {
  AssessmentInput input = TestHousehold();
  input.incomes.push_back({"P01", IncomeKind::kWage, Month(2026, 2), fen});
  return input;
}

inline Proposal AssessOrDie(const AssessmentInput& input) {
  const absl::StatusOr<Proposal> proposal = Assess(input, TestPolicy());
  EXPECT_TRUE(proposal.ok()) << proposal.status();
  return proposal.value_or(Proposal{});
}

}  // namespace chuanyu::family_economy
