// What the histories of two regions must keep. In every state: no slot over its capacity, nobody with two
// verified live bookings of one service, nobody married twice at a time; and once nothing is on its way:
// nobody with two live bookings at all, no person held in vain, registers that agree, and certificate numbers
// without a gap that nobody answers for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/marriage/two_regions_testing.h"

namespace chuanyu::marriage {

// A registration or an appointment that a history has made.
struct Made {
  std::string region;
  std::string number;
  std::string man;
  std::string woman;
};

// Each answer is what is wrong, or empty.
class Promises {
 public:
  explicit Promises(TwoRegions& regions) : regions_(regions) {}

  // `marriages`: of each person, as the history has seen them registered.
  std::string Always(const std::vector<Made>& appointments,
                     const std::map<std::string, int>& marriages) const {
    for (const auto& [person, count] : marriages) {
      if (count < 0 || count > 1) return absl::StrCat("somebody has ", count, " marriages at a time");
    }
    for (const char* region : {kCq, kSc}) {
      if (!regions_.Rows(region, "SELECT 1 FROM mr_slot WHERE booked > capacity OR booked < 0").empty())
        return "a slot is over its capacity";
    }
    if (std::string wrong = Places(appointments); !wrong.empty()) return wrong;
    return Bookings(appointments, false);
  }

  std::string AtRest(const std::vector<Made>& appointments) const {
    if (std::string wrong = Bookings(appointments, true); !wrong.empty()) return wrong;
    const char* const kOpen = "SELECT claim_id FROM uq_claim WHERE is_open = 1 ORDER BY claim_id";
    if (regions_.Rows(kCq, kOpen) != regions_.Rows(kSc, kOpen)) return "a person is held in one region only";
    for (const char* region : {kCq, kSc}) {
      if (!regions_
               .Rows(region,
                     "SELECT 1 FROM uq_claim c, mr_claim m WHERE c.claim_id = m.claim_id AND c.is_open = 1 "
                     "AND m.kind = 'R'")
               .empty())
        return "a person is held for nothing";
      for (const auto& row :
           regions_.Rows(region,
                         "SELECT s.value, COUNT(*), MIN(c.seq), MAX(c.seq) FROM mr_series s, "
                         "mr_certificate c WHERE c.series = s.series GROUP BY s.series, s.value")) {
        if (row[0] != row[1] || row[2] != "1" || row[3] != row[0]) return "certificate numbers have a gap";
      }
      if (!regions_.Rows(region, "SELECT 1 FROM mr_certificate WHERE number = '' AND void_reason = ''")
               .empty())
        return "a number is used for nothing and nobody says why";
      if (!regions_
               .Rows(region,
                     "SELECT 1 FROM mr_certificate WHERE number <> '' GROUP BY number HAVING COUNT(*) > 1")
               .empty())
        return "a registration has two numbers";
    }
    for (const char* table : {"SELECT subject, certificate_no FROM mr_spouse ORDER BY subject",
                              "SELECT certificate_no, ended_by FROM mr_marriage ORDER BY certificate_no"}) {
      if (regions_.Rows(kCq, table) != regions_.Rows(kSc, table)) return "the registers do not agree";
    }
    return "";
  }

 private:
  // A place is taken as long as its appointment is not called off, and no longer.
  std::string Places(const std::vector<Made>& appointments) const {
    std::map<std::string, int64_t> taken = {{kCq, 0}, {kSc, 0}};
    for (const Made& made : appointments) {
      const auto now = regions_.at(made.region).bookings.Get("county", made.number);
      if (!now.ok()) return now.status().ToString();
      const bool off =
          now->state() == v1::APPOINTMENT_STATE_CANCELLED || now->state() == v1::APPOINTMENT_STATE_RELEASED;
      taken[made.region] += off ? 0 : 1;
    }
    for (const auto& [region, places] : taken) {
      const auto booked = regions_.Rows(region, "SELECT COALESCE(SUM(booked), 0) FROM mr_slot");
      if (booked.at(0).at(0) != std::to_string(places)) return "places are taken for no appointment";
    }
    return "";
  }

  // Persons with more than one live booking; verified ones only, unless `all`.
  std::string Bookings(const std::vector<Made>& appointments, bool all) const {
    std::map<std::string, int> live;
    for (const Made& made : appointments) {
      const auto now = regions_.at(made.region).bookings.Get("county", made.number);
      if (!now.ok()) return now.status().ToString();
      if (now->state() > v1::APPOINTMENT_STATE_CHECKED_IN) continue;
      if (!all && now->check() != v1::BOOKING_CHECK_VERIFIED) continue;
      for (const std::string& person : {made.man, made.woman}) {
        if (++live[person] > 1) return all ? "two live bookings of one person" : "two verified bookings";
      }
    }
    return "";
  }

  TwoRegions& regions_;
};

}  // namespace chuanyu::marriage
