// Household checks while something around them is down: what was taken in waits and is answered once, what
// could not be taken in left nothing half-done.
#include <string>

#include "absl/time/clock.h"
#include "tests/e2e/household_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

class HouseholdOutage : public HouseholdTest {
 protected:
  Verification Taken(const CreateVerificationRequest& request, VerificationState state) {
    const auto created = front().Create(request);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return {};
    const auto reached = front().Await(created->verification_no(), state);
    EXPECT_TRUE(reached.ok()) << reached.status();
    return *created;
  }
  void ExpectReportedAndAskedOnce(const Verification& check) {
    const auto reported =
        front().Await(check.verification_no(), VERIFICATION_STATE_REPORTED, absl::Seconds(60));
    ASSERT_TRUE(reported.ok()) << reported.status();
    ASSERT_EQ(reported->remote_queries_size(), 1);
    const std::string& id = reported->remote_queries(0).request_id();
    EXPECT_EQ(Records(world().cq(), id, exchange::v1::RECORD_KIND_REQUEST_SENT), 1);
    EXPECT_EQ(Records(world().sc(), id, exchange::v1::RECORD_KIND_REQUEST_RECEIVED), 1);
    EXPECT_EQ(Records(world().sc(), id, exchange::v1::RECORD_KIND_ANSWER_SENT), 1);
    EXPECT_EQ(Records(world().cq(), id, exchange::v1::RECORD_KIND_ANSWER_RECEIVED), 1);
  }
  static int Records(const Region& region, const std::string& id, exchange::v1::RecordKind kind) {
    return CountByRequest(ReadJournal(region), kind)[id];
  }
  static void ExpectStarted(const absl::Status& status) { ASSERT_TRUE(status.ok()) << status; }
};
INSTANTIATE_TEST_SUITE_P(On, HouseholdOutage, kBothBackends, BackendName);

TEST_P(HouseholdOutage, PeerThatIsDownIsAskedWhenItIsBack) {
  world().sc().node().Kill();
  const Verification check = Taken(Filing("peer-down", {{kP08, "01"}}), VERIFICATION_STATE_DISPATCHED);
  ExpectStarted(world().sc().StartNode());
  ExpectReportedAndAskedOnce(check);
}

TEST_P(HouseholdOutage, DeadlineThatPassesMeanwhileIsNotCheckedAndStaysSo) {
  world().sc().node().Kill();
  CreateVerificationRequest request = Filing("late", {{kP01, "01"}, {kP02, "12"}});
  request.mutable_verification()->mutable_deadline()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3);
  const Verification check = Taken(request, VERIFICATION_STATE_PARTIAL);
  ExpectStarted(world().sc().StartNode());
  // A later question is answered, so the late answer would have come as well.
  ExpectReportedAndAskedOnce(Taken(Filing("after-late", {{kP20, "01"}}), VERIFICATION_STATE_REPORTED));
  const auto late = front().Get(check.verification_no());
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->state(), VERIFICATION_STATE_PARTIAL);
  ASSERT_NE(ResultOf(*late, "m2"), nullptr);
  EXPECT_EQ(ResultOf(*late, "m2")->state(), RESULT_STATE_NOT_CHECKED);
  EXPECT_EQ(ResultOf(*late, "m2")->reason(), "DEADLINE_PASSED");
  EXPECT_FALSE(late->report().complete());
}

TEST_P(HouseholdOutage, RedisThatIsDownHoldsTheQuestionBack) {
  world().cq().redis().Stop();
  const auto created = front().Create(Filing("redis-down", {{kP21, "01"}}));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), VERIFICATION_STATE_ACCEPTED);
  // The node refuses it while its tracker is away, and the service keeps asking.
  EXPECT_EQ(Records(world().sc(), created->remote_queries(0).request_id(),
                    exchange::v1::RECORD_KIND_REQUEST_RECEIVED),
            0);
  world().cq().redis().Start();
  ExpectReportedAndAskedOnce(*created);
}

TEST_P(HouseholdOutage, ServiceOfTheOtherRegionIsAskedAgainWhenItIsBack) {
  world().sc().family_economy().Kill();
  const Verification check = Taken(Filing("provider-down", {{kP10, "01"}}), VERIFICATION_STATE_DISPATCHED);
  ExpectStarted(world().sc().StartFamilyEconomy());
  ExpectReportedAndAskedOnce(check);
}

TEST_P(HouseholdOutage, NodeThatIsDownHoldsTheQuestionBackAlsoThroughASigkillOfTheService) {
  world().cq().node().Kill();
  const auto created = front().Create(Filing("node-down", {{kP11, "01"}}));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), VERIFICATION_STATE_ACCEPTED);
  world().cq().family_economy().Kill();
  ExpectStarted(world().cq().StartNode());
  ExpectStarted(world().cq().StartFamilyEconomy());
  ExpectReportedAndAskedOnce(*created);
}

TEST_P(HouseholdOutage, DatabaseThatIsDownTakesNothingIn) {
  if (GetParam() == Backend::kSqlite) GTEST_SKIP() << "a file is not a server that can be down";
  const size_t outbound = Outbound(world());
  const CreateVerificationRequest request = Filing("store-down", {{kP16, "01"}});
  world().cq().postgres().Stop();
  EXPECT_EQ(Outcome(front().Create(request).status()), "STORE_UNAVAILABLE");
  EXPECT_EQ(Outbound(world()), outbound);
  world().cq().postgres().Start();
  ExpectReportedAndAskedOnce(Taken(request, VERIFICATION_STATE_REPORTED));
  EXPECT_EQ(Outbound(world()), outbound + 2);
}

TEST_P(HouseholdOutage, DatabaseOfTheOtherRegionThatIsDownDelaysTheAnswer) {
  if (GetParam() == Backend::kSqlite) GTEST_SKIP() << "a file is not a server that can be down";
  world().sc().postgres().Stop();
  const Verification check = Taken(Filing("their-store-down", {{kPX, "01"}}), VERIFICATION_STATE_DISPATCHED);
  world().sc().postgres().Start();
  ExpectReportedAndAskedOnce(check);
}

// Scenario 9: the code of 两江新区 is not published, so it is configured and never guessed.
TEST_P(HouseholdOutage, ServiceWithoutTheCodeOfLiangjiangDoesNotStart) {
  const std::string config = ReadWholeFile(world().cq().family_config());
  const size_t at = config.find("LIANGJIANG");
  ASSERT_NE(at, std::string::npos);
  std::string without = config;
  without.erase(at, without.find('\n', at) - at);
  ASSERT_TRUE(world().cq().family_economy().Stop().ok());
  WriteWholeFile(world().cq().family_config(), without);
  const absl::Status refused = world().cq().StartFamilyEconomy();
  WriteWholeFile(world().cq().family_config(), config);
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("LIANGJIANG"));
  ExpectStarted(world().cq().StartFamilyEconomy());
}

}  // namespace
}  // namespace chuanyu::testing
