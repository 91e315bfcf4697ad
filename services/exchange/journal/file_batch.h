// Many small files with one sync: a publication under load writes a hundred, and a sync of each would make
// the journal's own syncs wait. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace chuanyu::exchange {

class FileBatch {
 public:
  // `dir`: any folder of the file system that all files are on.
  explicit FileBatch(std::string dir) : dir_(std::move(dir)) {}

  // Writes `path` under a temporary name, in a folder that is there.
  absl::Status Add(std::string path, std::string_view bytes, unsigned mode);
  // Makes the content of all durable and gives them their names. The folders are left to be synced. After an
  // error nothing, some or all have their names; adding them again is safe.
  absl::Status Commit();

 private:
  std::string dir_;
  std::vector<std::string> paths_;
};

}  // namespace chuanyu::exchange
