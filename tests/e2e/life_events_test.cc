// Scenario 38 of the domain page: a death that a funeral registry reports stops proposals in both regions
// within one run, and nothing that is told twice changes anything. Synthetic persons.
#include "absl/time/clock.h"
#include "common/calendar/china_time.h"
#include "common/rpc/error_details.h"
#include "tests/e2e/household_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/life_events_region.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFuneral[] = "funeral/registry";
constexpr char kFollower[] = "mzj/family-economy";

std::string Yesterday() { return absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(24), ChinaTime()); }

class LifeEventsTest : public HouseholdTest {
 protected:
  WorldOptions Options() const override {
    WorldOptions options = HouseholdTest::Options();
    options.services = {&LifeEvents()};
    options.own_data_limit = "30s";
    return options;
  }
  void SetUp() override {
    HouseholdTest::SetUp();
    if (HasFatalFailure()) return;
    cq_ = std::make_unique<EventsClient>(world().cq(), kFuneral);
    sc_ = std::make_unique<EventsClient>(world().sc(), kFuneral);
  }
  // The check once it knows of `events` events.
  Verification AwaitEvents(const std::string& number, int events) {
    Verification check;
    EXPECT_TRUE(Eventually(absl::Seconds(40), [&] {
      const auto now = front().Get(number);
      if (now.ok()) check = *now;
      return now.ok() && now->life_events_size() >= events;
    })) << check.ShortDebugString();
    return check;
  }
  // Whether the region's service knows of so many deaths of the person; what it knows is on its way to
  // everybody.
  static bool Knows(Region& region, const TestPerson& person, int events) {
    EventsClient reader(region, kFollower);
    return Eventually(absl::Seconds(40), [&] {
      const auto read = reader.Read();
      if (!read.ok()) return false;
      int known = 0;
      for (const auto& event : read->events()) known += event.person().doc_no() == person.doc_no ? 1 : 0;
      return known == events;
    });
  }
  static ProposalKind KindOf(const Verification& check) { return check.report().proposal().kind(); }
  // A check of a household with an empty economy: the machine would propose 低保.
  Verification File(const std::string& request_id, const std::vector<TestMember>& members,
                    VerificationType type = VERIFICATION_TYPE_NEW) {
    CreateVerificationRequest request = Filing(request_id, members);
    request.mutable_verification()->set_type(type);
    request.mutable_verification()->mutable_economy();
    return FileAndAwait(request);
  }

  std::vector<BatchWarning> WarningsOf(const std::string& batch_no) {
    const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
    ListBatchWarningsRequest request;
    request.set_batch_no(batch_no);
    grpc::ClientContext context;
    ListBatchWarningsResponse response;
    const absl::Status listed = rpc::FromGrpc(stub->ListBatchWarnings(&context, request, &response));
    EXPECT_TRUE(listed.ok()) << listed;
    return {response.warnings().begin(), response.warnings().end()};
  }

  std::unique_ptr<EventsClient> cq_;
  std::unique_ptr<EventsClient> sc_;
};
INSTANTIATE_TEST_SUITE_P(On, LifeEventsTest, kBothBackends, BackendName);

void ExpectStoppedByDeath(const Verification& check, const std::string& member, const std::string& region) {
  const Proposal& proposal = check.report().proposal();
  EXPECT_EQ(proposal.kind(), PROPOSAL_KIND_MANUAL);
  EXPECT_FALSE(proposal.has_amount_month());
  EXPECT_THAT(proposal.manual_reasons(), Contains(MANUAL_REASON_DEATH_RECORDED));
  const AppliedRule* rule = nullptr;
  for (const AppliedRule& one : proposal.rules()) {
    if (one.id() == "LIFE_EVENT.DEATH") rule = &one;
  }
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->member_id(), member);
  EXPECT_THAT(rule->source(), HasSubstr(region));
  ASSERT_THAT(check.discrepancies(), SizeIs(1));
  EXPECT_EQ(check.discrepancies(0).kind(), DISCREPANCY_KIND_DECEASED);
  EXPECT_EQ(check.discrepancies(0).region().code(), region);
  EXPECT_FALSE(check.report().note().empty()) << "the report that says so is signed";
}

