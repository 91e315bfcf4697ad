#include "services/family_economy/registers/mapping.h"

#include <cctype>
#include <filesystem>
#include <limits>
#include <set>

#include "absl/strings/numbers.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/errors/error.h"
#include "services/family_economy/registers/item_rules.h"

namespace chuanyu::family_economy {
namespace {

using ::google::protobuf::FieldDescriptor;

bool IsNameCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The :names in a statement; "::" is PostgreSQL's cast, and text in quotes is text.
std::set<std::string> ParametersOf(const std::string& sql) {
  std::set<std::string> names;
  bool quoted = false;
  for (size_t at = 0; at < sql.size(); ++at) {
    if (sql[at] == '\'') quoted = !quoted;
    if (quoted || sql[at] != ':') continue;
    size_t end = at + 1;
    if (end < sql.size() && sql[end] == ':') {
      at = end;
      continue;
    }
    while (end < sql.size() && IsNameCharacter(sql[end])) ++end;
    if (end > at + 1) names.insert(sql.substr(at + 1, end - at - 1));
    at = end - 1;
  }
  return names;
}

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

absl::Status LoadColumns(const Config& file, RegisterMapping& mapping) {
  CHUANYU_ASSIGN_OR_RETURN(const Config columns, file.Table("columns"));
  CHUANYU_ASSIGN_OR_RETURN(const Config values, file.Table("values"));
  std::set<std::string> taken;
  for (const std::string& column : columns.Keys()) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string name, columns.String(column));
    ColumnMapping one{.field = FindItemField(*mapping.register_class, name)};
    if (one.field == nullptr) return columns.Invalid(column, "names no field of this class");
    if (!taken.insert(name).second) return columns.Invalid(column, "names a field that another column has");
    if (one.field->type() == FieldDescriptor::TYPE_ENUM) {
      CHUANYU_ASSIGN_OR_RETURN(one.values, LoadValues(values, *one.field));
    }
    mapping.columns.emplace(column, std::move(one));
  }
  return mapping.columns.empty() ? file.Invalid("columns", "is empty") : absl::OkStatus();
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

// As the database has it; CheckItem says whether the field can have it.
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

absl::StatusOr<RegisterMapping> LoadMapping(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  RegisterMapping mapping{.file = std::filesystem::path(path).filename().string()};
  CHUANYU_ASSIGN_OR_RETURN(const std::string code, file.String("class"));
  mapping.register_class = FindRegisterClass(code);
  if (mapping.register_class == nullptr) return file.Invalid("class", "is none of A01 to A15");
  CHUANYU_ASSIGN_OR_RETURN(const std::string channel, file.String("channel", "department"));
  Channel parsed = Channel::kDepartment;
  if (!ParseChannel(channel, &parsed)) return file.Invalid("channel", "is neither department nor province");
  if (!MayUse(parsed, *mapping.register_class)) {
    return file.Invalid("channel", "must be province for this class");
  }
  CHUANYU_ASSIGN_OR_RETURN(mapping.source, file.String("source"));
  CHUANYU_ASSIGN_OR_RETURN(mapping.sql, file.String("sql"));
  CHUANYU_ASSIGN_OR_RETURN(mapping.data_as_of, file.String("data_as_of", ""));
  CHUANYU_ASSIGN_OR_RETURN(mapping.persons, file.String("persons", ""));
  CHUANYU_RETURN_IF_ERROR(LoadColumns(file, mapping));
  // A statement that ignores one of them would tell of everybody, or of another day.
  if (ParametersOf(mapping.sql) != std::set<std::string>{"as_of", "person_index"}) {
    return file.Invalid("sql", "must use :person_index and :as_of and no other parameter");
  }
  if (!ParametersOf(mapping.data_as_of).empty()) return file.Invalid("data_as_of", "takes no parameter");
  if (!mapping.persons.empty() && ParametersOf(mapping.persons) != std::set<std::string>{"after", "limit"}) {
    return file.Invalid("persons", "must use :after and :limit and no other parameter");
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return mapping;
}

absl::Status CheckColumns(const RegisterMapping& mapping, const sql::Result& result) {
  std::set<std::string> seen;
  for (const std::string& column : result.columns) {
    if (!mapping.columns.contains(column) || !seen.insert(column).second) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.field = mapping.file, .detail = "column not mapped: " + column});
    }
  }
  for (const auto& [column, field] : mapping.columns) {
    if (!seen.contains(column)) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.field = mapping.file, .detail = "no such column: " + column});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ClassItem> ReadItem(const RegisterMapping& mapping,
                                       const std::vector<std::string>& columns, const sql::Row& row,
                                       const std::string& region) {
  v1::ClassItem item;
  auto* inner = item.GetReflection()->MutableMessage(&item, ItemFieldOf(*mapping.register_class));
  for (size_t at = 0; at < columns.size(); ++at) {
    if (std::holds_alternative<std::monostate>(row[at])) continue;
    CHUANYU_RETURN_IF_ERROR(SetField(columns[at], mapping.columns.at(columns[at]), row[at], *inner));
  }
  CHUANYU_RETURN_IF_ERROR(CheckItem(*mapping.register_class, region, &item));
  return item;
}

}  // namespace chuanyu::family_economy
