// Other benefits of a child by data first: what the registers of the deciding place say, and what an officer
// states where they say nothing or are away (民发〔2019〕62号; domain page §5.3, §5.4). Pure, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/application.pb.h"
#include "services/child_welfare/rules/top_up.h"

namespace chuanyu::child_welfare {

using BenefitChecks = google::protobuf::RepeatedPtrField<v1::BenefitCheck>;

// Words of a register's `knows`: the names of kinds without their prefix, "DIBAO".
std::vector<std::string> BenefitNames();
// UNSPECIFIED for a name that is none.
v1::OtherBenefitKind BenefitNamed(const std::string& name);

// What is paid beside the status that is confirmed: what is stated, and what a register has of a kind of
// which nothing is stated from the beginning on (a statement that names a month says something of later).
// `deducted`: kinds that are deducted from the category. Errors name the field below "other_benefits":
//  B_EVIDENCE_CONFLICT   another amount is stated than a register has, or none where it says that something
//  is
//                        paid and not how much;
//  SOURCE_UNAVAILABLE    a register of a kind that is deducted is away or cannot be read: that is not
//  nothing;
//                        and nobody states it.
// A kind of which no register knows is as it is stated.
absl::StatusOr<StatedBenefits> TakeBenefits(const BenefitChecks& checks, const StatedBenefits& stated,
                                            const std::set<v1::OtherBenefitKind>& deducted);

}  // namespace chuanyu::child_welfare
