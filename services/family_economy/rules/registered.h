// The members that a family declares against the 户籍 registers (A01), domain page §4.1 "discrepancies".
// Pure, thread-safe.
#pragma once

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// Adds to `verification` what its A01 results contradict, in their order: a declared member whom the register
// of the declared 户籍 does not have (MEMBER_NOT_REGISTERED), and a 户 in which more persons are registered
// than are declared (PERSON_NOT_DECLARED, under the first declared member of it): how many and not who, for
// nobody asked those persons. What was not checked or may not be told contradicts nobody.
void CompareWithRegister(v1::Verification* verification);

}  // namespace chuanyu::family_economy
