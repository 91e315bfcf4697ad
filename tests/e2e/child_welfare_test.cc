// The acceptance scenarios of statuses of children (domain page §10; the number is in each test's name) over
// two whole regions, on SQLite and on PostgreSQL.
#include <thread>

#include "tests/e2e/child_welfare_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace cases::v1;          // NOLINT(google-build-using-namespace)
using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

INSTANTIATE_TEST_SUITE_P(On, ChildWelfareTest, kBothBackends, BackendName);

// The window is in Chongqing, the 户籍 in Sichuan: pushed, decided there, told here.
TEST_P(ChildWelfareTest, S15_IsDecidedAtThePlaceOfTheHukouAndToldAtTheWindow) {
  const std::string& child = NewChild();
  const auto created = cq().Create(ChildFiling(Id("s15"), child, kWindowSc, kWindowCq));
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  EXPECT_THAT(no, ::testing::StartsWith("CQ-B-500109-"));
  EXPECT_EQ(created->deciding_region().code(), "510000");
  EXPECT_FALSE(created->has_child()) << "view BASIC";
  EXPECT_EQ(Outcome(sc().Get(no).status()), "CASE_NOT_FOUND") << "not pushed yet";
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  const auto arrived = sc().Await(no, APPLICATION_STATE_TOWN_REVIEW);
  ASSERT_TRUE(arrived.ok()) << arrived.status();
  EXPECT_EQ(arrived->proposal().result(), TABLE_RESULT_DEFACTO);
  EXPECT_EQ(arrived->proposal().earliest_eligible().value(), "2024-03-01");
  EXPECT_EQ(arrived->light(), cases::v1::DEADLINE_LIGHT_GREEN);
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "STATE_CONFLICT") << "the town first";
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "TOWN").status()), "ROLE_DENIED");
  const auto approved = sc().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto told = cq().Await(no, APPLICATION_STATE_APPROVED);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->result().category(), CATEGORY_DEFACTO);
  EXPECT_EQ(told->result().determination_no(), no + "-D");
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  // The status keeps another application out, wherever it is filed.
  const auto again = cq().Create(ChildFiling(Id("s15b"), child, kWindowSc, kWindowCq));
  ASSERT_TRUE(again.ok()) << again.status();
  const auto refused = cq().Await(again->application_no(), APPLICATION_STATE_DUPLICATE);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->duplicate_of().region(), "510000");
  EXPECT_EQ(Outcome(sc().Create(ChildFiling(Id("s15c"), child, kWindowSc, kWindowSc)).status()),
            "DUP_BENEFIT");
}

TEST_P(ChildWelfareTest, S16_OfTwoWindowsInTheSameSecondOneHasIt) {
  for (int round = 0; round < 5; ++round) {
    const std::string& child = NewChild();
    absl::StatusOr<Application> grandmother = absl::UnknownError("");
    absl::StatusOr<Application> uncle = absl::UnknownError("");
    std::thread other([&] { uncle = sc().Create(ChildFiling(Id("s16u"), child, kWindowSc, kWindowSc)); });
    grandmother = cq().Create(ChildFiling(Id("s16g"), child, kWindowSc, kWindowCq));
    other.join();
    // Whoever is later than the other's claim is refused at once; else one of the two learns of it.
    int confirmed = 0;
    int duplicates = 0;
    for (const auto& [client, filed] : {std::pair{&cq(), &grandmother}, {&sc(), &uncle}}) {
      if (!filed->ok()) {
        EXPECT_EQ(Outcome(filed->status()), "DUP_ACTIVE_APPLICATION");
        ++duplicates;
        continue;
      }
      const std::string no = (*filed)->application_no();
      ASSERT_TRUE(Eventually(absl::Seconds(30), [&] {
        const auto seen = client->Get(no);
        return seen.ok() && seen->peer_check() != PEER_CHECK_PENDING;
      }));
      const auto seen = client->Get(no);
      confirmed += seen->peer_check() == PEER_CHECK_CONFIRMED ? 1 : 0;
      duplicates += seen->state() == APPLICATION_STATE_DUPLICATE ? 1 : 0;
    }
    EXPECT_EQ(confirmed, 1);
    EXPECT_EQ(duplicates, 1);
  }
}

TEST_P(ChildWelfareTest, S16_WithTheLinkCutNothingIsApprovedAndThenOne) {
  const std::string& child = NewChild("500109");
  ASSERT_TRUE(world().sc().node().Stop().ok());
  const auto first = cq().Create(ChildFiling(Id("cut1"), child, kWindowCq, kWindowCq));
  const auto second = sc().Create(ChildFiling(Id("cut2"), child, kWindowCq, kWindowSc));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  const std::string no = first->application_no();
  // It goes on, up to the decision.
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  ASSERT_TRUE(cq().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(cq().Act(no, "approve", "COUNTY").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(cq().Get(no)->peer_check(), PEER_CHECK_PENDING);
  EXPECT_EQ(sc().Get(second->application_no())->peer_check(), PEER_CHECK_PENDING);

  ASSERT_TRUE(world().sc().StartNode().ok());
  const auto confirmed = cq().AwaitCheck(no, PEER_CHECK_CONFIRMED);
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  const auto lost = sc().Await(second->application_no(), APPLICATION_STATE_DUPLICATE);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->duplicate_of().region(), "500000");
  const auto approved = cq().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), APPLICATION_STATE_APPROVED);
}

