#include "services/exchange/journal/checkpoint_history.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "common/base/status_macros.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {

CheckpointHistory SplitHistory(std::string_view bytes) {
  CheckpointHistory history;
  while (true) {
    const std::string_view rest = bytes.substr(history.whole_bytes);
    // The first empty line ends the text of a note, the second its signatures.
    const size_t text_end = rest.find("\n\n");
    const size_t note_end = text_end == std::string_view::npos ? text_end : rest.find("\n\n", text_end + 2);
    if (note_end == std::string_view::npos) return history;
    history.notes.push_back(rest.substr(0, note_end + 1));
    history.whole_bytes += note_end + 2;
  }
}

absl::Status AppendHistory(const std::string& path, std::string_view note) {
  const bool is_new = ::access(path.c_str(), F_OK) != 0;
  const ScopedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd.ok()) return FileError("open", path);
  const std::string entry = std::string(note) + "\n";
  const ssize_t written = ::write(fd.get(), entry.data(), entry.size());
  if (written < 0) return FileError("write", path);
  if (static_cast<size_t>(written) != entry.size()) {
    errno = ENOSPC;
    return FileError("write", path);
  }
  if (::fsync(fd.get()) != 0) return FileError("fsync", path);
  return is_new ? SyncDir(path.substr(0, path.find_last_of('/'))) : absl::OkStatus();
}

absl::Status TrimHistory(const std::string& dir) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDir(dir));
  if (names.empty()) return absl::OkStatus();
  const std::string path = dir + "/" + names.back();
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, ReadFileIfExists(path));
  if (!bytes.has_value()) return absl::OkStatus();
  const size_t whole = SplitHistory(*bytes).whole_bytes;
  if (whole == bytes->size()) return absl::OkStatus();
  return ::truncate(path.c_str(), static_cast<off_t>(whole)) == 0 ? absl::OkStatus()
                                                                  : FileError("truncate", path);
}

}  // namespace chuanyu::exchange
