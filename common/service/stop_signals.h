// SIGTERM and SIGINT as something to wait for. Block them before any thread starts, so that all inherit it
// and the signal waits for Wait.
#pragma once

#include <signal.h>

namespace chuanyu {

class StopSignals {
 public:
  // Blocks them in the calling thread, which must be the only one.
  StopSignals();
  // Returns the signal that came.
  int Wait() const;

 private:
  sigset_t signals_;
};

}  // namespace chuanyu
