// The kept checkpoints: files of signed notes, each with an empty line after it. Pure but for the two
// functions that take a path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace chuanyu::exchange {

struct CheckpointHistory {
  std::vector<std::string_view> notes;
  size_t whole_bytes = 0;  // length of the notes that are there in full
};
CheckpointHistory SplitHistory(std::string_view bytes);

// Adds a note at the end and syncs it.
absl::Status AppendHistory(const std::string& path, std::string_view note);

// Cuts a note that a crash left unfinished off the newest file of the folder.
absl::Status TrimHistory(const std::string& dir);

}  // namespace chuanyu::exchange
