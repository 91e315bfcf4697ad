// Progress of something long: a bar that is redrawn in place on a terminal, plain lines elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace chuanyu::cli {

// "[#####.....]  50 %" without the line's end; `total` 0 counts as done.
std::string ProgressBar(int64_t done, int64_t total, int width);

class Progress {
 public:
  // `label` says what is counted: "checked".
  Progress(std::string label, int64_t total, bool terminal, std::FILE* out = stderr);
  void Show(int64_t done, const std::string& more);
  // Ends the bar's line.
  void End();

 private:
  const std::string label_;
  const int64_t total_;
  const bool terminal_;
  std::FILE* const out_;
  bool drawn_ = false;
};

}  // namespace chuanyu::cli
