// Which column of a register's statement means which field of a message. In a mapping file:
//
//   [columns]
//   kind = "type"
//   from_month = "from_month"
//   [values.type]                    # an enum's values in this database
//   NCDB = "ASSISTANCE_TYPE_DIBAO_RURAL"
//
// Pure, thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/config.h"
#include "common/sql/sql.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace chuanyu::registers {

struct ColumnMapping {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::map<std::string, int> values;  // for enums: what the database says -> number
};

using Columns = std::map<std::string, ColumnMapping>;

// CONFIG_INVALID for a field that `item` does not have or that two columns claim, an enum value that is none,
// an enum column without values, and when no column is mapped.
absl::StatusOr<Columns> LoadColumns(const Config& file, const google::protobuf::Descriptor& item);

// CONFIG_INVALID, naming `file`, unless a result of the statement has exactly the mapped columns.
absl::Status CheckColumns(const std::string& file, const Columns& columns, const sql::Result& result);

// One row as the fields of `item`; NULL leaves one absent. CODE_UNKNOWN, without the value, for one that the
// field cannot have.
absl::Status ReadRow(const Columns& mapping, const std::vector<std::string>& columns, const sql::Row& row,
                     google::protobuf::Message* item);

}  // namespace chuanyu::registers
