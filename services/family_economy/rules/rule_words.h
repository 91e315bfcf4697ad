// How a report says the rules of a proposal and their numbers in Chinese. A rule or number without a word
// here is shown as it is. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace chuanyu::family_economy {

std::string RuleWord(const std::string& id);  // "INCOME.WAGE": 收入：工资性收入

// "sum_fen", 100001: 合计1000.01元. The unit follows from the end of the name (rules/assessment.h).
std::string NumberWord(const std::string& name, int64_t value);

// Where a rule is from, with the tags of the region's policy file (domain page, evidence tags) in words:
// "未见限额规定 [PROP]": 未见限额规定（暂定值）.
std::string SourceWord(const std::string& source);

std::string Yuan(int64_t fen);  // 1000.01元
// An amount in twelfths of a fen without rounding: 1000.01元, or 1000.01元又5/12分.
std::string YuanOfTwelfths(int64_t twelfths);

}  // namespace chuanyu::family_economy
