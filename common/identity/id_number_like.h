// Whether a text that travels in plain (a business number, a key, an account) carries an ID number of a
// person. Such texts stand in journals, Redis and logs for years, so an ID number is refused before it gets
// there. Pure, thread-safe.
#pragma once

#include <string_view>

namespace chuanyu {

// True when `text` holds, written without or with separators (space - . _):
//   - 18 characters of the form of GB 11643-1999: 17 digits and a digit or X, with a possible date of birth
//     (year 1900 to 2099, month 01 to 12, day 01 to 31) at its place. Neither the check character nor the
//     address code need be right: a mistyped number still tells of a person. They are found inside a longer
//     run of digits too, e.g. in the 20 digits of a disability certificate.
//   - 15 digits of the older form, with a possible month and day, which begin with the code of a province and
//     are no part of a longer run: without these two most 15-digit serial numbers would match.
// Separators only count between whole groups of digits, so that "CQ-A-500109-20260320-00000001", a number of
// ours, holds none; "500109-20260320-0001" cannot be told from an ID number and is taken for one.
//
// UUIDs are exempt wherever they stand: their digits are chance. Errs on the side of refusing. The answer is
// all that may be told about `text`: never put it into an error or a log line.
bool LooksLikeIdNumber(std::string_view text);

}  // namespace chuanyu
