#include "services/child_welfare/rules/verification.h"

#include "common/errors/error.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

using cases::v1::REGISTER_STATE_ERROR;
using cases::v1::REGISTER_STATE_HIT;
using cases::v1::REGISTER_STATE_NO_HIT;
using cases::v1::REGISTER_STATE_NOT_CHECKED;

v1::ParentRecord Record(char letter, const std::string& since = "", const std::string& until = "") {
  v1::ParentRecord out;
  out.set_condition(*ConditionOf(std::string(1, letter)));
  if (!since.empty()) out.mutable_since()->set_value(since);
  if (!until.empty()) out.mutable_until()->set_value(until);
  return out;
}

// What a register that knows of the conditions `letters` says of the father.
v1::ParentCheck Check(const std::string& letters, cases::v1::RegisterState state,
                      const std::vector<v1::ParentRecord>& records = {}) {
  v1::ParentCheck out;
  out.set_role(v1::PARENT_ROLE_FATHER);
  for (const char letter : letters) out.add_conditions(*ConditionOf(std::string(1, letter)));
  out.mutable_answer()->set_state(state);
  *out.mutable_records() = {records.begin(), records.end()};
  return out;
}

// The father's fact since 2025-01-10, checked in a register or on a paper.
v1::ParentFact Father(char letter, bool paper = false) {
  const v1::ParentFact fact = Fact(v1::PARENT_ROLE_FATHER, letter);
  return paper ? OnPaper(fact, v1::EVIDENCE_KIND_COURT_JUDGMENT, Date(2025, 2, 1)) : fact;
}

// "DATA", "DOCUMENT", or why not.
std::string Verified(const v1::ParentFact& fact, const std::vector<v1::ParentCheck>& checks) {
  google::protobuf::RepeatedPtrField<v1::ParentFact> facts;
  *facts.Add() = fact;
  *facts.Add() = Fact(v1::PARENT_ROLE_MOTHER, 'R');  // of whom nothing is asked
  const absl::Status status = Verify(checks, &facts);
  if (!status.ok()) return std::string(ReasonName(*ReasonOf(status)));
  EXPECT_EQ(facts.Get(1).checked_by(), v1::CHECKED_BY_DATA);
  return v1::CheckedBy_Name(facts.Get(0).checked_by()).substr(sizeof("CHECKED_BY_") - 1);
}

TEST(Verification, DataComesFirstAndAPaperCountsOnlyWhereDataSaysNothing) {
  const auto hit = Check("D", REGISTER_STATE_HIT, {Record('D', "2025-01-10")});
  const auto no_hit = Check("D", REGISTER_STATE_NO_HIT);
  const auto away = Check("D", REGISTER_STATE_NOT_CHECKED);
  const auto broken = Check("D", REGISTER_STATE_ERROR);
  const struct {
    const char* what;
    std::vector<v1::ParentCheck> checks;
    const char* by_data;
    const char* by_paper;
  } kCases[] = {
      {"no register", {}, "DATA", "DOCUMENT"},
      {"a register of something else", {Check("J", REGISTER_STATE_NO_HIT)}, "DATA", "DOCUMENT"},
      {"has it", {hit}, "DATA", "DATA"},
      {"has nothing", {no_hit}, "B_PARENT_INCOMPLETE", "DOCUMENT"},
      {"is away", {away}, "SOURCE_UNAVAILABLE", "DOCUMENT"},
      {"cannot be read", {broken}, "SOURCE_UNAVAILABLE", "DOCUMENT"},
      {"one has it, one is away", {away, hit}, "DATA", "DATA"},
      {"one has nothing, one is away", {no_hit, away}, "SOURCE_UNAVAILABLE", "DOCUMENT"},
      {"another day",
       {Check("D", REGISTER_STATE_HIT, {Record('D', "2025-01-11")})},
       "B_EVIDENCE_CONFLICT",
       "B_EVIDENCE_CONFLICT"},
      {"is in prison",
       {Check("J", REGISTER_STATE_HIT, {Record('J')})},
       "B_EVIDENCE_CONFLICT",
       "B_EVIDENCE_CONFLICT"},
  };
  for (const auto& each : kCases) {
    EXPECT_EQ(Verified(Father('D'), each.checks), each.by_data) << each.what;
    EXPECT_EQ(Verified(Father('D', /*paper=*/true), each.checks), each.by_paper) << each.what;
  }
}

TEST(Verification, ADeathContradictsAllElseAndOtherConditionsComeTogether) {
  const auto dead = Check("D", REGISTER_STATE_HIT, {Record('D')});
  const auto disabled = Check("R", REGISTER_STATE_HIT, {Record('R', "2020-01-01")});
  EXPECT_EQ(Verified(Father('J'), {dead}), "B_EVIDENCE_CONFLICT");
  EXPECT_EQ(Verified(Father('N'), {dead}), "B_EVIDENCE_CONFLICT");
  EXPECT_EQ(Verified(Father('N'), {disabled}), "B_EVIDENCE_CONFLICT");
  EXPECT_EQ(Verified(Father('N'), {Check("DRJ", REGISTER_STATE_NO_HIT)}), "DATA");
  EXPECT_EQ(Verified(Father('J'), {disabled}), "DATA");  // no register of prisons to ask
  EXPECT_EQ(Verified(Father('J'), {disabled, Check("J", REGISTER_STATE_NO_HIT)}), "B_PARENT_INCOMPLETE");
}

TEST(Verification, TheLastDayOfATermIsTheRegisters) {
  google::protobuf::RepeatedPtrField<v1::ParentFact> facts;
  *facts.Add() = Father('J');
  facts.Mutable(0)->clear_until();
  const auto released = Check("J", REGISTER_STATE_HIT, {Record('J', "2025-01-10", "2027-01-09")});
  ASSERT_TRUE(Verify({released}, &facts).ok());
  EXPECT_EQ(facts.Get(0).until().value(), "2027-01-09");
  EXPECT_EQ(Verified(Father('J'), {released}), "B_EVIDENCE_CONFLICT");  // stated until 2028-01-10
}

TEST(Verification, OfficersFindingsReplaceWhatWasStatedOfThatParent) {
  google::protobuf::RepeatedPtrField<v1::ParentFact> facts;
  google::protobuf::RepeatedPtrField<v1::ParentFact> found;
  *facts.Add() = Father('D');
  *facts.Add() = Fact(v1::PARENT_ROLE_MOTHER, 'R');
  *found.Add() = Father('D', /*paper=*/true);
  TakeFound(found, &facts);
  EXPECT_EQ(facts.Get(0).checked_by(), v1::CHECKED_BY_DOCUMENT);
  EXPECT_EQ(facts.Get(1).condition(), v1::PARENT_CONDITION_SEVERELY_DISABLED);
}

}  // namespace
}  // namespace chuanyu::child_welfare