TEST_P(LifeEventsTest, S38_ADeathStopsProposalsAndDuplicatesChangeNothing) {
  const Verification before = File("s38", {{kP15, "01"}, {kP16, "12"}});
  ASSERT_EQ(KindOf(before), PROPOSAL_KIND_DIBAO);

  // Her death becomes known where her 户籍 is, in the other region.
  const auto death = DeathOf(kP16, Yesterday(), "SC-16");
  EXPECT_EQ(sc_->Report(death), "ACCEPTED");
  Verification check = AwaitEvents(before.verification_no(), 1);
  ExpectStoppedByDeath(check, "m2", "510000");
  EXPECT_EQ(check.report().report_no(), before.verification_no() + "-R2");
  ASSERT_THAT(check.earlier_reports(), SizeIs(1));
  EXPECT_EQ(check.earlier_reports(0).report().proposal().kind(), PROPOSAL_KIND_DIBAO);
  ASSERT_FALSE(check.events().empty());
  EXPECT_EQ(check.events(check.events_size() - 1).kind(), CASE_EVENT_KIND_LIFE_EVENT);

  // Told again by either region, by its own number or by another: nothing changes.
  EXPECT_EQ(sc_->Report(death), "DUPLICATE");
  EXPECT_EQ(sc_->Report(DeathOf(kP16, Yesterday(), "SC-16-again")), "DUPLICATE");
  EXPECT_EQ(cq_->Report(DeathOf(kP16, Yesterday(), "CQ-16")), "DUPLICATE");
  EXPECT_EQ(cq_->Report(DeathOf(kP16, "2026-11-01", "CQ-16")), "IDEMPOTENCY_CONFLICT");
  const Verification witness = File("s38-witness", {{kP17, "01"}});
  EXPECT_EQ(sc_->Report(DeathOf(kP17, Yesterday(), "SC-17")), "ACCEPTED");
  AwaitEvents(witness.verification_no(), 1);  // what came before it has been applied
  const auto after = front().Get(before.verification_no());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->version(), check.version());

  // Whatever the county enters, nothing is proposed.
  ProposeAssessmentRequest again;
  again.set_request_id("s38-again");
  again.set_verification_no(check.verification_no());
  again.mutable_economy();
  const auto proposed = front().Propose(again);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  ExpectStoppedByDeath(*proposed, "m2", "510000");
  // A check that is filed later knows at once.
  ExpectStoppedByDeath(File("s38-later", {{kP16, "01"}}, VERIFICATION_TYPE_RECHECK), "m1", "510000");
}

// A mistyped number made somebody dead: who reported it takes it back, and both regions go on as if it had
// not been.
TEST_P(LifeEventsTest, ADeathThatWasReportedWronglyIsTakenBackInBothRegions) {
  const Verification before = File("mistake", {{kP08, "01"}});
  ASSERT_EQ(KindOf(before), PROPOSAL_KIND_DIBAO);
  world().sc().family_economy().Kill();  // so that the batch goes on
  const SyntheticBatch batch("2026-11-mistake", 1, 1,
                             [](int64_t line) { return SyntheticLine(kP08.doc_no, line); });
  const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
  ASSERT_TRUE(UploadChunks(*stub, batch, 0, batch.chunks()).ok());
  EXPECT_EQ(sc_->Report(DeathOf(kP08, Yesterday(), "SC-08")), "ACCEPTED");
  ExpectStoppedByDeath(AwaitEvents(before.verification_no(), 1), "m1", "510000");
  ASSERT_THAT(WarningsOf("2026-11-mistake"), SizeIs(1));

  life_events::v1::LifeEvent back = DeathOf(kP08, Yesterday(), "SC-08-back");
  back.set_withdraws(true);
  EXPECT_EQ(cq_->Report(back), "ORG_NOT_COMPETENT") << "who said it takes it back";
  EXPECT_EQ(sc_->Report(back), "ACCEPTED");
  Verification check;
  ASSERT_TRUE(Eventually(absl::Seconds(40), [&] {
    const auto now = front().Get(before.verification_no());
    if (now.ok()) check = *now;
    return now.ok() && now->life_events_size() == 1 && now->life_events(0).withdrawn();
  })) << check.ShortDebugString();
  EXPECT_EQ(KindOf(check), PROPOSAL_KIND_DIBAO);
  EXPECT_THAT(check.discrepancies(), IsEmpty());
  EXPECT_THAT(check.earlier_reports(), SizeIs(2));
  EXPECT_FALSE(check.report().note().empty());
  EXPECT_EQ(check.events(check.events_size() - 1).kind(), CASE_EVENT_KIND_LIFE_EVENT_WITHDRAWN);
  ASSERT_TRUE(Eventually(absl::Seconds(40), [&] {
    const auto warnings = WarningsOf("2026-11-mistake");
    return warnings.size() == 1 && warnings[0].life_event().withdrawn();
  }));
  EXPECT_EQ(sc_->Report(back), "DUPLICATE");
  ASSERT_TRUE(world().sc().StartFamilyEconomy().ok());
  // Nobody who files later hears of it.
  EXPECT_THAT(File("mistake-later", {{kP08, "01"}}, VERIFICATION_TYPE_RECHECK).life_events(), IsEmpty());
}

