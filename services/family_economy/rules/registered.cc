#include "services/family_economy/rules/registered.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chuanyu::family_economy {
namespace {

// One 户 and those of the family who are in it.
struct FoundHousehold {
  std::vector<const v1::MemberResult*> members;
  int persons = 0;
};

bool IsRegistered(const v1::HukouRecord& record) {
  // A purpose that may not see the state is told of the records that are in force.
  return !record.has_state() || record.state() == v1::HUKOU_STATE_REGISTERED;
}

// nullptr when no record says that the person is registered now.
const v1::HukouRecord* RegistrationIn(const v1::ClassResult& result) {
  for (const v1::ClassItem& item : result.items()) {
    if (item.has_hukou_record() && IsRegistered(item.hukou_record())) return &item.hukou_record();
  }
  return nullptr;
}

v1::Discrepancy& Add(v1::DiscrepancyKind kind, const v1::MemberResult& result,
                     v1::Verification* verification) {
  v1::Discrepancy& out = *verification->add_discrepancies();
  out.set_member_id(result.member_id());
  out.set_kind(kind);
  *out.mutable_region() = result.region();
  return out;
}

}  // namespace

void CompareWithRegister(v1::Verification* verification) {
  std::map<std::pair<std::string, std::string>, FoundHousehold> households;  // by region and key
  std::vector<FoundHousehold*> in_order;
  for (const v1::MemberResult& one : verification->results()) {
    const v1::ClassResult& result = one.result();
    const bool checked = result.state() == v1::RESULT_STATE_HIT || result.state() == v1::RESULT_STATE_NO_HIT;
    if (result.data_class() != v1::DATA_CLASS_A01_HUKOU || !checked) continue;
    const v1::HukouRecord* const record = RegistrationIn(result);
    if (record == nullptr) {
      Add(v1::DISCREPANCY_KIND_MEMBER_NOT_REGISTERED, one, verification);
      continue;
    }
    if (!record->has_household_key()) continue;
    FoundHousehold& household = households[{one.region().code(), record->household_key()}];
    if (household.members.empty()) in_order.push_back(&household);
    household.members.push_back(&one);
    household.persons = std::max(household.persons, int{record->household_persons()});
  }
  for (const FoundHousehold* household : in_order) {
    const auto declared = static_cast<int>(household->members.size());
    if (household->persons <= declared) continue;
    v1::Discrepancy& out =
        Add(v1::DISCREPANCY_KIND_PERSON_NOT_DECLARED, *household->members.front(), verification);
    out.set_declared_number(declared);
    out.set_found_number(household->persons);
  }
}

}  // namespace chuanyu::family_economy
