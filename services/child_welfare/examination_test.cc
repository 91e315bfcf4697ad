// How the place of the 户籍 examines an application: by registers first, with top-ups, and what becomes of a
// decision that nobody tells. On SQLite and on a real PostgreSQL, on days that the test chooses. Synthetic
// persons.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/registers/testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;

constexpr char kFatherNo[] = "511623198706239924";  // P02

// Two registers of one database: deaths, and sentences.
std::string Mapping(const std::string& knows, const std::string& kind) {
  return "knows = [\"" + knows + "\"]\nsource = \"" + knows +
         "库\"\nsql = \"SELECT kind, since FROM record WHERE person_index = :person_index AND kind = '" +
         kind +
         "' AND since <= :as_of\"\ndata_as_of = \"SELECT '2026-02-28T16:00:00Z'\"\n[columns]\nkind = "
         "\"condition\"\nsince = \"since\"\n[values.condition]\n" +
         kind + " = \"PARENT_CONDITION_" + knows + "\"\n";
}

class ExaminationTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    registers_.Map("deaths", Mapping("DECEASED", "SW"));
    registers_.Map("sentences", Mapping("IMPRISONED", "FX"));
    regions_ = std::make_unique<TwoRegions>(GetParam(), registers_.config());
  }
  Side& cq() { return regions_->cq(); }
  Side& sc() { return regions_->sc(); }

  // In the town's hands in Chongqing; the father is somebody whom registers may know.
  std::string InTown() {
    v1::CreateApplicationRequest request;
    request.set_request_id(cq().NextId());
    *request.mutable_application() = FormOf(kCountyCq);
    request.mutable_application()->mutable_accept_division()->set_code(kCountyCq);
    auto& father = *request.mutable_application()->mutable_parents(0)->mutable_person();
    father.set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
    father.set_doc_no(kFatherNo);
    father.set_name("李测乙");
    const auto created = cq().applications().Create(Side::kCounty, request);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    EXPECT_EQ(ReasonText(cq().Act(created->application_no(), "push", "WINDOW").status()), "OK");
    regions_->Settle();
    return created->application_no();
  }
  std::string Pass(const std::string& no) { return ReasonText(cq().Act(no, "town_pass", "TOWN").status()); }
  std::string Approve(const std::string& no, const std::vector<v1::OtherBenefit>& others = {}) {
    return ReasonText(cq().Act(no, "approve", "COUNTY",
                               [&](v1::PerformStepRequest request) {
                                 *request.mutable_other_benefits() = {others.begin(), others.end()};
                                 return request;
                               })
                          .status());
  }
  // "2026-04 101100-64000": what was paid, and deducted.
  std::vector<std::string> Paid(const std::string& no) {
    std::vector<std::string> out;
    const auto status = cq().Status(no + "-D");
    for (const v1::BenefitMonth& month : status.months()) {
      out.push_back(month.month().value() + " " + std::to_string(month.fen().amount()) +
                    (month.has_deducted() ? "-" + std::to_string(month.deducted().amount()) : ""));
    }
    return out;
  }
  static v1::OtherBenefit Dibao(const std::string& from, int64_t fen) {
    v1::OtherBenefit out;
    out.set_kind(v1::OTHER_BENEFIT_KIND_DIBAO);
    if (!from.empty()) out.mutable_from_month()->set_value(from);
    out.mutable_fen_month()->set_amount(fen);
    out.set_source("社会救助库");
    return out;
  }
  std::string State(const std::string& no, Date on, const v1::OtherBenefit& benefit) {
    auto request = cq().ActOf<v1::StateOtherBenefitsRequest>(no + "-D", on);
    *request.add_other_benefits() = benefit;
    return ReasonText(cq().acts().StateOtherBenefits(Side::kCounty, request).status());
  }

  registers::TestRegisters registers_{"kind VARCHAR(16), since VARCHAR(16)"};
  std::unique_ptr<TwoRegions> regions_;
};
INSTANTIATE_TEST_SUITE_P(Dialects, ExaminationTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& param) {
                           return param.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ExaminationTest, WhatARegisterHasNeedsNoPaperAndIsKeptWithTheCase) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  EXPECT_EQ(Pass(no), "OK");
  const v1::Application passed = cq().Get(no);
  ASSERT_EQ(passed.parent_checks_size(), 4) << "two registers, two parents";
  const v1::ParentCheck& deaths = passed.parent_checks(0);
  EXPECT_EQ(deaths.role(), v1::PARENT_ROLE_FATHER);
  EXPECT_EQ(deaths.answer().state(), cases::v1::REGISTER_STATE_HIT);
  EXPECT_EQ(deaths.answer().source(), "DECEASED库");
  EXPECT_TRUE(deaths.answer().has_data_as_of());
  EXPECT_EQ(deaths.records(0).since().value(), "2025-01-10");
  EXPECT_EQ(passed.parent_checks(1).answer().state(), cases::v1::REGISTER_STATE_NO_HIT);
  EXPECT_EQ(passed.parent_checks(2).answer().reason(), "ID_DOC_TYPE") << "nobody said who the mother is";
  EXPECT_EQ(passed.parents(0).checked_by(), v1::CHECKED_BY_DATA);
  EXPECT_TRUE(cq().applications().View(passed, /*full=*/false).parent_checks().empty());
  EXPECT_EQ(Approve(no), "OK");
}

