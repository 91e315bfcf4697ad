// The acceptance scenarios of subsidies on the days that they name (domain page §10), over two regions
// without servers, on SQLite and on real PostgreSQL.
#include <set>

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

TEST_P(DisabilityTest, S34_TekunStopsBothFromNextMonthAndBadCertificatesAreRefused) {
  const std::string no = Granted("1");
  regions().MoveTo(Date(2026, 6, 10));
  for (const char* suffix : {"-L", "-C"}) {
    const auto stopped =
        sc().Change(no + suffix, v1::GRANT_CHANGE_STOP, v1::STOP_REASON_TEKUN, Date(2026, 6, 9));
    ASSERT_TRUE(stopped.ok()) << stopped.status();
    EXPECT_EQ(stopped->to_month().value(), "2026-06");
    EXPECT_EQ(stopped->state(), v1::GRANT_STATE_PAYING);
  }
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-04 2026-05 2026-06");
  EXPECT_EQ(sc().Months(no + "-C"), "2026-03 2026-04 2026-05 2026-06");
  EXPECT_EQ(sc().grants().Get("county", no + "-L")->grant().state(), v1::GRANT_STATE_STOPPED);
  EXPECT_EQ(ReasonText(sc().grants().Get("window", no + "-L").status()), "CASE_NOT_FOUND ");

  Form form = TestForm(kP08, "48");
  EXPECT_EQ(ReasonText(sc().Create("2", form).status()), "E_CERT_CODE claimant.certificate.cert_no");
  form.claimant.mutable_certificate()->set_cert_no("51162320140520990254");
  EXPECT_EQ(ReasonText(sc().Create("2", form).status()), "E_CERT_ID claimant.certificate.cert_no");
  form = TestForm();
  form.claimant.mutable_certificate()->mutable_valid_to()->set_value("2026-08-31");
  EXPECT_EQ(ReasonText(sc().Create("2", form).status()), "E_CERT_STATE claimant.certificate.valid_to");
  form = TestForm();
  form.claimant.mutable_account()->set_holder_name("李测乙");
  EXPECT_EQ(ReasonText(sc().Create("2", form).status()), "E_ACCOUNT_NAME claimant.account.holder_name");
}

TEST_P(DisabilityTest, S38_ADeathStopsEverythingOnce) {
  const std::string no = Granted("1");
  const Date today(2026, 6, 10);
  regions().MoveTo(today);
  for (int i = 0; i < 3; ++i) sc().Die(Date(2026, 5, 30));
  const v1::Grant grant = sc().grants().Get("county", no + "-L")->grant();
  EXPECT_EQ(grant.state(), v1::GRANT_STATE_STOPPED);
  EXPECT_EQ(grant.to_month().value(), "2026-05");
  EXPECT_EQ(grant.recover().amount(), 11100) << "June was posted before the death was known";
  cq().Die(Date(2026, 5, 30));  // nothing is paid there
}

TEST_P(DisabilityTest, S38_NothingIsProposedOrGrantedToSomebodyWhoHasDied) {
  const std::string no = ToDecision(cq(), sc(), "1", TestForm(), TestFindings());
  ASSERT_TRUE(sc().Get(no).assessed(0).eligible());
  const int64_t version = sc().Get(no).version();
  for (int i = 0; i < 2; ++i) sc().Die(Date(2026, 3, 9));
  EXPECT_EQ(sc().Get(no).version(), version + 1) << "once";
  const v1::Application known = sc().Get(no);
  for (const v1::Assessed& each : known.assessed()) {
    EXPECT_FALSE(each.eligible());
    EXPECT_EQ(each.status(), v1::STATUS_DECEASED);
  }
  EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "E_EXCLUDED claimant.benefits");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  regions().Settle();
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  regions().Settle();
  // Also what is filed when the death is known already.
  const std::string again = ToDecision(cq(), sc(), "2", TestForm(), TestFindings());
  EXPECT_EQ(ReasonText(sc().Act(again, "approve", "COUNTY").status()), "E_EXCLUDED claimant.benefits");
  ASSERT_TRUE(sc().Act(again, "reject", "COUNTY").ok());
  regions().Settle();
  ASSERT_TRUE(cq().Act(again, "notify", "WINDOW").ok());
  regions().Settle();
  // It was a mistake: a new application is decided as any other.
  sc().Live();
  const std::string alive = ToDecision(cq(), sc(), "3", TestForm(), TestFindings());
  EXPECT_EQ(ReasonText(sc().Act(alive, "approve", "COUNTY").status()), "OK");
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

