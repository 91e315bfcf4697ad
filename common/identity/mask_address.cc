// Where the public part of a Chinese address ends.
//
// An address is read as province, city, county, town by the characters that end such names. The names of
// towns contain those characters too (禄市镇, 旧县街道, 两路街道, 新乡镇), and so do streets and estates
// (阳光小区): when in doubt the cut comes earlier, because a coarser address is a smaller harm than a home
// shown. The test runs every town of both regions through it.
#include <algorithm>
#include <array>
#include <vector>

#include "common/identity/characters.h"
#include "common/identity/masking.h"

namespace chuanyu {
namespace {

using Characters = std::vector<std::string_view>;

constexpr size_t kLongestName = 12;  // characters before the one that ends the name of a division

template <size_t N>
bool OneOf(std::string_view character, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), character) != list.end();
}

// A number: from here on it is a house, a group or a room.
bool StopsReading(std::string_view character) {
  constexpr std::array<std::string_view, 14> kStops = {"号", "栋", "巷", "组", "０", "１", "２",
                                                       "３", "４", "５", "６", "７", "８", "９"};
  const bool digit = character.size() == 1 && character[0] >= '0' && character[0] <= '9';
  return digit || OneOf(character, kStops);
}

// Reads one address from left to right.
class AddressReader {
 public:
  explicit AddressReader(const Characters& characters) : characters_(characters) {}

  // The number of characters that may be shown.
  size_t PublicLength() {
    while (!town_found_ && ReadName()) {
    }
    return kept_;
  }

 private:
  std::string_view At(size_t i) const { return i < characters_.size() ? characters_[i] : std::string_view(); }
  bool EndsWith(size_t end, std::string_view first, std::string_view second) const {
    return end >= 2 && At(end - 2) == first && At(end - 1) == second;
  }

  // The length of 镇, 乡 or 街道 at `i`, together with one that follows (天回镇街道, 新乡镇); 0 when there is
  // none.
  size_t TownEnd(size_t i) const {
    const bool street = At(i) == "街" && At(i + 1) == "道";
    const size_t length = street ? 2 : (At(i) == "镇" || At(i) == "乡") ? 1 : 0;
    return length == 1 ? 1 + TownEnd(i + 1) : length;
  }

  bool TownEndsWithin(size_t from, size_t n) const {
    for (size_t i = from; i < from + n && !StopsReading(At(i)); ++i) {
      if (TownEnd(i) > 0) return true;
    }
    return false;
  }

  // Advances kept_ over the next name; false when no further name can be made out.
  bool ReadName() {
    for (size_t i = kept_; i < characters_.size() && i <= kept_ + kLongestName; ++i) {
      if (StopsReading(At(i))) return false;
      if (i == kept_) continue;  // a name has at least one character before its ending (市中区, 镇龙镇)
      if (const size_t length = TownEnd(i)) return TakeTown(i, length);
      if (!county_found_ && EndsDivision(i)) return TakeDivision(i);
    }
    return false;
  }

  bool TakeTown(size_t i, size_t length) {
    // A street or village earlier in the name means that the "town" is part of something else
    // (红石路古镇新村).
    constexpr std::array<std::string_view, 3> kStreets = {"路", "街", "村"};
    for (size_t at = kept_ + 1; at + 2 < i; ++at) {
      if (OneOf(At(at), kStreets)) return false;
    }
    kept_ = i + length;
    town_found_ = true;
    return true;
  }

  bool EndsDivision(size_t i) const {
    constexpr std::array<std::string_view, 6> kEnds = {"省", "市", "区", "县", "旗", "盟"};
    return OneOf(At(i), kEnds) || (At(i) == "州" && EndsWith(i, "自", "治"));
  }

  bool TakeDivision(size_t i) {
    // 禄市镇, 旧县街道: the ending belongs to the name of a town. But in 简阳市镇金镇 the town begins with
    // 镇, and in 四川省乡城县 the county with 乡: no town's name ends in 省.
    const size_t length = At(i) == "省" ? 0 : TownEnd(i + 1);
    if (length > 0 && !TownEndsWithin(i + 1 + length, 3)) return TakeTown(i + 1, length);
    constexpr std::array<std::string_view, 5> kEstates = {"小", "社", "园", "校", "厂"};
    if (At(i) == "区" && OneOf(At(i - 1), kEstates)) return false;
    const bool autonomous_region = At(i) == "区" && EndsWith(i, "自", "治");
    county_found_ = OneOf(At(i), std::array<std::string_view, 3>{"区", "县", "旗"}) && !autonomous_region;
    kept_ = i + 1;
    return true;
  }

  const Characters& characters_;
  size_t kept_ = 0;
  bool county_found_ = false;
  bool town_found_ = false;
};

}  // namespace

std::string MaskAddress(std::string_view address) {
  const auto characters = SplitCharacters(address);
  if (!characters) return "***";
  const size_t length = AddressReader(*characters).PublicLength();
  std::string masked;
  for (size_t i = 0; i < length; ++i) masked += (*characters)[i];
  return length == characters->size() ? masked : masked + "***";
}

}  // namespace chuanyu
