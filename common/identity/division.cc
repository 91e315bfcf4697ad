#include "common/identity/division.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

absl::Status Unknown(const DivisionCode& code, const std::string& why) {
  return MakeError(Reason::CODE_UNKNOWN, {.field = "division", .detail = code.str() + " " + why});
}

// Provinces end in 0000, prefectures in 00.
bool IsCounty(std::string_view code) { return code.size() == 6 && code.substr(4) != "00"; }

}  // namespace

absl::StatusOr<DivisionCode> DivisionCode::Parse(std::string_view text, std::string_view field) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  const bool length = text.size() == 6 || text.size() == 9 || text.size() == 12;
  if (!digits || !length || text[0] == '0') {
    return MakeError(Reason::CODE_UNKNOWN, {.field = std::string(field), .detail = "not 6, 9 or 12 digits"});
  }
  return DivisionCode(std::string(text));
}

AddressCodeStatus DivisionTable::StatusOn(std::string_view code6, Date day) const {
  const auto found = divisions_.find(code6);
  if (found == divisions_.end()) return AddressCodeStatus::kUnknown;
  const Division& division = found->second;
  if (division.valid_from && day < *division.valid_from) return AddressCodeStatus::kUnknown;
  if (division.valid_to && day > *division.valid_to) return AddressCodeStatus::kAbolished;
  return AddressCodeStatus::kInForce;
}

const Division* DivisionTable::Find(const DivisionCode& code) const {
  const auto found = divisions_.find(code.str());
  return found == divisions_.end() ? nullptr : &found->second;
}

Date DivisionTable::EffectiveDay(const DivisionChange& change, std::string_view organ) const {
  for (const OrganCutover& cutover : cutovers_) {
    if (cutover.organ == organ && cutover.change == change.date) return cutover.cutover;
  }
  return change.date;
}

const DivisionChange* DivisionTable::ChangeFor(std::string_view address, Date day,
                                               std::string_view organ) const {
  for (const size_t digits : {size_t{9}, size_t{6}}) {
    if (address.size() < digits) continue;
    const auto found = changes_.find(address.substr(0, digits));
    if (found != changes_.end() && EffectiveDay(found->second, organ) <= day) return &found->second;
  }
  return nullptr;
}

bool DivisionTable::ServesOn(std::string_view county, Date day, std::string_view organ) const {
  const auto found = divisions_.find(county);
  if (found == divisions_.end() || !IsCounty(county)) return false;
  const Division& division = found->second;
  if (division.valid_from && day < *division.valid_from) return false;
  if (!division.valid_to || day <= *division.valid_to) return true;
  return std::any_of(cutovers_.begin(), cutovers_.end(), [&](const OrganCutover& cutover) {
    return cutover.organ == organ && cutover.change == *division.valid_to + 1 && day < cutover.cutover;
  });
}

absl::StatusOr<DivisionCode> DivisionTable::CompetentCounty(const DivisionCode& address, Date day,
                                                            std::string_view organ) const {
  // Ends: the reader has refused circles.
  std::string code = address.str();
  while (const DivisionChange* change = ChangeFor(code, day, organ)) code = change->successor;

  const DivisionCode county(code.substr(0, 6));
  if (ServesOn(county.str(), day, organ)) return county;
  if (divisions_.find(county.str()) == divisions_.end()) return Unknown(county, "is in no table");
  if (!IsCounty(county.str())) return Unknown(county, "is not a county");
  if (!Successors(county, day).empty()) return Unknown(county, "was divided, the town is needed");
  return Unknown(county, "is not in force on " + FormatDate(day));
}

std::vector<DivisionCode> DivisionTable::Successors(const DivisionCode& code, Date day) const {
  std::set<DivisionCode> successors;
  for (auto it = changes_.lower_bound(code.str()); it != changes_.end(); ++it) {
    if (it->first.compare(0, code.str().size(), code.str()) != 0) break;
    if (it->second.date <= day) successors.insert(DivisionCode(it->second.successor));
  }
  return {successors.begin(), successors.end()};
}

std::vector<DivisionCode> DivisionTable::CountiesOf(const DivisionCode& region, Date day) const {
  const std::string prefix = region.str().substr(0, 2);
  std::vector<DivisionCode> counties;
  for (auto it = divisions_.lower_bound(prefix); it != divisions_.end(); ++it) {
    if (it->first.compare(0, 2, prefix) != 0) break;
    if (IsCounty(it->first) && StatusOn(it->first, day) == AddressCodeStatus::kInForce) {
      counties.push_back(DivisionCode(it->first));
    }
  }
  return counties;
}

}  // namespace chuanyu
