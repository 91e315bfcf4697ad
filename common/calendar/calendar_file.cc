// Reads the yearly files. Kept apart from the counting so that only this file knows files and folders.
#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/work_calendar.h"
#include "common/config/config.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

bool IsWeekend(Date day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

absl::StatusOr<std::set<Date>> ReadDays(const Config& file, const std::string& key, int year) {
  if (!file.Has(key)) return file.Invalid(key, "is required");
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> texts, file.Strings(key));
  std::set<Date> days;
  for (const std::string& text : texts) {
    const absl::StatusOr<Date> day = ParseDate(text);
    if (!day.ok() || day->year() != year)
      return file.Invalid(key, absl::StrCat("holds a day that is not in ", year));
    if (!days.insert(*day).second) return file.Invalid(key, "lists " + FormatDate(*day) + " twice");
  }
  return days;
}

absl::StatusOr<CalendarYear> ReadYear(const Config& file) {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t number, file.Int("year", {.min = 1949, .max = 9999}));
  CalendarYear year;
  year.year = static_cast<int>(number);
  CHUANYU_ASSIGN_OR_RETURN(year.holidays, ReadDays(file, "holidays", year.year));
  CHUANYU_ASSIGN_OR_RETURN(year.working_weekends, ReadDays(file, "working_weekends", year.year));
  for (const Date day : year.working_weekends) {
    if (!IsWeekend(day))
      return file.Invalid("working_weekends", "lists " + FormatDate(day) + ", no weekend day");
    if (year.holidays.count(day) > 0) {
      return file.Invalid("working_weekends", "lists " + FormatDate(day) + ", which is a holiday too");
    }
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return year;
}

absl::Status FolderInvalid(const std::string& what) {
  return MakeError(Reason::CONFIG_INVALID, {.field = "calendar", .detail = what});
}

}  // namespace

absl::StatusOr<CalendarYear> ParseCalendarYear(const std::string& toml, const std::string& origin) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, "", origin));
  return ReadYear(file);
}

absl::StatusOr<WorkCalendar> LoadWorkCalendar(const std::string& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") paths.push_back(it->path());
  }
  if (error || paths.empty()) return FolderInvalid("the folder holds no calendar that can be read");
  std::sort(paths.begin(), paths.end());

  WorkCalendar calendar;
  for (const std::filesystem::path& path : paths) {
    CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path.string()));
    CHUANYU_ASSIGN_OR_RETURN(CalendarYear year, ReadYear(file));
    if (path.stem().string() != absl::StrCat(year.year)) {
      return FolderInvalid(path.filename().string() + " is not named after its year");
    }
    CHUANYU_RETURN_IF_ERROR(calendar.Add(std::move(year)));
  }
  return calendar;
}

}  // namespace chuanyu
