#include "common/base/worker_pool.h"

#include "gtest/gtest.h"

namespace chuanyu {
namespace {

TEST(WorkerPool, RunsWhatWasQueuedBeforeItStopsAndNothingAfter) {
  WorkerPool pool(2, 100);
  Mutex mu;
  int ran = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pool.Post([&] {
      MutexLock lock(mu);
      ++ran;
    }));
  }
  pool.Stop();
  EXPECT_EQ(ran, 100);
  EXPECT_FALSE(pool.Post([] {}));
}

TEST(WorkerPool, RefusesWorkWhenTheQueueIsFull) {
  WorkerPool pool(1, 1);
  Mutex mu;
  CondVar changed;
  bool started = false, release = false;
  ASSERT_TRUE(pool.Post([&] {
    MutexLock lock(mu);
    started = true;
    changed.NotifyAll();
    while (!release) changed.Wait(mu);
  }));
  {
    MutexLock lock(mu);
    while (!started) changed.Wait(mu);
  }
  EXPECT_TRUE(pool.Post([] {}));
  EXPECT_FALSE(pool.Post([] {}));
  MutexLock lock(mu);
  release = true;
  changed.NotifyAll();
}

}  // namespace
}  // namespace chuanyu
