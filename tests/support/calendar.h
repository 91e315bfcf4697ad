// The working calendar of a test: tests of whole programs run at today's date, and their limits may end in a
// year whose calendar is not published yet.
#pragma once

#include <string>

namespace chuanyu::testing {

// Creates `folder` with the shipped calendars and, for each year up to the year after next that has none, a
// SYNTHETIC one: the holidays of fixed date only (全国年节及纪念日放假办法 §2), no make-up working days.
void WriteTestCalendar(const std::string& folder);

}  // namespace chuanyu::testing
