#include "services/family_economy/rules/class_groups.h"

namespace chuanyu::family_economy {

v1::SourceGroup GroupOf(v1::DataClass data_class) {
  switch (data_class) {
    case v1::DATA_CLASS_A02_MARRIAGE:
    case v1::DATA_CLASS_A03_DEATH:
    case v1::DATA_CLASS_A10_ASSISTANCE:
    case v1::DATA_CLASS_A11_DISABILITY_SUBSIDY:
    case v1::DATA_CLASS_A12_CHILD_WELFARE:
    case v1::DATA_CLASS_A13_TEMPORARY_RELIEF:
      return v1::SOURCE_GROUP_OWN_DATA;
    case v1::DATA_CLASS_A01_HUKOU:
    case v1::DATA_CLASS_A04_SOCIAL_INSURANCE:
    case v1::DATA_CLASS_A05_REAL_ESTATE:
    case v1::DATA_CLASS_A06_VEHICLE:
    case v1::DATA_CLASS_A07_BUSINESS:
    case v1::DATA_CLASS_A08_HOUSING_FUND:
    case v1::DATA_CLASS_A09_TAX:
    case v1::DATA_CLASS_A15_UTILITIES:
      return v1::SOURCE_GROUP_DEPARTMENTAL;
    case v1::DATA_CLASS_A14_FINANCE:
      return v1::SOURCE_GROUP_FINANCE;
    default:
      return v1::SOURCE_GROUP_UNSPECIFIED;
  }
}

bool IsDataClass(v1::DataClass data_class) { return GroupOf(data_class) != v1::SOURCE_GROUP_UNSPECIFIED; }

bool IsStatusClass(v1::DataClass data_class) { return GroupOf(data_class) == v1::SOURCE_GROUP_OWN_DATA; }

std::vector<ClassesOfGroup> SplitByGroup(const std::vector<v1::DataClass>& classes) {
  std::vector<ClassesOfGroup> groups;
  for (const v1::SourceGroup group :
       {v1::SOURCE_GROUP_OWN_DATA, v1::SOURCE_GROUP_DEPARTMENTAL, v1::SOURCE_GROUP_FINANCE}) {
    ClassesOfGroup one{.group = group, .classes = {}};
    for (const v1::DataClass data_class : classes) {
      if (GroupOf(data_class) == group) one.classes.push_back(data_class);
    }
    if (!one.classes.empty()) groups.push_back(std::move(one));
  }
  return groups;
}

}  // namespace chuanyu::family_economy
