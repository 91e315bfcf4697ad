// What the law and a region say about marriage registration, from deploy/policy/marriage: dated, with
// sources. Immutable, thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/appointment.pb.h"
#include "chuanyu/marriage/v1/registration.pb.h"
#include "common/calendar/age.h"
#include "common/identity/division.h"
#include "common/policy/period.h"

namespace chuanyu::marriage {

// Organ of the division tables whose cut-over days hold for these offices.
inline constexpr char kOrgan[] = "marriage_office";

struct Period {
  std::string name;      // "AM1"
  int opens_minute = 0;  // minutes after midnight, Asia/Shanghai
  int capacity = 0;      // couples, of each service
};

struct RegistryOffice {
  std::string code;  // "500112-01"; outlives changes of divisions
  std::string
      address;  // division of its address as it is or once was; leads to the competent county of a day
  std::set<v1::SlotService> services;
  bool designated = false;  // for foreigners, HK, Macao, Taiwan, overseas Chinese
  bool makeup_saturdays = false;
  std::vector<Period> periods;

  const Period* FindPeriod(const std::string& name) const;
};

// Who may be served at an office, domain page §6.3.
struct Jurisdiction {
  enum class Who { kHukou, kHukouOrResidence, kAnyone };
  DateSpan in_force;
  Who who = Who::kAnyone;
  bool household_book = false;  // 户口簿 is among the materials
};

// Whence a party comes, as far as its documents differ: 婚姻登记条例 §8.
enum class Origin { kMainland, kHmt, kOverseasChinese, kForeigner };

// What each party shows, domain page §6.2; of each entry one document. 户口簿 is the jurisdiction's.
struct Materials {
  DateSpan in_force;
  std::vector<std::vector<v1::DocumentKind>> needed;
};

// Domain page §6.1.
struct BookingRules {
  int window_days = 0;   // bookable so many days ahead
  int cutoff_hours = 0;  // until so many hours before the period opens
  int cancel_days = 0;   // to be cancelled so many days before, or more
  int hold_minutes = 0;
  int no_shows = 0;      // so many ...
  int no_show_days = 0;  // ... in so many days ...
  int block_days = 0;    // ... stop booking for so many
};

class MarriagePolicy {
 public:
  // national.toml and <region>.toml. CONFIG_INVALID, naming file, line and key; also for an office whose
  // address is in no division table.
  static absl::StatusOr<MarriagePolicy> Load(const std::string& folder, const std::string& region,
                                             const DivisionTable& divisions);

  int age_man = 0;
  int age_woman = 0;
  AgeRule age;
  int cooling_days = 0;
  int window_days = 0;
  int hold_minutes = 0;
  BookingRules booking;
  std::vector<Jurisdiction> jurisdictions;  // in order of time, without gap
  std::vector<DateSpan> region_hukou;       // 户籍 anywhere in the region is enough
  // In order of time, without gap, of each kind and origin.
  std::map<std::pair<v1::RegistrationKind, Origin>, std::vector<Materials>> materials;
  std::vector<RegistryOffice> offices;

  const RegistryOffice* FindOffice(const std::string& code) const;  // nullptr when there is none
  // nullptr before the first one.
  const Jurisdiction* JurisdictionOn(Date day) const;
  bool RegionHukouCounts(Date day) const;
  // nullptr before the first ones.
  const Materials* MaterialsOn(v1::RegistrationKind kind, Origin origin, Date day) const;
};

}  // namespace chuanyu::marriage
