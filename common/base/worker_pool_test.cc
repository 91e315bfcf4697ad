#include "common/base/worker_pool.h"

#include "common/base/mutex.h"
#include "common/base/worker_pool_testing.h"
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
  const BusyWorker busy(pool);
  ASSERT_TRUE(busy.held());
  EXPECT_TRUE(pool.Post([] {}));
  EXPECT_FALSE(pool.Post([] {}));
}

}  // namespace
}  // namespace chuanyu
