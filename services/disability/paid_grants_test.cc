// What becomes of subsidies that are paid: they end, are suspended, and are compared with what the other
// region pays (domain page §8, §10). Over two regions without servers, on SQLite and on a real PostgreSQL.
#include <set>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "services/disability/granted_testing.h"

namespace chuanyu::disability {
namespace {

class PaidGrantsTest : public DisabilityTest {};
INSTANTIATE_TEST_SUITE_P(On, PaidGrantsTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(PaidGrantsTest, S34_TekunStopsBothFromNextMonthAndBadCertificatesAreRefused) {
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

TEST_P(PaidGrantsTest, S38_ADeathStopsEverythingOnce) {
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

TEST_P(PaidGrantsTest, S38_NothingIsProposedOrGrantedToSomebodyWhoHasDied) {
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

TEST_P(PaidGrantsTest, ASuspendedGrantIsNotPaidAndKeepsOthersOut) {
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
TEST_P(PaidGrantsTest, ComparisonOfManyLinesFindsTheIntersection) {
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

}  // namespace
}  // namespace chuanyu::disability
