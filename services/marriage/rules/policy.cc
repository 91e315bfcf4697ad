#include "services/marriage/rules/policy.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"

namespace chuanyu::marriage {
namespace {

using policy_file::CheckFollows;
using policy_file::ReadInt;
using policy_file::ReadSource;
using policy_file::ReadSpan;
using policy_file::ReadWord;
using policy_file::Words;

const Words<v1::SlotService>& ServiceWords() {
  static const auto* const words =
      new Words<v1::SlotService>{{"MARRY", v1::SLOT_SERVICE_MARRY},
                                 {"DIVORCE_APPLY", v1::SLOT_SERVICE_DIVORCE_APPLY},
                                 {"DIVORCE_ISSUE", v1::SLOT_SERVICE_DIVORCE_ISSUE},
                                 {"REISSUE", v1::SLOT_SERVICE_REISSUE}};
  return *words;
}

absl::StatusOr<std::vector<v1::DocumentKind>> ReadAnyOf(const Config& row, const std::string& words) {
  std::vector<v1::DocumentKind> out;
  const std::vector<std::string> parts = absl::StrSplit(words, '|');
  for (const std::string& word : parts) {
    v1::DocumentKind kind = v1::DOCUMENT_KIND_UNSPECIFIED;
    if (!v1::DocumentKind_Parse("DOCUMENT_KIND_" + word, &kind) || kind == v1::DOCUMENT_KIND_UNSPECIFIED)
      return row.Invalid("needed", "names another document");
    out.push_back(kind);
  }
  return out;
}

absl::Status ReadMaterials(const Config& file, MarriagePolicy& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, file.Tables("materials"));
  for (const Config& row : rows) {
    CHUANYU_ASSIGN_OR_RETURN(
        const auto kind, ReadWord(row, "kind",
                                  Words<v1::RegistrationKind>{{"MARRIAGE", v1::REGISTRATION_KIND_MARRIAGE},
                                                              {"DIVORCE", v1::REGISTRATION_KIND_DIVORCE}}));
    CHUANYU_ASSIGN_OR_RETURN(const auto who,
                             ReadWord(row, "who",
                                      Words<Origin>{{"MAINLAND", Origin::kMainland},
                                                    {"HMT", Origin::kHmt},
                                                    {"OVERSEAS_CHINESE", Origin::kOverseasChinese},
                                                    {"FOREIGNER", Origin::kForeigner}}));
    Materials next;
    CHUANYU_ASSIGN_OR_RETURN(next.in_force, ReadSpan(row));
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> needed, row.Strings("needed"));
    if (needed.empty()) return row.Invalid("needed", "is empty");
    for (const std::string& words : needed) {
      CHUANYU_ASSIGN_OR_RETURN(next.needed.emplace_back(), ReadAnyOf(row, words));
    }
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    std::vector<Materials>& of = out.materials[{kind, who}];
    if (!of.empty()) CHUANYU_RETURN_IF_ERROR(CheckFollows(row, of.back().in_force, next.in_force));
    of.push_back(std::move(next));
  }
  // Nobody is registered without papers because a rule was forgotten.
  if (out.materials.size() != 8) return file.Invalid("materials", "says nothing about somebody");
  return absl::OkStatus();
}

