// The acceptance scenarios of subsidies on the days that they name (domain page §10), over two regions
// without servers, on SQLite and on real PostgreSQL.
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

INSTANTIATE_TEST_SUITE_P(On, DisabilityTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });
// A window in Chongqing, 户籍 in Sichuan: 3/10/3 working days, decided and paid there, told here.
TEST_P(DisabilityTest, IsDecidedAtThePlaceOfTheHukouAndToldAtTheWindow) {
  const auto created = cq().Create("1", TestForm());
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  EXPECT_THAT(no, StartsWith("CQ-E-500109-20260302-"));
  EXPECT_FALSE(created->has_claimant()) << "view BASIC";
  EXPECT_EQ(created->steps(0).due().value(), "2026-03-05") << "3 working days";
  EXPECT_EQ(cq().Create("1", TestForm())->application_no(), no) << "a repeat";
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  EXPECT_EQ(sc().Get(no).state(), v1::APPLICATION_STATE_UNSPECIFIED);
  regions().Settle();
  v1::Application there = sc().Get(no);
  ASSERT_EQ(there.state(), v1::APPLICATION_STATE_TOWN_REVIEW);
  EXPECT_TRUE(there.asked_regions().empty()) << "Chongqing has said what it pays";
  ASSERT_EQ(there.assessed_size(), 2);
  EXPECT_EQ(there.assessed(0).reason(), "SOURCE_UNAVAILABLE") << "nothing was found yet";
  v1::Findings statuses = TestFindings();
  v1::Findings certificate;
  certificate.set_cert_state(v1::CERT_STATE_VALID);
  EXPECT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN", &statuses).status()), "ROLE_DENIED findings")
      << "a town does not speak for 残联";
  statuses.clear_cert_state();
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN", &statuses).ok());
  EXPECT_EQ(ReasonText(sc().Act(no, "fed_pass", "TOWN", nullptr).status()),
            "BAD_REQUEST findings.cert_state");
  EXPECT_EQ(ReasonText(sc().Act(no, "fed_pass", "DISABLED_FED", nullptr).status()),
            "BAD_REQUEST findings.cert_state");
  EXPECT_EQ(ReasonText(sc().Act(no, "fed_pass", "DISABLED_FED", &statuses).status()), "ROLE_DENIED findings")
      << "nor 残联 for the town";
  ASSERT_TRUE(sc().Act(no, "fed_pass", "DISABLED_FED", &certificate).ok());
  there = sc().Get(no);
  EXPECT_TRUE(there.assessed(0).eligible());
  EXPECT_EQ(there.assessed(1).fen_month().amount(), 8800);
  const auto approved = sc().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  regions().Settle();
  const v1::Application told = cq().Get(no);
  ASSERT_EQ(told.state(), v1::APPLICATION_STATE_APPROVED);
  ASSERT_EQ(told.result().decided_size(), 2);
  EXPECT_EQ(told.result().decided(0).grant_no(), no + "-L");
  EXPECT_EQ(told.result().decided(0).from_month().value(), "2026-03") << "from the month of application";
  EXPECT_FALSE(told.has_findings()) << "type, grade and amount are explained at the place of the 户籍";
  EXPECT_TRUE(told.assessed().empty());
  EXPECT_EQ(told.steps().rbegin()->due().value(), "2026-03-05") << "3 working days to tell";
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03");
  regions().MoveTo(Date(2026, 5, 1));
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05");
  EXPECT_EQ(sc().Months(no + "-C"), "2026-03 2026-04 2026-05");
}

TEST_P(DisabilityTest, TheClockStandsStillWhileSomethingIsMissing) {
  const std::string no = cq().Create("1", TestForm())->application_no();
  ASSERT_TRUE(cq().Act(no, "supplement", "WINDOW").ok());
  EXPECT_EQ(cq().Get(no).light(), cases::v1::DEADLINE_LIGHT_NONE);
  regions().MoveTo(Date(2026, 3, 16));
  ASSERT_TRUE(cq().Act(no, "resubmit", "WINDOW").ok());
  EXPECT_EQ(cq().Get(no).steps().rbegin()->due().value(), "2026-03-19")
      << "3 working days from the day on which the materials are complete";
}

TEST_P(DisabilityTest, S19_DefactoHasNoLifeAndNoCareAsShipped) {
  v1::Findings found = TestFindings();
  v1::Findings defacto;
  Find(v1::STATUS_DEFACTO, v1::FOUND_YES, &defacto);
  MergeFindings(defacto, &found);
  const std::string no = ToDecision(cq(), sc(), "1", TestForm(kP09, "54"), found);
  EXPECT_THAT(std::string(sc().Act(no, "approve", "COUNTY").status().message()), HasSubstr("DEFACTO"));
  EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "E_EXCLUDED claimant.benefits");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  regions().Settle();
  const v1::Application told = cq().Get(no);
  EXPECT_EQ(told.state(), v1::APPLICATION_STATE_REJECTED);
  ASSERT_EQ(told.result().decided_size(), 2);
  EXPECT_EQ(told.result().decided(0).refused_reason(), "E_EXCLUDED");
  EXPECT_EQ(told.result().decided(1).refused_reason(), "E_GRADE");
}

