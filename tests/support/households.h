// Synthetic households (domain page §10; the numbers belong to nobody) and checks of them as a county
// platform would file them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chuanyu/family_economy/v1/family_economy.pb.h"

namespace chuanyu::testing {

// A synthetic person: document number, name, where the 户籍 is.
struct TestPerson {
  const char* doc_no;
  const char* name;
  type::v1::Sex sex;
  const char* hukou;
};
extern const TestPerson kP01, kP02, kP03, kP04, kP05, kP06, kP08, kP09, kP10, kP11, kP15, kP16, kP17, kP18,
    kP20, kP21, kP30, kP31, kPX;
// Everybody above: no byte on any disk may hold a number or a name of theirs.
const std::vector<TestPerson>& AllTestPersons();

family_economy::v1::Member MakeMember(const std::string& member_id, const TestPerson& person,
                                      const std::string& relation);

// A person of a household and the relation to the one who applies (GB/T 4761).
struct TestMember {
  TestPerson person;
  const char* relation;
};

// A new application for 低保, taken in by 渝北. The members are "m1", "m2" ... as given, "m1" applies; all
// have signed, m1 also for the children. To be spoilt or extended by the test.
family_economy::v1::CreateVerificationRequest Filing(
    const std::string& request_id, const std::vector<TestMember>& members,
    const std::vector<family_economy::v1::DataClass>& classes = {
        family_economy::v1::DATA_CLASS_A10_ASSISTANCE});

// Adds what a member of the request's household earned in a month, "2026-03".
void AddWage(family_economy::v1::HouseholdEconomy& economy, const std::string& member_id,
             const std::string& month, int64_t fen);

// Scenario 1: 渝北 files 低保 for P01, P02 (户籍 in 邻水) and their child P03, with signatures of P01 (also
// for P03) and P02; class A10.
family_economy::v1::CreateVerificationRequest Scenario1(const std::string& request_id);

}  // namespace chuanyu::testing