TEST_P(DisabilityTest, ASuspendedGrantIsNotPaidAndKeepsOthersOut) {
  const std::string no = Granted("1", OnlyLife());
  ASSERT_TRUE(
      sc().Change(no + "-L", v1::GRANT_CHANGE_SUSPEND, v1::STOP_REASON_REVIEW, Date(2026, 3, 2)).ok());
  EXPECT_EQ(
      ReasonText(
          sc().Change(no + "-L", v1::GRANT_CHANGE_RESUME, v1::STOP_REASON_REVIEW, Date(2026, 3, 2)).status()),
      "BAD_REQUEST reason");
  regions().MoveTo(Date(2026, 6, 5));
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03");
  const std::string again = ToDecision(sc(), sc(), "2", OnlyLife(), TestFindings());
  EXPECT_EQ(ReasonText(sc().Act(again, "approve", "COUNTY").status()), "DUP_BENEFIT claimant.benefits");
  ASSERT_TRUE(
      sc().Change(no + "-L", v1::GRANT_CHANGE_RESUME, v1::STOP_REASON_UNSPECIFIED, Date(2026, 6, 5)).ok());
  EXPECT_EQ(sc().Months(no + "-L"), "2026-03 2026-06");
}

// Many chunks against a ledger of other density; the overlaps are exactly the intersection.
TEST_P(DisabilityTest, ComparisonOfManyLinesFindsTheIntersection) {
  const Month month(2026, 2);
  std::set<std::pair<int, std::string>> in_cq;
  std::set<std::pair<int, std::string>> in_sc;
  uint32_t random = 12345;
  const auto next = [&random] { return random = random * 1664525u + 1013904223u, random >> 16; };
  for (int i = 0; i < 40; ++i) {
    for (const auto& [lines, modulo] : {std::pair{&in_cq, 32u}, {&in_sc, 64u}}) {
      std::string subject(32, '\0');
      subject[0] = static_cast<char>(next() % modulo * 4);
      lines->insert({1 + static_cast<int>(next() % 2), absl::BytesToHexString(subject)});
    }
  }
  for (const auto& [side, lines] : {std::pair{&cq(), &in_cq}, {&sc(), &in_sc}}) {
    ASSERT_TRUE(side->desk()
                    .Transact([&, side = side, lines = lines](sql::Session& session,
                                                              CaseDesk::Topics*) -> absl::Status {
                      for (const auto& [benefit, subject] : *lines) {
                        CHUANYU_RETURN_IF_ERROR(
                            side->desk().ledger().Post(session, {.subject = subject,
                                                                 .benefit = static_cast<v1::Benefit>(benefit),
                                                                 .month = month,
                                                                 .grant_no = "none",
                                                                 .fen = 100}));
                      }
                      const auto& [benefit, subject] = *lines->begin();
                      EXPECT_EQ(ReasonText(side->desk().ledger().Post(
                                    session, {.subject = subject,
                                              .benefit = static_cast<v1::Benefit>(benefit),
                                              .month = month,
                                              .grant_no = "none",
                                              .fen = 100})),
                                "DUP_BENEFIT month");
                      return absl::OkStatus();
                    })
                    .ok());
  }
  std::set<std::pair<int, std::string>> both;
  for (const auto& line : in_cq) {
    if (in_sc.contains(line)) both.insert(line);
  }
  ASSERT_GT(both.size(), 5u);
  ASSERT_TRUE(cq().StartComparison("2026-02").ok());
  ASSERT_TRUE(cq().StartComparison("2026-02").ok()) << "nothing happens again";
  regions().Settle();
  for (const auto& [side, lines] : {std::pair{&cq(), &in_cq}, {&sc(), &in_sc}}) {
    const v1::GetComparisonResponse compared = side->Compared("2026-02");
    ASSERT_EQ(compared.comparisons_size(), 1);
    EXPECT_EQ(compared.comparisons(0).state(), v1::COMPARISON_STATE_DONE);
    EXPECT_EQ(compared.comparisons(0).lines(), static_cast<int64_t>(lines->size()));
    EXPECT_EQ(compared.comparisons(0).overlaps(), static_cast<int64_t>(both.size()));
  }
  EXPECT_GE(regions().carried("CompareLedger"), static_cast<int>((in_cq.size() + in_sc.size()) / 3));
  EXPECT_EQ(ReasonText(cq().StartComparison("2026-04")), "BAD_REQUEST month") << "not begun yet";
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
