// How a region's database answers for one class: a statement, and which column means which field. A file a
// class, TOML, deploy/registers/*.toml for the demo's tables:
//
//   class = "A10"
//   channel = "province"  # optional, "department" without it; A14 only goes through the province's
//   persons = "SELECT ... WHERE key > :after ORDER BY key LIMIT :limit"  # optional: everybody in it, below
//
// and, as common/registers/statement.h says, source, sql, data_as_of, and [columns] with [values.<field>] for
// the fields of the class's item.
//
// `persons` lists everybody whom the register knows, for the match index of re-checks: each person once, by a
// text key in ascending order, in pages of :limit rows after the key :after. Its columns are person_key and
// either doc_no (the number in clear) or document (sealed as SealDocument does).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/registers/column_mapping.h"
#include "common/registers/statement.h"
#include "common/sql/sql.h"
#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {

struct RegisterMapping {
  const RegisterClass* register_class = nullptr;
  registers::Statement statement;
  std::string persons;  // empty: the register cannot be listed
};

// CONFIG_INVALID for A14 without the province's channel, unknown keys, classes, fields, enum values and
// statement parameters, a field that two columns claim, and an enum column without values.
absl::StatusOr<RegisterMapping> LoadMapping(const std::string& path);

// One row as an item; NULL leaves a field absent. `region` goes into the field of that name, unless a column
// does. CODE_UNKNOWN or DATE_INVALID, without the value, when a value is none that the field can have.
absl::StatusOr<v1::ClassItem> ReadItem(const RegisterMapping& mapping,
                                       const std::vector<std::string>& columns, const sql::Row& row,
                                       const std::string& region);

}  // namespace chuanyu::family_economy
