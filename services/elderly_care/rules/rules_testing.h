// What the tests of the service share. All institutions, persons and papers are synthetic.
#pragma once

#include <string>

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/elderly_care/rules/filing.h"

namespace chuanyu::elderly_care {

inline constexpr char kU0[] = "52500112MJ00000260";  // its check character is 0
inline constexpr char kU1[] = "52500112MJ0000990P";  // non-profit, 渝北
inline constexpr char kU2[] = "91511623MA9999996N";  // company, 邻水
inline constexpr char kU3[] = "12511681MB9999981D";  // public, 华蓥

inline const DivisionTable& Divisions() {
  static const auto* table =
      new DivisionTable(DivisionTable::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions",
                                            {.codes = {{"LIANGJIANG", "500199"}}})
                            .value());
  return *table;
}

inline PolicyDay PolicyOn(Date day) {
  const auto policy =
      ElderPolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/elderly_care", "500000");
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy->On(day).value();
}

// For profit, complete, in 鼎屏镇 of 邻水; the head is P08.
inline v1::Filing TestFiling(const std::string& premises_id = "TEST-0001") {
  v1::Filing filing;
  v1::Institution& who = *filing.mutable_institution();
  who.set_uscc(kU2);
  who.set_nature(v1::NATURE_FOR_PROFIT);
  who.set_name("测试养老院");
  who.mutable_registered_at()->set_code("511623");
  who.set_registration(v1::REGISTRATION_REGISTERED);
  who.mutable_legal_rep()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  who.mutable_legal_rep()->set_doc_no("51162319700101996X");
  who.mutable_legal_rep()->set_name("钱测辛");
  who.set_phone("0826-0000001");
  who.set_contact_name("钱测辛");
  who.set_contact_phone("13800000001");
  v1::Premises& where = *filing.mutable_premises();
  where.set_premises_id(premises_id);
  where.mutable_address_code()->set_code("511623100");
  where.set_address("测试路1号");
  where.mutable_location()->set_longitude_e7(1'069'300'000);
  where.mutable_location()->set_latitude_e7(303'300'000);
  where.set_ownership(v1::OWNERSHIP_OWN);
  where.set_beds_total(30);
  where.set_beds_nursing(20);
  where.set_area_m2_x100(120'000);
  where.set_grade(3);
  filing.mutable_materials()->set_application_form(true);
  filing.mutable_materials()->set_registration_certificate_no("SYNTHETIC-1");
  filing.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-03-01");
  filing.mutable_accept_division()->set_code("511623");
  return filing;
}

inline std::string ReasonText(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  if (!reason) return status.ok() ? "OK" : status.ToString();
  const std::string field = FieldOf(status);
  return std::string(ReasonName(*reason)) + (field.empty() ? "" : " " + field);
}

}  // namespace chuanyu::elderly_care
