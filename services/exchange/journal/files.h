// Segment files on disk: one writer, any number of readers, and the errors both give.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {

// The file being appended to. Owned by one thread.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  virtual absl::Status WriteAt(uint64_t offset, std::string_view bytes) = 0;
  // The data of earlier writes is on the disk when it returns OK. A failure is final for the journal.
  virtual absl::Status Sync() = 0;
  // Makes the file at least `end` long, reading as zeros, so that later syncs need not journal a new length.
  virtual absl::Status Reserve(uint64_t end) = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
};

// Opens files for appending. Tests give one whose disk fails on demand. Thread-safe.
class AppendFiles {
 public:
  virtual ~AppendFiles() = default;
  // The file exists.
  virtual absl::StatusOr<std::unique_ptr<AppendFile>> Open(const std::string& path) = 0;
  // The machine's file system.
  static AppendFiles& Real();
};

// Reads one segment from front to back, or anywhere, through a window. One thread at a time; open one each.
class SegmentReader {
 public:
  static absl::StatusOr<SegmentReader> Open(const std::string& path, size_t window_bytes = 1u << 20);

  uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  // At most `count` bytes from `offset`, fewer only at the end of the file. Valid until the next call.
  absl::StatusOr<std::string_view> Peek(uint64_t offset, size_t count);

 private:
  SegmentReader(std::string path, ScopedFd fd, uint64_t size, size_t window_bytes)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size), window_bytes_(window_bytes) {}

  std::string path_;
  ScopedFd fd_;
  uint64_t size_;
  size_t window_bytes_;
  uint64_t window_start_ = 0;
  std::string window_;
};

// "<dir>/segments/00000007.seg".
std::string SegmentPath(const std::string& dir, uint32_t segment);

// JOURNAL_CORRUPT "<path> at <offset>: <what>".
absl::Status CorruptAt(std::string_view path, uint64_t offset, std::string_view what);

}  // namespace chuanyu::exchange
