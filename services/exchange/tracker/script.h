// The functions of tracker_apply.lua and tracker_work.lua as they are loaded into Redis. Private to this
// folder.
#pragma once

#include "common/redis/function_library.h"

namespace chuanyu::exchange {

// Both files as one library, with the table of state_machine.h in front.
redis::FunctionLibrary TrackerLibrary();

}  // namespace chuanyu::exchange