TEST_P(DisabilityTest, OneMayBeGrantedAndTheOtherRefused) {
  const std::string no = ToDecision(sc(), sc(), "1", TestForm(kP08, "43"), TestFindings());
  const auto approved = sc().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->result().decided(0).grant_no(), no + "-L");
  EXPECT_EQ(approved->result().decided(1).refused_reason(), "E_GRADE");
}

TEST_P(DisabilityTest, WhatIsNotKnownIsNotDecided) {
  v1::Findings found = TestFindings();
  found.mutable_statuses(0)->set_found(v1::FOUND_SOURCE_UNAVAILABLE);  // DIBAO
  const std::string no = ToDecision(sc(), sc(), "1", TestForm(), found);
  EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "SOURCE_UNAVAILABLE claimant.benefits");
  v1::Findings later;
  Find(v1::STATUS_DIBAO, v1::FOUND_NO, &later);
  v1::PerformStepRequest request;
  // The county may add what it has found meanwhile. CARE asks for no 低保.
  const auto approved = sc().Act(no, "approve", "COUNTY", &later);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->result().decided(0).refused_reason(), "E_NOT_DIBAO");
  EXPECT_EQ(approved->result().decided(1).grant_no(), no + "-C");
}

TEST_P(DisabilityTest, ActsOnNothingThatIsStaleOrOfAnotherKey) {
  const std::string no = ToDecision(sc(), sc(), "1", TestForm(), TestFindings());
  v1::PerformStepRequest stale;
  stale.set_request_id("stale");
  stale.set_application_no(no);
  stale.set_act("reject");
  stale.set_role("COUNTY");
  stale.set_officer_id("officer-1");
  stale.set_version(sc().Get(no).version() - 1);
  EXPECT_EQ(ReasonText(sc().applications().Perform(Side::kCounty, stale).status()), "STALE_VERSION version");
  EXPECT_EQ(sc().Get(no).state(), v1::APPLICATION_STATE_COUNTY_DECISION);
  v1::CompareLedgerRequest compare;
  compare.set_key_id("another");
  EXPECT_EQ(ReasonText(sc().comparisons().Compare(compare).status()), "KEY_UNKNOWN key_id");
  EXPECT_EQ(ReasonText(sc().desk().ReadSubject(std::string(32, 'x'), "another").status()),
            "KEY_UNKNOWN key_id");
}

// A number is never given twice: a database that lost its sequence stops the intake.
TEST_P(DisabilityTest, GivesNoNumberWithoutItsSequence) {
  ASSERT_TRUE(sc().desk()
                  .Transact([](sql::Session& session, CaseDesk::Topics*) {
                    return session.Execute("DELETE FROM dis_sequence").status();
                  })
                  .ok());
  EXPECT_EQ(ReasonText(sc().Create("1", TestForm()).status()), "INTERNAL ");
}

