#include "common/calendar/age.h"

#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr AgeRule kDayAfter{.reached_on = AgeRule::ReachedOn::kDayAfterBirthday};
constexpr AgeRule kMarch{.leap_birthday = AgeRule::LeapBirthday::kMar1};

TEST(Age, IsReachedOnTheBirthday) {
  // Scenario 18, synthetic person P19.
  EXPECT_EQ(AgeOn(Date(2008, 11, 25), Date(2026, 11, 24)), 17);
  EXPECT_EQ(AgeOn(Date(2008, 11, 25), Date(2026, 11, 25)), 18);
  EXPECT_EQ(DayOfAge(Date(2008, 11, 25), 18), Date(2026, 11, 25));
}

TEST(Age, CanBeConfiguredToTheDayAfter) {
  EXPECT_EQ(AgeOn(Date(2008, 11, 25), Date(2026, 11, 25), kDayAfter), 17);
  EXPECT_EQ(AgeOn(Date(2008, 11, 25), Date(2026, 11, 26), kDayAfter), 18);
  // The day after a birthday on the last day of the year lies in the next year.
  EXPECT_EQ(AgeOn(Date(2008, 12, 31), Date(2026, 12, 31), kDayAfter), 17);
  EXPECT_EQ(AgeOn(Date(2008, 12, 31), Date(2027, 1, 1), kDayAfter), 18);
}

TEST(Age, OfThoseBornOnLeapDayIsReachedOnFeb28InCommonYears) {
  const Date birth(1996, 2, 29);  // synthetic person P17
  EXPECT_EQ(AgeOn(birth, Date(2014, 2, 27)), 17);
  EXPECT_EQ(AgeOn(birth, Date(2014, 2, 28)), 18);
  EXPECT_EQ(AgeOn(birth, Date(2016, 2, 28)), 19);
  EXPECT_EQ(AgeOn(birth, Date(2016, 2, 29)), 20);
  EXPECT_EQ(DayOfAge(birth, 104), Date(2100, 2, 28));  // 2100 is no leap year
}

TEST(Age, OfThoseBornOnLeapDayCanBeConfiguredToMarch1) {
  const Date birth(1996, 2, 29);
  EXPECT_EQ(AgeOn(birth, Date(2014, 2, 28), kMarch), 17);
  EXPECT_EQ(AgeOn(birth, Date(2014, 3, 1), kMarch), 18);
  EXPECT_EQ(AgeOn(birth, Date(2016, 2, 29), kMarch), 20);
}

TEST(Age, IsZeroOnTheDayOfBirthAndNegativeBefore) {
  EXPECT_EQ(AgeOn(Date(2026, 5, 1), Date(2026, 5, 1)), 0);
  EXPECT_LT(AgeOn(Date(2026, 5, 1), Date(2026, 4, 30)), 0);
}

// For any birth and day: the age changes exactly on the days that DayOfAge names.
TEST(Age, AgreesWithDayOfAgeOnEveryDay) {
  for (const AgeRule& rule : {AgeRule{}, kDayAfter, kMarch}) {
    for (const Date birth : {Date(1996, 2, 29), Date(1996, 2, 28), Date(1996, 3, 1), Date(1996, 12, 31)}) {
      for (Date day = birth + 1; day < birth + 12 * 366; ++day) {
        const int age = AgeOn(birth, day, rule);
        ASSERT_LE(DayOfAge(birth, age, rule), day);
        ASSERT_GT(DayOfAge(birth, age + 1, rule), day);
      }
    }
  }
}

}  // namespace
}  // namespace chuanyu
