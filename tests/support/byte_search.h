// Looks for byte strings in files, in the names of files, and in texts. One pass, however many are looked
// for. Not thread-safe.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/households.h"

namespace chuanyu::testing {

struct Needle {
  std::string what;   // "number of 张测甲, Base64"
  std::string bytes;  // at least 2
};

// What would give persons away: number, name, 15-digit number, both in full-width digits, with small x, as
// hex digits, and as what Base64 makes of the number wherever it begins.
std::vector<Needle> NeedlesOf(const std::vector<TestPerson>& persons);
// The same of any text, e.g. an address.
std::vector<Needle> NeedlesOf(const std::string& what, const std::string& text);

class ByteSearch {
 public:
  explicit ByteSearch(const std::vector<Needle>& needles);

  void InText(const std::string& place, std::string_view text);
  // Every file below the folder, and its name.
  void InFolder(const std::string& folder);

  // What was seen, and the place where it was seen first.
  const std::map<std::string, std::string>& sightings() const { return sightings_; }
  bool Saw(const std::string& what) const { return sightings_.count(what) > 0; }
  std::string Report() const;
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::map<uint16_t, std::vector<Needle>> by_start_;
  std::bitset<65536> starts_;
  std::map<std::string, std::string> sightings_;
  uint64_t bytes_read_ = 0;
};

}  // namespace chuanyu::testing
