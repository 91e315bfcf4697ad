// disability in the test world: one office with every role, for the counties that the tests speak of. Its
// amounts are the demo's, which are synthetic.
#pragma once

#include "tests/support/region_service.h"

namespace chuanyu::testing {

const RegionService& Disability();

}  // namespace chuanyu::testing
