#include "common/clock/program_clock.h"

namespace chuanyu {

std::unique_ptr<Clock> ProgramClock() { return std::make_unique<SystemClock>(); }

}  // namespace chuanyu