absl::Status ReadNational(const Config& file, MarriagePolicy& out) {
  CHUANYU_RETURN_IF_ERROR(file.String("version").status());
  CHUANYU_ASSIGN_OR_RETURN(const Config age, file.Table("age"));
  CHUANYU_ASSIGN_OR_RETURN(out.age_man, ReadInt(age, "man", 1, 100));
  CHUANYU_ASSIGN_OR_RETURN(out.age_woman, ReadInt(age, "woman", 1, 100));
  CHUANYU_ASSIGN_OR_RETURN(
      out.age.reached_on,
      ReadWord(age, "reached_on",
               Words<AgeRule::ReachedOn>{{"BIRTHDAY", AgeRule::ReachedOn::kBirthday},
                                         {"DAY_AFTER", AgeRule::ReachedOn::kDayAfterBirthday}}));
  CHUANYU_ASSIGN_OR_RETURN(out.age.leap_birthday,
                           ReadWord(age, "leap_birthday",
                                    Words<AgeRule::LeapBirthday>{{"FEB28", AgeRule::LeapBirthday::kFeb28},
                                                                 {"MAR1", AgeRule::LeapBirthday::kMar1}}));
  CHUANYU_RETURN_IF_ERROR(ReadSource(age).status());
  CHUANYU_ASSIGN_OR_RETURN(const Config divorce, file.Table("divorce"));
  CHUANYU_ASSIGN_OR_RETURN(out.cooling_days, ReadInt(divorce, "cooling_days", 1, 366));
  CHUANYU_ASSIGN_OR_RETURN(out.window_days, ReadInt(divorce, "window_days", 1, 366));
  CHUANYU_RETURN_IF_ERROR(ReadSource(divorce).status());
  CHUANYU_ASSIGN_OR_RETURN(const Config registration, file.Table("registration"));
  CHUANYU_ASSIGN_OR_RETURN(out.hold_minutes, ReadInt(registration, "hold_minutes", 1, 120));
  CHUANYU_RETURN_IF_ERROR(ReadSource(registration).status());
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, file.Tables("jurisdiction"));
  if (rows.empty()) return file.Invalid("jurisdiction", "is missing");
  for (const Config& row : rows) {
    Jurisdiction next;
    CHUANYU_ASSIGN_OR_RETURN(next.in_force, ReadSpan(row));
    if (!out.jurisdictions.empty()) {
      CHUANYU_RETURN_IF_ERROR(CheckFollows(row, out.jurisdictions.back().in_force, next.in_force));
    }
    CHUANYU_ASSIGN_OR_RETURN(
        next.who,
        ReadWord(row, "who",
                 Words<Jurisdiction::Who>{{"HUKOU", Jurisdiction::Who::kHukou},
                                          {"HUKOU_OR_RESIDENCE", Jurisdiction::Who::kHukouOrResidence},
                                          {"ANYONE", Jurisdiction::Who::kAnyone}}));
    CHUANYU_ASSIGN_OR_RETURN(next.household_book, row.Bool("household_book"));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
    out.jurisdictions.push_back(next);
  }
  CHUANYU_RETURN_IF_ERROR(ReadMaterials(file, out));
  return file.CheckNoUnknownKeys();
}

absl::StatusOr<BookingRules> ReadBooking(const Config& table) {
  BookingRules out;
  CHUANYU_ASSIGN_OR_RETURN(out.window_days, ReadInt(table, "window_days", 1, 366));
  CHUANYU_ASSIGN_OR_RETURN(out.cutoff_hours, ReadInt(table, "cutoff_hours", 0, 24 * 30));
  CHUANYU_ASSIGN_OR_RETURN(out.cancel_days, ReadInt(table, "cancel_days", 0, 30));
  CHUANYU_ASSIGN_OR_RETURN(out.hold_minutes, ReadInt(table, "hold_minutes", 1, 120));
  CHUANYU_ASSIGN_OR_RETURN(out.no_shows, ReadInt(table, "no_shows", 1, 100));
  CHUANYU_ASSIGN_OR_RETURN(out.no_show_days, ReadInt(table, "no_show_days", 1, 366));
  CHUANYU_ASSIGN_OR_RETURN(out.block_days, ReadInt(table, "block_days", 0, 366));
  CHUANYU_RETURN_IF_ERROR(ReadSource(table).status());
  return out;
}

absl::StatusOr<Period> ReadPeriod(const Config& table) {
  Period out;
  CHUANYU_ASSIGN_OR_RETURN(out.name, table.String("name"));
  if (out.name.empty() || out.name.size() > 16) return table.Invalid("name", "is not 1 to 16 characters");
  CHUANYU_ASSIGN_OR_RETURN(const std::string opens, table.String("opens"));
  int hour = 0;
  int minute = 0;
  char rest = 0;
  if (opens.size() != 5 || std::sscanf(opens.c_str(), "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59) {
    return table.Invalid("opens", "is no time of day HH:MM");
  }
  out.opens_minute = hour * 60 + minute;
  CHUANYU_ASSIGN_OR_RETURN(out.capacity, ReadInt(table, "capacity", 1, 100000));
  return out;
}

absl::StatusOr<RegistryOffice> ReadOffice(const Config& table, const DivisionTable& divisions) {
  RegistryOffice out;
  CHUANYU_ASSIGN_OR_RETURN(out.code, table.String("code"));
  if (out.code.empty() || out.code.size() > 16) return table.Invalid("code", "is not 1 to 16 characters");
  CHUANYU_RETURN_IF_ERROR(table.String("name").status());
  CHUANYU_ASSIGN_OR_RETURN(out.address, table.String("address"));
  const absl::StatusOr<DivisionCode> address = DivisionCode::Parse(out.address);
  if (!address.ok() || divisions.Find(*address) == nullptr) {
    return table.Invalid("address", "is no division of the tables");
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> services, table.Strings("services"));
  for (const std::string& service : services) {
    const auto& words = ServiceWords();
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == service; });
    if (found == words.end()) return table.Invalid("services", "names another service");
    out.services.insert(found->second);
  }
  CHUANYU_ASSIGN_OR_RETURN(out.designated, table.Bool("designated"));
  CHUANYU_ASSIGN_OR_RETURN(out.makeup_saturdays, table.Bool("makeup_saturdays"));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> periods, table.Tables("period"));
  for (const Config& row : periods) {
    CHUANYU_ASSIGN_OR_RETURN(Period period, ReadPeriod(row));
    if (out.FindPeriod(period.name) != nullptr) return row.Invalid("name", "is there twice");
    out.periods.push_back(std::move(period));
  }
  return out;
}

