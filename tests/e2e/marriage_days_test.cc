// Acceptance scenarios of marriage that need other days than today (domain page §10; the number is in each
// test's name): both regions, nodes and services, stand on the day that a test says. In the order of time, so
// that no clock is set back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/marriage_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace marriage::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::StartsWith;

absl::CivilSecond MorningOf(absl::CivilDay day) { return absl::CivilSecond(day) + 9 * 3600; }

// With the documents of before 2025-05-10, too.
Party PartyOf(const std::string& number, const std::string& hukou) {
  Party party = CoupleParty(number);
  party.mutable_hukou()->set_code(hukou);
  party.add_documents()->set_kind(DOCUMENT_KIND_HOUSEHOLD_BOOK);
  return party;
}

class MarriageDaysTest : public MarriageWorldTest {
 protected:
  WorldOptions Options() const override {
    WorldOptions options = MarriageWorldTest::Options();
    options.at = MorningOf(absl::CivilDay(2023, 8, 22));
    return options;
  }
  void MoveTo(absl::CivilSecond at) {
    Disconnect();
    const absl::Status moved = world().MoveTo(at);
    ASSERT_TRUE(moved.ok()) << moved;
    Connect();
  }
  // Books an office for the couple; the number. `region` is where the office is, if not where they ask.
  std::string Book(MarriageClient& by, const std::string& region, const char* office, absl::CivilDay day,
                   const std::string& man, const std::string& woman) {
    const auto slots = by.Slots(region, office, absl::FormatCivilTime(day));
    if (!slots.ok() || slots->empty()) return slots.ok() ? "no slot" : Outcome(slots.status());
    const auto held = by.Hold(Id(), region, slots->at(0), man, woman);
    if (!held.ok()) return Outcome(held.status());
    const auto done = by.Act(Id(), region, held->appointment_no(), APPOINTMENT_ACT_CONFIRM);
    EXPECT_TRUE(done.ok()) << done.status();
    // Else its claims would still be on their way when the days pass.
    EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
      const auto now = by.GetAppointment(region, held->appointment_no());
      return now.ok() && now->check() == BOOKING_CHECK_VERIFIED;
    }));
    return held->appointment_no();
  }
  static bool BecomesNoShow(MarriageClient& at, const std::string& appointment) {
    return Eventually(absl::Seconds(30), [&] {
      const auto now = at.GetAppointment("", appointment);
      return now.ok() && now->state() == APPOINTMENT_STATE_NO_SHOW;
    });
  }
  // What somebody of a couple hears who books with somebody else; what is booked is given up again.
  std::string TryToBook(MarriageClient& at, const char* office, absl::CivilDay day, const std::string& one,
                        bool is_man = true) {
    const auto slots = at.Slots("", office, absl::FormatCivilTime(day));
    if (!slots.ok() || slots->empty()) return slots.ok() ? "no slot" : Outcome(slots.status());
    const auto held = at.Hold(Id(), "", slots->at(0), one, is_man ? NewWoman() : NewMan());
    if (!held.ok()) return Outcome(held.status());
    EXPECT_TRUE(at.Act(Id(), "", held->appointment_no(), APPOINTMENT_ACT_CANCEL).ok());
    return "OK";
  }
};
INSTANTIATE_TEST_SUITE_P(On, MarriageDaysTest, kBothBackends, BackendName);

TEST_P(MarriageDaysTest, S21_In2023ACertificateHasTheCodeOfYubei) {
  EXPECT_THAT(Marry(cq(), kYubei, PartyOf(NewMan(), "511681"), PartyOf(NewWoman(), "500112")),
              StartsWith("J500112-2023-"));
}

TEST_P(MarriageDaysTest, S25_In2023OneOfTwoFromElsewhereMustHaveAResidencePermit) {
  Party man = PartyOf(NewMan(), "511602");
  const Party woman = PartyOf(NewWoman(), "511602");
  EXPECT_EQ(Marry(cq(), kYubei, man, woman), "C_JURISDICTION");
  man.mutable_residence()->set_code("500112015");
  Document& permit = *man.add_documents();
  permit.set_kind(DOCUMENT_KIND_RESIDENCE_PERMIT);
  permit.mutable_valid_to()->set_value("2023-08-21");
  EXPECT_EQ(Marry(cq(), kYubei, man, woman), "C_JURISDICTION") << "it was valid until yesterday";
  permit.mutable_valid_to()->set_value("2023-08-22");
  EXPECT_THAT(Marry(cq(), kYubei, man, woman), StartsWith("J500112-2023-"));
  EXPECT_EQ(Marry(sc(), kLinshui, man, PartyOf(NewWoman(), "511623")), "C_ALREADY_MARRIED");
}

