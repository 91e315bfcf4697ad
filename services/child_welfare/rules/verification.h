// Verification by data first, by documents only where data is missing (民发〔2019〕62号; domain page §5.3):
// what the registers of the deciding place say against what is stated of the parents. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/child_welfare/v1/application.pb.h"

namespace chuanyu::child_welfare {

// Words of a register's `knows`: the names of conditions without their prefix, "DECEASED".
std::vector<std::string> ConditionNames();
// UNSPECIFIED for a name that is none.
v1::ParentCondition ConditionNamed(const std::string& name);

// Replaces what is stated of a parent by what an officer has found, by role.
void TakeFound(const google::protobuf::RepeatedPtrField<v1::ParentFact>& found,
               google::protobuf::RepeatedPtrField<v1::ParentFact>* facts);

// What a register has is checked by DATA, whatever paper there is; where it says nothing, or is away, a paper
// must prove it. Errors name the field below "parents":
//  B_EVIDENCE_CONFLICT   a register says otherwise: other days, a death of somebody stated to be alive, any
//                        condition of somebody stated to be dead or to have none;
//  B_PARENT_INCOMPLETE   the registers of the condition have nothing, and no paper proves it;
//  SOURCE_UNAVAILABLE    one of them is away or cannot be read: that is not nothing; and no paper proves it.
// A condition of which no register knows stays as it is stated.
absl::Status Verify(const std::vector<v1::ParentCheck>& checks,
                    google::protobuf::RepeatedPtrField<v1::ParentFact>* facts);

}  // namespace chuanyu::child_welfare
