// Administrative divisions and who is competent for an address on a day, domain page §0 and §2.3.
//
// Codes come and go: 渝北区 500112 was divided on 2026-01-25 between 北碚区 and 两江新区. So every question
// carries a date, an abolished code is known rather than forgotten, and a code whose successor depends on the
// town fails when the town is missing instead of choosing one. The tables are files (deploy/data/divisions).
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/identity/address_codes.h"

namespace chuanyu {

// The code of a division: 6 digits (GB/T 2260: province, prefecture, county), 9 (GB/T 10114: town) or 12
// (village). Well-formed, not necessarily in any table. Thread-safe: a plain value.
class DivisionCode {
 public:
  // CODE_UNKNOWN, naming `field`, unless 6, 9 or 12 ASCII digits of which the first is not 0.
  static absl::StatusOr<DivisionCode> Parse(std::string_view text, std::string_view field = "division");

  const std::string& str() const { return code_; }
  bool has_town() const { return code_.size() >= 9; }
  // The first six digits.
  DivisionCode County() const { return DivisionCode(code_.substr(0, 6)); }
  // The province-level code, e.g. 500000: the region whose node answers. For codes in force only: the codes
  // of 1980 to 1996 that start with 51 include places that are Chongqing's today.
  DivisionCode Region() const { return DivisionCode(code_.substr(0, 2) + "0000"); }

  friend bool operator==(const DivisionCode&, const DivisionCode&) = default;
  friend std::strong_ordering operator<=>(const DivisionCode& a, const DivisionCode& b) {
    return a.code_.compare(b.code_) <=> 0;
  }

 private:
  friend class DivisionTable;
  explicit DivisionCode(std::string code) : code_(std::move(code)) {}
  std::string code_;
};

// One code and the days it is in force, both included; nothing: not recorded, or still in force.
struct Division {
  std::string name;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
};

// From `date` on, what belonged to `from` (a county, or one town of it) belongs to the county `successor`.
struct DivisionChange {
  Date date;
  std::string from;
  std::string successor;
};

// An organ that was set up later than the division it serves: for it, changes of the day `change` take effect
// on `cutover` instead, and the old organ stays competent until the day before.
struct OrganCutover {
  std::string organ;  // e.g. "marriage_office"; the name callers pass to CompetentCounty
  Date change;
  Date cutover;  // not before `change`
};

struct DivisionOptions {
  // Codes the tables leave open: {"LIANGJIANG", "<six digits>"} for the rows that say @LIANGJIANG. A name
  // that the tables use and that is missing here stops the start.
  std::map<std::string, std::string> codes;
  std::vector<OrganCutover> cutovers;
};

// Immutable after it was built, so thread-safe.
class DivisionTable final : public AddressCodes {
 public:
  // The three CSV documents of deploy/data/divisions. CONFIG_INVALID, naming document and line, for a
  // malformed row, a code listed twice, a successor that is no county of the tables, a circle of successors,
  // or a @NAME that `options` does not give.
  static absl::StatusOr<DivisionTable> Parse(const std::string& counties_csv, const std::string& towns_csv,
                                             const std::string& changes_csv, const DivisionOptions& options);
  // Reads counties.csv, towns.csv and changes.csv in `folder`.
  static absl::StatusOr<DivisionTable> Load(const std::string& folder, const DivisionOptions& options);

  AddressCodeStatus StatusOn(std::string_view code6, Date day) const override;

  // The entry of a code of the tables (6 or 9 digits), in force or not; nullptr when there is none.
  const Division* Find(const DivisionCode& code) const;

  // The county whose offices are competent on `day` for an address, given by the code it has or once had.
  // `organ` chooses the cut-over days of one kind of office; "" is the default day of each change.
  // CODE_UNKNOWN when the code is in no table, is not in force on `day` and has no successor, is above county
  // level, or was divided and the address names no town.
  absl::StatusOr<DivisionCode> CompetentCounty(const DivisionCode& address, Date day,
                                               std::string_view organ = "") const;

  // Every county that has taken over all or part of `code` up to `day`, each once, in order of code. Empty
  // when nothing was taken over.
  std::vector<DivisionCode> Successors(const DivisionCode& code, Date day) const;

  // The 6-digit codes of counties (no province, no prefecture) of a region that are in force on `day`.
  std::vector<DivisionCode> CountiesOf(const DivisionCode& region, Date day) const;

 private:
  friend class DivisionReader;
  DivisionTable() = default;

  // The first day on which `change` counts for `organ`.
  Date EffectiveDay(const DivisionChange& change, std::string_view organ) const;
  // The change that moves the address away by `day`: its town's before its county's.
  const DivisionChange* ChangeFor(std::string_view address, Date day, std::string_view organ) const;
  // In force on `day`, or kept on by an organ whose cut-over is still to come.
  bool ServesOn(std::string_view county, Date day, std::string_view organ) const;

  std::map<std::string, Division, std::less<>> divisions_;
  std::map<std::string, DivisionChange, std::less<>> changes_;  // by DivisionChange::from
  std::vector<OrganCutover> cutovers_;
};

}  // namespace chuanyu
