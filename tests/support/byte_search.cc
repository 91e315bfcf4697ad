#include "tests/support/byte_search.h"

#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "tests/support/process.h"

namespace chuanyu::testing {
namespace {

namespace fs = std::filesystem;

uint16_t StartOf(const char* bytes) {
  return static_cast<uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                               static_cast<unsigned char>(bytes[1]));
}

// ０ to ９ are EF BC 90 to EF BC 99.
std::string FullWidth(const std::string& digits) {
  std::string out;
  for (const char c : digits) {
    if (c < '0' || c > '9')
      out += c;
    else
      out += {'\xEF', '\xBC', static_cast<char>('\x90' + (c - '0'))};
  }
  return out;
}

// What is left of Base64 when the text begins at the first, second or third byte of a group and its ends are
// mixed with what stands around it.
void AddBase64(const std::string& what, const std::string& text, std::vector<Needle>& out) {
  for (size_t before = 0; before < 3; ++before) {
    const std::string encoded = absl::Base64Escape(std::string(before, '\0') + text);
    const size_t skip = before == 0 ? 0 : before + 1;
    const size_t whole = (before + text.size()) * 8 / 6;  // characters that depend on the text alone
    out.push_back({what + ", Base64", encoded.substr(skip, whole - skip)});
  }
}

}  // namespace

std::vector<Needle> NeedlesOf(const std::string& what, const std::string& text) {
  std::vector<Needle> out = {{what, text}, {what + ", hex", absl::BytesToHexString(text)}};
  AddBase64(what, text, out);
  return out;
}

std::vector<Needle> NeedlesOf(const std::vector<TestPerson>& persons) {
  std::vector<Needle> out;
  for (const TestPerson& person : persons) {
    const std::string name = person.name;
    const std::string number = person.doc_no;
    for (Needle& needle : NeedlesOf("name of " + name, name)) out.push_back(std::move(needle));
    for (Needle& needle : NeedlesOf("number of " + name, number)) out.push_back(std::move(needle));
    out.push_back({"number of " + name + ", small x", absl::AsciiStrToLower(number)});
    out.push_back({"number of " + name + ", full-width", FullWidth(number)});
    // Also hides in any number of 18 digits that was cut or has another check digit.
    const std::string birth_and_sequence = number.substr(6, 11);
    out.push_back({"birth date and sequence of " + name, birth_and_sequence});
    if (birth_and_sequence.compare(0, 2, "19") != 0) continue;
    const std::string legacy = number.substr(0, 6) + birth_and_sequence.substr(2);
    out.push_back({"15-digit number of " + name, legacy});
    out.push_back({"15-digit number of " + name + ", full-width", FullWidth(legacy)});
  }
  return out;
}

ByteSearch::ByteSearch(const std::vector<Needle>& needles) {
  for (const Needle& needle : needles) {
    const uint16_t start = StartOf(needle.bytes.data());
    by_start_[start].push_back(needle);
    starts_.set(start);
  }
}

void ByteSearch::InText(const std::string& place, std::string_view text) {
  bytes_read_ += text.size();
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const uint16_t start = StartOf(text.data() + at);
    if (!starts_[start]) continue;
    for (const Needle& needle : by_start_.at(start)) {
      if (text.compare(at, needle.bytes.size(), needle.bytes) == 0) sightings_.emplace(needle.what, place);
    }
  }
}

void ByteSearch::InFolder(const std::string& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    InText("the name of " + path, path);
    if (entry.is_regular_file()) InText(path, ReadWholeFile(path));
  }
}

std::string ByteSearch::Report() const {
  std::string text;
  for (const auto& [what, place] : sightings_) text += what + " in " + place + "\n";
  return text;
}

}  // namespace chuanyu::testing
