#include "common/process/server_process.h"

#include <pthread.h>

#include "absl/synchronization/mutex.h"

namespace chuanyu {

ServerProcess::ServerProcess() {
  // Debian's Abseil is built with its search for lock cycles, which follows every mutex of gRPC at run time:
  // 2 % of a busy node. The tests run with it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  sigemptyset(&stop_signals_);
  sigaddset(&stop_signals_, SIGTERM);
  sigaddset(&stop_signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals_, nullptr);
}

int ServerProcess::WaitForStop() const {
  int signal = 0;
  sigwait(&stop_signals_, &signal);
  return signal;
}

}  // namespace chuanyu
