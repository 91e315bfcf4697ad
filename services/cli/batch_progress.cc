#include "services/cli/batch_progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace chuanyu::cli {
namespace {

constexpr int kBarWidth = 30;

}  // namespace

std::string ProgressBar(int64_t done, int64_t total, int width) {
  const double part =
      total <= 0 ? 1.0 : std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  const int full = static_cast<int>(part * width);
  return absl::StrFormat("[%s%s] %3d %%", std::string(static_cast<size_t>(full), '#'),
                         std::string(static_cast<size_t>(width - full), '.'), static_cast<int>(part * 100));
}

Progress::Progress(std::string label, int64_t total, bool terminal, std::FILE* out)
    : label_(std::move(label)), total_(total), terminal_(terminal), out_(out) {}

void Progress::Show(int64_t done, const std::string& more) {
  if (terminal_) {
    // Back to the line's beginning, and away with what was longer before.
    std::fprintf(out_, "\r%s  %lld/%lld %s  %s\033[K", ProgressBar(done, total_, kBarWidth).c_str(),
                 static_cast<long long>(done), static_cast<long long>(total_), label_.c_str(), more.c_str());
  } else {
    std::fprintf(out_, "%s %lld/%lld  %s\n", label_.c_str(), static_cast<long long>(done),
                 static_cast<long long>(total_), more.c_str());
  }
  std::fflush(out_);
  drawn_ = true;
}

void Progress::End() {
  if (terminal_ && drawn_) std::fprintf(out_, "\n");
  std::fflush(out_);
}

}  // namespace chuanyu::cli
