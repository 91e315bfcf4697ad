// Random histories of two regions: couples book and marry at both, messages come late, twice or not at all,
// answers get lost, processes are killed, clocks step. In every state, and once the link is up, the promises
// of promises_testing.h hold.
#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/promises_testing.h"

namespace chuanyu::marriage {
namespace {

using ::testing::IsEmpty;

constexpr int kSteps = 36;

// Synthetic: sequence 99x, belongs to nobody.
std::string NumberOf(bool man, int serial) {
  const absl::CivilDay birth = absl::CivilDay(1970, 1, 1) + serial / 5;
  const int sequence = 990 + 2 * (serial % 5) + (man ? 1 : 0);
  const std::string body =
      absl::StrFormat("500112%04d%02d%02d%03d", birth.year(), birth.month(), birth.day(), sequence);
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < body.size(); ++i) sum += (body[i] - '0') * kWeights[i];
  return body + "10X98765432"[sum % 11];
}

class History {
 public:
  History(TwoRegions& regions, Counter& counter, int serial)
      : regions_(regions), counter_(counter), random_(static_cast<uint32_t>(serial)) {
    for (int i = 0; i < 2; ++i) {
      men_.push_back(NumberOf(true, 2 * serial + i));
      women_.push_back(NumberOf(false, 2 * serial + i));
    }
    regions_.SetClocks(MorningOf(Date(2026, 6, 1)));
  }

  // What is wrong, if anything.
  std::string Run() {
    for (int step = 0; step < kSteps; ++step) {
      Step();
      latest_ = std::max({latest_, regions_.clock(kCq).Now(), regions_.clock(kSc).Now()});
      const std::string wrong = CheckAlways();
      if (!wrong.empty()) return absl::StrCat("after step ", step, ": ", wrong);
    }
    return Finish();
  }

  int registered() const { return registered_; }
  int divorced() const { return divorced_; }
  int refused_bookings() const { return refused_bookings_; }

 private:
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string AnyRegion() { return Below(2) == 0 ? kCq : kSc; }
  static std::string OfficeAt(const std::string& region) { return region == kCq ? "500109-01" : "511681-01"; }

  void Step() {
    const int what = Below(100);
    if (what < 7) return Register();
    if (what < 29) return Proceed();
    if (what < 40) return ActOnRegistration();
    if (what < 50) return Book();
    if (what < 56) return ActOnAppointment();
    if (what < 84) return Deliver();
    if (what < 87) return regions_.Tick(AnyRegion());
    if (what < 91) return StepClock();
    if (what < 92) {
      cut_ = !cut_;
      return;
    }
    if (what < 93) return regions_.Restart(AnyRegion());
    if (what < 94) return VoidNumber();
    if (what < 98) return ProceedDivorce();
    // A month later: divorces come into their window.
    regions_.clock(kCq).Advance(absl::Hours(24 * 33));
    regions_.clock(kSc).Advance(absl::Hours(24 * 33));
  }

  void Register() {
    const std::string region = AnyRegion();
    Made made{region, "", men_[Below(2)], women_[Below(2)]};
    auto kind = Below(8) == 0 ? v1::REGISTRATION_KIND_DIVORCE : v1::REGISTRATION_KIND_MARRIAGE;
    if (!couples_.empty() && Below(2) == 0) {
      kind = v1::REGISTRATION_KIND_DIVORCE;
      std::tie(made.man, made.woman) = couples_[Below(static_cast<int>(couples_.size()))];
    }
    const auto started = counter_.Start(region, kind, OfficeAt(region), PartyOf(made.man, "500112"),
                                        PartyOf(made.woman, "511623"));
    ASSERT_TRUE(started.ok()) << started.status();
    made.number = started->registration_no();
    registrations_.push_back(made);
    if (kind == v1::REGISTRATION_KIND_DIVORCE && started->state() != v1::REGISTRATION_STATE_REFUSED)
      divorces_.push_back(made);
  }

  // Mostly one of the last: the couple still stands there. Divorces take months.
  Made AnyRegistration() {
    const int size = static_cast<int>(registrations_.size());
    if (!divorces_.empty() && Below(2) == 0) return divorces_[Below(static_cast<int>(divorces_.size()))];
    return registrations_[Below(4) == 0 ? Below(size) : std::max(0, size - 1 - Below(2))];
  }

