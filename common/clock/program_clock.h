// The clock of a server program, chosen when the program is linked. What is shipped has the machine's
// (program_clock.cc). Tests link the same mains with one that they set (tests/support/day_clock.cc): so no
// program that is shipped can be told another day, by whomever.
#pragma once

#include <memory>

#include "common/clock/clock.h"

namespace chuanyu {

std::unique_ptr<Clock> ProgramClock();

}  // namespace chuanyu
