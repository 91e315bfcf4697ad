// Couples at the offices of two whole regions, on the regions of shared_world.h.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/calendar/china_time.h"
#include "tests/e2e/shared_world.h"
#include "tests/support/couples.h"
#include "tests/support/eventually.h"
#include "tests/support/marriage_region.h"

namespace chuanyu::testing {

inline constexpr char kYubei[] = "500112-01";    // 两江新区 since 2026-01-25
inline constexpr char kHuaying[] = "511681-01";  // designated
inline constexpr char kLinshui[] = "511623-01";  // not designated

class MarriageWorldTest : public SharedWorldTest<MarriageWorldTest> {
 public:
  static std::vector<TestPerson> Persons() {
    static auto& numbers = *new std::deque<std::string>;  // what Persons points into
    numbers = young();
    for (int serial = 0; serial < people(); ++serial) {
      numbers.push_back(AdultNumber(true, serial));
      numbers.push_back(AdultNumber(false, serial));
    }
    std::vector<TestPerson> persons;
    for (const std::string& number : numbers)
      persons.push_back({number.c_str(), kCoupleName, type::v1::SEX_UNSPECIFIED, "511623"});
    return persons;
  }

 protected:
  WorldOptions Options() const override {
    return {.family_economy = false, .services = {&Marriage()}, .backend = GetParam()};
  }
  void SetUp() override {
    SharedWorldTest::SetUp();
    if (!HasFatalFailure()) Connect();
  }
  void Connect() {
    cq_ = std::make_unique<MarriageClient>(world().cq().ToFront(Marriage(), kPlatform));
    sc_ = std::make_unique<MarriageClient>(world().sc().ToFront(Marriage(), kForeignPlatform));
  }
  void Disconnect() {
    cq_.reset();
    sc_.reset();
  }
  // People that no other test of the program speaks of.
  static std::string NewMan() { return AdultNumber(true, people()++); }
  static std::string NewWoman() { return AdultNumber(false, people()++); }
  // Somebody who turns `years` so many days after today.
  static std::string Turns(int years, int days, bool man) {
    const absl::CivilDay day = DayOf(absl::Now()) + days;
    absl::CivilDay birth(day.year() - years, day.month(), day.day());
    if (birth.month() != day.month()) birth -= 1;  // February 29: the last day of the month (民法典 §202)
    young().push_back(NumberBorn(birth, man, static_cast<int>(GetParam())));
    return young().back();
  }
  static std::string Id() { return "e2e-" + std::to_string(ids()++); }

  // At the counter, from start to certificate.
  std::string Marry(MarriageClient& at, const char* office, const marriage::v1::Party& man,
                    const marriage::v1::Party& woman) {
    const auto started = at.Start(Id(), office, man, woman);
    if (!started.ok()) return Outcome(started.status());
    const auto checked = at.AwaitChecked(started->registration_no());
    if (!checked.ok()) return Outcome(checked.status());
    if (checked->state() == marriage::v1::REGISTRATION_STATE_REFUSED) return checked->refused_reasons(0);
    for (const char* act : {"declare", "register"}) {
      const auto done = at.Perform(Id(), started->registration_no(), act);
      if (!done.ok()) return Outcome(done.status());
      if (done->state() == marriage::v1::REGISTRATION_STATE_REGISTERED) return done->certificate_no();
    }
    return "not registered";
  }
  std::string Marry(MarriageClient& at, const char* office, const std::string& man,
                    const std::string& woman) {
    return Marry(at, office, CoupleParty(man), CoupleParty(woman));
  }

  MarriageClient& cq() { return *cq_; }
  MarriageClient& sc() { return *sc_; }

 private:
  static std::deque<std::string>& young() {
    static auto& numbers = *new std::deque<std::string>;
    return numbers;
  }
  static int& people() {
    static int count = 0;
    return count;
  }
  static int& ids() {
    static int count = 0;
    return count;
  }

  std::unique_ptr<MarriageClient> cq_;
  std::unique_ptr<MarriageClient> sc_;
};

}  // namespace chuanyu::testing
