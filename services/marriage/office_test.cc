// What an office sees of its own registrations and days, and what its officers cannot do by mistake, over two
// regions in one process. Synthetic persons.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/two_regions_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kYubei[] = "500112-01";
constexpr char kBeibei[] = "500109-01";
constexpr char kDay[] = "2026-11-27";

class OfficeTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void TearDown() override { EXPECT_THAT(regions_.failures(), IsEmpty()); }
  Work& cq() { return regions_.at(kCq); }
  std::string Started(const std::string& office, const char* man, const char* woman) {
    const auto started = counter_.Start(kCq, v1::REGISTRATION_KIND_MARRIAGE, office, PartyOf(man, "500112"),
                                        PartyOf(woman, "500112"));
    EXPECT_TRUE(started.ok()) << started.status();
    return started->registration_no();
  }
  absl::StatusOr<v1::ListAppointmentsResponse> Day(const std::string& org, const std::string& token = "") {
    v1::ListAppointmentsRequest request;
    request.set_office_code(kYubei);
    request.mutable_date()->set_value(kDay);
    request.set_page_size(1);
    request.set_page_token(token);
    return cq().bookings.ListDay(org, request);
  }

  TwoRegions regions_{GetParam(), MorningOf(Date(2026, 11, 24))};
  Counter counter_{regions_};
};
INSTANTIATE_TEST_SUITE_P(On, OfficeTest, ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(OfficeTest, ListsItsRegistrationsNewestFirstWithoutPersons) {
  const std::string first = Started(kYubei, kP01, kP02);
  const std::string second = Started(kBeibei, kP04, kP05);
  v1::ListRegistrationsRequest request;
  request.set_page_size(1);
  auto page = cq().registrations.List("county", request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->registrations(), SizeIs(1));
  EXPECT_EQ(page->registrations(0).registration_no(), second);
  EXPECT_FALSE(page->registrations(0).has_party_a());
  request.set_page_token(page->next_page_token());
  page = cq().registrations.List("county", request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->registrations(), SizeIs(1));
  EXPECT_EQ(page->registrations(0).registration_no(), first);
  EXPECT_EQ(page->next_page_token(), "");

  v1::ListRegistrationsRequest of_office;
  of_office.set_office_code(kYubei);
  EXPECT_THAT(cq().registrations.List("county", of_office)->registrations(), SizeIs(1));
  v1::ListRegistrationsRequest refused;
  refused.set_state(v1::REGISTRATION_STATE_REFUSED);
  EXPECT_THAT(cq().registrations.List("county", refused)->registrations(), IsEmpty());
  EXPECT_THAT(cq().registrations.List("elsewhere", {})->registrations(), IsEmpty());
  EXPECT_EQ(NameOf(cq().registrations.List("elsewhere", of_office).status()), "ORG_NOT_COMPETENT");
}

TEST_P(OfficeTest, SeesWhoIsExpectedOnADay) {
  const auto one = counter_.Hold(kCq, kYubei, kDay, "AM1", v1::SLOT_SERVICE_MARRY, kP01, kP02);
  const auto two = counter_.Hold(kCq, kYubei, kDay, "PM1", v1::SLOT_SERVICE_MARRY, kP04, kP05);
  ASSERT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
  ASSERT_TRUE(counter_.ActOn(kCq, one->appointment_no(), v1::APPOINTMENT_ACT_CONFIRM).ok());
  auto page = Day("county");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->appointments(), SizeIs(1));
  EXPECT_EQ(page->appointments(0).state(), v1::APPOINTMENT_STATE_CONFIRMED);
  EXPECT_FALSE(page->appointments(0).has_person_a());
  page = Day("county", page->next_page_token());
  ASSERT_THAT(page->appointments(), SizeIs(1));
  EXPECT_EQ(page->appointments(0).appointment_no(), two->appointment_no());
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_EQ(NameOf(Day("elsewhere").status()), "ORG_NOT_COMPETENT");
  // What is over is listed and not watched.
  ASSERT_TRUE(counter_.ActOn(kCq, one->appointment_no(), v1::APPOINTMENT_ACT_CANCEL).ok());
  const auto live = cq().bookings.LiveOfDay("county", kYubei, kDay);
  ASSERT_TRUE(live.ok()) << live.status();
  ASSERT_THAT(live->appointments(), SizeIs(1));
  EXPECT_EQ(live->appointments(0).appointment_no(), two->appointment_no());
}

