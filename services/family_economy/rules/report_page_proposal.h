// The part of the printed report that is about the proposal; used by report_page.cc only.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/html.h"

namespace chuanyu::family_economy {

// The masked name where there is one, so that the reader need not look ids up.
std::string MemberName(const v1::Report& report, const std::string& member_id);

// What the machine proposes and every rule that it applied, or that nothing was entered to propose from.
void AddProposal(const v1::Report& report, HtmlPage& page);

}  // namespace chuanyu::family_economy
