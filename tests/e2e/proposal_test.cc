// What the machine proposes, over two whole regions and by the policy that is shipped (of the classes only
// A10 is needed here, see tests/support/region.cc). 75 000 fen are the standard a person in the city.
#include "common/calendar/month.h"
#include "tests/e2e/household_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Proposals = HouseholdTest;
INSTANTIATE_TEST_SUITE_P(On, Proposals, kBothBackends, BackendName);

// A look at the couple P30 and P31, who are in 低保 with 120 000 fen a month; she is asked about in Sichuan.
CreateVerificationRequest Recheck(const std::string& request_id, const std::string& as_of) {
  CreateVerificationRequest request = Filing(request_id, {{kP30, "01"}, {kP31, "12"}});
  Verification& check = *request.mutable_verification();
  check.set_type(VERIFICATION_TYPE_RECHECK);
  check.mutable_as_of()->set_value(as_of);
  check.mutable_authorization()->mutable_valid_from()->set_value("2024-05-01");
  CurrentDibao& current = *check.mutable_economy()->mutable_current_dibao();
  current.mutable_amount_month()->set_amount(120'000);
  current.mutable_from_month()->set_value("2024-05");
  return request;
}

const AppliedRule* RuleOf(const Proposal& proposal, const std::string& id) {
  for (const AppliedRule& rule : proposal.rules()) {
    if (rule.id() == id) return &rule;
  }
  return nullptr;
}

// Employed 2026-03-10 at 300 000 fen a month: nothing of 2026-03 to 2026-08 counts, 2026-09 does.
TEST_P(Proposals, S6_EarningsOfSixMonthsOfEmploymentAreDisregarded) {
  for (Month earned(2026, 3); earned <= Month(2026, 9); ++earned) {
    const std::string month = FormatMonth(earned);
    // The region looks at the month before.
    CreateVerificationRequest request = Recheck("s6-" + month, FormatMonth(earned + 1) + "-10");
    Verification& check = *request.mutable_verification();
    check.mutable_household()->mutable_members(1)->mutable_employed_since()->set_value("2026-03");
    AddWage(*check.mutable_economy(), "m2", month, 300'000);
    const Verification reported = FileAndAwait(request);
    ASSERT_EQ(reported.remote_queries_size(), 1);
    const Proposal& proposal = reported.report().proposal();
    const bool disregarded = earned <= Month(2026, 8);
    EXPECT_EQ(proposal.income_month().amount(), disregarded ? 0 : 300'000) << month;
    // 300 000 is not below 1.5 times two standards.
    EXPECT_EQ(proposal.kind(), disregarded ? PROPOSAL_KIND_DIBAO : PROPOSAL_KIND_NOT_ELIGIBLE) << month;
    EXPECT_EQ(proposal.amount_month().amount(), disregarded ? 150'000 : 0) << month;
    const AppliedRule* const rule = RuleOf(proposal, "EMPLOYMENT_DISREGARD.WAGE");
    ASSERT_EQ(rule != nullptr, disregarded) << month;
    if (rule != nullptr) {
      EXPECT_FALSE(rule->source().empty());
      EXPECT_EQ(rule->member_id(), "m2");
    }
    EXPECT_FALSE(reported.has_decision());
  }
}

// Domain page §4.4 at one fen below, on and above each limit: S·n is 150 000, 1.5 times of it 225 000. Each
// proposal is a report of its own.
TEST_P(Proposals, PutAFamilyInDibaoIntoTheBandOfItsIncome) {
  struct Row {
    int64_t income;
    ProposalKind kind;
    int64_t amount;
  };
  const Row rows[] = {{149'999, PROPOSAL_KIND_DIBAO, 1},
                      {150'000, PROPOSAL_KIND_MANUAL, 0},
                      {150'001, PROPOSAL_KIND_GRADUAL_EXIT, 120'000},
                      {224'999, PROPOSAL_KIND_GRADUAL_EXIT, 120'000},
                      {225'000, PROPOSAL_KIND_NOT_ELIGIBLE, 0}};
  const CreateVerificationRequest request = Recheck("bands", "2026-10-31");
  Verification check = FileAndAwait(request);
  for (const Row& row : rows) {
    ProposeAssessmentRequest entered;
    entered.set_request_id("bands-" + std::to_string(row.income));
    entered.set_verification_no(check.verification_no());
    entered.set_version(check.version());
    *entered.mutable_economy() = request.verification().economy();
    AddWage(*entered.mutable_economy(), "m1", "2026-09", row.income);
    const int reports = 1 + check.earlier_reports_size();
    const auto proposed = front().Propose(entered);
    ASSERT_TRUE(proposed.ok()) << proposed.status();
    check = *proposed;
    EXPECT_EQ(check.report().report_no(), check.verification_no() + "-R" + std::to_string(reports + 1));
    const Proposal& proposal = check.report().proposal();
    EXPECT_EQ(proposal.kind(), row.kind) << row.income;
    EXPECT_EQ(proposal.income_month().amount(), row.income);
    EXPECT_EQ(proposal.amount_month().amount(), row.amount) << row.income;
    EXPECT_EQ(proposal.exit_until().value(), row.kind == PROPOSAL_KIND_GRADUAL_EXIT ? "2027-04" : "");
    EXPECT_EQ(proposal.standard_month().amount(), 75'000);
    EXPECT_TRUE(proposal.standard_unconfirmed());  // its source speaks of 2024 only
    if (row.kind == PROPOSAL_KIND_MANUAL) {
      EXPECT_THAT(proposal.manual_reasons(), ElementsAre(MANUAL_REASON_INCOME_EQUALS_STANDARD));
    }
    EXPECT_FALSE(check.report().note().empty());
    EXPECT_EQ(Outcome(front().Propose(entered).status()), "OK");  // a repeat changes nothing
  }
  EXPECT_THAT(check.earlier_reports(), SizeIs(std::size(rows)));
}

// The region of Sichuan has no standard in its policy file: nothing is guessed.
TEST_P(Proposals, SayWhichParameterIsMissing) {
  FrontClient sichuan(world().sc().ToFront(kForeignPlatform));
  CreateVerificationRequest request = Filing("no-standard", {{kP31, "01"}, {kP30, "11"}});
  request.mutable_verification()->mutable_accept_org()->mutable_division()->set_code("511623");
  request.mutable_verification()->mutable_economy();
  request.mutable_verification()->set_type(VERIFICATION_TYPE_RECHECK);
  const auto created = sichuan.Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  const auto check = sichuan.Await(created->verification_no(), VERIFICATION_STATE_REPORTED);
  ASSERT_TRUE(check.ok()) << check.status();
  const Proposal& proposal = check->report().proposal();
  EXPECT_EQ(proposal.kind(), PROPOSAL_KIND_MANUAL);
  // Chongqing pays 低保 to one of them; that too is for an officer.
  EXPECT_THAT(proposal.manual_reasons(),
              ElementsAre(MANUAL_REASON_FINDINGS_UNSETTLED, MANUAL_REASON_NO_STANDARD));
  EXPECT_FALSE(proposal.has_standard_month());
  EXPECT_THAT(proposal.missing(), IsEmpty());
}

}  // namespace
}  // namespace chuanyu::testing
