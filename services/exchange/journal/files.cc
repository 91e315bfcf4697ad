#include "services/exchange/journal/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(std::string path, ScopedFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return FileError("write", path_);
      bytes.remove_prefix(static_cast<size_t>(written));
      offset += static_cast<uint64_t>(written);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    // Not repeated on EINTR: after any failure the kernel may have dropped the pages, and a second call would
    // report success for bytes that are gone.
    return ::fdatasync(fd_.get()) == 0 ? absl::OkStatus() : FileError("fdatasync", path_);
  }

  absl::Status Reserve(uint64_t end) override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return FileError("fstat", path_);
    const auto size = static_cast<uint64_t>(info.st_size);
    if (size >= end) return absl::OkStatus();
    errno = ::posix_fallocate(fd_.get(), static_cast<off_t>(size), static_cast<off_t>(end - size));
    return errno == 0 ? absl::OkStatus() : FileError("posix_fallocate", path_);
  }

  absl::Status Truncate(uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return FileError("ftruncate", path_);
    return ::fsync(fd_.get()) == 0 ? absl::OkStatus() : FileError("fsync", path_);
  }

 private:
  const std::string path_;
  const ScopedFd fd_;
};

class RealAppendFiles final : public AppendFiles {
 public:
  absl::StatusOr<std::unique_ptr<AppendFile>> Open(const std::string& path) override {
    ScopedFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.ok()) return FileError("open", path);
    return std::make_unique<RealAppendFile>(path, std::move(fd));
  }
};

}  // namespace

AppendFiles& AppendFiles::Real() {
  static RealAppendFiles files;
  return files;
}

absl::StatusOr<SegmentReader> SegmentReader::Open(const std::string& path, size_t window_bytes) {
  ScopedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok() && errno == ENOENT)
    return MakeError(Reason::JOURNAL_CORRUPT, {.detail = path + " is missing"});
  if (!fd.ok()) return FileError("open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return FileError("fstat", path);
  return SegmentReader(path, std::move(fd), static_cast<uint64_t>(info.st_size), window_bytes);
}

absl::StatusOr<std::string_view> SegmentReader::Peek(uint64_t offset, size_t count) {
  const bool inside = offset >= window_start_ && offset + count <= window_start_ + window_.size();
  if (!inside) {
    window_start_ = offset;
    const uint64_t left = offset < size_ ? size_ - offset : 0;
    window_.resize(std::min<uint64_t>(left, std::max(count, window_bytes_)));
    size_t filled = 0;
    while (filled < window_.size()) {
      const ssize_t got = ::pread(fd_.get(), window_.data() + filled, window_.size() - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FileError("read", path_);
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    window_.resize(filled);
  }
  return std::string_view(window_).substr(offset - window_start_, count);
}

std::string SegmentPath(const std::string& dir, uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof(name), "/segments/%08u.seg", segment);
  return dir + name;
}

absl::Status CorruptAt(std::string_view path, uint64_t offset, std::string_view what) {
  return MakeError(Reason::JOURNAL_CORRUPT, {.detail = std::string(path) + " at " + std::to_string(offset) +
                                                       ": " + std::string(what)});
}

}  // namespace chuanyu::exchange