// Both file at once and both services are killed in the middle of it: what was acknowledged is there, and one
// has it.
TEST_P(ChildWelfareTest, S16_SurvivesTheKillOfBothServices) {
  for (int round = 0; round < 4; ++round) {
    const std::string& child = NewChild();
    const CreateApplicationRequest grandmother = ChildFiling(Id("killg"), child, kWindowSc, kWindowCq);
    const CreateApplicationRequest uncle = ChildFiling(Id("killu"), child, kWindowSc, kWindowSc);
    std::thread other([&] { (void)sc().Create(uncle); });
    (void)cq().Create(grandmother);
    // Rounds differ in what is on its way: nothing waited for, or an answer already there.
    if (round % 2 == 1) other.join();
    world().cq().process(ChildWelfare()).Kill();
    world().sc().process(ChildWelfare()).Kill();
    if (other.joinable()) other.join();
    ASSERT_TRUE(world().cq().Start(ChildWelfare()).ok());
    ASSERT_TRUE(world().sc().Start(ChildWelfare()).ok());
    // Repeats: each gets what was stored, or is taken in now.
    int confirmed = 0;
    for (const auto& [client, request] : {std::pair{&cq(), &grandmother}, {&sc(), &uncle}}) {
      absl::StatusOr<Application> filed = absl::UnknownError("");
      ASSERT_TRUE(Eventually(absl::Seconds(30), [&, client = client, request = request] {
        filed = client->Create(*request);
        return filed.ok() || HasReason(filed.status(), Reason::DUP_ACTIVE_APPLICATION);
      })) << filed.status();
      if (!filed.ok()) continue;
      const std::string no = filed->application_no();
      ASSERT_TRUE(Eventually(absl::Seconds(60), [&, client = client] {
        const auto seen = client->Get(no);
        return seen.ok() && seen->peer_check() != PEER_CHECK_PENDING;
      }));
      const auto seen = client->Get(no);
      ASSERT_TRUE(seen.ok()) << seen.status();
      confirmed += seen->peer_check() == PEER_CHECK_CONFIRMED ? 1 : 0;
      EXPECT_EQ(seen->peer_check() == PEER_CHECK_REFUSED, seen->state() == APPLICATION_STATE_DUPLICATE);
    }
    EXPECT_EQ(confirmed, 1) << "round " << round;
  }
}

TEST_P(ChildWelfareTest, S17_SchoolLearnsValidAndCategoryAndNothingElse) {
  const std::string& child = NewChild();
  const auto none = school().Check(child, kWindowSc, "P-CHILD-SERVICE");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->recognition().has_valid() && !none->recognition().valid());
  ASSERT_NE(Determined(child), "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_TRUE(asked->recognition().valid());
  EXPECT_EQ(asked->recognition().category(), CATEGORY_DEFACTO);
  EXPECT_FALSE(asked->recognition().has_from_month());
  EXPECT_FALSE(asked->recognition().has_next_review());
  EXPECT_EQ(asked->recognition().org(), "");
  EXPECT_EQ(asked->recognition().region().code(), "510000");
  EXPECT_FALSE(asked->signed_recognition().note().empty());
  EXPECT_EQ(Outcome(school().Check(child, kWindowSc, "P-MARRY").status()), "PURPOSE_DENIED");
  const auto office = cq().Check(child, kWindowSc, "P-CHILD");
  ASSERT_TRUE(office.ok()) << office.status();
  EXPECT_TRUE(office->recognition().has_from_month());
  EXPECT_TRUE(office->recognition().has_next_review());
  // A school may ask and nothing else.
  EXPECT_EQ(Outcome(school().Create(ChildFiling("s17", child, kWindowSc, kWindowCq)).status()),
            "ROLE_DENIED");
}

// B-4: the end of a status reaches who subscribed, also when the link was cut when it ended.
TEST_P(ChildWelfareTest, S17_EndOfAStatusReachesTheSchoolAfterAnOutage) {
  const std::string& child = NewChild();
  const std::string determination = Determined(child);
  ASSERT_NE(determination, "");
  const auto asked = school().Check(child, kWindowSc, "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_NE(asked->subscription_id(), "");
  ASSERT_TRUE(world().cq().node().Stop().ok());
  // An event of an earlier month takes effect at once.
  const auto ended = sc().End(determination, END_REASON_ADOPTED, "2025-01-15");
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), DETERMINATION_STATE_ENDED);
  EXPECT_TRUE(ended->entitlements().empty()) << "it had not begun by then";
  ASSERT_TRUE(world().cq().StartNode().ok());
  int64_t after = 0;
  const RecognitionChange change = NextChange(asked->subscription_id(), &after);
  ASSERT_EQ(change.subscription_id(), asked->subscription_id());
  EXPECT_FALSE(change.recognition().valid());
  EXPECT_FALSE(change.recognition().has_from_month());
}

