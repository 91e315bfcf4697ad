// Synthetic households (domain page §10; the numbers belong to nobody) and checks of them as a county
// platform would file them.
#pragma once

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
extern const TestPerson kP01, kP02, kP03, kP04, kP05, kP10, kP15, kP16, kPX;
// Everybody above: no byte on any disk may hold a number or a name of theirs.
const std::vector<TestPerson>& AllTestPersons();

family_economy::v1::Member MakeMember(const std::string& member_id, const TestPerson& person,
                                      const std::string& relation);

// Scenario 1: 渝北 files 低保 for P01, P02 (户籍 in 邻水) and their child P03, with signatures of P01 (also
// for P03) and P02; class A10. The request_id must be given.
family_economy::v1::CreateVerificationRequest Scenario1(const std::string& request_id);
// The same shape for one adult.
family_economy::v1::CreateVerificationRequest SinglePerson(const std::string& request_id,
                                                           const TestPerson& person);

}  // namespace chuanyu::testing
