// What the parsers of identity numbers need to know of the division table, so that they stay pure.
#pragma once

#include <string_view>

#include "common/calendar/date.h"

namespace chuanyu {

enum class AddressCodeStatus { kInForce, kAbolished, kUnknown };

// Thread-safe for concurrent readers.
class AddressCodes {
 public:
  virtual ~AddressCodes() = default;
  // Whether the 6-digit code is in force on `day`, was so before, or is in no table.
  virtual AddressCodeStatus StatusOn(std::string_view code6, Date day) const = 0;
};

}  // namespace chuanyu