TEST_P(ChildWelfareTest, ListsWhatAnOrganisationFiledAndWhatHasComeToIt) {
  std::vector<std::string> filed;
  for (int i = 0; i < 3; ++i) {
    const auto created = cq().Create(ChildFiling(Id("list"), NewChild(), kWindowSc, kWindowCq));
    ASSERT_TRUE(created.ok()) << created.status();
    filed.insert(filed.begin(), created->application_no());
  }
  const auto numbers_of = [](const absl::StatusOr<std::vector<Application>>& listed) {
    std::vector<std::string> out;
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (listed.ok()) {
      for (const Application& line : *listed) {
        EXPECT_FALSE(line.has_child());
        out.push_back(line.application_no());
      }
    }
    return out;
  };
  const auto received = numbers_of(cq().List(APPLICATION_STATE_RECEIVED));
  ASSERT_GE(received.size(), filed.size());
  EXPECT_EQ(std::vector<std::string>(received.begin(), received.begin() + 3), filed) << "newest first";
  EXPECT_THAT(numbers_of(sc().List(APPLICATION_STATE_UNSPECIFIED)),
              ::testing::Not(::testing::Contains(filed[0])));
  EXPECT_THAT(numbers_of(school().List(APPLICATION_STATE_UNSPECIFIED)), ::testing::IsEmpty());
  ASSERT_TRUE(cq().Act(filed[0], "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Await(filed[0], APPLICATION_STATE_TOWN_REVIEW).ok());
  EXPECT_THAT(numbers_of(sc().List(APPLICATION_STATE_TOWN_REVIEW)), ::testing::Contains(filed[0]));
}

// P19 was born on 2008-11-25 and is an adult on every day on which this test can run.
TEST_P(ChildWelfareTest, S18_AnAdultIsNotTakenIn) {
  EXPECT_EQ(Outcome(sc().Create(ChildFiling("s18", "500112200811259952", kWindowSc, kWindowSc)).status()),
            "B_AGE");
}

TEST_P(ChildWelfareTest, RefusesWhatTheRulesRefuse) {
  const std::string& child = NewChild();
  CreateApplicationRequest request = ChildFiling("bad", child, kWindowSc, kWindowSc);
  const auto refused = [&](auto&& spoil) {
    CreateApplicationRequest spoilt = request;
    spoil(*spoilt.mutable_application());
    return Outcome(sc().Create(spoilt).status());
  };
  EXPECT_EQ(refused([](Application& in) { in.mutable_parents()->RemoveLast(); }), "B_PARENT_INCOMPLETE");
  EXPECT_EQ(refused([](Application& in) { in.mutable_guardian()->clear_evidence(); }), "B_GUARDIAN_UNPROVEN");
  EXPECT_EQ(refused([](Application& in) {
              in.mutable_parents(0)->mutable_evidence()->set_kind(EVIDENCE_KIND_DIAGNOSIS);
            }),
            "B_EVIDENCE_CONFLICT");
  EXPECT_EQ(refused([](Application& in) { in.set_state(APPLICATION_STATE_APPROVED); }), "BAD_REQUEST");
  EXPECT_EQ(refused([](Application& in) { in.mutable_accept_division()->set_code("500109"); }),
            "ORG_NOT_COMPETENT");

  // A short sentence is taken in, and refused when the county decides.
  ParentFact& mother = *request.mutable_application()->mutable_parents(1);
  mother.set_condition(PARENT_CONDITION_IMPRISONED);
  mother.mutable_evidence()->set_kind(EVIDENCE_KIND_COURT_JUDGMENT);
  mother.mutable_since()->set_value("2026-09-01");
  mother.mutable_until()->set_value("2027-02-27");
  request.set_request_id(Id("short"));
  const auto created = sc().Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  EXPECT_EQ(sc().Create(request)->application_no(), no) << "a repeat";
  ASSERT_TRUE(sc().AwaitCheck(no, PEER_CHECK_CONFIRMED).ok());
  ASSERT_TRUE(sc().Act(no, "push", "WINDOW").ok());
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN").ok());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "B_TERM_TOO_SHORT");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  // Over: another one may be filed, also in the other region, as soon as that has heard of it.
  absl::StatusOr<Application> next = absl::UnknownError("");
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    next = cq().Create(ChildFiling(Id("next"), child, kWindowSc, kWindowCq));
    return next.ok();
  })) << next.status();
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(cq().AwaitCheck(next->application_no(), PEER_CHECK_CONFIRMED).ok());
}

}  // namespace
}  // namespace chuanyu::testing
