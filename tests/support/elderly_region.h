// elderly_care in the test world: one office with every role, for the divisions that the tests speak of.
#pragma once

#include "tests/support/region_service.h"

namespace chuanyu::testing {

const RegionService& ElderlyCare();

}  // namespace chuanyu::testing