// What the poller asks once a second: else a watcher of a day would not see what another process changes.
TEST_P(OfficeTest, ADayChangesAlsoWhenAnotherProcessChangesIt) {
  const std::unique_ptr<Work> another = regions_.Another(kCq);
  const std::string topic = DayTopic(kYubei, kDay);
  const auto version = [&](Work& at) {
    std::map<std::string, int64_t> versions;
    const absl::Status status = at.desk->Read([&](sql::Session& session) {
      return at.bookings.Versions(session, {"CQ-C-500112-20260601-00000001", topic}, &versions);
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_THAT(versions, SizeIs(1));
    return versions[topic];
  };
  int64_t seen = version(*another);
  EXPECT_EQ(seen, 0);
  const auto held = counter_.Hold(kCq, kYubei, kDay, "AM1", v1::SLOT_SERVICE_MARRY, kP01, kP02);
  ASSERT_TRUE(held.ok()) << held.status();
  for (const auto act :
       {v1::APPOINTMENT_ACT_UNSPECIFIED, v1::APPOINTMENT_ACT_CONFIRM, v1::APPOINTMENT_ACT_CANCEL}) {
    if (act != v1::APPOINTMENT_ACT_UNSPECIFIED) {
      ASSERT_TRUE(counter_.ActOn(kCq, held->appointment_no(), act).ok());
    }
    const int64_t now = version(*another);
    EXPECT_GT(now, seen);
    EXPECT_EQ(now, version(cq()));
    seen = now;
  }
}

// An exchange costs more than the claims in it.
TEST_P(OfficeTest, TheTwoOfACoupleAreClaimedInOneMessage) {
  ASSERT_TRUE(counter_.Hold(kCq, kYubei, kDay, "AM1", v1::SLOT_SERVICE_MARRY, kP01, kP02).ok());
  const auto waiting = regions_.Waiting(kCq);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ((*cq().desk->outbox().Find(waiting[0]))->subjects, 2u);
  regions_.Settle();
  EXPECT_THAT(regions_.Rows(kSc, "SELECT 1 FROM uq_claim WHERE is_open = 1"), SizeIs(2));
  EXPECT_THAT(regions_.Rows(kCq, "SELECT 1 FROM uq_claim WHERE waiting_for <> ''"), IsEmpty());
}

// Between the registration there and its notice here the person is held there, and the register here does not
// know why yet.
TEST_P(OfficeTest, WhoWasJustRegisteredInTheOtherRegionIsMarried) {
  const std::string there = Started(kYubei, kP04, kP05);
  regions_.Settle();
  const auto start_here = [&] {
    const auto started = counter_.Start(kSc, v1::REGISTRATION_KIND_MARRIAGE, "511623-01",
                                        PartyOf(kP04, "511681"), PartyOf(kP18, "511602"));
    EXPECT_TRUE(started.ok()) << started.status();
    EXPECT_EQ(started->state(), v1::REGISTRATION_STATE_PENDING_REMOTE_CHECK);
    EXPECT_EQ(NameOf(counter_.Act(kSc, started->registration_no(), "declare").status()), "PEER_UNAVAILABLE");
    return started->registration_no();
  };
  const auto outcome = [&](const std::string& number) {
    regions_.clock(kSc).Advance(absl::Seconds(2));
    regions_.Tick(kSc);
    const auto now = counter_.Get(kSc, number);
    return now->refused_reasons().empty() ? v1::RegistrationState_Name(now->state())
                                          : now->refused_reasons(0);
  };
  EXPECT_EQ(outcome(start_here()), "STATE_CONFLICT") << "still at the other counter";
  const std::string again = start_here();
  for (const char* act : {"declare", "register"}) ASSERT_TRUE(counter_.Act(kCq, there, act).ok()) << act;
  regions_.Settle();
  EXPECT_EQ(outcome(again), "C_ALREADY_MARRIED");
}

TEST_P(OfficeTest, WhoIsLetGoInTheOtherRegionIsRegisteredHere) {
  const std::string there = Started(kYubei, kP04, kP05);
  regions_.Settle();
  const auto here = counter_.Start(kSc, v1::REGISTRATION_KIND_MARRIAGE, "511623-01", PartyOf(kP04, "511681"),
                                   PartyOf(kP18, "511602"));
  ASSERT_TRUE(here.ok()) << here.status();
  ASSERT_TRUE(counter_.Act(kCq, there, "refuse").ok());
  regions_.Settle();
  regions_.clock(kSc).Advance(absl::Seconds(2));
  regions_.Settle();
  EXPECT_EQ(counter_.StateOf(kSc, here->registration_no()), v1::REGISTRATION_STATE_NETWORK_CHECKED);
}

TEST_P(OfficeTest, NobodyDecidesOnWhatWasNotSeen) {
  const std::string number = Started(kYubei, kP01, kP02);
  v1::PerformStepRequest request;
  request.set_request_id("stale");
  request.set_registration_no(number);
  request.set_act("refuse");
  request.set_role(kOfficer);
  request.set_officer_id("officer-1");
  request.set_refused_reason("C_NOT_VOLUNTARY");
  request.set_version(counter_.Get(kCq, number)->version() + 1);
  EXPECT_EQ(NameOf(cq().registrations.Perform("county", request).status()), "STALE_VERSION");
}

TEST_P(OfficeTest, IndexesUnderAnotherKeyAreNoPersons) {
  v1::CheckMaritalStatusRequest question;
  question.set_subject_a(std::string(32, 'a'));
  question.set_subject_b(std::string(32, 'b'));
  question.set_key_id("of-last-year");
  EXPECT_EQ(NameOf(cq().peers.CheckMaritalStatus(kSc, kMarry, question).status()), "KEY_UNKNOWN");
}

}  // namespace
}  // namespace chuanyu::marriage
