// child_welfare in the test world: one office with every role, for the counties that the tests speak of; a
// school (kSchool) may only ask.
#pragma once

#include "tests/support/region_service.h"

namespace chuanyu::testing {

const RegionService& ChildWelfare();

}  // namespace chuanyu::testing