  // What is on its way from one region arrives, and the officer goes on.
  void Proceed() {
    if (registrations_.empty()) return;
    const std::string from = AnyRegistration().region;
    for (int left = 12; left > 0 && !cut_; --left) {
      const auto waiting = regions_.Waiting(from);
      if (waiting.empty()) break;
      const absl::Status status = regions_.Deliver(from, waiting[Below(static_cast<int>(waiting.size()))]);
      ASSERT_TRUE(status.ok()) << status;
    }
    ActOnRegistration();
  }

  // A divorce takes months, and the couple comes on the days on which something is to be done.
  void ProceedDivorce() {
    if (divorces_.empty()) return Register();
    const Made made = divorces_[Below(static_cast<int>(divorces_.size()))];
    for (const char* act : {"accept", "check", "issue"}) {
      for (int left = 12; left > 0 && !cut_; --left) {
        const auto waiting = regions_.Waiting(made.region);
        if (waiting.empty()) break;
        const absl::Status status = regions_.Deliver(made.region, waiting.front());
        ASSERT_TRUE(status.ok()) << status;
      }
      Do(made, act);
      const auto now = counter_.Get(made.region, made.number);
      ASSERT_TRUE(now.ok()) << now.status();
      if (now->state() != v1::REGISTRATION_STATE_APPLIED && now->state() != v1::REGISTRATION_STATE_COOLING)
        continue;
      // Both: the regions' clocks may differ by what StepClock did, and no more.
      for (const char* region : {kCq, kSc}) regions_.clock(region).Advance(absl::Hours(24 * 33));
      regions_.Tick(made.region);
    }
  }

  void ActOnRegistration() {
    if (registrations_.empty()) return;
    const Made made = AnyRegistration();
    const auto now = counter_.Get(made.region, made.number);
    ASSERT_TRUE(now.ok()) << now.status();
    const bool divorce = now->kind() == v1::REGISTRATION_KIND_DIVORCE;
    // Mostly what fits, sometimes anything.
    const char* const acts[] = {"check", "declare", "register", "refuse", "accept", "withdraw", "issue"};
    const char* act = acts[Below(7)];
    if (Below(8) != 0) {
      act = now->state() == v1::REGISTRATION_STATE_NETWORK_CHECKED ? (divorce ? "accept" : "declare")
            : now->state() == v1::REGISTRATION_STATE_DECLARED      ? "register"
            : now->state() == v1::REGISTRATION_STATE_ISSUE_WINDOW  ? (Below(3) == 0 ? "check" : "issue")
                                                                   : "check";
    }
    Do(made, act);
  }

  void Do(const Made& made, const char* act) {
    const auto now = counter_.Get(made.region, made.number);
    ASSERT_TRUE(now.ok()) << now.status();
    const bool divorce = now->kind() == v1::REGISTRATION_KIND_DIVORCE;
    const auto done = counter_.Act(made.region, made.number, act);
    if (!done.ok()) {
      ASSERT_TRUE(ReasonOf(done.status()).has_value()) << done.status();
      ASSERT_FALSE(HasReason(done.status(), Reason::INTERNAL)) << act << " " << done.status();
      ASSERT_FALSE(HasReason(done.status(), Reason::STORE_UNAVAILABLE)) << act << " " << done.status();
      return;
    }
    if (done->state() != v1::REGISTRATION_STATE_REGISTERED ||
        now->state() == v1::REGISTRATION_STATE_REGISTERED)
      return;
    ++registered_;
    divorced_ += divorce ? 1 : 0;
    if (!divorce) couples_.emplace_back(made.man, made.woman);
    for (const std::string& person : {made.man, made.woman}) marriages_[person] += divorce ? -1 : 1;
  }

  void Book() {
    const std::string region = AnyRegion();
    const std::string man = men_[Below(2)];
    const std::string woman = women_[Below(2)];
    const Date day = TodayShanghai(regions_.clock(region)) + 3 + Below(5);
    const auto held =
        counter_.Hold(region, OfficeAt(region), FormatDate(day), "AM1", v1::SLOT_SERVICE_MARRY, man, woman);
    if (held.ok()) {
      appointments_.push_back({region, held->appointment_no(), man, woman});
    } else {
      ++refused_bookings_;
      ASSERT_FALSE(HasReason(held.status(), Reason::STORE_UNAVAILABLE)) << held.status();
    }
  }

  void ActOnAppointment() {
    if (appointments_.empty()) return;
    const Made& made = appointments_[Below(static_cast<int>(appointments_.size()))];
    const auto act = Below(3) == 0 ? v1::APPOINTMENT_ACT_CANCEL : v1::APPOINTMENT_ACT_CONFIRM;
    const auto done = counter_.ActOn(made.region, made.number, act);
    ASSERT_FALSE(HasReason(done.status(), Reason::STORE_UNAVAILABLE)) << done.status();
  }

