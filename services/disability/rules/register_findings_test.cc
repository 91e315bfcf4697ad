#include "services/disability/rules/register_findings.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::disability {
namespace {

using cases::v1::REGISTER_STATE_ERROR;
using cases::v1::REGISTER_STATE_HIT;
using cases::v1::REGISTER_STATE_NO_HIT;
using cases::v1::REGISTER_STATE_NOT_CHECKED;

v1::RegisterCheck Dibao(cases::v1::RegisterState state) {
  v1::RegisterCheck out;
  out.add_statuses(v1::STATUS_DIBAO);
  out.mutable_answer()->set_source("社会救助库");
  out.mutable_answer()->set_state(state);
  out.mutable_answer()->mutable_asked_at()->set_seconds(1);
  if (state == REGISTER_STATE_HIT) out.add_records()->set_status(v1::STATUS_DIBAO);
  return out;
}

v1::Findings Officer(v1::Found found, v1::Status status = v1::STATUS_DIBAO) {
  v1::Findings out;
  if (found == v1::FOUND_UNSPECIFIED) return out;
  v1::StatusFinding& finding = *out.add_statuses();
  finding.set_status(status);
  finding.set_found(found);
  finding.set_source("核对报告");
  return out;
}

// "YES 社会救助库": what is found of 低保 in the end, and by whom; or why not.
std::string Taken(const std::vector<v1::RegisterCheck>& checks, v1::Found stated) {
  v1::Findings found = Officer(stated);
  const absl::Status status = TakeStatuses(checks, Officer(stated), &found);
  if (!status.ok()) return std::string(ReasonName(*ReasonOf(status)));
  if (found.statuses().empty()) return "nothing";
  EXPECT_EQ(found.statuses_size(), 1);
  return v1::Found_Name(found.statuses(0).found()).substr(sizeof("FOUND_") - 1) + " " +
         found.statuses(0).source();
}

// Domain page §8: 低保 status from own data or from A; SOURCE_UNAVAILABLE is not “not 低保”.
TEST(RegisterFindings, OwnDataComesFirstAndARegisterThatIsAwayNeverReadsAsNo) {
  const struct {
    const char* what;
    std::vector<v1::RegisterCheck> checks;
    const char* silent;
    const char* yes;
    const char* no;
    const char* away;
  } kCases[] = {
      {"no register", {}, "nothing", "YES 核对报告", "NO 核对报告", "SOURCE_UNAVAILABLE 核对报告"},
      {"has it",
       {Dibao(REGISTER_STATE_HIT)},
       "YES 社会救助库",
       "YES 社会救助库",
       "STATE_CONFLICT",
       "YES 社会救助库"},
      {"has nothing",
       {Dibao(REGISTER_STATE_NO_HIT)},
       "NO 社会救助库",
       "YES 核对报告",
       "NO 核对报告",
       "NO 社会救助库"},
      {"is away",
       {Dibao(REGISTER_STATE_NOT_CHECKED)},
       "SOURCE_UNAVAILABLE 社会救助库",
       "YES 核对报告",
       "NO 核对报告",
       "SOURCE_UNAVAILABLE 社会救助库"},
      {"cannot be read",
       {Dibao(REGISTER_STATE_ERROR)},
       "SOURCE_UNAVAILABLE 社会救助库",
       "YES 核对报告",
       "NO 核对报告",
       "SOURCE_UNAVAILABLE 社会救助库"},
      {"one has nothing, one is away",
       {Dibao(REGISTER_STATE_NO_HIT), Dibao(REGISTER_STATE_NOT_CHECKED)},
       "SOURCE_UNAVAILABLE 社会救助库",
       "YES 核对报告",
       "NO 核对报告",
       "SOURCE_UNAVAILABLE 社会救助库"},
      {"one is away, one has it",
       {Dibao(REGISTER_STATE_NOT_CHECKED), Dibao(REGISTER_STATE_HIT)},
       "YES 社会救助库",
       "YES 社会救助库",
       "STATE_CONFLICT",
       "YES 社会救助库"},
  };
  for (const auto& each : kCases) {
    EXPECT_EQ(Taken(each.checks, v1::FOUND_UNSPECIFIED), each.silent) << each.what;
    EXPECT_EQ(Taken(each.checks, v1::FOUND_YES), each.yes) << each.what;
    EXPECT_EQ(Taken(each.checks, v1::FOUND_NO), each.no) << each.what;
    EXPECT_EQ(Taken(each.checks, v1::FOUND_SOURCE_UNAVAILABLE), each.away) << each.what;
  }
}

TEST(RegisterFindings, WhatWasFoundEarlierStandsWhileItsRegisterIsAway) {
  v1::Findings found;
  ASSERT_TRUE(TakeStatuses({Dibao(REGISTER_STATE_HIT)}, {}, &found).ok());
  ASSERT_TRUE(TakeStatuses({Dibao(REGISTER_STATE_NOT_CHECKED)}, {}, &found).ok());
  EXPECT_EQ(found.statuses(0).found(), v1::FOUND_YES);
  ASSERT_TRUE(TakeStatuses({Dibao(REGISTER_STATE_NO_HIT)}, {}, &found).ok());
  EXPECT_EQ(found.statuses(0).found(), v1::FOUND_NO);  // it has ended since
}

TEST(RegisterFindings, AnOfficeMayFindAReportedDeathWrong) {
  v1::RegisterCheck dead;
  dead.add_statuses(v1::STATUS_DECEASED);
  dead.mutable_answer()->set_state(REGISTER_STATE_HIT);
  dead.add_records()->set_status(v1::STATUS_DECEASED);
  const v1::Findings stated = Officer(v1::FOUND_NO, v1::STATUS_DECEASED);
  v1::Findings found = stated;
  ASSERT_TRUE(TakeStatuses({dead}, stated, &found).ok());
  EXPECT_EQ(found.statuses(0).found(), v1::FOUND_NO);
}

v1::RegisterCheck CertificateRegister(cases::v1::RegisterState state, v1::CertState cert, int grade = 2) {
  v1::RegisterCheck out;
  out.mutable_answer()->set_state(state);
  if (state != REGISTER_STATE_HIT) return out;
  v1::RegisterRecord& record = *out.add_records();
  record.set_cert_state(cert);
  record.set_cert_type(v1::DISABILITY_TYPE_PHYSICAL);
  record.set_cert_grade(grade);
  record.mutable_cert_valid_to()->set_value("2030-01-31");
  return out;
}

TEST(RegisterFindings, TheCertificateIsThatOfItsRegister) {
  const Certificate shown{.disabilities = {{v1::DISABILITY_TYPE_PHYSICAL, 2}}, .valid_to = Date(2030, 1, 31)};
  const auto taken = [&](const v1::RegisterCheck& check, v1::CertState stated,
                         const std::string& until = "") -> std::string {
    v1::Findings findings;
    findings.set_cert_state(stated);
    if (!until.empty()) findings.mutable_cert_valid_to()->set_value(until);
    const absl::Status status = TakeCertificate({check}, shown, &findings);
    if (!status.ok()) return std::string(ReasonName(*ReasonOf(status)));
    return v1::CertState_Name(findings.cert_state()).substr(sizeof("CERT_STATE_") - 1) + " " +
           findings.cert_valid_to().value();
  };
  const auto has = CertificateRegister(REGISTER_STATE_HIT, v1::CERT_STATE_FROZEN);
  const auto nothing = v1::CERT_STATE_UNSPECIFIED;
  EXPECT_EQ(taken(has, nothing), "FROZEN 2030-01-31");
  EXPECT_EQ(taken(has, v1::CERT_STATE_FROZEN), "FROZEN 2030-01-31");
  EXPECT_EQ(taken(has, v1::CERT_STATE_VALID), "STATE_CONFLICT");
  EXPECT_EQ(taken(has, nothing, "2031-01-31"), "STATE_CONFLICT");
  EXPECT_EQ(taken(CertificateRegister(REGISTER_STATE_HIT, v1::CERT_STATE_VALID, 3), nothing), "E_CERT_CODE");
  EXPECT_EQ(taken(CertificateRegister(REGISTER_STATE_NOT_CHECKED, nothing), nothing), "SOURCE_UNAVAILABLE");
  EXPECT_EQ(taken(CertificateRegister(REGISTER_STATE_NO_HIT, nothing), nothing), "BAD_REQUEST");
  EXPECT_EQ(taken(CertificateRegister(REGISTER_STATE_NOT_CHECKED, nothing), v1::CERT_STATE_VALID), "VALID ");
}

}  // namespace
}  // namespace chuanyu::disability
