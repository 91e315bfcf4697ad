// How the place of the 户籍 examines an application: registers first, an officer's own finding where they say
// nothing; and what becomes of a decision that nobody tells. On SQLite and on a real PostgreSQL. Synthetic
// persons.
#include <memory>
#include <string>
#include <vector>

#include "common/registers/testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

using ::testing::ElementsAre;

constexpr char kDibao[] = R"(
knows = ["DIBAO", "TEKUN"]
source = "社会救助库"
sql = "SELECT kind, fen FROM record WHERE person_index = :person_index AND kind IN ('DB', 'TK') AND since <= :as_of"
[columns]
kind = "status"
fen = "fen_month"
[values.status]
DB = "STATUS_DIBAO"
TK = "STATUS_TEKUN"
)";
constexpr char kCertificates[] = R"(
knows = ["CERTIFICATE"]
source = "残疾人证库"
sql = """SELECT kind, grade, '2029-05-31' AS until FROM record
WHERE person_index = :person_index AND kind IN ('YX', 'DJ') AND since <= :as_of"""
[columns]
kind = "cert_state"
grade = "cert_grade"
until = "cert_valid_to"
[values.cert_state]
YX = "CERT_STATE_VALID"
DJ = "CERT_STATE_FROZEN"
)";

class DisabilityExaminationTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    registers_.Map("assistance", kDibao);
    registers_.Map("certificates", kCertificates);
    regions_ = std::make_unique<TwoRegions>(GetParam(), 3, registers_.config());
  }
  Side& sc() { return regions_->sc(); }

  std::string InTown() {
    const auto created = sc().Create("create-1", TestForm());
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    EXPECT_TRUE(sc().Act(created->application_no(), "push", "WINDOW").ok());
    regions_->Settle();
    return created->application_no();
  }
  // What an officer has looked up elsewhere: all but 低保 and 特困.
  static v1::Findings Others() {
    v1::Findings out;
    const v1::Findings all = TestFindings();
    for (const v1::StatusFinding& each : all.statuses()) {
      if (each.status() != v1::STATUS_DIBAO && each.status() != v1::STATUS_TEKUN) *out.add_statuses() = each;
    }
    return out;
  }
  std::string Act(const std::string& no, const std::string& act, const std::string& role,
                  const v1::Findings& findings = {}) {
    const auto done = sc().Act(no, act, role, findings.ByteSizeLong() > 0 ? &findings : nullptr);
    return done.ok() ? "OK" : std::string(ReasonName(*ReasonOf(done.status())));
  }
  std::string FoundOf(const std::string& no, v1::Status status) {
    const v1::Application application = sc().Get(no);
    for (const v1::StatusFinding& each : application.findings().statuses()) {
      if (each.status() == status) return v1::Found_Name(each.found()) + " " + each.source();
    }
    return "nothing";
  }

  registers::TestRegisters registers_{"kind VARCHAR(16), since VARCHAR(16), fen BIGINT, grade BIGINT"};
  std::unique_ptr<TwoRegions> regions_;
};
INSTANTIATE_TEST_SUITE_P(Dialects, DisabilityExaminationTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& param) {
                           return param.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(DisabilityExaminationTest, OwnDataSaysWhoIsInADibaoFamilyAndWhatTheCertificateIs) {
  registers_.Add(kP08, "'DB', '2024-01-01', 50000, NULL");
  registers_.Add(kP08, "'YX', '2020-06-01', NULL, 2");
  const std::string no = InTown();
  EXPECT_EQ(Act(no, "town_pass", "TOWN", Others()), "OK");
  EXPECT_EQ(FoundOf(no, v1::STATUS_DIBAO), "FOUND_YES 社会救助库");
  EXPECT_EQ(FoundOf(no, v1::STATUS_TEKUN), "FOUND_NO 社会救助库");
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED"), "OK") << "the register says what 残联 would";
  const v1::Application examined = sc().Get(no);
  EXPECT_EQ(examined.findings().cert_state(), v1::CERT_STATE_VALID);
  EXPECT_EQ(examined.findings().cert_valid_to().value(), "2029-05-31");
  EXPECT_EQ(examined.register_checks_size(), 2);
  EXPECT_TRUE(sc().applications().View(examined, /*full=*/false).register_checks().empty());
  EXPECT_EQ(Act(no, "approve", "COUNTY"), "OK");
  EXPECT_EQ(sc().Get(no).result().decided_size(), 2);
}

TEST_P(DisabilityExaminationTest, ARegisterThatIsAwayDecidesNothing) {
  registers_.Add(kP08, "'DB', '2024-01-01', 50000, NULL");
  const std::string no = InTown();
  registers_.Spoil();
  EXPECT_EQ(Act(no, "town_pass", "TOWN", Others()), "OK");
  EXPECT_EQ(FoundOf(no, v1::STATUS_DIBAO), "FOUND_SOURCE_UNAVAILABLE 社会救助库");
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED"), "SOURCE_UNAVAILABLE");
  v1::Findings certificate;
  certificate.set_cert_state(v1::CERT_STATE_VALID);
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED", certificate), "OK") << "残联 has looked itself";
  EXPECT_EQ(Act(no, "approve", "COUNTY"), "SOURCE_UNAVAILABLE");
  registers_.Mend();
  EXPECT_EQ(Act(no, "approve", "COUNTY"), "OK");
  EXPECT_EQ(FoundOf(no, v1::STATUS_DIBAO), "FOUND_YES 社会救助库");
}

TEST_P(DisabilityExaminationTest, AnotherRegionsDibaoStandsWhereOwnDataHasNone) {
  const std::string no = InTown();
  v1::Findings found = Others();
  Find(v1::STATUS_DIBAO, v1::FOUND_YES, &found);  // by a 核对 in the other region
  EXPECT_EQ(Act(no, "town_pass", "TOWN", found), "OK");
  EXPECT_EQ(FoundOf(no, v1::STATUS_DIBAO), "FOUND_YES 测试登记库");
}

TEST_P(DisabilityExaminationTest, AnOfficerCannotDenyWhatARegisterHas) {
  registers_.Add(kP08, "'TK', '2024-01-01', NULL, NULL");
  registers_.Add(kP08, "'DJ', '2020-06-01', NULL, 2");
  const std::string no = InTown();
  v1::Findings denied = Others();
  Find(v1::STATUS_TEKUN, v1::FOUND_NO, &denied);
  EXPECT_EQ(Act(no, "town_pass", "TOWN", denied), "STATE_CONFLICT");
  EXPECT_EQ(Act(no, "town_pass", "TOWN", Others()), "OK");
  v1::Findings certificate;
  certificate.set_cert_state(v1::CERT_STATE_VALID);
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED", certificate), "STATE_CONFLICT");
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED"), "OK");
  EXPECT_EQ(Act(no, "approve", "COUNTY"), "E_CERT_STATE");
}

TEST_P(DisabilityExaminationTest, ACertificateOfAnotherGradeIsNotTheOneThatIsShown) {
  registers_.Add(kP08, "'YX', '2020-06-01', NULL, 3");
  const std::string no = InTown();
  EXPECT_EQ(Act(no, "town_pass", "TOWN", Others()), "OK");
  EXPECT_EQ(Act(no, "fed_pass", "DISABLED_FED"), "E_CERT_CODE");
}

TEST_P(DisabilityExaminationTest, ADecisionThatNobodyTellsEndsAndNoLongerKeepsAMoveOut) {
  registers_.Add(kP08, "'DB', '2024-01-01', 50000, NULL");
  registers_.Add(kP08, "'YX', '2020-06-01', NULL, 2");
  const std::string no = InTown();
  ASSERT_EQ(Act(no, "town_pass", "TOWN", Others()), "OK");
  ASSERT_EQ(Act(no, "fed_pass", "DISABLED_FED"), "OK");
  ASSERT_EQ(Act(no, "approve", "COUNTY"), "OK");  // Monday 2026-03-02: to be told until the 5th
  const std::string life = no + "-L";
  const auto move = [&] {
    return ReasonText(sc().Move(sc().MoveOf(life, "500109", regions_->today())).status());
  };
  EXPECT_EQ(move(), "DUP_ACTIVE_APPLICATION application");
  regions_->MoveTo(Date(2026, 4, 2));  // 20 working days after the 5th
  EXPECT_EQ(sc().Get(no).state(), v1::APPLICATION_STATE_APPROVED);
  regions_->MoveTo(Date(2026, 4, 3));
  EXPECT_EQ(sc().Get(no).state(), v1::APPLICATION_STATE_UNTOLD);
  EXPECT_EQ(move(), "OK");
}

TEST_P(DisabilityExaminationTest, TheWindowTellsTheListOfThePlaceOfTheHukou) {
  v1::Application form;
  *form.mutable_claimant() = TestForm().claimant;
  form.mutable_filer()->set_role(v1::FILER_ROLE_GUARDIAN);
  v1::Application created;
  created.mutable_deciding_region()->set_code("510000");
  const auto told = sc().applications().MaterialsOf(form, created);
  std::vector<std::string> when;
  for (const cases::v1::Material& each : told) when.push_back(each.when());
  EXPECT_THAT(when, ElementsAre("", "", "", "", "LIFE", "CARE", "GUARDIAN"));
}

}  // namespace
}  // namespace chuanyu::disability
