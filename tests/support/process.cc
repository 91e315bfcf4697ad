#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/time/clock.h"

extern char** environ;

namespace chuanyu::testing {
namespace {

absl::Status SystemError(const char* what) {
  return absl::InternalError(std::string(what) + ": " + strerror(errno));
}

int MillisUntil(absl::Time end) {
  return static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(end - absl::Now()) + 1));
}

}  // namespace

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void WriteWholeFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Process::~Process() { Kill(); }

absl::Status Process::Start(const std::vector<std::string>& argv, const std::string& output,
                            std::vector<std::string> environment) {
  if (running()) return absl::FailedPreconditionError(argv[0] + " runs already");
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  for (char** each = environ; *each != nullptr; ++each) variables.push_back(*each);
  variables.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  errno = posix_spawnp(&pid_, pointers[0], &files, nullptr, pointers.data(), variables.data());
  posix_spawn_file_actions_destroy(&files);
  if (errno != 0) {
    pid_ = 0;
    return SystemError(argv[0].c_str());
  }
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) return SystemError("pidfd_open");
  return absl::OkStatus();
}

void Process::Signal(int signal) const {
  if (running()) kill(pid_, signal);
}

void Process::Reap(int status) {
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  close(pidfd_);
  pid_ = 0;
  pidfd_ = -1;
}

std::optional<int> Process::WaitExit(absl::Duration limit) {
  if (!running()) return exit_code_;
  const absl::Time end = absl::Now() + limit;
  pollfd watched = {pidfd_, POLLIN, 0};
  while (poll(&watched, 1, MillisUntil(end)) < 0 && errno == EINTR) {
  }
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  Reap(status);
  return exit_code_;
}

absl::Status Process::Stop(absl::Duration limit) {
  if (!running()) return absl::OkStatus();
  Signal(SIGTERM);
  const std::optional<int> code = WaitExit(limit);
  if (!code.has_value()) {
    Kill();
    return absl::DeadlineExceededError("did not stop on SIGTERM");
  }
  if (*code != 0) return absl::InternalError("exit code " + std::to_string(*code));
  return absl::OkStatus();
}

void Process::Kill() {
  if (!running()) return;
  Signal(SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  Reap(status);
}

absl::Status Process::WaitForFile(const std::string& path, absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  const int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const std::string folder = std::filesystem::path(path).parent_path();
  inotify_add_watch(notify, folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE);
  absl::Status result = absl::DeadlineExceededError(path + " did not appear");
  // The watch was there before the first look, so no file slips through between the two.
  while (true) {
    if (std::filesystem::exists(path)) {
      result = absl::OkStatus();
      break;
    }
    if (absl::Now() >= end) break;
    pollfd watched[2] = {{notify, POLLIN, 0}, {pidfd_, POLLIN, 0}};
    poll(watched, 2, MillisUntil(end));
    if (watched[1].revents != 0) {
      const int code = WaitExit(absl::ZeroDuration()).value_or(-1);
      result = absl::AbortedError("ended with code " + std::to_string(code) + " before it was ready");
      break;
    }
    char events[4096];
    while (read(notify, events, sizeof events) > 0) {
    }
  }
  close(notify);
  return result;
}

absl::Status Process::LimitFileSize(uint64_t bytes) const {
  const rlim_t soft = bytes == kNoLimit ? RLIM_INFINITY : static_cast<rlim_t>(bytes);
  const rlimit limit = {soft, RLIM_INFINITY};
  if (prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) return SystemError("prlimit");
  return absl::OkStatus();
}

absl::Status RunToEnd(const std::vector<std::string>& argv, const std::string& output) {
  Process process;
  if (const absl::Status started = process.Start(argv, output); !started.ok()) return started;
  const std::optional<int> code = process.WaitExit(absl::Seconds(60));
  if (code == 0) return absl::OkStatus();
  return absl::InternalError(argv[0] + " failed: " + ReadWholeFile(output));
}

}  // namespace chuanyu::testing
