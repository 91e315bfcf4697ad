// marriage in the test world: one organisation whose officers act at the offices of the counties that the
// tests speak of.
#pragma once

#include "tests/support/region_service.h"

namespace chuanyu::testing {

const RegionService& Marriage();

}  // namespace chuanyu::testing
