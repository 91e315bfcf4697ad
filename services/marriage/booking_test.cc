// Appointments over two regions in one process (domain page §6.1; scenario numbers are those of §10), on
// SQLite and on a real PostgreSQL. Synthetic persons.
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/work_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BookingTest : public WorkTest {};
INSTANTIATE_TEST_SUITE_P(On, BookingTest, kBothDialects, DialectName);

// What does not depend on the database.
class RulesOfBookingTest : public WorkTest {};
INSTANTIATE_TEST_SUITE_P(On, RulesOfBookingTest, ::testing::Values(sql::Dialect::kSqlite));

TEST_P(BookingTest, S28_NoShowsStopBookingAndNotService) {
  for (const char* day : {"2026-11-26", "2026-11-27"}) {
    const auto held = counter_.Hold(kCq, kYubei, day, "PM1", v1::SLOT_SERVICE_MARRY, kP04, kP05);
    ASSERT_TRUE(held.ok()) << held.status();
    ASSERT_TRUE(counter_.ActOn(kCq, held->appointment_no(), v1::APPOINTMENT_ACT_CONFIRM).ok());
    regions_.Settle();
    EXPECT_EQ(regions_.at(kCq).bookings.Get("county", held->appointment_no())->check(),
              v1::BOOKING_CHECK_VERIFIED);
    regions_.SetClocks(MorningOf(*ParseDate(day) + 1) - absl::Hours(20));
    regions_.SetClocks(MorningOf(*ParseDate(day) + 1));
    regions_.Settle();
    EXPECT_EQ(regions_.at(kCq).bookings.Get("county", held->appointment_no())->state(),
              v1::APPOINTMENT_STATE_NO_SHOW);
    if (std::string(day) == "2026-11-26") regions_.SetClocks(MorningOf(Date(2026, 11, 25)));
  }
  regions_.SetClocks(MorningOf(Date(2026, 11, 28)));
  const auto book = [&] {
    return NameOf(
        counter_.Hold(kCq, kYubei, "2026-12-15", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP18).status());
  };
  EXPECT_EQ(book(), "C_BOOKING_BLOCKED");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "J500199-2026-000001")
      << "walk-in";
  regions_.SetClocks(MorningOf(Date(2026, 12, 13)));
  EXPECT_EQ(book(), "OK") << "15 days later";
}

// One in each region: neither alone would block.
TEST_P(BookingTest, S28_NoShowsOfBothRegionsAreCountedTogether) {
  const auto miss = [&](const std::string& region, const std::string& office, const std::string& day) {
    const auto held = counter_.Hold(region, office, day, "PM1", v1::SLOT_SERVICE_MARRY, kP04, kP05);
    ASSERT_TRUE(held.ok()) << held.status();
    ASSERT_TRUE(counter_.ActOn(region, held->appointment_no(), v1::APPOINTMENT_ACT_CONFIRM).ok());
    regions_.Settle();
    regions_.SetClocks(MorningOf(*ParseDate(day) + 1));
    regions_.Tick(region);
  };
  const auto book = [&](const std::string& region, const std::string& office) {
    return NameOf(
        counter_.Hold(region, office, "2026-12-15", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP18).status());
  };
  miss(kCq, kYubei, "2026-11-26");
  // Told again when its answer is lost: it is one no-show all the same.
  std::string told;
  for (const std::string& id : regions_.Waiting(kCq)) {
    const auto message = regions_.at(kCq).desk->outbox().Find(id);
    if (message->value().operation.find(kRecordNoShow) == std::string::npos) continue;
    told = message->value().payload;
    ASSERT_TRUE(regions_.Deliver(kCq, id, /*answered=*/false).ok());
  }
  v1::RecordNoShowRequest notice;
  ASSERT_TRUE(notice.ParseFromString(told));
  EXPECT_THAT(notice.no_show_id(), ::testing::Not(::testing::HasSubstr("CQ-C-")))
      << "the number names a county";
  regions_.Settle();
  EXPECT_THAT(regions_.Rows(kSc, "SELECT 1 FROM mr_no_show"), SizeIs(2)) << "one, of two persons";
  regions_.SetClocks(MorningOf(Date(2026, 11, 27)));
  miss(kSc, kLinshui, "2026-11-30");
  EXPECT_EQ(book(kSc, kLinshui), "C_BOOKING_BLOCKED");
  regions_.Settle();
  EXPECT_EQ(book(kCq, kYubei), "C_BOOKING_BLOCKED");
  EXPECT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP04, "511681"), PartyOf(kP05, "500112")),
            "J500199-2026-000001")
      << "walk-in";
  for (const auto& [change, reason] : std::vector<std::pair<void (*)(v1::RecordNoShowRequest&), const char*>>{
           {[](v1::RecordNoShowRequest& of) { of.clear_no_show_id(); }, "BAD_REQUEST"},
           {[](v1::RecordNoShowRequest& of) { of.set_no_show_id(std::string(33, 'a')); }, "BAD_REQUEST"},
           {[](v1::RecordNoShowRequest& of) { of.clear_missed_on(); }, "DATE_INVALID"},
           {[](v1::RecordNoShowRequest& of) { of.set_key_id("other"); }, "KEY_UNKNOWN"}}) {
    v1::RecordNoShowRequest wrong = notice;
    change(wrong);
    EXPECT_EQ(NameOf(regions_.at(kSc).bookings.no_shows().Take(kCq, wrong)), reason);
  }
}

