#include "services/exchange/vault/durable_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

ScopedFd::~ScopedFd() {
  if (fd_ >= 0) ::close(fd_);
}

ScopedFd& ScopedFd::operator=(ScopedFd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

absl::Status FileError(std::string_view call, std::string_view path) {
  const std::string text = std::generic_category().message(errno);
  return MakeError(Reason::JOURNAL_UNAVAILABLE,
                   {.detail = std::string(call) + " " + std::string(path) + ": " + text});
}

absl::StatusOr<std::optional<std::string>> ReadFileIfExists(const std::string& path) {
  const ScopedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) {
    if (errno == ENOENT) return std::nullopt;
    return FileError("open", path);
  }
  std::string bytes;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError("read", path);
    if (count == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(count));
  }
}

absl::Status WriteFileUnsynced(const std::string& path, std::string_view bytes, unsigned mode) {
  const ScopedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd.ok()) return FileError("open", path);
  return WriteAll(fd.get(), bytes, path);
}

absl::Status WriteFileDurably(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string temp = path + ".tmp";
  {
    const ScopedFd fd(::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!fd.ok()) return FileError("open", temp);
    CHUANYU_RETURN_IF_ERROR(WriteAll(fd.get(), bytes, temp));
    if (::fsync(fd.get()) != 0) return FileError("fsync", temp);
  }
  if (::rename(temp.c_str(), path.c_str()) != 0) return FileError("rename", path);
  return SyncDir(ParentOf(path));
}

absl::Status MakeDirDurably(const std::string& dir, unsigned mode) {
  struct stat info {};
  if (::stat(dir.c_str(), &info) == 0) return absl::OkStatus();
  const std::string parent = ParentOf(dir);
  if (parent != dir) CHUANYU_RETURN_IF_ERROR(MakeDirDurably(parent, mode));
  if (::mkdir(dir.c_str(), mode) != 0 && errno != EEXIST) return FileError("mkdir", dir);
  return SyncDir(parent);
}

absl::Status OverwriteAndSync(const std::string& path) {
  const ScopedFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.ok()) return FileError("open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return FileError("fstat", path);
  CHUANYU_RETURN_IF_ERROR(WriteAll(fd.get(), std::string(static_cast<size_t>(info.st_size), '\0'), path));
  if (::fsync(fd.get()) != 0) return FileError("fsync", path);
  return absl::OkStatus();
}

absl::Status SyncDir(const std::string& dir) {
  const ScopedFd fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return FileError("open", dir);
  if (::fsync(fd.get()) != 0) return FileError("fsync", dir);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ListDir(const std::string& dir) {
  struct Closer {
    void operator()(DIR* open_dir) const { ::closedir(open_dir); }
  };
  const std::unique_ptr<DIR, Closer> listing(::opendir(dir.c_str()));
  if (listing == nullptr) return FileError("opendir", dir);
  std::vector<std::string> names;
  // A DIR of our own: readdir is safe when no other thread uses the same one.
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace chuanyu::exchange
