// What orders memory in Debian's gRPC and Abseil, told to ThreadSanitizer.
//
// Both are built without it, so it sees neither a lock of absl::Mutex nor that gRPC runs a callback after the
// call that asked for it, and would report every object that our code hands from one thread to another
// through gRPC. The functions here stand in front of the libraries' own (this library comes first in the
// order of look-up), call those, and announce the order that they make:
//   Mutex, CondVar     an unlock before the next lock
//   start_batch        what was written before an operation was started, before what runs when it is done
// Only in builds with -DSANITIZE=thread.
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <link.h>
#include <sched.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

namespace {

template <typename Function>
Function Next(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) {
    std::fprintf(stderr, "tsan_edges: %s is not there: another version of the library?\n", symbol);
    std::abort();
  }
  return reinterpret_cast<Function>(found);
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

#define MUTEX "_ZN4absl7debian35Mutex"
#define CONDVAR "_ZN4absl7debian37CondVar"
using MutexFn = void (*)(Mutex*);
using TryFn = bool (*)(Mutex*);

void Mutex::Lock() {
  static const auto next = Next<MutexFn>(MUTEX "4LockEv");
  next(this);
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  static const auto next = Next<MutexFn>(MUTEX "6UnlockEv");
  __tsan_release(this);
  next(this);
}

bool Mutex::TryLock() {
  static const auto next = Next<TryFn>(MUTEX "7TryLockEv");
  const bool locked = next(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  static const auto next = Next<MutexFn>(MUTEX "10ReaderLockEv");
  next(this);
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  static const auto next = Next<MutexFn>(MUTEX "12ReaderUnlockEv");
  __tsan_release(this);
  next(this);
}

void CondVar::Wait(Mutex* mutex) {
  static const auto next = Next<void (*)(CondVar*, Mutex*)>(CONDVAR "4WaitEPNS0_5MutexE");
  __tsan_release(mutex);
  next(this, mutex);
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static const auto next =
      Next<bool (*)(CondVar*, Mutex*, Duration)>(CONDVAR "15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  __tsan_release(mutex);
  const bool timed_out = next(this, mutex, timeout);
  __tsan_acquire(mutex);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static const auto next =
      Next<bool (*)(CondVar*, Mutex*, Time)>(CONDVAR "16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  __tsan_release(mutex);
  const bool timed_out = next(this, mutex, deadline);
  __tsan_acquire(mutex);
  return timed_out;
}

ABSL_NAMESPACE_END
}  // namespace absl

namespace {

// A tag is what gRPC hands back when an operation is done: for callbacks an object that begins with the
// function to run, otherwise one that begins with its table of virtual functions, which is data.
using Functor = grpc_completion_queue_functor;
using Run = void (*)(Functor*, int);

int CollectCode(dl_phdr_info* info, size_t, void* out) {
  auto& code = *static_cast<std::vector<std::pair<uintptr_t, uintptr_t>>*>(out);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    const uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    code.emplace_back(begin, begin + header.p_memsz);
  }
  return 0;
}

bool IsCode(Run run) {
  static const auto code = [] {
    std::vector<std::pair<uintptr_t, uintptr_t>> ranges;
    dl_iterate_phdr(&CollectCode, &ranges);
    return ranges;
  }();
  const auto address = reinterpret_cast<uintptr_t>(run);
  for (const auto& [begin, end] : code) {
    if (address >= begin && address < end) return true;
  }
  return false;
}

// The function of each functor that has an operation under way. Behind a lock that ThreadSanitizer does not
// see: one that it sees would order all operations of the process.
struct Pending {
  std::atomic_flag busy;
  std::unordered_map<Functor*, Run> run_of;

  void lock() {
    while (busy.test_and_set(std::memory_order_acquire)) sched_yield();
  }
  void unlock() { busy.clear(std::memory_order_release); }
};
Pending& ThePending() {
  static auto& pending = *new Pending;  // outlives gRPC's threads
  return pending;
}

void RunAfterStart(Functor* functor, int ok) {
  Run run = nullptr;
  {
    Pending& pending = ThePending();
    const std::lock_guard lock(pending);
    const auto found = pending.run_of.find(functor);
    run = found->second;
    pending.run_of.erase(found);
  }
  functor->functor_run = run;
  __tsan_acquire(functor);
  run(functor, ok);
}

void Started(void* tag) {
  if (tag == nullptr) return;
  auto* const functor = static_cast<Functor*>(tag);
  if (functor->functor_run != &RunAfterStart && IsCode(functor->functor_run)) {
    Pending& pending = ThePending();
    const std::lock_guard lock(pending);
    pending.run_of[functor] = functor->functor_run;
    functor->functor_run = &RunAfterStart;
  }
  __tsan_release(tag);
}

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag,
                                      void* reserved) {
  static const auto next = Next<decltype(&grpc_call_start_batch)>("grpc_call_start_batch");
  Started(tag);
  return next(call, ops, count, tag, reserved);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
  static const auto next = Next<decltype(&grpc_completion_queue_next)>("grpc_completion_queue_next");
  const grpc_event event = next(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag, gpr_timespec deadline,
                                       void* reserved) {
  static const auto next = Next<decltype(&grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const grpc_event event = next(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(tag);
  return event;
}

}  // extern "C"
