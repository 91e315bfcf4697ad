#include "common/telemetry/log.h"

#include <sys/stat.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "common/errors/error.h"
#include "common/telemetry/json_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using ::testing::MatchesRegex;

std::string Fields(std::initializer_list<LogField> fields) {
  return FormatEvent(Severity::kInfo, "e", fields);
}

constexpr char kHead[] = R"({"severity":"INFO","event":"e")";

TEST(LogFormat, FieldsKeepTheirTypeAndOrder) {
  const std::string text = "s";
  EXPECT_EQ(
      Fields({{"b", true},
              {"i", -3},
              {"u", uint32_t{7}},
              {"l", int64_t{1} << 40},
              {"d", 0.5},
              {"s", text},
              {"v", std::string_view("v")},
              {"c", "c"}}),
      std::string(kHead) + R"(,"b":true,"i":-3,"u":7,"l":1099511627776,"d":0.5,"s":"s","v":"v","c":"c"})");
}

TEST(LogFormat, SeveritiesAreNamed) {
  EXPECT_EQ(FormatEvent(Severity::kDebug, "e", {}), R"({"severity":"DEBUG","event":"e"})");
  EXPECT_EQ(FormatEvent(Severity::kWarning, "e", {}), R"({"severity":"WARNING","event":"e"})");
  EXPECT_EQ(FormatEvent(Severity::kError, "e", {}), R"({"severity":"ERROR","event":"e"})");
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(LogFormat, HostileTextStaysOneLineOfJson) {
  EXPECT_EQ(JsonString("a\"b\\c\nd\te\x7f"), R"("a\"b\\c\u000ad\u0009e\u007f")");
  EXPECT_EQ(JsonString(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(JsonString("川渝𠀀é"), "\"川渝𠀀é\"");
}

TEST(LogFormat, WhatIsNotUtf8IsReplaced) {
  for (const char* bad : {"\x80", "\xC0", "\xF5", "\xE4", "\xFF"}) {
    EXPECT_EQ(JsonString(bad), "\"\xEF\xBF\xBD\"") << bad;
  }
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(JsonString("\xC3("), "\"" + r + "(\"");
  EXPECT_EQ(JsonString("\xE0\x80\x80"), "\"" + r + r + r + "\"");          // overlong
  EXPECT_EQ(JsonString("\xED\xA0\x80"), "\"" + r + r + r + "\"");          // surrogate
  EXPECT_EQ(JsonString("\xF4\x90\x80\x80"), "\"" + r + r + r + r + "\"");  // above U+10FFFF
}

TEST(LogFormat, NumbersThatJsonCannotSayAreNull) {
  EXPECT_EQ(Fields({{"d", std::nan("")}}), std::string(kHead) + R"(,"d":null})");
  EXPECT_EQ(Fields({{"d", -std::numeric_limits<double>::infinity()}}), std::string(kHead) + R"(,"d":null})");
}

// Synthetic numbers of people who do not exist.
TEST(LogFormat, ACitizensNumberIsMasked) {
  EXPECT_EQ(MaskCitizenIds("50010120000101123X"), "***");
  EXPECT_EQ(MaskCitizenIds("doc 500101200001011236, bad"), "doc ***, bad");
  EXPECT_EQ(MaskCitizenIds("500101200001011236 510101200001011239"), "*** ***");
  EXPECT_EQ(Fields({{"s", "50010120000101123x"}}), std::string(kHead) + R"(,"s":"***"})");
}

TEST(LogFormat, OtherLongNumbersAreKept) {
  for (const char* kept :
       {"500101200013011236", "5001012000010112361", "a500101200001011236", "500101990001011236",
        "5001012000010112", "0195e3a1-7c11-7000-8000-0123456789ab"}) {
    EXPECT_EQ(MaskCitizenIds(kept), kept);
  }
}

class LogFileTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(folder_.data()), nullptr); }
  void TearDown() override {
    ASSERT_TRUE(OpenLog({}).ok());
    std::filesystem::remove_all(folder_);
  }
  std::vector<std::string> Lines() const {
    std::ifstream in(File());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  std::string File() const { return folder_ + "/log"; }

  std::string folder_ = (std::filesystem::temp_directory_path() / "log_testXXXXXX").string();
};

TEST_F(LogFileTest, EachEventIsOneTimedLine) {
  ASSERT_TRUE(OpenLog({.file = File()}).ok());
  LogEvent(Severity::kInfo, "node_started", {{"region", "500000"}});
  LogEvent(Severity::kDebug, "not_written");
  LogEvent(Severity::kError, "node_stopped");
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], MatchesRegex(R"(\{"time":"[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\.[0-9]+Z",)"
                                     R"("severity":"INFO","event":"node_started","region":"500000"\})"));
  struct stat info {};
  ASSERT_EQ(stat(File().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & S_IRWXO, 0u);
}

TEST_F(LogFileTest, ThreadsDoNotMixTheirLines) {
  ASSERT_TRUE(OpenLog({.file = File(), .lowest = Severity::kDebug}).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) LogEvent(Severity::kDebug, "tick", {{"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = Lines();
  EXPECT_EQ(lines.size(), 200u);
  for (const std::string& line : lines) EXPECT_THAT(line, MatchesRegex(R"(\{"time":"[^{}]*"i":[0-9]+\})"));
}

TEST_F(LogFileTest, AFileThatCannotBeOpenedIsRefused) {
  EXPECT_TRUE(HasReason(OpenLog({.file = folder_ + "/absent/log"}), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(OpenLog({.file = folder_}), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu
