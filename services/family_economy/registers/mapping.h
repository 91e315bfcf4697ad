// How a region's database answers for one class: a statement, and which column means which field. A file a
// class, TOML, deploy/registers/*.toml for the demo's tables:
//
//   class = "A10"
//   source = "社会救助库"
//   channel = "province"             # optional, "department" without it; A14 only goes through the
//   province's sql = "SELECT kind, from_month FROM assistance WHERE person_index = :person_index AND ..."
//   data_as_of = "SELECT complete_until FROM ..."     # optional: one value, RFC 3339
//   persons = "SELECT ... WHERE key > :after ORDER BY key LIMIT :limit"   # optional: everybody in it, below
//   [columns]
//   kind = "type"
//   from_month = "from_month"
//   [values.type]                    # an enum's values in this database
//   NCDB = "ASSISTANCE_TYPE_DIBAO_RURAL"
//
// The statement may use :person_index (64 hex digits, the blind index under the region's index key: registers
// hold no document numbers) and :as_of (YYYY-MM-DD) and returns the records in force on that day.
//
// `persons` lists everybody whom the register knows, for the match index of re-checks: each person once, by a
// text key in ascending order, in pages of :limit rows after the key :after. Its columns are person_key and
// either doc_no (the number in clear) or document (sealed as SealDocument does).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/sql/sql.h"
#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {

struct ColumnMapping {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::map<std::string, int> values;  // for enums: what the database says -> number
};

struct RegisterMapping {
  const RegisterClass* register_class = nullptr;
  std::string file;  // name for error messages
  std::string source;
  std::string sql;
  std::string data_as_of;  // empty: the register does not say
  std::string persons;     // empty: the register cannot be listed
  std::map<std::string, ColumnMapping> columns;
};

// CONFIG_INVALID for A14 without the province's channel, unknown keys, classes, fields, enum values and
// statement parameters, a field that two columns claim, and an enum column without values.
absl::StatusOr<RegisterMapping> LoadMapping(const std::string& path);

// CONFIG_INVALID unless a result of the statement has exactly the mapped columns.
absl::Status CheckColumns(const RegisterMapping& mapping, const sql::Result& result);

// One row as an item; NULL leaves a field absent. `region` goes into the field of that name, unless a column
// does. CODE_UNKNOWN or DATE_INVALID, without the value, when a value is none that the field can have.
absl::StatusOr<v1::ClassItem> ReadItem(const RegisterMapping& mapping,
                                       const std::vector<std::string>& columns, const sql::Row& row,
                                       const std::string& region);

}  // namespace chuanyu::family_economy
