// What the tests of the rules share. All persons and papers are synthetic.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/child_welfare/rules/application.h"

namespace chuanyu::child_welfare {

inline const std::string kPolicyFolder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/child_welfare";

inline std::string ReadText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline PolicyDay PolicyOf(const std::string& region, Date day) {
  const auto policy = ChildPolicy::Load(kPolicyFolder, region);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy->On(day).value();
}

inline void SetDay(type::v1::Date* out, Date day) { out->set_value(FormatDate(day)); }

// One parent as a form states it, checked in a register.
inline v1::ParentFact Fact(v1::ParentRole role, char letter, std::optional<Date> since = Date(2025, 1, 10),
                           std::optional<Date> until = std::nullopt) {
  v1::ParentFact fact;
  fact.set_role(role);
  fact.set_condition(*ConditionOf(std::string(1, letter)));
  const bool dateless = letter == 'N' || letter == 'U';
  if (since && !dateless) SetDay(fact.mutable_since(), *since);
  const bool decided = letter == 'J' || letter == 'Q' || letter == 'X';
  if (decided && !until && since) until = AddMonths(*since, 36);
  if (until) SetDay(fact.mutable_until(), *until);
  fact.set_checked_by(v1::CHECKED_BY_DATA);
  return fact;
}
inline std::vector<v1::ParentFact> Both(char father, char mother) {
  return {Fact(v1::PARENT_ROLE_FATHER, father), Fact(v1::PARENT_ROLE_MOTHER, mother)};
}
inline v1::ParentFact OnPaper(v1::ParentFact fact, v1::EvidenceKind kind, Date date) {
  fact.set_checked_by(v1::CHECKED_BY_DOCUMENT);
  fact.mutable_evidence()->set_kind(kind);
  fact.mutable_evidence()->set_number("TEST-1");
  fact.mutable_evidence()->set_issuer("测试机关");
  SetDay(fact.mutable_evidence()->mutable_date(), date);
  return fact;
}

inline const DivisionTable& Divisions() {
  static const auto* table =
      new DivisionTable(DivisionTable::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions",
                                            {.codes = {{"LIANGJIANG", "500199"}}})
                            .value());
  return *table;
}

struct Form {
  v1::Child child;
  std::vector<v1::ParentFact> parents = Both('D', 'R');
  v1::Guardian guardian;
};

// P09 with 户籍 in 邻水, in the care of P08. All synthetic.
inline Form TestForm() {
  Form form;
  form.child.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  form.child.mutable_person()->set_doc_no("511623201405209902");
  form.child.mutable_person()->set_name("周测壬");
  form.child.mutable_hukou_code()->set_code("511623");
  form.child.mutable_residence_code()->set_code("500112140");
  form.child.set_care_type(v1::CARE_TYPE_FAMILY);
  form.guardian.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  form.guardian.mutable_person()->set_doc_no("51162319700101996X");
  form.guardian.mutable_person()->set_name("钱测辛");
  form.guardian.set_relation("63");
  form.guardian.mutable_evidence()->set_kind(v1::EVIDENCE_KIND_GUARDIANSHIP_PROOF);
  form.guardian.mutable_evidence()->set_number("TEST-2");
  form.guardian.mutable_evidence()->set_issuer("测试村委会");
  SetDay(form.guardian.mutable_evidence()->mutable_date(), Date(2026, 2, 20));
  return form;
}

inline std::string ReasonText(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  if (!reason) return status.ok() ? "OK" : status.ToString();
  const std::string field = FieldOf(status);
  return std::string(ReasonName(*reason)) + (field.empty() ? "" : " " + field);
}

}  // namespace chuanyu::child_welfare
