// The acceptance scenarios of marriage (domain page §10; the number is in each test's name) over two whole
// regions, on SQLite and on PostgreSQL. Those that need another day than today are in marriage_days_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "tests/e2e/marriage_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace marriage::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::ElementsAre;
using ::testing::StartsWith;

class MarriageTest : public MarriageWorldTest {
 protected:
  // A slot of the first day on which the office takes bookings, some days ahead.
  Slot FreeSlot(MarriageClient& at, const std::string& region, const std::string& office, size_t period) {
    for (int days = 3; days < 20; ++days) {
      const std::string day = absl::FormatTime("%Y-%m-%d", absl::Now() + absl::Hours(24 * days), ChinaTime());
      const auto slots = at.Slots(region, office, day);
      EXPECT_TRUE(slots.ok()) << slots.status();
      if (slots.ok() && slots->size() > period) return (*slots)[period];
    }
    ADD_FAILURE() << "no day is open";
    return {};
  }
};
INSTANTIATE_TEST_SUITE_P(On, MarriageTest, kBothBackends, BackendName);

TEST_P(MarriageTest, S20_OfTwoHundredCouplesOneGetsTheLastPlace) {
  const Slot slot = FreeSlot(cq(), "", kYubei, 0);
  for (int i = 0; i + 1 < slot.capacity(); ++i) {
    const auto held = cq().Hold(Id(), "", slot, NewMan(), NewWoman());
    ASSERT_TRUE(held.ok()) << held.status();
  }
  constexpr int kThreads = 20;
  constexpr int kCouples = 200;
  struct Couple {
    std::string id, man, woman;
  };
  std::vector<Couple> couples;
  for (int i = 0; i < kCouples; ++i) couples.push_back({Id(), NewMan(), NewWoman()});
  std::atomic<int> next = 0;
  std::atomic<int> confirmed = 0;
  std::atomic<int> full = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      MarriageClient client(world().cq().ToFront(Marriage(), kPlatform));
      for (int i = next++; i < kCouples; i = next++) {
        const auto held = client.Hold(couples[i].id, "", slot, couples[i].man, couples[i].woman);
        if (Outcome(held.status()) == "SLOT_FULL") ++full;
        if (!held.ok()) continue;
        const auto done =
            client.Act(couples[i].id + "-c", "", held->appointment_no(), APPOINTMENT_ACT_CONFIRM);
        if (done.ok() && done->state() == APPOINTMENT_STATE_CONFIRMED) ++confirmed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, 1);
  EXPECT_EQ(full, kCouples - 1);
  const auto slots = cq().Slots("", kYubei, slot.date().value());
  ASSERT_TRUE(slots.ok());
  EXPECT_EQ(slots->at(0).booked(), slot.capacity());
}

// From one's own region through the exchange.
TEST_P(MarriageTest, AnOfficeOfTheOtherRegionIsBookedFromHere) {
  const Slot slot = FreeSlot(cq(), "510000", kLinshui, 0);
  const std::string man = NewMan();
  const std::string id = Id();
  const std::string woman = NewWoman();
  const auto held = cq().Hold(id, "510000", slot, man, woman);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(held->appointment_no(), StartsWith("SC-C-511623-"));
  const auto again = cq().Hold(id, "510000", slot, man, woman);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->appointment_no(), held->appointment_no()) << "a repeat";
  ASSERT_TRUE(cq().Act(Id(), "510000", held->appointment_no(), APPOINTMENT_ACT_CONFIRM).ok());
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    const auto now = cq().GetAppointment("510000", held->appointment_no());
    return now.ok() && now->check() == BOOKING_CHECK_VERIFIED;
  }));
  // One live booking of a person in both regions together.
  EXPECT_EQ(Outcome(cq().Hold(Id(), "", FreeSlot(cq(), "", kYubei, 1), man, NewWoman()).status()),
            "DUP_ACTIVE_APPLICATION");
  EXPECT_TRUE(cq().Act(Id(), "510000", held->appointment_no(), APPOINTMENT_ACT_CANCEL).ok());
  const auto slots = sc().Slots("", kLinshui, slot.date().value());
  ASSERT_TRUE(slots.ok());
  EXPECT_EQ(slots->at(0).booked(), 0);
}

TEST_P(MarriageTest, AFullSlotOfTheOtherRegionIsSaidToBeFull) {
  const Slot slot = FreeSlot(cq(), "510000", kLinshui, 1);
  for (int i = 0; i < slot.capacity(); ++i) {
    const auto held = sc().Hold(Id(), "", slot, NewMan(), NewWoman());
    ASSERT_TRUE(held.ok()) << held.status();
  }
  EXPECT_EQ(Outcome(cq().Hold(Id(), "510000", slot, NewMan(), NewWoman()).status()), "SLOT_FULL");
}