TEST_P(MarriageDaysTest, S25_From20250510OnEveryOfficeServesEverybody) {
  const Party man = PartyOf(NewMan(), "511602");
  const Party woman = PartyOf(NewWoman(), "511602");
  MoveTo(MorningOf(absl::CivilDay(2025, 5, 9)));
  EXPECT_EQ(Marry(cq(), kYubei, man, woman), "C_JURISDICTION");
  MoveTo(MorningOf(absl::CivilDay(2025, 5, 10)));
  EXPECT_THAT(Marry(cq(), kYubei, man, woman), StartsWith("J500112-2025-"));
}

TEST_P(MarriageDaysTest, S21_TheSuccessorsCodeBeginsWithItsFirstDay) {
  MoveTo(MorningOf(absl::CivilDay(2026, 1, 24)));
  EXPECT_THAT(Marry(cq(), kYubei, NewMan(), NewWoman()), StartsWith("J500112-2026-"));
  MoveTo(MorningOf(absl::CivilDay(2026, 1, 25)));
  EXPECT_EQ(Marry(cq(), kYubei, NewMan(), NewWoman()), "J500199-2026-000001");
}

// One appointment is missed in each region: neither alone would block.
TEST_P(MarriageDaysTest, S28_TwoNoShowsStopBookingInBothRegionsForFifteenDaysAndNeverService) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  MoveTo(MorningOf(absl::CivilDay(2026, 3, 2)));
  const std::string first = Book(cq(), "", kYubei, absl::CivilDay(2026, 3, 4), man, woman);
  MoveTo(MorningOf(absl::CivilDay(2026, 3, 5)));
  EXPECT_TRUE(BecomesNoShow(cq(), first)) << first;
  const std::string second = Book(cq(), "510000", kLinshui, absl::CivilDay(2026, 3, 9), man, woman);
  EXPECT_THAT(second, StartsWith("SC-C-511623-"));
  MoveTo(MorningOf(absl::CivilDay(2026, 3, 10)));
  const absl::CivilDay later(2026, 4, 1);
  EXPECT_TRUE(Eventually(absl::Seconds(30),
                         [&] { return TryToBook(sc(), kLinshui, later, man) == "C_BOOKING_BLOCKED"; }));
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    return TryToBook(cq(), kYubei, later, woman, false) == "C_BOOKING_BLOCKED";
  }));
  EXPECT_THAT(Marry(cq(), kYubei, man, woman), StartsWith("J500199-2026-")) << "nobody needs a booking";
  // The fifteenth day after the second one.
  MoveTo(MorningOf(absl::CivilDay(2026, 3, 24)));
  EXPECT_EQ(TryToBook(cq(), kYubei, later, man), "C_BOOKING_BLOCKED");
  MoveTo(MorningOf(absl::CivilDay(2026, 3, 25)));
  EXPECT_EQ(TryToBook(cq(), kYubei, later, man), "OK");
}

TEST_P(MarriageDaysTest, S28_ANoShowIsToldAfterTheLinkWasCutAndTheServicesWereKilled) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  MoveTo(MorningOf(absl::CivilDay(2026, 4, 7)));
  const std::string first = Book(cq(), "", kYubei, absl::CivilDay(2026, 4, 9), man, woman);
  MoveTo(MorningOf(absl::CivilDay(2026, 4, 10)));
  EXPECT_TRUE(BecomesNoShow(cq(), first)) << first;
  const std::string second = Book(cq(), "510000", kLinshui, absl::CivilDay(2026, 4, 13), man, woman);
  // The next day begins without a node in Chongqing.
  Disconnect();
  ASSERT_TRUE(world().Stop().ok());
  world().SetTime(MorningOf(absl::CivilDay(2026, 4, 14)));
  ASSERT_TRUE(world().sc().StartNode().ok());
  for (Region* region : {&world().cq(), &world().sc()}) ASSERT_TRUE(region->Start(Marriage()).ok());
  Connect();
  const absl::CivilDay later(2026, 4, 28);
  EXPECT_TRUE(Eventually(absl::Seconds(30),
                         [&] { return TryToBook(sc(), kLinshui, later, man) == "C_BOOKING_BLOCKED"; }));
  EXPECT_EQ(TryToBook(cq(), kYubei, later, man), "DUP_ACTIVE_APPLICATION")
      << "all that Chongqing knows is that there was a booking";
  world().cq().process(Marriage()).Kill();
  world().sc().process(Marriage()).Kill();
  ASSERT_TRUE(world().cq().StartNode().ok());
  for (Region* region : {&world().cq(), &world().sc()}) ASSERT_TRUE(region->Start(Marriage()).ok());
  EXPECT_TRUE(Eventually(absl::Seconds(60),
                         [&] { return TryToBook(cq(), kYubei, later, man) == "C_BOOKING_BLOCKED"; }));
}

}  // namespace
}  // namespace chuanyu::testing
