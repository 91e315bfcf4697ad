// Tells who waits for a process that it serves, and where.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace chuanyu {

struct ReadyFile {
  std::vector<std::string> front_listen;  // addresses really bound
  std::vector<std::string> provider_listen;
  int metrics_port = 0;  // 0: none
};

// JSON with the process id, written under another name first: who waits for the file never reads half of it.
// CONFIG_INVALID when it cannot be written.
absl::Status WriteReadyFile(const std::string& path, const ReadyFile& ready);

}  // namespace chuanyu
