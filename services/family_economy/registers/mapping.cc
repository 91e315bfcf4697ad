#include "services/family_economy/registers/mapping.h"

#include <set>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/errors/error.h"
#include "services/family_economy/registers/item_rules.h"

namespace chuanyu::family_economy {

absl::StatusOr<RegisterMapping> LoadMapping(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  RegisterMapping mapping;
  CHUANYU_ASSIGN_OR_RETURN(const std::string code, file.String("class"));
  mapping.register_class = FindRegisterClass(code);
  if (mapping.register_class == nullptr) return file.Invalid("class", "is none of A01 to A15");
  CHUANYU_ASSIGN_OR_RETURN(const std::string channel, file.String("channel", "department"));
  Channel parsed = Channel::kDepartment;
  if (!ParseChannel(channel, &parsed)) return file.Invalid("channel", "is neither department nor province");
  if (!MayUse(parsed, *mapping.register_class)) {
    return file.Invalid("channel", "must be province for this class");
  }
  CHUANYU_ASSIGN_OR_RETURN(
      mapping.statement,
      registers::LoadStatement(file, path, *ItemFieldOf(*mapping.register_class)->message_type()));
  CHUANYU_ASSIGN_OR_RETURN(mapping.persons, file.String("persons", ""));
  if (!mapping.persons.empty() &&
      registers::ParametersOf(mapping.persons) != std::set<std::string>{"after", "limit"}) {
    return file.Invalid("persons", "must use :after and :limit and no other parameter");
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return mapping;
}

absl::StatusOr<v1::ClassItem> ReadItem(const RegisterMapping& mapping,
                                       const std::vector<std::string>& columns, const sql::Row& row,
                                       const std::string& region) {
  v1::ClassItem item;
  auto* inner = item.GetReflection()->MutableMessage(&item, ItemFieldOf(*mapping.register_class));
  CHUANYU_RETURN_IF_ERROR(registers::ReadRow(mapping.statement.columns, columns, row, inner));
  CHUANYU_RETURN_IF_ERROR(CheckItem(*mapping.register_class, region, &item));
  return item;
}

}  // namespace chuanyu::family_economy
