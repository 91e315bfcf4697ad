// Tables on a terminal, aligned by the columns that characters really take: Chinese ones take two. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chuanyu::cli {

// Columns that UTF-8 text takes on a terminal.
size_t DisplayWidth(std::string_view text);

// A header and rows; each line "\n"-ended, columns two spaces apart, no spaces at the end of a line.
std::string FormatTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows);

}  // namespace chuanyu::cli