TEST_P(DisabilityTest, WaitsForThePeerAndNeverGrantsTwice) {
  // Paid by Chongqing; then the 户籍 is said to be in Sichuan, without a stop in Chongqing.
  const Form in_cq = MovedTo500109(OnlyLife());
  const std::string first = ToDecision(cq(), cq(), "1", in_cq, TestFindings());
  ASSERT_TRUE(cq().Act(first, "approve", "COUNTY").ok());
  ASSERT_TRUE(cq().Act(first, "notify", "WINDOW").ok());
  regions().Settle();
  const std::string no = ToDecision(sc(), sc(), "2", OnlyLife(), TestFindings());
  EXPECT_EQ(sc().Get(no).paid_elsewhere(0).region().code(), "500000");
  EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "DUP_BENEFIT claimant.benefits");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  regions().Settle();
  // The same in one region.
  const std::string again = ToDecision(cq(), cq(), "3", in_cq, TestFindings());
  EXPECT_EQ(ReasonText(cq().Act(again, "approve", "COUNTY").status()), "DUP_BENEFIT claimant.benefits");

  // Nobody carries messages: no answer of the peer.
  Form other = TestForm("511623198706239924", "42");
  const auto created = sc().Create("4", other);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string waiting = created->application_no();
  v1::Findings statuses = TestFindings();
  statuses.clear_cert_state();
  v1::Findings certificate;
  certificate.set_cert_state(v1::CERT_STATE_VALID);
  ASSERT_TRUE(sc().Act(waiting, "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Act(waiting, "town_pass", "TOWN", &statuses).ok());
  ASSERT_TRUE(sc().Act(waiting, "fed_pass", "DISABLED_FED", &certificate).ok());
  EXPECT_THAT(ReasonText(sc().Act(waiting, "approve", "COUNTY").status()), StartsWith("PEER_UNAVAILABLE"));
  regions().Settle();
  EXPECT_TRUE(sc().Act(waiting, "approve", "COUNTY").ok());
}

TEST_P(DisabilityTest, OfTwoWindowsOneHasIt) {
  const auto one = cq().Create("1", TestForm());
  const auto other = sc().Create("1", TestForm());
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(ReasonText(sc().Create("2", TestForm()).status()), "DUP_ACTIVE_APPLICATION application");
  regions().Settle();
  const auto mine = cq().Get(one->application_no());
  const auto theirs = sc().Get(other->application_no());
  EXPECT_EQ(
      (mine.state() == v1::APPLICATION_STATE_DUPLICATE) + (theirs.state() == v1::APPLICATION_STATE_DUPLICATE),
      1);
  EXPECT_EQ((mine.peer_check() == cases::v1::PEER_CHECK_CONFIRMED) +
                (theirs.peer_check() == cases::v1::PEER_CHECK_CONFIRMED),
            1);
}

// A case may only be pushed with the claim of its own person: another's would go past the uniqueness.
TEST_P(DisabilityTest, ACasePushedWithTheClaimOfAnotherPersonIsRefused) {
  const Date today(2026, 3, 2);
  const auto claim = ReadClaim(TestForm().claimant, TestForm().filer, today, today, Divisions());
  ASSERT_TRUE(claim.ok()) << claim.status();
  const auto pushed_with_claim_of = [&](const std::string& subject) {
    cases::v1::ClaimSubjectRequest hold;
    hold.set_claim_id(UuidV7Generator().Next(1'772'000'000'000));
    hold.set_subject(absl::HexStringToBytes(subject));
    hold.set_key_id("test");
    const std::string provider = "/chuanyu.disability.v1.DisabilityProvider/";
    EXPECT_TRUE(
        sc().Answer("500000", {.operation = provider + "ClaimSubject", .payload = hold.SerializeAsString()})
            .ok());
    v1::PushApplicationRequest push;
    push.set_claim_id(hold.claim_id());
    v1::Application& application = *push.mutable_application();
    application.set_application_no("CQ-E-500109-20260302-00000001");
    *application.mutable_claimant() = TestForm().claimant;
    *application.mutable_filer() = TestForm().filer;
    application.mutable_accept_division()->set_code("500109");
    *application.mutable_create_time() = TimestampOf(Noon(today));
    const auto answer = sc().applications().Push("500000", push);
    return answer.ok() ? answer->refused_reason() : answer.status().ToString();
  };
  EXPECT_EQ(pushed_with_claim_of(sc().desk().SubjectOf("person", "another")), "DUP_ACTIVE_APPLICATION");
  EXPECT_EQ(pushed_with_claim_of(sc().desk().SubjectOf(claim->person)), "");
}

TEST_P(DisabilityTest, OnlyTheCountyOfTheHukouDecides) {
  const auto created = cq().Create("1", MovedTo500109(TestForm()), Side::kOther);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW", nullptr, Side::kOther).ok());
  regions().Settle();
  EXPECT_EQ(ReasonText(cq().Act(no, "notify", "WINDOW").status()), "ROLE_DENIED role") << "not its window";
  v1::Findings statuses = TestFindings();
  statuses.clear_cert_state();
  v1::Findings certificate;
  certificate.set_cert_state(v1::CERT_STATE_VALID);
  ASSERT_TRUE(cq().Act(no, "town_pass", "TOWN", &statuses).ok());
  ASSERT_TRUE(cq().Act(no, "fed_pass", "DISABLED_FED", &certificate).ok());
  EXPECT_EQ(ReasonText(cq().Act(no, "approve", "COUNTY", nullptr, Side::kOther).status()),
            "E_NOT_HUKOU claimant.hukou_code");
  EXPECT_TRUE(cq().Act(no, "approve", "COUNTY").ok());
}

TEST_P(DisabilityTest, ACaseIsNobodyElsesBusiness) {
  const std::string no = cq().Create("1", TestForm())->application_no();
  EXPECT_EQ(ReasonText(cq().applications().Get("window", no).status()), "CASE_NOT_FOUND ");
  v1::StartComparisonRequest request;
  request.mutable_month()->set_value("2026-02");
  EXPECT_EQ(ReasonText(cq().comparisons().Start({.org = "window", .name = ""}, request)), "ROLE_DENIED ");
}

}  // namespace
}  // namespace chuanyu::disability
