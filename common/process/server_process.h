// What every server process does first: SIGTERM and SIGINT become something to wait for, Abseil stops
// searching for lock cycles, and gRPC begins, to end with the process.
#pragma once

#include <signal.h>

namespace chuanyu {

class ServerProcess {
 public:
  // The calling thread must be the only one: all later ones inherit that the signals are blocked.
  ServerProcess();
  // Returns the signal that asks the process to stop.
  int WaitForStop() const;

 private:
  sigset_t stop_signals_;
};

}  // namespace chuanyu