  void Deliver() {
    if (cut_) return;
    const std::string from = AnyRegion();
    for (int left = 1 + Below(4); left > 0; --left) {
      const auto waiting = regions_.Waiting(from);
      if (waiting.empty()) return;
      // Any of them, in any order: the exchange promises none.
      const std::string id = waiting[Below(static_cast<int>(waiting.size()))];
      const bool answered = Below(5) != 0;  // else it comes again
      const absl::Status status = regions_.Deliver(from, id, answered);
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  void StepClock() {
    constexpr int kMinutes[] = {1, 5, 11, -3, -90, 60 * 26};
    regions_.clock(AnyRegion()).Advance(absl::Minutes(kMinutes[Below(6)]));
  }

  void VoidNumber() {
    const std::string region = AnyRegion();
    v1::VoidCertificateNumberRequest request;
    request.set_request_id(counter_.NextId());
    request.set_office_code(OfficeAt(region));
    request.set_kind(v1::REGISTRATION_KIND_MARRIAGE);
    request.set_officer_id("officer-1");
    request.set_reason("spoilt");
    ASSERT_TRUE(regions_.at(region).registrations.VoidNumber("county", request).ok());
  }

  std::string CheckAlways() {
    if (::testing::Test::HasFailure()) return "see above";
    return promises_.Always(appointments_, marriages_);
  }

  std::string Finish() {
    cut_ = false;
    // A hold ends by the clock that it was opened by, also when that was set back since.
    regions_.SetClocks(latest_ + absl::Minutes(11));
    regions_.Settle();
    // Who waited for another region was looked at again in these minutes, and may be held since.
    regions_.SetClocks(latest_ + absl::Minutes(22));
    regions_.Settle();
    if (std::string wrong = CheckAlways(); !wrong.empty()) return wrong;
    if (std::string wrong = promises_.AtRest(appointments_); !wrong.empty()) return wrong;
    return EndTheDay();
  }

  // Two weeks later every booking is over, and nobody is held for anything. The next history finds empty
  // slots.
  std::string EndTheDay() {
    regions_.SetClocks(latest_ + absl::Hours(24 * 14));
    regions_.Settle();
    for (const char* region : {kCq, kSc}) {
      if (!regions_.Rows(region, "SELECT 1 FROM uq_claim WHERE is_open = 1").empty())
        return "a person is held for a booking that is over";
      regions_.Rows(region, "DELETE FROM mr_slot");
    }
    return "";
  }

  TwoRegions& regions_;
  Counter& counter_;
  const Promises promises_{regions_};
  std::mt19937 random_;
  std::vector<std::string> men_;
  std::vector<std::string> women_;
  std::vector<Made> registrations_;
  std::vector<Made> divorces_;
  std::vector<Made> appointments_;
  std::map<std::string, int> marriages_;
  absl::Time latest_ = absl::InfinitePast();
  bool cut_ = false;
  std::vector<std::pair<std::string, std::string>> couples_;
  int registered_ = 0;
  int divorced_ = 0;
  int refused_bookings_ = 0;
};

void RunHistories(sql::Dialect dialect, int histories) {
  // One place a period: the two couples of a history want the same.
  TwoRegions regions(dialect, MorningOf(Date(2026, 6, 1)), /*capacity=*/1);
  Counter counter(regions);
  int registered = 0;
  int refused = 0;
  int divorced = 0;
  for (int serial = 0; serial < histories; ++serial) {
    History history(regions, counter, serial);
    ASSERT_EQ(history.Run(), "") << "history " << serial;
    registered += history.registered();
    divorced += history.divorced();
    refused += history.refused_bookings();
  }
  EXPECT_THAT(regions.failures(), IsEmpty());
  // The histories are about something.
  EXPECT_GT(registered, histories / 4);
  EXPECT_GT(refused, histories / 4);
  EXPECT_GT(divorced, histories / 50);
  ::testing::Test::RecordProperty("registered", registered);
  ::testing::Test::RecordProperty("divorced", divorced);
  ::testing::Test::RecordProperty("refused_bookings", refused);
}

TEST(MarriageHistories, KeepTheirPromisesOnSqlite) { RunHistories(sql::Dialect::kSqlite, 1000); }
// Fewer: each transaction is a conversation with a server.
TEST(MarriageHistories, KeepTheirPromisesOnPostgresql) { RunHistories(sql::Dialect::kPostgresql, 100); }

}  // namespace
}  // namespace chuanyu::marriage
