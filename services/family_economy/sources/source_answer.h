// What a department's server answered, brought to results that may be stored and told. Nothing it sends is
// trusted: what does not fit the class is ERROR and never "has nothing". Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "chuanyu/family_economy/v1/register_source.pb.h"

namespace chuanyu::family_economy {

// More records of one person in one class are no answer but a mistake.
inline constexpr int kMaxSourceItems = 1000;

// One result for each of `classes`, in that order. `source_name` where the answer names no source, `region`
// where an item names none.
std::vector<v1::ClassResult> ReadSourceAnswer(const v1::RegisterAnswer& answer,
                                              const std::vector<v1::DataClass>& classes,
                                              const std::string& source_name, const std::string& region);

}  // namespace chuanyu::family_economy
