#include "services/exchange/journal/file_batch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "common/base/status_macros.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

std::string TempOf(const std::string& path) { return path + ".tmp"; }

}  // namespace

absl::Status FileBatch::Add(std::string path, std::string_view bytes, unsigned mode) {
  CHUANYU_RETURN_IF_ERROR(WriteFileUnsynced(TempOf(path), bytes, mode));
  paths_.push_back(std::move(path));
  return absl::OkStatus();
}

absl::Status FileBatch::Commit() {
  const std::vector<std::string> paths = std::exchange(paths_, {});
  if (paths.empty()) return absl::OkStatus();
  const ScopedFd fd(::open(dir_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return FileError("open", dir_);
  if (::syncfs(fd.get()) != 0) return FileError("syncfs", dir_);
  for (const std::string& path : paths) {
    if (::rename(TempOf(path).c_str(), path.c_str()) != 0) return FileError("rename", path);
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
