// Text of JSON values for the log. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace chuanyu {

// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD, so that a line stays valid JSON
// whatever a peer sent.
void AppendJsonString(std::string_view text, std::string& out);

// Appends the shortest text that reads back as the same number; null for what JSON cannot say (NaN,
// infinity).
void AppendJsonNumber(double value, std::string& out);

// `text` with every stand-alone citizen's ID number (17 digits and a digit or X, birth date in the years 1800
// to 2099) written as "***". A net under the rule that such a thing is never logged, not a licence to do it.
std::string MaskCitizenIds(std::string_view text);

}  // namespace chuanyu
