// A family that changes while it is checked, a family that is not what the register has, and a family at
// which both regions look at once (domain page §4.1, §4.6), over two whole regions. Synthetic persons.
#include "common/rpc/error_details.h"
#include "tests/e2e/household_fixture.h"
#include "tests/support/batches.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<CaseEventKind> KindsOf(const Verification& check) {
  std::vector<CaseEventKind> kinds;
  for (const CaseEvent& event : check.events()) kinds.push_back(event.kind());
  return kinds;
}

// A look at what is granted, so that one family may have several.
CreateVerificationRequest Recheck(const std::string& id, const std::vector<TestMember>& members,
                                  const std::string& household, const std::string& auth_no,
                                  const std::vector<DataClass>& classes = {DATA_CLASS_A10_ASSISTANCE}) {
  CreateVerificationRequest request = Filing(id, members, classes);
  Verification& check = *request.mutable_verification();
  check.set_type(VERIFICATION_TYPE_RECHECK);
  check.mutable_household()->set_household_id(household);
  check.mutable_authorization()->set_household_id(household);
  check.mutable_authorization()->set_auth_no(auth_no);
  return request;
}

class HouseholdVersionTest : public HouseholdTest {
 protected:
  std::string Refusal(const CreateVerificationRequest& request) {
    return Outcome(front().Create(request).status());
  }
  std::string Propose(const Verification& check, const std::string& id) {
    ProposeAssessmentRequest request;
    request.set_request_id(id);
    request.set_verification_no(check.verification_no());
    request.mutable_economy();
    return Outcome(front().Propose(request).status());
  }
  std::string Decide(const Verification& check, const std::string& id) {
    DecideVerificationRequest request;
    request.set_request_id(id);
    request.set_verification_no(check.verification_no());
    request.set_version(check.version());
    request.set_outcome(DECISION_OUTCOME_GRANTED);
    request.set_officer_id("officer-7");
    request.set_note("synthetic");
    grpc::ClientContext context;
    DecideVerificationResponse response;
    const auto stub = FamilyEconomy::NewStub(world().cq().ToFront(kPlatform));
    return Outcome(rpc::FromGrpc(stub->DecideVerification(&context, request, &response)));
  }
  // The codes of the lines that were rejected, "line:code".
  std::vector<std::string> RejectedLines(const SyntheticBatch& batch) {
    const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
    const auto uploaded = UploadChunks(*stub, batch, 0, batch.chunks());
    EXPECT_TRUE(uploaded.ok()) << uploaded.status();
    ListBatchResultsRequest request;
    request.set_batch_no(batch.manifest().batch_no());
    request.set_outcome(LINE_OUTCOME_REJECTED);
    grpc::ClientContext context;
    ListBatchResultsResponse response;
    const grpc::Status status = stub->ListBatchResults(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> out;
    for (const BatchLineResult& line : response.results()) {
      out.push_back(std::to_string(line.line_no()) + ":" + line.code());
    }
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(On, HouseholdVersionTest, kBothBackends, BackendName);

TEST_P(HouseholdVersionTest, OtherMembersNeedANewAuthorisation) {
  const std::vector<TestMember> family = {{kP05, "01"}, {kP06, "11"}};
  const Verification first = FileAndAwait(Recheck("v-1", family, "hh-v", "auth-v1"));
  EXPECT_EQ(first.household().version(), 1);
  EXPECT_EQ(FileAndAwait(Recheck("v-2", family, "hh-v", "auth-v1")).household().version(), 1);

  // The same paper for fewer, for more, and for another relation: nobody is asked.
  const size_t asked = Outbound(world());
  EXPECT_EQ(Refusal(Recheck("v-fewer", {{kP05, "01"}}, "hh-v", "auth-v1")), "AUTH_SCOPE");
  EXPECT_EQ(Refusal(Recheck("v-more", {{kP05, "01"}, {kP06, "11"}, {kP21, "30"}}, "hh-v", "auth-v1")),
            "AUTH_SCOPE");
  EXPECT_EQ(Refusal(Recheck("v-kin", {{kP05, "01"}, {kP06, "99"}}, "hh-v", "auth-v1")), "AUTH_SCOPE");
  EXPECT_EQ(Outbound(world()), asked);

  // A declared fact is no other family: the first check goes on.
  CreateVerificationRequest ill = Recheck("v-ill", family, "hh-v", "auth-v1");
  ill.mutable_verification()->mutable_household()->mutable_members(1)->set_serious_illness(true);
  EXPECT_EQ(FileAndAwait(ill).household().version(), 2);
  EXPECT_EQ(Propose(first, "v-goes-on"), "OK");

  // A new paper, a new family: whatever was filed about the one before cannot be decided any more.
  const Verification second = FileAndAwait(Recheck("v-3", {{kP05, "01"}, {kP21, "30"}}, "hh-v", "auth-v2"));
  EXPECT_EQ(second.household().version(), 3);
  const auto stale = front().Get(first.verification_no());
  ASSERT_TRUE(stale.ok()) << stale.status();
  EXPECT_THAT(KindsOf(*stale), Contains(CASE_EVENT_KIND_HOUSEHOLD_CHANGED));
  EXPECT_EQ(Propose(*stale, "v-stale"), "STALE_VERSION");
  EXPECT_EQ(Decide(*stale, "v-stale-decide"), "STALE_VERSION");
  EXPECT_EQ(Refusal(Recheck("v-old-paper", family, "hh-v", "auth-v1")), "STALE_VERSION");
  EXPECT_THAT(KindsOf(second), Not(Contains(CASE_EVENT_KIND_HOUSEHOLD_CHANGED)));
  EXPECT_EQ(Decide(second, "v-decide"), "OK");

  // The lines of a batch name the same papers.
  const SyntheticBatch batch("v-batch", 5, 5, [](int64_t line) {
    const char* const numbers[] = {kP05.doc_no, kP06.doc_no, kP21.doc_no, kP20.doc_no, kP10.doc_no};
    BatchLine out = SyntheticLine(numbers[line], line);
    out.set_auth_no(line == 1 ? "auth-v1" : "auth-v2");
    if (line == 4) out.set_auth_no("auth-of-another-system");
    return out;
  });
  EXPECT_THAT(RejectedLines(batch), ElementsAre("2:STALE_VERSION", "4:AUTH_SCOPE"));
}

TEST_P(HouseholdVersionTest, ABatchLineUnderAnAuthorisationThatEndedIsRejected) {
  const Verification check = FileAndAwait(Recheck("e-1", {{kP18, "01"}}, "hh-e", "auth-e1"));
  RevokeAuthorizationRequest revoke;
  revoke.set_request_id("e-revoke");
  revoke.set_verification_no(check.verification_no());
  grpc::ClientContext context;
  RevokeAuthorizationResponse revoked;
  const auto stub = FamilyEconomy::NewStub(world().cq().ToFront(kPlatform));
  ASSERT_TRUE(stub->RevokeAuthorization(&context, revoke, &revoked).ok());
  // The line still says that it is in force.
  const SyntheticBatch batch("e-batch", 1, 1, [](int64_t line) {
    BatchLine out = SyntheticLine(kP18.doc_no, line);
    out.set_auth_no("auth-e1");
    return out;
  });
  EXPECT_THAT(RejectedLines(batch), ElementsAre("1:AUTH_REVOKED"));
}

TEST_P(HouseholdVersionTest, WhoIsRegisteredOtherwiseThanDeclaredIsADiscrepancy) {
  // In the register two are in his 户; her 户籍 is not there at all; the child is with P01
  // (tests/support/registers).
  CreateVerificationRequest request = Recheck("reg-1", {{kP17, "01"}, {kP31, "12"}}, "hh-reg", "auth-reg",
                                              {DATA_CLASS_A01_HUKOU, DATA_CLASS_A10_ASSISTANCE});
  request.mutable_verification()->mutable_economy();
  const Verification check = FileAndAwait(request);
  ASSERT_THAT(check.discrepancies(), SizeIs(2));
  const Discrepancy& missing = check.discrepancies(0);
  EXPECT_EQ(missing.kind(), DISCREPANCY_KIND_MEMBER_NOT_REGISTERED);
  EXPECT_EQ(missing.member_id(), "m2");
  EXPECT_EQ(missing.region().code(), "510000");
  const Discrepancy& more = check.discrepancies(1);
  EXPECT_EQ(more.kind(), DISCREPANCY_KIND_PERSON_NOT_DECLARED);
  EXPECT_EQ(more.member_id(), "m1");
  EXPECT_EQ(more.declared_number(), 1);
  EXPECT_EQ(more.found_number(), 2);
  EXPECT_THAT(check.report().proposal().manual_reasons(), Contains(MANUAL_REASON_FINDINGS_UNSETTLED));
  // The mark of the 户 is none that the register has.
  const ClassResult* const hukou = ResultOf(check, "m1", DATA_CLASS_A01_HUKOU);
  ASSERT_NE(hukou, nullptr);
  ASSERT_THAT(hukou->items(), SizeIs(1));
  EXPECT_THAT(hukou->items(0).hukou_record().household_key(), AllOf(SizeIs(32), Not(HasSubstr("H-0017"))));

  // An officer has looked into both.
  ProposeAssessmentRequest settled;
  settled.set_request_id("reg-settled");
  settled.set_verification_no(check.verification_no());
  for (const auto& [kind, member, region] : {std::tuple(FINDING_KIND_MEMBER_NOT_REGISTERED, "m2", "510000"),
                                             std::tuple(FINDING_KIND_PERSON_NOT_DECLARED, "m1", "500000")}) {
    FindingSettlement& one = *settled.mutable_economy()->add_settlements();
    one.set_kind(kind);
    one.set_member_id(member);
    one.mutable_region()->set_code(region);
    one.set_officer_id("officer-7");
    one.set_note("synthetic");
  }
  const auto proposed = front().Propose(settled);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_THAT(proposed->report().proposal().manual_reasons(),
              Not(Contains(MANUAL_REASON_FINDINGS_UNSETTLED)));
}

TEST_P(HouseholdVersionTest, AFamilyThatIsRegisteredAsDeclaredHasNoDiscrepancy) {
  const Verification check = FileAndAwait(Recheck("reg-2", {{kP01, "01"}, {kP02, "12"}, {kP03, "21"}},
                                                  "hh-reg2", "auth-reg2", {DATA_CLASS_A01_HUKOU}));
  EXPECT_THAT(check.discrepancies(), IsEmpty());
}

TEST_P(HouseholdVersionTest, TwoRegionsThatLookAtTheSameFamilyKnowOfEachOther) {
  const Verification ours = FileAndAwait(Recheck("meet-cq", {{kP30, "01"}, {kP04, "12"}}, "hh-m", "auth-m"));
  EXPECT_THAT(ours.other_checks(), IsEmpty());
  EXPECT_EQ(ours.report().report_no(), ours.verification_no() + "-R1");

  FrontClient sichuan(world().sc().ToFront(kForeignPlatform));
  CreateVerificationRequest request = Filing("meet-sc", {{kP04, "01"}, {kP30, "11"}});
  request.mutable_verification()->mutable_accept_org()->mutable_division()->set_code("511681");
  const auto filed = sichuan.Create(request);
  ASSERT_TRUE(filed.ok()) << filed.status();
  const auto theirs = sichuan.Await(filed->verification_no(), VERIFICATION_STATE_REPORTED);
  ASSERT_TRUE(theirs.ok()) << theirs.status();

  // Each says of the other: whom, which region, which kind of check.
  std::vector<std::string> told;
  for (const OtherCheck& one : theirs->other_checks()) {
    told.push_back(one.member_id() + one.region().code() + VerificationType_Name(one.type()));
  }
  EXPECT_THAT(told, ElementsAre("m1500000VERIFICATION_TYPE_RECHECK", "m2500000VERIFICATION_TYPE_RECHECK"));
  Verification now;
  ASSERT_TRUE(Eventually(absl::Seconds(30), [&] {
    const auto read = front().Get(ours.verification_no());
    if (read.ok()) now = *read;
    return !now.other_checks().empty();
  }));
  ASSERT_THAT(now.other_checks(), SizeIs(1));
  EXPECT_EQ(now.other_checks(0).member_id(), "m1");
  EXPECT_EQ(now.other_checks(0).region().code(), "510000");
  EXPECT_EQ(now.other_checks(0).type(), VERIFICATION_TYPE_NEW);
  // The report that was there is kept, and the next one, which says it, is signed.
  EXPECT_EQ(now.report().report_no(), ours.verification_no() + "-R2");
  ASSERT_THAT(now.earlier_reports(), SizeIs(1));
  Verification statement;
  ASSERT_TRUE(statement.ParseFromString(now.report().statement()));
  EXPECT_THAT(statement.other_checks(), SizeIs(1));
  EXPECT_THAT(KindsOf(now), Contains(CASE_EVENT_KIND_OTHER_CHECK));
  // It stops nothing.
  EXPECT_EQ(Decide(now, "meet-decide"), "OK");
}

// Chongqing knows of Sichuan's check because it was asked about m1, and because the answer about m2 said so;
// Sichuan of Chongqing's because it was asked.
TEST_P(HouseholdVersionTest, TheEndOfACheckReachesTheOtherRegionAcrossALineThatIsDown) {
  FrontClient sichuan(world().sc().ToFront(kForeignPlatform));
  CreateVerificationRequest first =
      Recheck("end-sc", {{kP16, "01"}, {kP15, "11"}}, "hh-end-sc", "auth-end-sc");
  first.mutable_verification()->mutable_accept_org()->mutable_division()->set_code("511681");
  const auto filed = sichuan.Create(first);
  ASSERT_TRUE(filed.ok()) << filed.status();
  ASSERT_TRUE(sichuan.Await(filed->verification_no(), VERIFICATION_STATE_REPORTED).ok());
  const Verification ours =
      FileAndAwait(Recheck("end-cq", {{kP15, "01"}, {kP16, "12"}}, "hh-end-cq", "auth-end-cq"));
  const auto ended = [](const absl::StatusOr<Verification>& check) {
    std::vector<std::string> out;
    if (!check.ok()) return out;
    for (const OtherCheck& one : check->other_checks()) {
      out.push_back(one.member_id() + (one.ended() ? " ended" : " open"));
    }
    return out;
  };
  EXPECT_THAT(ended(ours), ElementsAre("m1 open", "m2 open"));
  absl::StatusOr<Verification> theirs = absl::UnknownError("");
  ASSERT_TRUE(Eventually(absl::Seconds(30), [&] {
    theirs = sichuan.Get(filed->verification_no());
    return ended(theirs).size() == 1;
  }));
  EXPECT_THAT(ended(theirs), ElementsAre("m1 open"));

  // Decided while the line is down, and after a crash of the service that has to tell it.
  world().sc().node().Kill();
  EXPECT_EQ(Decide(ours, "end-decide"), "OK");
  world().cq().family_economy().Kill();
  ASSERT_TRUE(world().cq().StartFamilyEconomy().ok());
  EXPECT_THAT(ended(sichuan.Get(filed->verification_no())), ElementsAre("m1 open"));
  ASSERT_TRUE(world().sc().StartNode().ok());
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] {
    return ended(sichuan.Get(filed->verification_no())) == std::vector<std::string>{"m1 ended"};
  })) << ::testing::PrintToString(ended(sichuan.Get(filed->verification_no())));
  const auto now = sichuan.Get(filed->verification_no());
  EXPECT_EQ(now->report().report_no(), theirs->report().report_no()) << "a report is not made anew for it";
  EXPECT_EQ(now->update_time().SerializeAsString(), theirs->update_time().SerializeAsString());

  // And the other way, by withdrawal; what is decided here says it, too.
  RevokeAuthorizationRequest revoke;
  revoke.set_request_id("end-revoke");
  revoke.set_verification_no(filed->verification_no());
  grpc::ClientContext context;
  RevokeAuthorizationResponse revoked;
  const auto stub = FamilyEconomy::NewStub(world().sc().ToFront(kForeignPlatform));
  ASSERT_TRUE(stub->RevokeAuthorization(&context, revoke, &revoked).ok());
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    return ended(front().Get(ours.verification_no())) == std::vector<std::string>{"m1 ended", "m2 ended"};
  })) << ::testing::PrintToString(ended(front().Get(ours.verification_no())));
}

}  // namespace
}  // namespace chuanyu::testing