TEST_P(LifeEventsTest, TheSameDeathFromBothRegionsAtOnceIsOneEvent) {
  const Verification before = File("both", {{kP20, "01"}});
  const auto death = DeathOf(kP20, Yesterday(), "B-20");
  EXPECT_EQ(cq_->Report(death), "ACCEPTED");
  EXPECT_THAT(sc_->Report(death), ::testing::AnyOf("ACCEPTED", "DUPLICATE"));
  AwaitEvents(before.verification_no(), 1);
  EXPECT_TRUE(Knows(world().cq(), kP20, 1));
  EXPECT_TRUE(Knows(world().sc(), kP20, 1));
  // A later event passes through the same queues.
  EXPECT_EQ(sc_->Report(DeathOf(kP21, Yesterday(), "B-21")), "ACCEPTED");
  EXPECT_TRUE(Knows(world().cq(), kP21, 1));
  EXPECT_TRUE(Knows(world().cq(), kP20, 1));
  EXPECT_THAT(AwaitEvents(before.verification_no(), 1).life_events(), SizeIs(1));
}

TEST_P(LifeEventsTest, ReachesTheOtherRegionWhenItIsBackAlsoThroughKills) {
  FrontClient sichuan(world().sc().ToFront(kForeignPlatform));
  CreateVerificationRequest request = Filing("theirs", {{kP04, "01"}});
  request.mutable_verification()->mutable_accept_org()->mutable_division()->set_code("511623");
  const auto theirs = sichuan.Create(request);
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  ASSERT_TRUE(sichuan.Await(theirs->verification_no(), VERIFICATION_STATE_REPORTED).ok());

  world().sc().node().Kill();
  EXPECT_EQ(cq_->Report(DeathOf(kP04, Yesterday(), "CQ-04")), "ACCEPTED");
  world().cq().process(LifeEvents()).Kill();
  world().sc().process(LifeEvents()).Kill();
  world().sc().family_economy().Kill();
  ASSERT_TRUE(world().sc().StartNode().ok());
  ASSERT_TRUE(world().sc().Start(LifeEvents()).ok());
  ASSERT_TRUE(world().cq().Start(LifeEvents()).ok());
  ASSERT_TRUE(world().sc().StartFamilyEconomy().ok());
  EXPECT_EQ(cq_->Report(DeathOf(kP04, Yesterday(), "CQ-04")), "DUPLICATE");
  EXPECT_TRUE(Eventually(absl::Seconds(60), [&] {
    const auto now = sichuan.Get(theirs->verification_no());
    return now.ok() && now->life_events_size() == 1 && now->life_events(0).region().code() == "500000";
  }));
  EXPECT_TRUE(Knows(world().sc(), kP04, 1));
}

