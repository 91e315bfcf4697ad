#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {

const std::vector<RegisterClass>& RegisterClasses() {
  static const auto* const classes = new std::vector<RegisterClass>{
      {v1::DATA_CLASS_A01_HUKOU, "A01", "hukou_record", "reg_hukou"},
      {v1::DATA_CLASS_A02_MARRIAGE, "A02", "marital_status", "reg_marriage"},
      {v1::DATA_CLASS_A03_DEATH, "A03", "death_record", "reg_death"},
      {v1::DATA_CLASS_A04_SOCIAL_INSURANCE, "A04", "social_insurance", "reg_social_insurance"},
      {v1::DATA_CLASS_A05_REAL_ESTATE, "A05", "real_estate", "reg_real_estate"},
      {v1::DATA_CLASS_A06_VEHICLE, "A06", "vehicle", "reg_vehicle"},
      {v1::DATA_CLASS_A07_BUSINESS, "A07", "business_interest", "reg_business"},
      {v1::DATA_CLASS_A08_HOUSING_FUND, "A08", "housing_fund", "reg_housing_fund"},
      {v1::DATA_CLASS_A09_TAX, "A09", "taxed_income", "reg_tax"},
      {v1::DATA_CLASS_A10_ASSISTANCE, "A10", "assistance", "reg_assistance"},
      {v1::DATA_CLASS_A11_DISABILITY_SUBSIDY, "A11", "disability_subsidy", "reg_disability_subsidy"},
      {v1::DATA_CLASS_A12_CHILD_WELFARE, "A12", "child_welfare", "reg_child_welfare"},
      {v1::DATA_CLASS_A13_TEMPORARY_RELIEF, "A13", "temporary_relief", "reg_temporary_relief"},
      {v1::DATA_CLASS_A14_FINANCE, "A14", "financial_asset", "reg_finance"},
      {v1::DATA_CLASS_A15_UTILITIES, "A15", "utility_use", "reg_utility"},
  };
  return *classes;
}

const RegisterClass* FindRegisterClass(v1::DataClass data_class) {
  for (const RegisterClass& one : RegisterClasses()) {
    if (one.data_class == data_class) return &one;
  }
  return nullptr;
}

const RegisterClass* FindRegisterClass(std::string_view code) {
  for (const RegisterClass& one : RegisterClasses()) {
    if (one.code == code) return &one;
  }
  return nullptr;
}

const google::protobuf::FieldDescriptor* ItemFieldOf(const RegisterClass& register_class) {
  return v1::ClassItem::descriptor()->FindFieldByName(std::string(register_class.item));
}

const google::protobuf::FieldDescriptor* FindItemField(const RegisterClass& register_class,
                                                       const std::string& name) {
  return ItemFieldOf(register_class)->message_type()->FindFieldByName(name);
}

bool ParseChannel(std::string_view text, Channel* channel) {
  *channel = text == "province" ? Channel::kProvince : Channel::kDepartment;
  return text == "province" || text == "department";
}

bool MayUse(Channel channel, const RegisterClass& register_class) {
  return channel == Channel::kProvince || register_class.data_class != v1::DATA_CLASS_A14_FINANCE;
}

}  // namespace chuanyu::family_economy
