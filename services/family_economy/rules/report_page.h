// The report of a check as a page to print, in Chinese: one self-contained HTML document without scripts or
// anything from outside. It is evidence for the officer who decides, and says so (PIPL §24).
//
// Persons appear as in the report, masked (domain page §3.8); household and authorisation are never read.
// What was not checked stands there as 未核查, set apart from 无记录, also for a class that has no result at
// all. Every text is escaped. Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// `verification` has a report. Times are shown in Asia/Shanghai. `signature` says what is known of the
// report's signature; empty: nothing is said.
std::string RenderReportPage(const v1::Verification& verification, const std::string& signature);

}  // namespace chuanyu::family_economy
