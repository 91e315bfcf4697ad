#include "services/family_economy/rules/registered.h"

#include "gmock/gmock.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kChongqing[] = "500000";
constexpr char kSichuan[] = "510000";

v1::ClassResult& AddResult(const std::string& member, const std::string& region, v1::ResultState state,
                           v1::Verification& check) {
  v1::MemberResult& out = *check.add_results();
  out.set_member_id(member);
  out.mutable_region()->set_code(region);
  out.mutable_result()->set_data_class(v1::DATA_CLASS_A01_HUKOU);
  out.mutable_result()->set_state(state);
  return *out.mutable_result();
}

void AddRegistered(const std::string& member, const std::string& region, const std::string& key, int persons,
                   v1::Verification& check) {
  v1::HukouRecord& record =
      *AddResult(member, region, v1::RESULT_STATE_HIT, check).add_items()->mutable_hukou_record();
  record.set_state(v1::HUKOU_STATE_REGISTERED);
  record.set_household_key(key);
  record.set_household_persons(persons);
}

TEST(Registered, AFamilyThatIsAsItDeclaresContradictsNothing) {
  v1::Verification check;
  AddRegistered("P01", kChongqing, "a", 2, check);
  AddRegistered("P02", kSichuan, "a", 1, check);  // the same mark in another region is another 户
  AddRegistered("P03", kChongqing, "a", 2, check);
  CompareWithRegister(&check);
  EXPECT_THAT(check.discrepancies(), IsEmpty());
}

TEST(Registered, WhatWasNotCheckedOrNotToldContradictsNobody) {
  v1::Verification check;
  AddResult("P01", kChongqing, v1::RESULT_STATE_NOT_CHECKED, check);
  AddResult("P02", kSichuan, v1::RESULT_STATE_ERROR, check);
  AddResult("P03", kSichuan, v1::RESULT_STATE_HIT, check).add_items()->mutable_hukou_record();
  AddResult("P04", kSichuan, v1::RESULT_STATE_NO_HIT, check).set_data_class(v1::DATA_CLASS_A02_MARRIAGE);
  CompareWithRegister(&check);
  EXPECT_THAT(check.discrepancies(), IsEmpty());
}

TEST(Registered, AMemberWhoIsNotInTheRegisterOrHasLeftIt) {
  v1::Verification check;
  AddResult("P01", kChongqing, v1::RESULT_STATE_NO_HIT, check);
  for (const v1::HukouState state : {v1::HUKOU_STATE_MOVED_OUT, v1::HUKOU_STATE_CANCELLED}) {
    AddResult("P02", kSichuan, v1::RESULT_STATE_HIT, check)
        .add_items()
        ->mutable_hukou_record()
        ->set_state(state);
  }
  CompareWithRegister(&check);
  ASSERT_THAT(check.discrepancies(), SizeIs(3));
  for (const v1::Discrepancy& one : check.discrepancies()) {
    EXPECT_EQ(one.kind(), v1::DISCREPANCY_KIND_MEMBER_NOT_REGISTERED);
  }
  EXPECT_EQ(check.discrepancies(0).member_id(), "P01");
  EXPECT_EQ(check.discrepancies(0).region().code(), kChongqing);
  EXPECT_EQ(check.discrepancies(1).member_id(), "P02");
}

TEST(Registered, PersonsWhomTheFamilyDoesNotDeclareAreCountedAndNotNamed) {
  v1::Verification check;
  AddRegistered("P01", kChongqing, "a", 4, check);
  AddRegistered("P02", kSichuan, "b", 1, check);
  AddRegistered("P03", kChongqing, "a", 4, check);
  CompareWithRegister(&check);
  ASSERT_THAT(check.discrepancies(), SizeIs(1));
  const v1::Discrepancy& one = check.discrepancies(0);
  EXPECT_EQ(one.kind(), v1::DISCREPANCY_KIND_PERSON_NOT_DECLARED);
  EXPECT_EQ(one.member_id(), "P01");
  EXPECT_EQ(one.region().code(), kChongqing);
  EXPECT_EQ(one.declared_number(), 2);
  EXPECT_EQ(one.found_number(), 4);
}

}  // namespace
}  // namespace chuanyu::family_economy
