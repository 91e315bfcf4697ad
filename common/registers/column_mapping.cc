#include "common/registers/column_mapping.h"

#include <limits>
#include <set>

#include "absl/strings/numbers.h"
#include "chuanyu/type/v1/common.pb.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::registers {
namespace {

using ::google::protobuf::FieldDescriptor;

absl::StatusOr<std::map<std::string, int>> LoadValues(const Config& values, const FieldDescriptor& field) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, values.Table(field.name()));
  std::map<std::string, int> numbers;
  for (const std::string& value : table.Keys()) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string name, table.String(value));
    const auto* found = field.enum_type()->FindValueByName(name);
    if (found == nullptr || found->number() == 0) return table.Invalid(value, "names no value of the field");
    numbers.emplace(value, found->number());
  }
  if (numbers.empty()) return values.Invalid(field.name(), "must say what the database's values mean");
  return numbers;
}

absl::Status Unreadable(const std::string& column) {
  return MakeError(Reason::CODE_UNKNOWN,
                   {.field = column, .detail = "a register holds a value that the field cannot have"});
}

absl::Status SetEnum(const std::string& column, const ColumnMapping& mapping, const std::string& text,
                     google::protobuf::Message& item) {
  const auto found = mapping.values.find(text);
  if (found == mapping.values.end()) return Unreadable(column);
  item.GetReflection()->SetEnumValue(&item, mapping.field, found->second);
  return absl::OkStatus();
}

absl::Status SetNumber(const std::string& column, const std::string& text, const FieldDescriptor& field,
                       google::protobuf::Message& item) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Unreadable(column);
  if (field.type() == FieldDescriptor::TYPE_INT64) {
    item.GetReflection()->SetInt64(&item, &field, number);
  } else if (number >= 0 && number <= std::numeric_limits<int32_t>::max()) {
    item.GetReflection()->SetInt32(&item, &field, static_cast<int32_t>(number));
  } else {
    return Unreadable(column);
  }
  return absl::OkStatus();
}

// As the database has it; whoever uses the item says whether the field can have it.
absl::Status SetField(const std::string& column, const ColumnMapping& mapping, const sql::Value& value,
                      google::protobuf::Message& item) {
  const auto* integer = std::get_if<int64_t>(&value);
  const std::string text = integer != nullptr ? std::to_string(*integer) : sql::TextOf(value);
  switch (mapping.field->type()) {
    case FieldDescriptor::TYPE_ENUM:
      return SetEnum(column, mapping, text, item);
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
      return SetNumber(column, text, *mapping.field, item);
    case FieldDescriptor::TYPE_MESSAGE: {
      auto* inner = item.GetReflection()->MutableMessage(&item, mapping.field);
      if (auto* month = dynamic_cast<type::v1::Month*>(inner)) {
        month->set_value(text);
      } else if (auto* day = dynamic_cast<type::v1::Date*>(inner)) {
        day->set_value(text);
      } else {
        dynamic_cast<type::v1::DivisionCode&>(*inner).set_code(text);
      }
      return absl::OkStatus();
    }
    default:
      item.GetReflection()->SetString(&item, mapping.field, text);
      return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<Columns> LoadColumns(const Config& file, const google::protobuf::Descriptor& item) {
  CHUANYU_ASSIGN_OR_RETURN(const Config columns, file.Table("columns"));
  CHUANYU_ASSIGN_OR_RETURN(const Config values, file.Table("values"));
  Columns out;
  std::set<std::string> taken;
  for (const std::string& column : columns.Keys()) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string name, columns.String(column));
    ColumnMapping one{.field = item.FindFieldByName(name)};
    if (one.field == nullptr) return columns.Invalid(column, "names no field of this class");
    if (!taken.insert(name).second) return columns.Invalid(column, "names a field that another column has");
    if (one.field->type() == FieldDescriptor::TYPE_ENUM) {
      CHUANYU_ASSIGN_OR_RETURN(one.values, LoadValues(values, *one.field));
    }
    out.emplace(column, std::move(one));
  }
  if (out.empty()) return file.Invalid("columns", "is empty");
  return out;
}

absl::Status CheckColumns(const std::string& file, const Columns& columns, const sql::Result& result) {
  std::set<std::string> seen;
  for (const std::string& column : result.columns) {
    if (!columns.contains(column) || !seen.insert(column).second) {
      return MakeError(Reason::CONFIG_INVALID, {.field = file, .detail = "column not mapped: " + column});
    }
  }
  for (const auto& [column, field] : columns) {
    if (!seen.contains(column)) {
      return MakeError(Reason::CONFIG_INVALID, {.field = file, .detail = "no such column: " + column});
    }
  }
  return absl::OkStatus();
}

absl::Status ReadRow(const Columns& mapping, const std::vector<std::string>& columns, const sql::Row& row,
                     google::protobuf::Message* item) {
  for (size_t at = 0; at < columns.size(); ++at) {
    if (std::holds_alternative<std::monostate>(row[at])) continue;
    CHUANYU_RETURN_IF_ERROR(SetField(columns[at], mapping.at(columns[at]), row[at], *item));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::registers