TEST_P(MarriageTest, S21_IsRegisteredOnTheSpotWithTheSuccessorsCode) {
  const std::string man = NewMan();
  EXPECT_THAT(Marry(cq(), kYubei, man, NewWoman()), StartsWith("J500199-"));
  EXPECT_EQ(Marry(cq(), kYubei, man, NewWoman()), "C_ALREADY_MARRIED");
}

// As P06, P07, P20 and P21 on their days: here the day is today, and who is of which age is chosen for it.
TEST_P(MarriageTest, S22_ManOf22AndWomanOf20AreRegisteredAndNobodyADayBefore) {
  const auto refused = [&](const std::string& man, const std::string& woman) {
    const auto started = cq().Start(Id(), kYubei, CoupleParty(man), CoupleParty(woman));
    if (!started.ok()) return Outcome(started.status());
    return started->refused_reasons().empty() ? std::string("OK") : started->refused_reasons(0);
  };
  EXPECT_EQ(refused(Turns(22, 1, true), NewWoman()), "C_UNDERAGE");
  EXPECT_EQ(refused(NewMan(), Turns(20, 1, false)), "C_UNDERAGE");
  EXPECT_EQ(refused(NewMan(), "500112200708159988"), "C_UNDERAGE") << "P07";
  EXPECT_THAT(Marry(cq(), kYubei, Turns(22, 0, true), Turns(20, 0, false)), StartsWith("J500199-"));
}

TEST_P(MarriageTest, AnOfficeWatchesItsRegistrationsAndItsDay) {
  const auto stub =
      marriage::v1::Marriage::NewStub(world().cq().ToFront(chuanyu::testing::Marriage(), kPlatform));
  const auto started = cq().Start(Id(), kYubei, CoupleParty(NewMan()), CoupleParty(NewWoman()));
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string no = started->registration_no();
  grpc::ClientContext watch;
  WatchRegistrationRequest which;
  which.set_registration_no(no);
  const auto reader = stub->WatchRegistration(&watch, which);
  WatchRegistrationResponse seen;
  const auto until = [&](RegistrationState state) {
    while (reader->Read(&seen)) {
      if (seen.registration().state() == state) return true;
    }
    return false;
  };
  ASSERT_TRUE(until(REGISTRATION_STATE_NETWORK_CHECKED));
  for (const char* act : {"declare", "register"}) ASSERT_TRUE(cq().Perform(Id(), no, act).ok()) << act;
  ASSERT_TRUE(until(REGISTRATION_STATE_REGISTERED));
  EXPECT_FALSE(seen.registration().has_party_a());
  while (reader->Read(&seen)) {
  }
  EXPECT_TRUE(reader->Finish().ok()) << "ends with the registration";

  ListRegistrationsRequest list;
  list.set_office_code(kYubei);
  ListRegistrationsResponse listed;
  grpc::ClientContext listing;
  ASSERT_TRUE(stub->ListRegistrations(&listing, list, &listed).ok());
  EXPECT_EQ(listed.registrations(0).registration_no(), no) << "the newest";

  const Slot slot = FreeSlot(cq(), "", kYubei, 2);
  grpc::ClientContext day_context;
  WatchAppointmentsRequest day;
  day.set_office_code(kYubei);
  *day.mutable_date() = slot.date();
  const auto day_reader = stub->WatchAppointments(&day_context, day);
  WatchAppointmentsResponse live;
  ASSERT_TRUE(day_reader->Read(&live));
  const auto held = cq().Hold(Id(), "", slot, NewMan(), NewWoman());
  ASSERT_TRUE(held.ok()) << held.status();
  bool there = false;
  while (!there && day_reader->Read(&live)) {
    for (const Appointment& each : live.appointments())
      there = there || each.appointment_no() == held->appointment_no();
  }
  EXPECT_TRUE(there);
  // Who watches is told when the service ends.
  ASSERT_TRUE(world().cq().process(chuanyu::testing::Marriage()).Stop().ok());
  while (day_reader->Read(&live)) {
  }
  EXPECT_EQ(Outcome(rpc::FromGrpc(day_reader->Finish())), "SHUTTING_DOWN");
  ASSERT_TRUE(world().cq().Start(chuanyu::testing::Marriage()).ok());
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] { return cq().Get(no).ok(); })) << "is reached again";
}

TEST_P(MarriageTest, S23_AMarriageInTheOtherRegionIsFound) {
  const std::string man = NewMan();
  ASSERT_THAT(Marry(sc(), kLinshui, man, NewWoman()), StartsWith("J511623-"));
  EXPECT_EQ(Marry(cq(), kYubei, man, NewWoman()), "C_ALREADY_MARRIED");
}

