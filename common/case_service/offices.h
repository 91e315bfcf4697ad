// What the organisations of this region may do in one item: in which roles their officers act, and for which
// counties. Organisations are those of certificates (spiffe://<region>.chuanyu/<org>/<system>). Immutable,
// thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace chuanyu {

struct Office {
  std::string org;
  std::vector<std::string> roles;     // of the item: WINDOW, TOWN, COUNTY ...
  std::vector<std::string> counties;  // 6 digits; acted for
};

// nullptr when there is none.
inline const Office* FindOffice(const std::vector<Office>& offices, const std::string& org) {
  const auto found =
      std::find_if(offices.begin(), offices.end(), [&](const Office& office) { return office.org == org; });
  return found == offices.end() ? nullptr : &*found;
}

inline bool HasRole(const Office& office, const std::string& role) {
  return std::find(office.roles.begin(), office.roles.end(), role) != office.roles.end();
}

}  // namespace chuanyu