TEST_P(ExaminationTest, WhereDataSaysNothingAnOfficerNamesThePaper) {
  const std::string no = InTown();
  EXPECT_EQ(Pass(no), "B_PARENT_INCOMPLETE parents[0].evidence");
  const auto with_paper = [](v1::PerformStepRequest request) {
    v1::ParentFact& found = *request.add_found();
    found = OnPaper(Fact(v1::PARENT_ROLE_FATHER, 'D'), v1::EVIDENCE_KIND_DEATH_CERTIFICATE, Date(2025, 2, 1));
    found.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
    found.mutable_person()->set_doc_no(kFatherNo);
    found.mutable_person()->set_name("李测乙");
    return request;
  };
  EXPECT_EQ(ReasonText(cq().Act(no, "town_pass", "TOWN", with_paper).status()), "OK");
  EXPECT_EQ(cq().Get(no).parents(0).checked_by(), v1::CHECKED_BY_DOCUMENT);
  EXPECT_EQ(Approve(no), "OK");
}

TEST_P(ExaminationTest, ARegisterThatIsAwayIsNotOneThatHasNothing) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  registers_.Spoil();
  EXPECT_EQ(Pass(no), "SOURCE_UNAVAILABLE parents[0]");
  EXPECT_EQ(cq().Get(no).state(), v1::APPLICATION_STATE_TOWN_REVIEW);
  registers_.Mend();
  EXPECT_EQ(Pass(no), "OK");
}

// Away already when the service started.
TEST_P(ExaminationTest, ARegisterThatComesLaterIsUsedFromThenOn) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  regions_ = std::make_unique<TwoRegions>(GetParam(), registers_.later());
  const std::string no = InTown();
  EXPECT_EQ(Pass(no), "SOURCE_UNAVAILABLE parents[0]");
  registers_.Arrive();
  EXPECT_EQ(Pass(no), "OK");
  EXPECT_EQ(cq().Get(no).parents(0).checked_by(), v1::CHECKED_BY_DATA);
}

TEST_P(ExaminationTest, ARegisterThatSaysOtherwiseStopsThePaperToo) {
  registers_.Add(kFatherNo, "'FX', '2025-01-10'");
  const std::string no = InTown();
  EXPECT_EQ(Pass(no), "B_EVIDENCE_CONFLICT parents[0].condition");
}

TEST_P(ExaminationTest, ADeathThatBecomesKnownBetweenReviewAndDecisionStopsTheApproval) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  EXPECT_EQ(Pass(no), "OK");
  registers_.Execute("UPDATE record SET since = '2025-03-01'");
  EXPECT_EQ(Approve(no), "B_EVIDENCE_CONFLICT parents[0].since");
}

