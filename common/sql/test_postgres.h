// A real PostgreSQL server of a test's own: in a temporary folder, on a unix socket, gone with the object.
// Aborts the test program when it cannot be started: postgresql is a dependency of the tests.
#pragma once

#include <sys/types.h>

#include <string>

namespace chuanyu::sql {

class TestPostgres {
 public:
  TestPostgres();
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // For PoolOptions.url.
  std::string url() const { return "postgresql://host=" + folder_ + " dbname=postgres user=postgres"; }
  // Everything that the server has on disk.
  const std::string& folder() const { return folder_; }

  // Kills the server as a crash would, and starts it again.
  void Stop();
  void Start();

 private:
  std::string folder_;
  pid_t pid_ = 0;
};

}  // namespace chuanyu::sql
