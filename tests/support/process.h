// A child process of a test: started with its output in a file, watched by its pidfd, ended by its id.
// Nothing here sleeps: waits end when the process or the file system reports something.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace chuanyu::testing {

// Owned by one thread.
class Process {
 public:
  Process() = default;
  // As Kill().
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Standard output and error are appended to `output`. A process that is still running is a programming
  // error.
  // `environment`: "NAME=VALUE" besides what the test itself has.
  absl::Status Start(const std::vector<std::string>& argv, const std::string& output,
                     std::vector<std::string> environment = {});
  bool running() const { return pid_ != 0; }
  pid_t pid() const { return pid_; }

  void Signal(int signal) const;
  // Exit code, or 128 + signal; nullopt when it still runs after `limit`.
  std::optional<int> WaitExit(absl::Duration limit);
  // SIGTERM and WaitExit; SIGKILL after `limit`, which is then an error.
  absl::Status Stop(absl::Duration limit = absl::Seconds(20));
  // SIGKILL, and wait for the end. Does nothing when it does not run.
  void Kill();

  // Returns when `path` exists; an error when the process ends first or `limit` passes.
  absl::Status WaitForFile(const std::string& path, absl::Duration limit);
  // From now on no file of the process can be written at or beyond this size: a full disk. kNoLimit takes it
  // back. The process sees EFBIG instead of a signal when the test ignored SIGXFSZ before Start.
  static constexpr uint64_t kNoLimit = ~uint64_t{0};
  absl::Status LimitFileSize(uint64_t bytes) const;

 private:
  void Reap(int status);

  pid_t pid_ = 0;
  int pidfd_ = -1;
  int exit_code_ = 0;
};

// Runs a program to its end, with what it writes in `output`; an error holds that text.
absl::Status RunToEnd(const std::vector<std::string>& argv, const std::string& output);

std::string ReadWholeFile(const std::string& path);
void WriteWholeFile(const std::string& path, const std::string& text);

}  // namespace chuanyu::testing
