#include "common/process/server_process.h"

#include <grpc/grpc.h>
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
  // And never grpc_shutdown: gRPC lasts as long as the process. When the last object of it ends on one of its
  // own threads, it stops on a thread that nobody waits for, while main returns.
  grpc_init();
}

int ServerProcess::WaitForStop() const {
  int signal = 0;
  sigwait(&stop_signals_, &signal);
  return signal;
}

}  // namespace chuanyu
