// Scenario 4 with a department that runs a server of its own: down, slow, or answering later. Over two whole
// regions; the departments are real processes.
#include <set>
#include <string>

#include "tests/e2e/household_fixture.h"
#include "tests/support/batches.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<DataClass> kClasses = {DATA_CLASS_A05_REAL_ESTATE, DATA_CLASS_A10_ASSISTANCE};
constexpr absl::Duration kLong = absl::Seconds(60);

class Sources : public HouseholdTest {
 protected:
  WorldOptions Options() const override {
    return {.backend = GetParam(),
            .registers = CHUANYU_SOURCE_DIR "/tests/support/registers",
            .own_data_limit = "3s",
            .departments = true};
  }
  Verification Await(const std::string& number, VerificationState state) {
    const auto reached = front().Await(number, state, kLong);
    EXPECT_TRUE(reached.ok()) << reached.status();
    return reached.ok() ? *reached : Verification();
  }
  Verification File(const CreateVerificationRequest& request) {
    const auto created = front().Create(request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *created : Verification();
  }
  static void ExpectAwaited(const Verification& check, const std::string& member) {
    const ClassResult* const property = ResultOf(check, member, DATA_CLASS_A05_REAL_ESTATE);
    ASSERT_NE(property, nullptr);
    EXPECT_EQ(property->state(), RESULT_STATE_NOT_CHECKED);
    EXPECT_EQ(property->reason(), "ANSWER_PENDING");
    ASSERT_NE(ResultOf(check, member), nullptr);
    EXPECT_NE(ResultOf(check, member)->state(), RESULT_STATE_NOT_CHECKED);
    EXPECT_FALSE(check.report().complete());
    ASSERT_EQ(check.report().unchecked_size(), 1);
    EXPECT_EQ(check.report().unchecked(0).data_class(), DATA_CLASS_A05_REAL_ESTATE);
    EXPECT_EQ(check.report().unchecked(0).member_id(), member);
    for (const RemoteQuery& query : check.remote_queries()) {
      // Each class has a time limit of its own, 5 working days here, or the check's own end before that.
      EXPECT_TRUE(query.has_due_time());
      EXPECT_LE(query.due_time().seconds(), check.deadline().seconds());
    }
  }
  static void ExpectSupplemented(const Verification& check, const std::string& member) {
    const ClassResult* const property = ResultOf(check, member, DATA_CLASS_A05_REAL_ESTATE);
    ASSERT_NE(property, nullptr);
    EXPECT_EQ(property->state(), RESULT_STATE_HIT);
    EXPECT_EQ(property->source(), "不动产登记中心");
    EXPECT_TRUE(check.report().complete());
    EXPECT_EQ(check.report().report_no(), check.verification_no() + "-R2");
    ASSERT_EQ(check.earlier_reports_size(), 1);
    EXPECT_EQ(check.earlier_reports(0).report().report_no(), check.verification_no() + "-R1");
    std::vector<CaseEventKind> kinds;
    for (const CaseEvent& event : check.events()) kinds.push_back(event.kind());
    EXPECT_THAT(kinds, Contains(CASE_EVENT_KIND_SUPPLEMENTED));
  }
};
INSTANTIATE_TEST_SUITE_P(On, Sources, kBothBackends, BackendName);

TEST_P(Sources, S4_PropertySourceThatIsDownIsNotCheckedUntilItIsBack) {
  ASSERT_TRUE(world().sc().department().Stop().ok());
  const Verification filed = File(Filing("down", {{kP05, "01"}, {kP02, "12"}}, kClasses));
  const Verification partial = Await(filed.verification_no(), VERIFICATION_STATE_PARTIAL);
  ExpectAwaited(partial, "m2");
  ASSERT_NE(ResultOf(partial, "m1", DATA_CLASS_A05_REAL_ESTATE), nullptr);
  EXPECT_EQ(ResultOf(partial, "m1", DATA_CLASS_A05_REAL_ESTATE)->state(), RESULT_STATE_NO_HIT);

  ASSERT_TRUE(world().sc().StartDepartment().ok());
  const Verification complete = Await(filed.verification_no(), VERIFICATION_STATE_REPORTED);
  ExpectSupplemented(complete, "m2");
  const RealEstate& house = ResultOf(complete, "m2", DATA_CLASS_A05_REAL_ESTATE)->items(0).real_estate();
  EXPECT_EQ(house.division().code(), "511623104") << "the register knows the village, the answer the town";
  // What was answered later is in the journal as fully as what is answered at once.
  for (const RemoteQuery& query : complete.remote_queries()) {
    if (query.group() != SOURCE_GROUP_DEPARTMENTAL || query.region().code() != "510000") continue;
    for (const auto& record : ReadJournal(world().sc())) {
      if (record.request_id() != query.request_id() || record.kind() != exchange::v1::RECORD_KIND_ANSWER_SENT)
        continue;
      EXPECT_THAT(record.fields_returned(), Contains("A05.area_centi_m2"));
    }
    EXPECT_EQ(
        CountByRequest(ReadJournal(world().sc()), exchange::v1::RECORD_KIND_ANSWER_SENT)[query.request_id()],
        1);
  }
  EXPECT_THAT(world().sc().FamilyMetrics(),
              HasSubstr("chuanyu_source_calls_total{outcome=\"answered\",source=\"real-estate\"}"));
}

TEST_P(Sources, DepartmentOfTheOwnRegionThatAnswersLaterIsCollectedAfterASigkill) {
  world().cq().SetDepartmentMode("later");
  const Verification filed = File(Filing("later", {{kP01, "01"}}, kClasses));
  const Verification partial = Await(filed.verification_no(), VERIFICATION_STATE_PARTIAL);
  ExpectAwaited(partial, "m1");
  world().cq().family_economy().Kill();
  ASSERT_TRUE(world().cq().StartFamilyEconomy().ok());
  world().cq().SetDepartmentMode("now");
  ExpectSupplemented(Await(filed.verification_no(), VERIFICATION_STATE_REPORTED), "m1");
}

TEST_P(Sources, SlowDepartmentHoldsNobodyElseUp) {
  world().sc().SetDepartmentMode("slow");
  const Verification slow = File(Filing("slow", {{kP15, "01"}, {kP08, "12"}}, kClasses));
  // Own data is asked meanwhile.
  const Verification quick = File(Filing("quick", {{kP18, "01"}}));
  EXPECT_THAT(Await(quick.verification_no(), VERIFICATION_STATE_REPORTED).earlier_reports(), IsEmpty());
  ExpectAwaited(Await(slow.verification_no(), VERIFICATION_STATE_PARTIAL), "m2");
  world().sc().SetDepartmentMode("now");
  const Verification complete = Await(slow.verification_no(), VERIFICATION_STATE_REPORTED);
  ASSERT_NE(ResultOf(complete, "m2", DATA_CLASS_A05_REAL_ESTATE), nullptr);
  EXPECT_EQ(ResultOf(complete, "m2", DATA_CLASS_A05_REAL_ESTATE)->state(), RESULT_STATE_NO_HIT);
}

// A decision on what is there ends the waiting, here and at the department.
TEST_P(Sources, CancelledCheckWaitsForNoDepartment) {
  world().cq().SetDepartmentMode("later");
  const Verification filed = File(Filing("cancelled", {{kP17, "01"}}, kClasses));
  Await(filed.verification_no(), VERIFICATION_STATE_PARTIAL);
  const auto stub = FamilyEconomy::NewStub(world().cq().ToFront(kPlatform));
  grpc::ClientContext context;
  CancelVerificationRequest request;
  request.set_request_id("cancel-cancelled");
  request.set_verification_no(filed.verification_no());
  CancelVerificationResponse response;
  ASSERT_TRUE(stub->CancelVerification(&context, request, &response).ok());
  EXPECT_TRUE(Eventually(absl::Seconds(20), [&] {
    return world().cq().FamilyMetrics().find("chuanyu_source_asks_open{source=\"real-estate\"} 0") !=
           std::string::npos;
  }));
  world().cq().SetDepartmentMode("now");
  const auto after = front().Get(filed.verification_no());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state(), VERIFICATION_STATE_CANCELLED);
  EXPECT_THAT(after->results(), IsEmpty());
}

// What a department's server answers cannot be listed, so no re-check of thousands asks for it.
TEST_P(Sources, ABatchOfAClassThatCannotBeListedIsRefused) {
  const SyntheticBatch batch("no-list", 1, 1,
                             [](int64_t line) { return SyntheticLine(SyntheticNumber(line), line); },
                             {DATA_CLASS_A10_ASSISTANCE, DATA_CLASS_A05_REAL_ESTATE});
  const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
  const absl::Status refused = UploadChunks(*stub, batch, 0, 1).status();
  EXPECT_TRUE(HasReason(refused, Reason::SOURCE_NOT_CONFIGURED)) << refused;
  EXPECT_EQ(FieldOf(refused), "manifest.classes[1]");
}

}  // namespace
}  // namespace chuanyu::testing