TEST_P(RulesOfBookingTest, NoShowsThatCannotCountAnyMoreAreNotKept) {
  for (const char* day : {"2026-11-26", "2027-01-26"}) {
    v1::RecordNoShowRequest notice;
    notice.set_no_show_id(day);
    notice.set_subject_a(std::string(32, 'a'));
    notice.set_subject_b(std::string(32, 'b'));
    notice.set_key_id("test");
    notice.mutable_missed_on()->set_value(day);
    regions_.SetClocks(MorningOf(*ParseDate(day) + 1));
    ASSERT_EQ(NameOf(regions_.at(kSc).bookings.no_shows().Take(kCq, notice)), "OK");
  }
  EXPECT_THAT(regions_.Rows(kSc, "SELECT DISTINCT day FROM mr_no_show"),
              ElementsAre(ElementsAre("2027-01-26")));
}

TEST_P(RulesOfBookingTest, AppointmentGoesThroughTheDay) {
  const auto held = counter_.Hold(kCq, kYubei, "2026-11-26", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP05);
  ASSERT_TRUE(held.ok()) << held.status();
  const std::string& no = held->appointment_no();
  EXPECT_FALSE(held->has_person_a());
  EXPECT_EQ(NameOf(regions_.at(kCq).bookings.Get("other", no).status()), "CASE_NOT_FOUND");
  EXPECT_EQ(
      NameOf(counter_.Hold(kCq, kBeibei, "2026-11-27", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP18).status()),
      "DUP_ACTIVE_APPLICATION");
  EXPECT_TRUE(counter_.Hold(kCq, kBeibei, "2026-11-27", "AM1", v1::SLOT_SERVICE_REISSUE, kP04, kP18).ok())
      << "another service";
  EXPECT_EQ(
      NameOf(counter_.Hold(kCq, kYubei, "2026-11-24", "PM1", v1::SLOT_SERVICE_MARRY, kP01, kP02).status()),
      "C_BOOKING_CLOSED");
  EXPECT_EQ(
      NameOf(counter_.Hold(kCq, kYubei, "2026-11-26", "AM1", v1::SLOT_SERVICE_MARRY, kP01, kP01).status()),
      "C_SAME_PERSON");
  ASSERT_TRUE(counter_.ActOn(kCq, no, v1::APPOINTMENT_ACT_CONFIRM).ok());
  regions_.Settle();
  regions_.SetClocks(MorningOf(Date(2026, 11, 26)));
  EXPECT_EQ(NameOf(counter_.ActOn(kCq, no, v1::APPOINTMENT_ACT_CANCEL).status()), "C_BOOKING_CLOSED");
  EXPECT_EQ(NameOf(counter_.ActOn(kCq, no, v1::APPOINTMENT_ACT_CHECK_IN, kP04, kP18).status()), "C_ABSENT");
  ASSERT_TRUE(counter_.ActOn(kCq, no, v1::APPOINTMENT_ACT_CHECK_IN, kP05, kP04).ok());
  ASSERT_TRUE(counter_.ActOn(kCq, no, v1::APPOINTMENT_ACT_FULFIL).ok());
  // Free for another one.
  EXPECT_TRUE(counter_.Hold(kCq, kYubei, "2026-11-30", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP05).ok());
}

