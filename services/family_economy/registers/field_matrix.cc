#include "services/family_economy/registers/field_matrix.h"

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {

absl::StatusOr<FieldMatrix> FieldMatrix::Load(const std::string& path) {
  FieldMatrix matrix;
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> grants, file.Tables("grant"));
  for (const Config& grant : grants) {
    CHUANYU_ASSIGN_OR_RETURN(const Config table, grant.Table("fields"));
    Fields fields;
    for (const std::string& code : table.Keys()) {
      const RegisterClass* register_class = FindRegisterClass(code);
      if (register_class == nullptr) return table.Invalid(code, "is none of A01 to A15");
      CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, table.Strings(code));
      for (const std::string& name : names) {
        if (FindItemField(*register_class, name) == nullptr)
          return table.Invalid(code, "names no field of the class");
        fields[register_class->data_class].insert(name);
      }
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> purposes, grant.Strings("purposes"));
    for (const std::string& purpose : purposes) {
      if (!matrix.purposes_.emplace(purpose, fields).second) {
        return grant.Invalid("purposes", "grants a purpose a second time");
      }
    }
  }
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return matrix;
}

absl::Status FieldMatrix::Check(std::string_view purpose, v1::DataClass data_class) const {
  const auto found = purposes_.find(purpose);
  if (found != purposes_.end() && found->second.contains(data_class)) return absl::OkStatus();
  return MakeError(Reason::PURPOSE_DENIED, {.detail = "not in the matrix of purposes and fields"});
}

void FieldMatrix::Strip(std::string_view purpose, v1::ClassResult& result) const {
  const auto found = purposes_.find(purpose);
  const auto* register_class = FindRegisterClass(result.data_class());
  if (register_class == nullptr || !Check(purpose, result.data_class()).ok()) {
    result.clear_items();
    return;
  }
  const std::set<std::string>& allowed = found->second.at(result.data_class());
  for (v1::ClassItem& item : *result.mutable_items()) {
    auto* inner = item.GetReflection()->MutableMessage(&item, ItemFieldOf(*register_class));
    std::vector<const google::protobuf::FieldDescriptor*> present;
    inner->GetReflection()->ListFields(*inner, &present);
    for (const auto* field : present) {
      if (!allowed.contains(std::string(field->name()))) inner->GetReflection()->ClearField(inner, field);
    }
  }
}

std::vector<std::string> FieldsOf(const std::vector<v1::ClassResult>& results) {
  std::set<std::string> fields;
  for (const v1::ClassResult& result : results) {
    const RegisterClass* register_class = FindRegisterClass(result.data_class());
    if (register_class == nullptr) continue;
    const std::string prefix = std::string(register_class->code) + ".";
    fields.insert(prefix + "state");
    for (const v1::ClassItem& item : result.items()) {
      const auto& inner = item.GetReflection()->GetMessage(item, ItemFieldOf(*register_class));
      std::vector<const google::protobuf::FieldDescriptor*> present;
      inner.GetReflection()->ListFields(inner, &present);
      for (const auto* field : present) fields.insert(prefix + std::string(field->name()));
    }
  }
  return {fields.begin(), fields.end()};
}

}  // namespace chuanyu::family_economy
