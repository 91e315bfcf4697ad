// What operators and auditors may see, over TLS.
#include "services/exchange/intake/exchange_testing.h"

namespace chuanyu::exchange {
namespace {

using ObserversTest = ExchangeFixture;

TEST_F(ObserversTest, OperatorsSeeTheStateAndNobodyElseDoes) {
  const std::string id = Submit(MakeSubmission())->request_id();
  v1::InspectRequestRequest inspect;
  inspect.set_request_id(id);
  const auto seen = Call<v1::Operations>("500000/ops/duty", &v1::Operations::Stub::InspectRequest, inspect);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->request().caller(), kPlatform);
  EXPECT_TRUE(seen->request().outbound());
  EXPECT_EQ(seen->request().timeline(0).event(), "SUBMITTED");
  const auto overview =
      Call<v1::Operations>("500000/ops/duty", &v1::Operations::Stub::GetOverview, v1::GetOverviewRequest());
  ASSERT_TRUE(overview.ok()) << overview.status();
  EXPECT_EQ(overview->counts_size(), 1);
  EXPECT_EQ(overview->counts(0).count(), 1u);
  EXPECT_EQ(overview->links_size(), 1);
  EXPECT_EQ(overview->journal_size(), 1u);
  EXPECT_TRUE(
      HasReason(Call<v1::Operations>(kPlatform, &v1::Operations::Stub::InspectRequest, inspect).status(),
                Reason::ROLE_DENIED));
  inspect.set_request_id(ids_.Next(clock_.NowMs()));
  EXPECT_TRUE(HasReason(
      Call<v1::Operations>("500000/ops/duty", &v1::Operations::Stub::InspectRequest, inspect).status(),
      Reason::CASE_NOT_FOUND));
}

TEST_F(ObserversTest, WhoReadsEvidenceLeavesEvidence) {
  const auto checkpoint =
      Call<v1::Audit>("500000/audit/auditor", &v1::Audit::Stub::GetCheckpoint, v1::GetCheckpointRequest());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->note(), journal_->Latest().note);
  const auto records = Records(v1::RECORD_KIND_EVIDENCE_READ);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].actor(), "audit/auditor");
  EXPECT_EQ(records[0].actor_role(), v1::ROLE_AUDITOR);
  EXPECT_TRUE(HasReason(
      Call<v1::Audit>("500000/ops/duty", &v1::Audit::Stub::GetCheckpoint, v1::GetCheckpointRequest())
          .status(),
      Reason::ROLE_DENIED));
}

}  // namespace
}  // namespace chuanyu::exchange
