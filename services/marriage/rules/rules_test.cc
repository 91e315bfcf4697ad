// Days, bookings, certificates and the policy as tables; the policy, divisions and calendar are those that
// are shipped.
#include "common/calendar/china_time.h"
#include "gtest/gtest.h"
#include "services/marriage/rules/booking.h"
#include "services/marriage/rules/certificate.h"
#include "services/marriage/rules/divorce.h"
#include "services/marriage/rules/policy_testing.h"

namespace chuanyu::marriage {
namespace {

TEST(DivorceDays, ReceiptIsNotCountedAndLastDaysMoveToTheNextWorkingDay) {
  const struct {
    Date receipt;
    const char* cooling_ends;
    const char* window_ends;
  } rows[] = {
      // Day 30 is Monday; the window's last day is a Wednesday.
      {Date(2026, 3, 2), "2026-04-01", "2026-05-06"},  // 05-01 to 05-05 are holidays: moved
      {Date(2026, 9, 1), "2026-10-08", "2026-11-09"},  // 10-01 to 10-07: moved; then 11-07, a Saturday: moved
      {Date(2026, 6, 1), "2026-07-01", "2026-07-31"},  // nothing moves
      {Date(2026, 1, 24), "2026-02-24", "2026-03-26"},  // 春节
  };
  for (const auto& row : rows) {
    const auto days = CountDivorceDays(row.receipt, Policy(), Calendar());
    ASSERT_TRUE(days.ok()) << days.status();
    EXPECT_EQ(days->cooling_ends().value(), row.cooling_ends) << FormatDate(row.receipt);
    EXPECT_EQ(days->window_ends().value(), row.window_ends) << FormatDate(row.receipt);
  }
  EXPECT_EQ(Name(CountDivorceDays(Date(2026, 12, 20), Policy(), WorkCalendar()).status()),
            "CALENDAR_NOT_LOADED");
}

TEST(DivorceDays, StateFollowsTheDay) {
  const v1::DivorceDays days = *CountDivorceDays(Date(2026, 6, 1), Policy(), Calendar());
  const std::pair<Date, v1::RegistrationState> rows[] = {
      {Date(2026, 6, 1), v1::REGISTRATION_STATE_APPLIED},
      {Date(2026, 6, 2), v1::REGISTRATION_STATE_COOLING},
      {Date(2026, 7, 1), v1::REGISTRATION_STATE_COOLING},
      {Date(2026, 7, 2), v1::REGISTRATION_STATE_ISSUE_WINDOW},
      {Date(2026, 7, 31), v1::REGISTRATION_STATE_ISSUE_WINDOW},
      {Date(2026, 8, 1), v1::REGISTRATION_STATE_LAPSED}};
  for (const auto& [day, state] : rows) EXPECT_EQ(*DivorceStateOn(days, day), state) << FormatDate(day);
}

TEST(Booking, IsOpenFromThirtyDaysAheadToOneDayBefore) {
  const RegistryOffice& office = *Policy().FindOffice(kYubei);
  const auto check = [&](const RegistryOffice& at, Date day, Date on, int hour) {
    const absl::Time now = absl::FromCivil(absl::CivilSecond(on), ChinaTime()) + absl::Hours(hour);
    return Name(CheckBookingTime(Policy().booking, at, at.periods[0], Calendar(), day, now));
  };
  const Date monday(2026, 11, 30);  // AM1 opens at 09:00
  EXPECT_EQ(check(office, monday, Date(2026, 10, 30), 12), "C_BOOKING_CLOSED") << "31 days ahead";
  EXPECT_EQ(check(office, monday, Date(2026, 10, 31), 12), "OK");
  EXPECT_EQ(check(office, monday, Date(2026, 11, 29), 9), "OK") << "24 hours before";
  EXPECT_EQ(check(office, monday, Date(2026, 11, 29), 10), "C_BOOKING_CLOSED");
  EXPECT_EQ(check(office, Date(2026, 11, 28), Date(2026, 11, 20), 9), "C_BOOKING_CLOSED") << "Saturday";
  EXPECT_EQ(check(office, Date(2026, 10, 1), Date(2026, 9, 20), 9), "C_BOOKING_CLOSED") << "national day";
  // 2026-10-10 is a Saturday that is worked: only where the office's calendar says so.
  EXPECT_EQ(check(office, Date(2026, 10, 10), Date(2026, 9, 20), 9), "C_BOOKING_CLOSED");
  EXPECT_EQ(check(*Policy().FindOffice(kBeibei), Date(2026, 10, 10), Date(2026, 9, 20), 9), "OK");
  EXPECT_EQ(Name(CheckCancelTime(Policy().booking, monday, Date(2026, 11, 29))), "OK");
  EXPECT_EQ(Name(CheckCancelTime(Policy().booking, monday, monday)), "C_BOOKING_CLOSED");
}

// Domain page §10, scenario 28.
TEST(Booking, TwoNoShowsInThirtyDaysBlockForFifteen) {
  const BookingRules& rules = Policy().booking;
  const Date first(2026, 11, 2);
  EXPECT_EQ(BlockedUntil(rules, {}, first), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first}, first), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first + 29, first}, first + 29), first + 44);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 30}, first + 30), std::nullopt);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 1}, first + 16), first + 16);
  EXPECT_EQ(BlockedUntil(rules, {first, first + 1}, first + 17), std::nullopt);
}

// Domain page §10, scenario 21.
TEST(Certificate, CarriesTheDivisionOfTheDay) {
  const RegistryOffice& office = *Policy().FindOffice(kYubei);
  const auto number = [&](v1::RegistrationKind kind, Date day, int64_t sequence) {
    return *CertificateNumber(*SeriesOf(kind, office, Divisions(), day), sequence);
  };
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2023, 8, 22), 7), "J500112-2023-000007");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2026, 1, 24), 7), "J500112-2026-000007");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_MARRIAGE, Date(2026, 1, 25), 1), "J500199-2026-000001");
  EXPECT_EQ(number(v1::REGISTRATION_KIND_DIVORCE, Date(2026, 3, 2), 999999), "L500199-2026-999999");
  EXPECT_EQ(Name(CertificateNumber({"J", "500112", 2026}, 1000000).status()), "INTERNAL");
}

TEST(Policy, RefusesAnOtherRegionsFileAndAGapInTime) {
  EXPECT_TRUE(
      MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", "510000", Divisions())
          .ok());
  EXPECT_EQ(Name(MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", "999999",
                                      Divisions())
                     .status()),
            "CONFIG_INVALID");
  EXPECT_EQ(Policy().JurisdictionOn(Date(2003, 9, 30)), nullptr);
  EXPECT_EQ(Policy("510000").RegionHukouCounts(Date(2023, 8, 22)), false);
}

}  // namespace
}  // namespace chuanyu::marriage
