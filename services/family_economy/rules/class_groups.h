// The classes A01 to A15 by how soon they must be answered, domain page §4.1 and §4.3. Pure, thread-safe.
#pragma once

#include <vector>

#include "chuanyu/family_economy/v1/household.pb.h"

namespace chuanyu::family_economy {

// UNSPECIFIED for what is no class.
v1::SourceGroup GroupOf(v1::DataClass data_class);

// True for A01 to A15.
bool IsDataClass(v1::DataClass data_class);
// True for civil affairs' own data, which registers and the other region answer at once: A02, A03, A10 to
// A13.
bool IsStatusClass(v1::DataClass data_class);

// The classes of one group, in the order given.
struct ClassesOfGroup {
  v1::SourceGroup group = v1::SOURCE_GROUP_UNSPECIFIED;
  std::vector<v1::DataClass> classes;
};
// Groups without a class are left out; the quickest comes first.
std::vector<ClassesOfGroup> SplitByGroup(const std::vector<v1::DataClass>& classes);

}  // namespace chuanyu::family_economy
