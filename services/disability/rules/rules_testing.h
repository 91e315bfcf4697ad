// What the tests of the rules share. All persons and papers are synthetic.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "chuanyu/disability/v1/application.pb.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/disability/rules/claim.h"
#include "services/disability/rules/policy.h"

namespace chuanyu::disability {

inline constexpr char kP08[] = "51162319700101996X";  // F, 肢体
inline constexpr char kP09[] = "511623201405209902";  // F, a child

inline std::string ReadText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}
inline const std::string kDeploy = std::string(CHUANYU_SOURCE_DIR) + "/deploy";
inline const std::string kStandards = kDeploy + "/demo/disability-standards.toml";

inline const DisabilityPolicy& ShippedPolicy(const std::string& region = "510000") {
  static const auto* const policies = new std::map<std::string, DisabilityPolicy>{
      {"500000", DisabilityPolicy::Load(kDeploy + "/policy/disability", "500000", kStandards).value()},
      {"510000", DisabilityPolicy::Load(kDeploy + "/policy/disability", "510000", kStandards).value()}};
  return policies->at(region);
}

inline const DivisionTable& Divisions() {
  static const auto* const table = new DivisionTable(
      DivisionTable::Load(kDeploy + "/data/divisions", {.codes = {{"LIANGJIANG", "500199"}}}).value());
  return *table;
}

// "E_EXCLUDED(TEKUN)", "E_CERT_ID certificate.cert_no", "OK".
inline std::string ReasonText(const absl::Status& status) {
  if (status.ok()) return "OK";
  const auto reason = ReasonOf(status);
  return std::string(reason ? ReasonName(*reason) : "?") + " " + FieldOf(status);
}

// P08 of 邻水 with 肢体二级, both subsidies, everything in order; to be spoilt by the test.
struct Form {
  v1::Claimant claimant;
  v1::Filer filer;
};
inline Form TestForm(const std::string& number = kP08, const std::string& code = "42") {
  Form form;
  type::v1::PersonRef& person = *form.claimant.mutable_person();
  person.set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  person.set_doc_no(number);
  person.set_name("赵测丁");
  form.claimant.mutable_hukou_code()->set_code("511623");
  form.claimant.mutable_residence_code()->set_code("500109");
  v1::Certificate& certificate = *form.claimant.mutable_certificate();
  certificate.set_cert_no(number + code);
  certificate.mutable_valid_to()->set_value("2030-12-31");
  certificate.set_state(v1::CERT_STATE_VALID);
  form.claimant.add_benefits(v1::BENEFIT_LIFE);
  form.claimant.add_benefits(v1::BENEFIT_CARE);
  form.claimant.set_care_months(12);
  form.claimant.mutable_account()->set_bank("测试银行");
  form.claimant.mutable_account()->set_account_no("6200000000000001");
  form.claimant.mutable_account()->set_holder_name("赵测丁");
  form.filer.set_role(v1::FILER_ROLE_SELF);
  return form;
}

inline void Find(v1::Status status, v1::Found found, v1::Findings* findings, int64_t fen = -1) {
  v1::StatusFinding& finding = *findings->add_statuses();
  finding.set_status(status);
  finding.set_found(found);
  finding.set_source("测试登记库");
  if (fen >= 0) finding.mutable_fen_month()->set_amount(fen);
}
// In a 低保 family, nothing else, certificate checked.
inline v1::Findings TestFindings() {
  v1::Findings findings;
  Find(v1::STATUS_DIBAO, v1::FOUND_YES, &findings);
  for (const v1::Status status : {v1::STATUS_TEKUN, v1::STATUS_ORPHAN, v1::STATUS_DEFACTO,
                                  v1::STATUS_WORK_INJURY_CARE, v1::STATUS_SENTENCE, v1::STATUS_ELDERLY_CARE,
                                  v1::STATUS_RETIRED_CADRE_CARE, v1::STATUS_SIMILAR_LIVING}) {
    Find(status, v1::FOUND_NO, &findings);
  }
  findings.set_cert_state(v1::CERT_STATE_VALID);
  return findings;
}

}  // namespace chuanyu::disability