TEST_P(ExaminationTest, AReviewAsksTheRegistersAgain) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  ASSERT_EQ(Pass(no), "OK");
  ASSERT_EQ(Approve(no), "OK");
  const auto review = [&](const Caller& who) {
    const auto request = cq().ActOf<v1::ReviewDeterminationRequest>(no + "-D", regions_->today());
    return ReasonText(cq().acts().Review(who, request).status());
  };
  EXPECT_EQ(review(Side::kCounty), "OK");
  registers_.Execute("UPDATE record SET since = '2025-03-01'");
  EXPECT_EQ(review(Side::kCounty), "B_EVIDENCE_CONFLICT parents[0].since");
  registers_.Spoil();
  EXPECT_EQ(review(Side::kCounty), "SOURCE_UNAVAILABLE parents[0]");
  EXPECT_EQ(review({.org = "stranger", .name = "stranger/p"}), "CASE_NOT_FOUND");
}

TEST_P(ExaminationTest, BesideAnotherBenefitOnlyTheTopUpIsPaidFromItsMonthOn) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  ASSERT_EQ(Pass(no), "OK");
  EXPECT_EQ(Approve(no, {Dibao("", -1)}), "BAD_REQUEST other_benefits[0].fen_month");
  ASSERT_EQ(Approve(no, {Dibao("", 64'000)}), "OK");  // 2026-03-02: paid from April on
  regions_->MoveTo(Date(2026, 5, 2));
  EXPECT_THAT(Paid(no), ElementsAre("2026-04 101100-64000", "2026-05 101100-64000"));
  EXPECT_EQ(cq().Status(no + "-D").due().deducted().amount(), 64'000);
  // It rises in July, ends with August, and what was said of May was too much.
  EXPECT_EQ(State(no, Date(2026, 5, 3), Dibao("2026-05", 70'000)), "STATE_CONFLICT on");
  EXPECT_EQ(State(no, Date(2026, 5, 2), Dibao("2026-05", 70'000)), "OK");
  EXPECT_EQ(cq().Status(no + "-D").recover().amount(), 6'000);
  EXPECT_EQ(State(no, Date(2026, 5, 2), Dibao("2026-05", 60'000)), "OK") << "replaces it";
  EXPECT_FALSE(cq().Status(no + "-D").has_recover());
  EXPECT_EQ(cq().Status(no + "-D").owed().amount(), 4'000);
  EXPECT_EQ(State(no, Date(2026, 5, 2), Dibao("2026-07", 170'000)), "OK");
  EXPECT_EQ(State(no, Date(2026, 5, 2), Dibao("2026-08", 0)), "OK");
  regions_->MoveTo(Date(2026, 8, 2));
  EXPECT_THAT(Paid(no), ElementsAre("2026-04 101100-64000", "2026-05 101100-64000", "2026-06 105100-60000",
                                    "2026-07 0-165100", "2026-08 165100"));
  EXPECT_FALSE(cq().Status(no + "-D").due().has_deducted()) << "the full allowance again";
}

// A register of 低保 and 特困 besides, which is in the same database.
class OtherBenefitsTest : public ExaminationTest {
 protected:
  void SetUp() override {
    registers_.Execute("CREATE TABLE benefit (person_index VARCHAR(64), code VARCHAR(16), fen INTEGER)");
    registers_.Map("benefits/assistance",
                   "knows = [\"DIBAO\", \"TEKUN\"]\nsource = \"社会救助库\"\nsql = \"SELECT code, fen FROM "
                   "benefit WHERE person_index = :person_index AND '2000-01-01' <= :as_of\"\n"
                   "data_as_of = \"SELECT '2026-02-28T16:00:00Z'\"\n[columns]\ncode = \"kind\"\n"
                   "fen = \"fen_month\"\n[values.kind]\nDB = \"OTHER_BENEFIT_KIND_DIBAO\"\n"
                   "TK = \"OTHER_BENEFIT_KIND_TEKUN\"\n");
    registers_.Add(kFatherNo, "'SW', '2025-01-10'");
    ExaminationTest::SetUp();
  }
  // Of the child; `fen` as SQL has it.
  void Pays(const std::string& code, const std::string& fen) {
    const auto indexer = crypto::BlindIndexer::Create(std::string(32, 'r')).value();
    const std::string index =
        indexer->Index({.type = type::v1::DOC_TYPE_RESIDENT_ID, .number = TestForm().child.person().doc_no()})
            .ToHex();
    registers_.Execute("INSERT INTO benefit VALUES ('" + index + "', '" + code + "', " + fen + ")");
  }
  std::string Passed() {
    const std::string no = InTown();
    EXPECT_EQ(Pass(no), "OK");
    return no;
  }
};
INSTANTIATE_TEST_SUITE_P(Dialects, OtherBenefitsTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& param) {
                           return param.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(OtherBenefitsTest, WhatARegisterHasNobodyStates) {
  Pays("DB", "64000");
  const std::string no = Passed();
  ASSERT_EQ(cq().Get(no).benefit_checks_size(), 1) << "the county sees it before it decides";
  EXPECT_EQ(cq().Get(no).benefit_checks(0).records(0).fen_month(), 64'000);
  EXPECT_TRUE(cq().applications().View(cq().Get(no), /*full=*/false).benefit_checks().empty());
  EXPECT_EQ(Approve(no, {Dibao("", 60'000)}), "B_EVIDENCE_CONFLICT other_benefits[0].fen_month");
  ASSERT_EQ(Approve(no), "OK");
  regions_->MoveTo(Date(2026, 4, 2));
  EXPECT_THAT(Paid(no), ElementsAre("2026-04 101100-64000"));
  EXPECT_EQ(cq().Status(no + "-D").determination().other_benefits(0).source(), "社会救助库");
}

TEST_P(OtherBenefitsTest, WhereItHasNothingAnOfficerMayStateOne) {
  ASSERT_EQ(Approve(Passed(), {Dibao("", 64'000)}), "OK") << "found elsewhere";
}

TEST_P(OtherBenefitsTest, WhereItHasNothingNothingIsDeducted) {
  const std::string no = Passed();
  ASSERT_EQ(Approve(no), "OK");
  regions_->MoveTo(Date(2026, 4, 2));
  EXPECT_THAT(Paid(no), ElementsAre("2026-04 165100"));
}

TEST_P(OtherBenefitsTest, HowMuchIsAnOfficersWhereItDoesNotSay) {
  Pays("DB", "NULL");
  const std::string no = Passed();
  EXPECT_EQ(Approve(no), "B_EVIDENCE_CONFLICT other_benefits");
  EXPECT_EQ(Approve(no, {Dibao("", 64'000)}), "OK");
}

TEST_P(OtherBenefitsTest, ARegisterThatIsAwayIsNotOneThatHasNothing) {
  const std::string no = Passed();
  registers_.Execute("ALTER TABLE benefit RENAME TO gone");
  EXPECT_EQ(Approve(no), "SOURCE_UNAVAILABLE other_benefits");
  v1::OtherBenefit tekun = Dibao("", 0);
  tekun.set_kind(v1::OTHER_BENEFIT_KIND_TEKUN);
  EXPECT_EQ(Approve(no, {Dibao("", 64'000)}), "SOURCE_UNAVAILABLE other_benefits") << "of 特困";
  EXPECT_EQ(Approve(no, {Dibao("", 64'000), tekun}), "OK");
}

TEST_P(OtherBenefitsTest, WhatCannotBeReadIsNotNothing) {
  Pays("XX", "64000");
  const std::string no = Passed();
  EXPECT_EQ(cq().Get(no).benefit_checks(0).answer().state(), cases::v1::REGISTER_STATE_ERROR);
  EXPECT_EQ(Approve(no), "SOURCE_UNAVAILABLE other_benefits");
}

TEST_P(ExaminationTest, ADecisionThatNobodyTellsEndsAndNoLongerKeepsAMoveOut) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  ASSERT_EQ(Pass(no), "OK");
  ASSERT_EQ(Approve(no), "OK");  // Monday 2026-03-02: to be told until the 5th
  const auto move = [&] { return ReasonText(cq().Move(no + "-D", kCountySc, regions_->today()).status()); };
  EXPECT_EQ(move(), "DUP_ACTIVE_APPLICATION application");
  regions_->MoveTo(Date(2026, 4, 2));  // 20 working days after the 5th
  EXPECT_EQ(cq().Get(no).state(), v1::APPLICATION_STATE_APPROVED);
  EXPECT_EQ(cq().Get(no).light(), cases::v1::DEADLINE_LIGHT_RED);
  EXPECT_EQ(move(), "DUP_ACTIVE_APPLICATION application");
  regions_->MoveTo(Date(2026, 4, 3));
  const v1::Application ended = cq().Get(no);
  EXPECT_EQ(ended.state(), v1::APPLICATION_STATE_UNTOLD);
  EXPECT_TRUE(ended.steps(ended.steps_size() - 2).late());
  EXPECT_EQ(ReasonText(cq().Act(no, "notify", "WINDOW").status()), "STATE_CONFLICT act");
  EXPECT_EQ(move(), "OK");
}

TEST_P(ExaminationTest, OneThatIsToldInTimeStaysTold) {
  registers_.Add(kFatherNo, "'SW', '2025-01-10'");
  const std::string no = InTown();
  ASSERT_EQ(Pass(no), "OK");
  ASSERT_EQ(Approve(no), "OK");
  ASSERT_EQ(ReasonText(cq().Act(no, "notify", "WINDOW").status()), "OK");
  regions_->MoveTo(Date(2026, 6, 1));
  EXPECT_EQ(cq().Get(no).state(), v1::APPLICATION_STATE_NOTIFIED);
}

// An error of a call that has taken something in would be repeated, and refused as a second application.
TEST_P(ExaminationTest, WhereNoListIsKnownNothingIsTakenIn) {
  std::string policy = (std::filesystem::temp_directory_path() / "chuanyu-policy-XXXXXX").string();
  ASSERT_NE(mkdtemp(policy.data()), nullptr);
  std::filesystem::copy(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/child_welfare", policy);
  std::stringstream list;
  list << std::ifstream(policy + "/materials.toml").rdbuf();
  std::ofstream(policy + "/materials.toml")
      << absl::StrReplaceAll(list.str(), {{"from = 2021-01-01", "from = 2026-04-01"}});
  regions_ = std::make_unique<TwoRegions>(GetParam(), registers::RegistersConfig(), policy);
  std::filesystem::remove_all(policy);
  v1::CreateApplicationRequest request;
  request.set_request_id("listless");
  *request.mutable_application() = FormOf(kCountySc);
  request.mutable_application()->mutable_accept_division()->set_code(kCountyCq);
  const auto create = [&] { return cq().applications().Create(Side::kCounty, request); };
  EXPECT_TRUE(HasReason(create().status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(cq().applications().List("county", {})->applications().empty());
  regions_->SetDay(Date(2026, 4, 2));
  const auto created = create();
  ASSERT_TRUE(created.ok()) << created.status();
  regions_->SetDay(Date(2026, 3, 31));
  EXPECT_EQ(create()->application_no(), created->application_no()) << "a repeat has its answer";
  EXPECT_TRUE(cq().applications().MaterialsOf(request.application(), *created).empty());
}

TEST_P(ExaminationTest, TheWindowTellsTheListOfThePlaceOfTheHukou) {
  const v1::Application form = FormOf(kCountySc);
  v1::Application created;
  created.mutable_deciding_region()->set_code("510000");
  const auto told = cq().applications().MaterialsOf(form, created);
  std::vector<std::string> when;
  for (const cases::v1::Material& each : told) when.push_back(each.when());
  EXPECT_THAT(when, ElementsAre("", "", "FAMILY", "D", "R", "FAMILY"));
}

}  // namespace
}  // namespace chuanyu::child_welfare
