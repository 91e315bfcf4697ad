#include "tests/support/calendar.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/calendar/date.h"
#include "common/clock/clock.h"
#include "tests/support/process.h"

namespace chuanyu::testing {

void WriteTestCalendar(const std::string& folder) {
  std::filesystem::copy(
      CHUANYU_SOURCE_DIR "/deploy/data/calendar", folder,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  const int64_t this_year = TodayShanghai(SystemClock()).year();
  for (int64_t year = this_year; year <= this_year + 2; ++year) {
    const std::string file = absl::StrCat(folder, "/", year, ".toml");
    if (std::filesystem::exists(file)) continue;
    std::string text = absl::StrCat("# SYNTHETIC\nyear = ", year, "\nholidays = [");
    for (const char* day : {"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}) {
      absl::StrAppend(&text, "\"", year, "-", day, "\", ");
    }
    WriteWholeFile(file, text + "]\nworking_weekends = []\n");
  }
}

}  // namespace chuanyu::testing
