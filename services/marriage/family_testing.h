// A register of families for tests, by the table that they fill. Synthetic persons.
#pragma once

namespace chuanyu::marriage {

// Relations as GB/T 4761 has them: one column says both what somebody is and by which bond.
inline constexpr char kFamilyMapping[] = R"(knows = ["FAMILY"]
source = "家庭库"
sql = "SELECT code, code AS bond, relative FROM record WHERE person_index = :person_index AND since <= :as_of"
[columns]
code = "relation"
bond = "bond"
relative = "relative_index"
[values.relation]
51 = "KIN_RELATION_PARENT"
57 = "KIN_RELATION_PARENT"
61 = "KIN_RELATION_GRANDPARENT"
[values.bond]
51 = "KIN_BOND_BLOOD"
57 = "KIN_BOND_STEP"
61 = "KIN_BOND_BLOOD"
)";

}  // namespace chuanyu::marriage