TEST_P(MarriageTest, S23_WithoutTheOtherRegionNothingIsRegistered) {
  ASSERT_TRUE(world().sc().node().Stop().ok());
  const auto started = cq().Start(Id(), kYubei, CoupleParty(NewMan()), CoupleParty(NewWoman()));
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string no = started->registration_no();
  EXPECT_EQ(started->state(), REGISTRATION_STATE_PENDING_REMOTE_CHECK);
  EXPECT_EQ(Outcome(cq().Perform(Id(), no, "declare").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(Outcome(cq().Perform(Id(), no, "register").status()), "STATE_CONFLICT");
  ASSERT_TRUE(world().sc().StartNode().ok());
  const auto checked = cq().AwaitChecked(no);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->state(), REGISTRATION_STATE_NETWORK_CHECKED);
  EXPECT_TRUE(checked->certificate_no().empty());
}

TEST_P(MarriageTest, S24_OfTwoCountersInOneSecondOneRegisters) {
  for (int round = 0; round < 3; ++round) {
    const std::string man = NewMan();
    const std::string first = NewWoman();
    const std::string second = NewWoman();
    std::string at_cq;
    std::string at_sc;
    std::thread other([&] {
      MarriageClient client(world().sc().ToFront(Marriage(), kForeignPlatform));
      at_sc = Marry(client, kLinshui, man, second);
    });
    at_cq = Marry(cq(), kYubei, man, first);
    other.join();
    const int registered = static_cast<int>(at_cq[0] == 'J') + static_cast<int>(at_sc[0] == 'J');
    EXPECT_EQ(registered, 1) << at_cq << " " << at_sc;
  }
}

TEST_P(MarriageTest, KilledServicesGoOnWhereTheyWere) {
  const auto started = cq().Start(Id(), kYubei, CoupleParty(NewMan()), CoupleParty(NewWoman()));
  ASSERT_TRUE(started.ok()) << started.status();
  world().cq().process(Marriage()).Kill();
  world().sc().process(Marriage()).Kill();
  ASSERT_TRUE(world().cq().Start(Marriage()).ok());
  ASSERT_TRUE(world().sc().Start(Marriage()).ok());
  const auto checked = cq().AwaitChecked(started->registration_no());
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_EQ(checked->state(), REGISTRATION_STATE_NETWORK_CHECKED);
  ASSERT_TRUE(cq().Perform(Id(), started->registration_no(), "declare").ok());
  const auto done = cq().Perform(Id(), started->registration_no(), "register");
  ASSERT_TRUE(done.ok()) << done.status();
}

TEST_P(MarriageTest, DivorceIsAcceptedWhereTheMarriageIsInTheOtherRegion) {
  const std::string man = NewMan();
  const std::string woman = NewWoman();
  ASSERT_THAT(Marry(sc(), kLinshui, man, woman), StartsWith("J511623-"));
  std::string no;
  absl::StatusOr<Registration> checked;
  Eventually(absl::Seconds(30), [&] {
    const auto started =
        cq().Start(Id(), kYubei, CoupleParty(man), CoupleParty(woman), REGISTRATION_KIND_DIVORCE);
    if (!started.ok()) return false;
    no = started->registration_no();
    checked = cq().AwaitChecked(no);
    return checked.ok() && checked->state() == REGISTRATION_STATE_NETWORK_CHECKED;
  });
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_EQ(checked->state(), REGISTRATION_STATE_NETWORK_CHECKED) << checked->ShortDebugString();
  const auto accepted = cq().Perform(Id(), no, "accept");
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_TRUE(accepted->has_divorce_days());
  EXPECT_EQ(Outcome(cq().Perform(Id(), no, "issue").status()), "C_COOLING_NOT_OVER");
  // In the cooling-off one is married.
  EXPECT_EQ(Marry(sc(), kLinshui, man, NewWoman()), "C_ALREADY_MARRIED");
  ASSERT_TRUE(cq().Perform(Id(), no, "withdraw").ok());
}

TEST_P(MarriageTest, S29_AnOfficeMustBeDesignatedForPersonsFromElsewhere) {
  Party man = CoupleParty(NewMan());
  man.mutable_person()->set_doc_type(type::v1::DOC_TYPE_HMT_RESIDENCE_PERMIT);
  man.mutable_person()->set_doc_no("810000199009099935");  // P12
  man.clear_hukou();
  man.add_documents()->set_kind(DOCUMENT_KIND_HOME_IDENTITY);
  man.add_documents()->set_kind(DOCUMENT_KIND_NOTARISED_DECLARATION);
  const auto refused = sc().Start(Id(), kLinshui, man, CoupleParty(NewWoman()));
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_THAT(refused->refused_reasons(), ElementsAre("C_OFFICE_NOT_AUTHORISED"));
  const auto taken = sc().Start(Id(), kHuaying, man, CoupleParty(NewWoman()));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_NE(taken->state(), REGISTRATION_STATE_REFUSED);
  // A PR card's number is none of a citizen.
  Party foreign = CoupleParty("950840198808089910");  // P14
  EXPECT_EQ(Outcome(sc().Start(Id(), kHuaying, foreign, CoupleParty(NewWoman())).status()), "ID_DOC_TYPE");
}

}  // namespace
}  // namespace chuanyu::testing
