#include "services/family_economy/registers/status_class.h"

namespace chuanyu::family_economy {

const std::vector<StatusClass>& StatusClasses() {
  static const auto* const classes = new std::vector<StatusClass>{
      {v1::DATA_CLASS_A02_MARRIAGE, "A02", "marital_status", "reg_marriage"},
      {v1::DATA_CLASS_A03_DEATH, "A03", "death_record", "reg_death"},
      {v1::DATA_CLASS_A10_ASSISTANCE, "A10", "assistance", "reg_assistance"},
      {v1::DATA_CLASS_A11_DISABILITY_SUBSIDY, "A11", "disability_subsidy", "reg_disability_subsidy"},
      {v1::DATA_CLASS_A12_CHILD_WELFARE, "A12", "child_welfare", "reg_child_welfare"},
      {v1::DATA_CLASS_A13_TEMPORARY_RELIEF, "A13", "temporary_relief", "reg_temporary_relief"},
  };
  return *classes;
}

const StatusClass* FindStatusClass(v1::DataClass data_class) {
  for (const StatusClass& one : StatusClasses()) {
    if (one.data_class == data_class) return &one;
  }
  return nullptr;
}

const StatusClass* FindStatusClass(std::string_view code) {
  for (const StatusClass& one : StatusClasses()) {
    if (one.code == code) return &one;
  }
  return nullptr;
}

const google::protobuf::FieldDescriptor* ItemFieldOf(const StatusClass& status_class) {
  return v1::ClassItem::descriptor()->FindFieldByName(std::string(status_class.item));
}

const google::protobuf::FieldDescriptor* FindItemField(const StatusClass& status_class,
                                                       const std::string& name) {
  return ItemFieldOf(status_class)->message_type()->FindFieldByName(name);
}

}  // namespace chuanyu::family_economy
