// Reads the tables of verdicts beside this file, for tests only.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace chuanyu {

// The rows after the header; a last empty cell is kept.
inline std::vector<std::vector<std::string>> ReadOracleTable(const std::string& name) {
  std::ifstream file(std::string(CHUANYU_SOURCE_DIR) + "/common/identity/testdata/" + name);
  std::vector<std::vector<std::string>> rows;
  bool header_seen = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (header_seen) {
      std::vector<std::string> cells;
      std::istringstream stream(line + ",");
      for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
      rows.push_back(cells);
    }
    header_seen = true;
  }
  return rows;
}

}  // namespace chuanyu