TEST_P(LifeEventsTest, IsKeptOutOfClosedChecksAndOutOfDecisions) {
  const Verification filed = File("closed", {{kP05, "01"}});
  DecideVerificationRequest decision;
  decision.set_request_id("closed-decide");
  decision.set_verification_no(filed.verification_no());
  decision.set_version(filed.version());
  decision.set_outcome(DECISION_OUTCOME_GRANTED);
  decision.set_officer_id("officer-7");
  decision.set_note("synthetic");
  const auto stub = FamilyEconomy::NewStub(world().cq().ToFront(kPlatform));
  grpc::ClientContext context;
  DecideVerificationResponse decided;
  const absl::Status status = rpc::FromGrpc(stub->DecideVerification(&context, decision, &decided));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(cq_->Report(DeathOf(kP05, Yesterday(), "CQ-05")), "ACCEPTED");
  // Written down, for whoever decided; the report that the decision rests on stays as it was.
  const Verification check = AwaitEvents(filed.verification_no(), 1);
  EXPECT_EQ(check.report().report_no(), decided.verification().report().report_no());
  EXPECT_EQ(check.report().note(), decided.verification().report().note());
  EXPECT_TRUE(check.has_decision());
}

TEST_P(LifeEventsTest, OnlyFeedsReportAndOnlyReadersRead) {
  EventsClient platform(world().cq(), "county/platform");
  EXPECT_EQ(platform.Report(DeathOf(kP01, Yesterday(), "X")), "ROLE_DENIED");
  EXPECT_TRUE(HasReason(platform.Read().status(), Reason::ROLE_DENIED));
  EXPECT_TRUE(HasReason(cq_->Read().status(), Reason::ROLE_DENIED));
  life_events::v1::LifeEvent police = DeathOf(kP01, Yesterday(), "X");
  police.set_source(life_events::v1::LIFE_EVENT_SOURCE_POLICE);
  EXPECT_EQ(cq_->Report(police), "ROLE_DENIED");
  EXPECT_EQ(cq_->Report(DeathOf(kP01, "2099-01-01", "X")), "DATE_INVALID");
  life_events::v1::LifeEvent mistyped = DeathOf(kP01, Yesterday(), "X");
  mistyped.mutable_person()->set_doc_no("500112198504129910");
  EXPECT_EQ(cq_->Report(mistyped), "ID_CHECK");
  EXPECT_TRUE(Knows(world().cq(), kP01, 0));
}

// Lines of the periodic re-check that come after the death was told give a warning, by the rule that a
// register of deaths would give one by.
TEST_P(LifeEventsTest, WarnsAboutALineOfTheRecheck) {
  EXPECT_EQ(sc_->Report(DeathOf(kP18, Yesterday(), "SC-18")), "ACCEPTED");
  ASSERT_TRUE(Knows(world().cq(), kP18, 1));
  const Verification witness = File("recheck-witness", {{kP18, "01"}}, VERIFICATION_TYPE_RECHECK);
  AwaitEvents(witness.verification_no(), 1);  // family_economy has it, too
  const SyntheticBatch batch("2026-11-S38", 2, 2, [](int64_t line) {
    return SyntheticLine(line == 0 ? kP18.doc_no : SyntheticNumber(7), line);
  });
  const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
  ASSERT_TRUE(UploadChunks(*stub, batch, 0, batch.chunks()).ok());
  const auto warnings = WarningsOf("2026-11-S38");
  ASSERT_THAT(warnings, SizeIs(1));
  const BatchWarning& warning = warnings[0];
  EXPECT_EQ(warning.kind(), WARNING_KIND_DEATH);
  EXPECT_EQ(warning.line_no(), 1);
  EXPECT_EQ(warning.region().code(), "510000");
  EXPECT_THAT(warning.evidence().source(), HasSubstr("FUNERAL"));
  EXPECT_THAT(warning.request_id(), IsEmpty());
  EXPECT_EQ(warning.disposition(), WARNING_DISPOSITION_PENDING);
}