absl::Status ReadRegion(const Config& file, const std::string& region, const DivisionTable& divisions,
                        MarriagePolicy& out) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string named, file.String("region"));
  if (named != region) return file.Invalid("region", "is not the region that the file is named after");
  CHUANYU_RETURN_IF_ERROR(file.String("version").status());
  CHUANYU_ASSIGN_OR_RETURN(const Config booking, file.Table("booking"));
  CHUANYU_ASSIGN_OR_RETURN(out.booking, ReadBooking(booking));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> spans, file.Tables("region_hukou"));
  for (const Config& row : spans) {
    CHUANYU_ASSIGN_OR_RETURN(out.region_hukou.emplace_back(), ReadSpan(row));
    CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> offices, file.Tables("office"));
  if (offices.empty()) return file.Invalid("office", "is missing");
  for (const Config& row : offices) {
    CHUANYU_ASSIGN_OR_RETURN(RegistryOffice office, ReadOffice(row, divisions));
    if (out.FindOffice(office.code) != nullptr) return row.Invalid("code", "is there twice");
    out.offices.push_back(std::move(office));
  }
  return file.CheckNoUnknownKeys();
}

}  // namespace

const Period* RegistryOffice::FindPeriod(const std::string& name) const {
  const auto found =
      std::find_if(periods.begin(), periods.end(), [&](const Period& period) { return period.name == name; });
  return found == periods.end() ? nullptr : &*found;
}

absl::StatusOr<MarriagePolicy> MarriagePolicy::Load(const std::string& folder, const std::string& region,
                                                    const DivisionTable& divisions) {
  MarriagePolicy out;
  CHUANYU_ASSIGN_OR_RETURN(const Config national, Config::Load(folder + "/national.toml"));
  CHUANYU_RETURN_IF_ERROR(ReadNational(national, out));
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(folder + "/" + region + ".toml"));
  CHUANYU_RETURN_IF_ERROR(ReadRegion(file, region, divisions, out));
  return out;
}

const RegistryOffice* MarriagePolicy::FindOffice(const std::string& code) const {
  const auto found = std::find_if(offices.begin(), offices.end(),
                                  [&](const RegistryOffice& office) { return office.code == code; });
  return found == offices.end() ? nullptr : &*found;
}

const Jurisdiction* MarriagePolicy::JurisdictionOn(Date day) const {
  const auto found = std::find_if(jurisdictions.begin(), jurisdictions.end(),
                                  [&](const Jurisdiction& each) { return each.in_force.Contains(day); });
  return found == jurisdictions.end() ? nullptr : &*found;
}

bool MarriagePolicy::RegionHukouCounts(Date day) const {
  return std::any_of(region_hukou.begin(), region_hukou.end(),
                     [&](const DateSpan& span) { return span.Contains(day); });
}

const Materials* MarriagePolicy::MaterialsOn(v1::RegistrationKind kind, Origin origin, Date day) const {
  const auto of = materials.find({kind, origin});
  if (of == materials.end()) return nullptr;
  const auto found = std::find_if(of->second.begin(), of->second.end(),
                                  [&](const Materials& each) { return each.in_force.Contains(day); });
  return found == of->second.end() ? nullptr : &*found;
}

}  // namespace chuanyu::marriage
