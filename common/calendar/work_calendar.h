// Working days and the two ways of counting a time limit, domain page §3.3.
//
// The calendar is data, one file a year (deploy/data/calendar). A day of a year that is not loaded is an
// error, CALENDAR_NOT_LOADED, and never a plain Monday to Friday: a wrong deadline is worse than a stopped
// case. Immutable after loading, so thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/date.h"

namespace chuanyu {

// What one year's file says.
struct CalendarYear {
  int year = 0;
  std::set<Date> holidays;          // days not worked; may include the weekend days inside a holiday
  std::set<Date> working_weekends;  // Saturdays and Sundays worked instead (调休)
};

// Reads one TOML document {year, holidays = [...], working_weekends = [...]}. CONFIG_INVALID when a key is
// missing, unknown or of the wrong kind, a day is outside the year, listed twice or in both lists, or a
// "working weekend" is no weekend. `origin` names the document in the error.
absl::StatusOr<CalendarYear> ParseCalendarYear(const std::string& toml, const std::string& origin);

class WorkCalendar {
 public:
  // Adds a year; CONFIG_INVALID when it is there already.
  absl::Status Add(CalendarYear year);

  // True on Monday to Friday that are no holiday, and on weekends that are worked.
  absl::StatusOr<bool> IsWorkingDay(Date day) const;

  // The last day of a limit of `n` working days (n 个工作日) that starts with `start`: the n-th working day
  // after it. 民法典 §201: the start day is not counted. BAD_REQUEST unless 1 <= n <= 2000.
  absl::StatusOr<Date> NthWorkingDayAfter(Date start, int n) const;

  // The last day of a period of `days` natural days that starts with `start`. 民法典 §201: the start day is
  // not counted; §203: a last day that is a statutory day off moves to the next working day. BAD_REQUEST
  // unless 1 <= days <= 36500.
  absl::StatusOr<Date> EndOfNaturalPeriod(Date start, int days) const;

  // The last year that is loaded; 0 when none is. Limits that end after it fail.
  int64_t LastYear() const { return years_.empty() ? 0 : years_.rbegin()->first; }

  // `day` itself when it is worked, else the first working day after it.
  absl::StatusOr<Date> WorkingDayOnOrAfter(Date day) const;

 private:
  std::map<int64_t, CalendarYear> years_;
};

// Reads every YYYY.toml in `folder`. CONFIG_INVALID when there is none, one cannot be read, or a file's name
// and its year differ.
absl::StatusOr<WorkCalendar> LoadWorkCalendar(const std::string& folder);

}  // namespace chuanyu
