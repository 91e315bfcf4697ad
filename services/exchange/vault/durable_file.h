// Small files that must be there, whole, after a power failure: create, sync, rename, sync the folder.
// Every error is JOURNAL_UNAVAILABLE and names the call and the path. Thread-safe: no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace chuanyu::exchange {

// A file descriptor that closes itself.
class ScopedFd {
 public:
  explicit ScopedFd(int fd = -1) : fd_(fd) {}
  ~ScopedFd();
  ScopedFd(ScopedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  ScopedFd& operator=(ScopedFd&& other) noexcept;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// JOURNAL_UNAVAILABLE "<call> <path>: <text of errno>".
absl::Status FileError(std::string_view call, std::string_view path);

// nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadFileIfExists(const std::string& path);

// After it returns OK the file has exactly these bytes, also after a crash; before, it has the old ones or
// does not exist. Two writers of the same path must not run at once.
absl::Status WriteFileDurably(const std::string& path, std::string_view bytes, unsigned mode = 0600);

// Replaces the content and leaves it to the caller to sync.
absl::Status WriteFileUnsynced(const std::string& path, std::string_view bytes, unsigned mode = 0600);

// Makes the folder and its parents where missing, each synced into its parent.
absl::Status MakeDirDurably(const std::string& dir, unsigned mode = 0700);

// Replaces every byte of an existing file by zero in place and syncs, so that the old content is gone from
// the disk blocks it had (as far as the device allows) before the file is unlinked.
absl::Status OverwriteAndSync(const std::string& path);

absl::Status SyncDir(const std::string& dir);

// Names of the entries, sorted, without "." and "..".
absl::StatusOr<std::vector<std::string>> ListDir(const std::string& dir);

}  // namespace chuanyu::exchange