// A line that was uploaded before: the death reaches the county as a warning of that line all the same, once.
TEST_P(LifeEventsTest, WarnsAboutALineThatWasUploadedBefore) {
  world().sc().family_economy().Kill();  // so that the batch goes on
  const SyntheticBatch batch("2026-11-before", 2, 2, [](int64_t line) {
    return SyntheticLine(line == 0 ? SyntheticNumber(8) : kP11.doc_no, line);
  });
  const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
  ASSERT_TRUE(UploadChunks(*stub, batch, 0, batch.chunks()).ok());
  EXPECT_THAT(WarningsOf("2026-11-before"), IsEmpty());
  EXPECT_EQ(cq_->Report(DeathOf(kP11, Yesterday(), "CQ-11")), "ACCEPTED");
  std::vector<BatchWarning> warnings;
  ASSERT_TRUE(Eventually(absl::Seconds(40), [&] {
    warnings = WarningsOf("2026-11-before");
    return !warnings.empty();
  }));
  ASSERT_TRUE(Knows(world().sc(), kP11, 1)) << "the warning was Chongqing's own";
  EXPECT_EQ(sc_->Report(DeathOf(kP11, Yesterday(), "SC-11")), "DUPLICATE");
  ASSERT_TRUE(world().sc().StartFamilyEconomy().ok());
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] {
    const auto now = GetBatch(*stub, "2026-11-before");
    return now.ok() && now->state() == BATCH_STATE_DONE;
  }));
  warnings = WarningsOf("2026-11-before");
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].kind(), WARNING_KIND_DEATH);
  EXPECT_EQ(warnings[0].line_no(), 2);
  EXPECT_EQ(warnings[0].case_ref(), "CQ-1");
  EXPECT_EQ(warnings[0].region().code(), "500000");
  EXPECT_EQ(warnings[0].life_event().date().value(), Yesterday());
}

// 刑满释放 is in no register: who was left out as a prisoner may count again.
TEST_P(LifeEventsTest, AReleaseFromPrisonReachesChecksAndLinesOfBothRegions) {
  CreateVerificationRequest request = Filing("release", {{kP10, "01"}, {kP06, "51"}});
  MemberCircumstances& prisoner = *request.mutable_verification()->mutable_economy()->add_circumstances();
  prisoner.set_member_id("m2");
  prisoner.set_prisoner(true);
  const Verification before = FileAndAwait(request);
  EXPECT_THAT(before.report().proposal().manual_reasons(),
              ::testing::Not(Contains(MANUAL_REASON_MEMBERSHIP_UNDECIDED)));
  life_events::v1::LifeEvent release = DeathOf(kP06, Yesterday(), "SC-R-06");
  release.set_kind(life_events::v1::LIFE_EVENT_KIND_PRISON_RELEASE);
  EXPECT_EQ(sc_->Report(release), "ROLE_DENIED") << "no funeral home says so";
  release.set_source(life_events::v1::LIFE_EVENT_SOURCE_JUSTICE);
  EventsClient justice(world().sc(), "justice/registry");
  EXPECT_EQ(justice.Report(release), "ACCEPTED");
  const Verification after = AwaitEvents(before.verification_no(), 1);
  EXPECT_THAT(after.report().proposal().manual_reasons(), Contains(MANUAL_REASON_MEMBERSHIP_UNDECIDED));
  EXPECT_THAT(after.discrepancies(), IsEmpty());
  const SyntheticBatch batch("2026-11-release", 1, 1,
                             [](int64_t line) { return SyntheticLine(kP06.doc_no, line); });
  const auto stub = FamilyEconomyBatches::NewStub(world().cq().ToFront(kPlatform));
  ASSERT_TRUE(UploadChunks(*stub, batch, 0, batch.chunks()).ok());
  const auto warnings = WarningsOf("2026-11-release");
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].kind(), WARNING_KIND_PRISON_RELEASE);
  EXPECT_EQ(warnings[0].region().code(), "510000");
  EXPECT_FALSE(warnings[0].has_evidence());
  EXPECT_EQ(warnings[0].life_event().source(), life_events::v1::LIFE_EVENT_SOURCE_JUSTICE);
}

}  // namespace
}  // namespace chuanyu::testing
