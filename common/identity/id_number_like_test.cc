#include "common/identity/id_number_like.h"

#include <random>
#include <string>

#include "common/base/uuid.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

// Synthetic numbers, as everywhere here.
constexpr const char* kNumbers[] = {
    "500112198504129910",
    "50010319900307451X",
    "50010319900307451x",
    "511623860707999",
    "511623-19850412-9910",
    "500112 1985 0412 9910",
    "500112.19850412.991X",
    "500112_850412_991",
    "5-0-0-1-1-2-1-9-8-5-0-4-1-2-9-9-1-0",
    // Wrong address, wrong check character, a day that the month does not have, a time to come.
    "999999198504129911",
    "500112198502319910",
    "500112209912319910",
    // Inside other text, and inside the number of a disability certificate.
    "case-500112198504129910",
    "SQ:500112198504129910/1",
    "id500112198504129910a",
    "x50010319900307451xyz",
    "50011219850412991041",
    "50010319900307451X41",
    "500112-19850412-991041",
    "2026-500112198504129910",
    "2026-511623860707999",
    "依据500112198504129910",
    "a511623860707999b",
    // A number beside a UUID.
    "019d0aa3-cc00-732e-8f54-db9fcced617f:500112198504129910",
    // Nobody could tell this serial number from an ID number.
    "SQ-500109-20260320-0001",
};

constexpr const char* kOthers[] = {
    "",
    "-",
    "a",
    "AUTH-2026-000123",
    "SQ-2026-0001",
    "case-1:household",
    "P-DIBAO",
    "社会救助暂行办法§58",
    // Numbers of ours: verification, report, region, time, unified social credit code.
    "CQ-A-500109-20260320-00000001",
    "CQ-A-500109-20260320-00000001-R12",
    "500109",
    "2026-03-20",
    "20260320123456",
    "20260320T123456.789",
    "1773100800123",
    "52500112MJ0000991P",
    // 18 digits without a date: month 13, day 00, day 32, year 1899, year 2100.
    "500103199913074514",
    "500103199003004514",
    "500103199003324514",
    "500103189903074514",
    "500103210003074514",
    // One digit less or an X too early.
    "50010319900307451",
    "5001031990030745X1",
    // 15 digits without a date, without a province, in a longer run, after a date.
    "511623861307999",
    "511623860732999",
    "201623860707999",
    "5116238607079991",
    "1511623860707999",
    "SQ-20261201-1201001",
    "511623x860707999",
    // Groups that are cut in two by nothing that is a separator of numbers.
    "500112/19850412/9910",
    "500112:19850412:9910",
    // UUIDs, one of digits only with a date at its place.
    "019d0aa3-cc00-732e-8f54-db9fcced617f",
    "50011219-8504-7299-8010-000000000000",
    "household:50011219-8504-7299-8010-000000000000:1",
};

TEST(LooksLikeIdNumber, FindsWhatMayBelongToAPerson) {
  for (const char* text : kNumbers) EXPECT_TRUE(LooksLikeIdNumber(text)) << text;
}

TEST(LooksLikeIdNumber, LeavesOtherNumbersAlone) {
  for (const char* text : kOthers) EXPECT_FALSE(LooksLikeIdNumber(text)) << text;
}

TEST(LooksLikeIdNumber, OnlyWholeUuidsOfTheRfcAreExempt) {
  EXPECT_TRUE(LooksLikeIdNumber("50011219-8504-1299-1041-0000000000000"));  // a digit more
  EXPECT_TRUE(LooksLikeIdNumber("0-500112198504129910-7000-8000-0000000000"));
  EXPECT_TRUE(LooksLikeIdNumber("50011219-8504-0299-8010"));
}

TEST(LooksLikeIdNumber, NoUuidV7EverMatches) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int64_t> any_ms(0, (int64_t{1} << 48) - 1);
  for (int i = 0; i < 20'000; ++i) {
    // One generator an id: ids of one keep to its latest time.
    const std::string id = UuidV7Generator().Next(any_ms(random));
    ASSERT_FALSE(LooksLikeIdNumber(id)) << id;
    ASSERT_FALSE(LooksLikeIdNumber("case-2026:" + id + "-0001")) << id;
  }
  // Of digits only, where chance alone would let some through.
  for (int i = 0; i < 20'000; ++i) {
    std::string id = "00000000-0000-7000-8000-000000000000";
    for (size_t at = 0; at < id.size(); ++at) {
      if (id[at] == '0') id[at] = static_cast<char>('0' + random() % 10);
    }
    ASSERT_TRUE(IsUuidV7(id)) << id;
    ASSERT_FALSE(LooksLikeIdNumber(id)) << id;
  }
}

// Whatever stands around a number and however it is grouped, it is found.
TEST(LooksLikeIdNumber, EveryNumberIsFoundInEveryGrouping) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  const auto two = [](int number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
  for (int i = 0; i < 20'000; ++i) {
    const std::string region = std::to_string(between(50, 54)) + std::to_string(between(1000, 9999));
    const std::string day = two(between(1, 12)) + two(between(1, 31));
    const std::string sequence = std::to_string(between(100, 999));
    const std::string number = between(0, 1) == 1 ? region + two(between(0, 99)) + day + sequence
                                                  : region + std::to_string(between(1900, 2099)) + day +
                                                        sequence + "0123456789X"[between(0, 10)];
    std::string grouped;
    for (const char c : number) {
      if (!grouped.empty() && between(0, 4) == 0) grouped.push_back(" -._"[between(0, 3)]);
      grouped.push_back(c);
    }
    const std::string text = "n:" + grouped + ":n";
    ASSERT_TRUE(LooksLikeIdNumber(text)) << text;
  }
}

}  // namespace
}  // namespace chuanyu
