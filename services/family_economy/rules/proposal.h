// The proposal about a check: what the county declared, what the registers of both regions said, who of the
// household counts, and the region's policy in force on the day that is checked, put together for the rules
// (rules/assessment.h). A proposal decides nothing (PIPL §24). Pure, thread-safe.
#pragma once

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/assessment.h"

namespace chuanyu::family_economy {

// What is proposed about `check`, whose household and economy are there (CheckEconomy) and whose findings are
// up to date. MANUAL, saying why, wherever the machine cannot tell; never an error, so that no report fails
// for want of a proposal. `policy` may be null.
v1::Proposal ProposeFor(const v1::Verification& check, const AssessmentPolicy* policy,
                        const RuleContext& context);

// As it travels. Members and rules keep their order.
v1::Proposal ToProto(const Proposal& proposal);

}  // namespace chuanyu::family_economy
