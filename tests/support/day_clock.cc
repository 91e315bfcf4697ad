// The clock of the programs that a test puts on another day (WorldOptions::at): so many seconds ahead of the
// machine's, or behind it, as the environment says. Deadlines of calls and certificates stay the machine's.
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "common/clock/program_clock.h"

namespace chuanyu {
namespace {

class DayClock final : public Clock {
 public:
  explicit DayClock(absl::Duration ahead) : ahead_(ahead) {}
  absl::Time Now() const override { return absl::Now() + ahead_; }

 private:
  const absl::Duration ahead_;
};

}  // namespace

std::unique_ptr<Clock> ProgramClock() {
  const char* const text = std::getenv("CHUANYU_TEST_AHEAD_S");
  int64_t seconds = 0;
  // Nobody starts these programs but a test that has said when it is.
  if (text == nullptr || !absl::SimpleAtoi(text, &seconds)) std::abort();
  return std::make_unique<DayClock>(absl::Seconds(seconds));
}

}  // namespace chuanyu