TEST_P(BookingTest, AHoldThatIsNotConfirmedGivesItsPlaceBack) {
  const auto held = counter_.Hold(kCq, kYubei, "2026-11-26", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP05);
  ASSERT_TRUE(held.ok()) << held.status();
  const auto booked = [&] { return regions_.Rows(kCq, "SELECT booked FROM mr_slot")[0][0]; };
  EXPECT_EQ(booked(), "1");
  regions_.clock(kCq).Advance(absl::Minutes(10));
  EXPECT_EQ(NameOf(counter_.ActOn(kCq, held->appointment_no(), v1::APPOINTMENT_ACT_CONFIRM).status()),
            "STATE_CONFLICT");
  EXPECT_EQ(booked(), "0");
  regions_.Settle();
  EXPECT_THAT(regions_.Rows(kSc, "SELECT 1 FROM uq_claim WHERE is_open = 1"), IsEmpty());
}

// Domain page §3.12: allowed while the other region is away, and the later one is cancelled afterwards.
TEST_P(BookingTest, OfTwoBookingsInTwoRegionsTheLaterIsCancelled) {
  const auto first = counter_.Hold(kSc, kLinshui, "2026-11-26", "AM1", v1::SLOT_SERVICE_MARRY, kP04, kP18);
  regions_.clock(kCq).Advance(absl::Seconds(1));
  const auto second = counter_.Hold(kCq, kYubei, "2026-11-27", "AM1", v1::SLOT_SERVICE_MARRY, kP05, kP04);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(counter_.ActOn(kCq, second->appointment_no(), v1::APPOINTMENT_ACT_CONFIRM).ok());
  regions_.Settle();
  const auto cancelled = regions_.at(kCq).bookings.Get("county", second->appointment_no());
  EXPECT_EQ(cancelled->state(), v1::APPOINTMENT_STATE_CANCELLED);
  EXPECT_TRUE(cancelled->cancelled_as_duplicate());
  EXPECT_EQ(regions_.Rows(kCq, "SELECT booked FROM mr_slot")[0][0], "0");
  EXPECT_EQ(regions_.at(kSc).bookings.Get("county", first->appointment_no())->check(),
            v1::BOOKING_CHECK_VERIFIED);
}

TEST_P(RulesOfBookingTest, IssueIsBookedInsideItsWindowOnly) {
  regions_.SetClocks(MorningOf(Date(2026, 6, 1)));
  ASSERT_EQ(counter_.Marry(kCq, kYubei, PartyOf(kP01, "500112"), PartyOf(kP02, "511623")),
            "J500199-2026-000001");
  const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_DIVORCE, kYubei, PartyOf(kP01, "500112"),
                                      PartyOf(kP02, "511623"));
  regions_.Settle();
  ASSERT_TRUE(counter_.Act(kCq, started->registration_no(), "accept").ok());
  regions_.SetClocks(MorningOf(Date(2026, 6, 25)));
  const auto book = [&](const char* day) {
    return NameOf(counter_
                      .Hold(kCq, kYubei, day, "AM1", v1::SLOT_SERVICE_DIVORCE_ISSUE, kP01, kP02,
                            started->registration_no())
                      .status());
  };
  EXPECT_EQ(book("2026-07-01"), "C_BOOKING_CLOSED");
  EXPECT_EQ(book("2026-07-02"), "OK");
}

}  // namespace
}  // namespace chuanyu::marriage
