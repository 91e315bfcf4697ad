#include "common/base/periodic.h"

#include "gtest/gtest.h"

namespace chuanyu {
namespace {

TEST(Periodic, WorksAtOnceAndAgainUntilItIsStopped) {
  Mutex mu;
  CondVar worked;
  int times = 0;
  Periodic periodic(absl::Milliseconds(1), [&] {
    MutexLock lock(mu);
    ++times;
    worked.NotifyAll();
  });
  periodic.Start();
  {
    MutexLock lock(mu);
    while (times < 3) worked.Wait(mu);
  }
  periodic.Stop();
  int at_stop = 0;
  {
    MutexLock lock(mu);
    at_stop = times;
  }
  periodic.Stop();
  MutexLock lock(mu);
  EXPECT_EQ(times, at_stop);
}

TEST(Periodic, StopsWithoutWaitingForTheNextTime) {
  Mutex mu;
  CondVar worked;
  int times = 0;
  {
    Periodic periodic(absl::Hours(24), [&] {
      MutexLock lock(mu);
      ++times;
      worked.NotifyAll();
    });
    periodic.Start();
    MutexLock lock(mu);
    while (times == 0) worked.Wait(mu);
  }
  EXPECT_EQ(times, 1);
}

TEST(Periodic, DoesNothingBeforeItIsStarted) {
  int times = 0;
  {
    Periodic periodic(absl::Milliseconds(1), [&] { ++times; });
  }
  EXPECT_EQ(times, 0);
}

}  // namespace
}  // namespace chuanyu
