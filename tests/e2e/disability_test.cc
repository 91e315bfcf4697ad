// 残疾人两项补贴 over two whole regions, on SQLite and on PostgreSQL: the flow of scenario 19, 34 and 35
// (domain page §10) as real processes run it today. What depends on a day is in
// services/disability/service_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/calendar/month.h"
#include "common/errors/error.h"
#include "tests/e2e/shared_world.h"
#include "tests/support/children.h"
#include "tests/support/disability_client.h"
#include "tests/support/disability_region.h"
#include "tests/support/eventually.h"
#include "tests/support/households.h"
#include "tests/support/life_events_region.h"

namespace chuanyu::testing {
namespace {

using namespace disability::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr char kWindowCq[] = "500109";  // 北碚
constexpr char kWindowSc[] = "511623";  // 邻水
constexpr absl::Duration kLimit = absl::Seconds(30);

class DisabilityE2eTest : public SharedWorldTest<DisabilityE2eTest> {
 public:
  static std::vector<TestPerson> Persons() {
    std::vector<TestPerson> persons = {{kDisabledAccount, kDisabledName, type::v1::SEX_FEMALE, "511623"}};
    for (const std::string& number : numbers()) {
      persons.push_back({number.c_str(), kDisabledName, type::v1::SEX_FEMALE, "511623"});
    }
    return persons;
  }

 protected:
  WorldOptions Options() const override {
    return {.family_economy = false, .services = {&Disability(), &LifeEvents()}, .backend = GetParam()};
  }
  void SetUp() override {
    SharedWorldTest::SetUp();
    if (HasFatalFailure()) return;
    cq_ = std::make_unique<DisabilityClient>(world().cq().ToFront(Disability(), kPlatform));
    sc_ = std::make_unique<DisabilityClient>(world().sc().ToFront(Disability(), kForeignPlatform));
    school_ = std::make_unique<DisabilityClient>(world().cq().ToFront(Disability(), kSchool));
  }
  // A person that no other test of the program speaks of.
  static const std::string& NewPerson() {
    const int at = static_cast<int>(numbers().size());
    numbers().push_back(
        ChildNumber("511623", absl::StrCat("19", 60 + at % 30, "0", 1 + at % 9, "17"), at % 5));
    return numbers().back();
  }
  static std::string Id(const std::string& what) {
    static int serial = 0;
    return absl::StrCat(what, "-", getpid(), "-", ++serial);
  }
  // Filed at `window`, at the county's desk of `decider` with what was found.
  std::string ToDecision(DisabilityClient& window, const std::string& at, DisabilityClient& decider,
                         const std::string& number, const std::string& hukou, const Findings& found,
                         const std::string& code = "42") {
    // An earlier application of the person may have ended a moment ago: the other region hears of it.
    const CreateApplicationRequest request = Filing(Id("file"), number, hukou, at, code);
    absl::StatusOr<Application> created = absl::UnknownError("");
    EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
      created = window.Create(request);
      return created.ok() || !HasReason(created.status(), Reason::DUP_ACTIVE_APPLICATION);
    }));
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    const std::string no = created->application_no();
    EXPECT_TRUE(window.Act(no, "push", "WINDOW").ok());
    PassAll(decider, no, found);
    return no;
  }
  // From the town's desk to the county's.
  static void PassAll(DisabilityClient& decider, const std::string& no, const Findings& found) {
    const auto arrived = decider.Await(no, APPLICATION_STATE_TOWN_REVIEW);
    EXPECT_TRUE(arrived.ok()) << arrived.status();
    const auto town = decider.Act(no, "town_pass", "TOWN", &found);
    EXPECT_TRUE(town.ok()) << town.status();
    Findings certificate;
    certificate.set_cert_state(CERT_STATE_VALID);
    const auto fed = decider.Act(no, "fed_pass", "DISABLED_FED", &certificate);
    EXPECT_TRUE(fed.ok()) << fed.status();
    // Another region has agreed and said what it pays.
    EXPECT_TRUE(Eventually(kLimit, [&] {
      const auto seen = decider.Get(no);
      return seen.ok() && seen->peer_check() == cases::v1::PEER_CHECK_CONFIRMED &&
             seen->asked_regions().empty();
    }));
  }

  DisabilityClient& cq() { return *cq_; }
  DisabilityClient& sc() { return *sc_; }
  DisabilityClient& school() { return *school_; }

 private:
  static std::deque<std::string>& numbers() {
    static auto& all = *new std::deque<std::string>;
    return all;
  }

  std::unique_ptr<DisabilityClient> cq_;
  std::unique_ptr<DisabilityClient> sc_;
  std::unique_ptr<DisabilityClient> school_;
};
INSTANTIATE_TEST_SUITE_P(On, DisabilityE2eTest, kBothBackends, BackendName);

// Scenario 38, its second half: the funeral registry of the other region reports a death, and what is paid
// here ends with that month. Told twice, nothing changes.
TEST_P(DisabilityE2eTest, ADeathReportedInTheOtherRegionStopsWhatIsPaid) {
  const std::string& person = NewPerson();
  const std::string no = ToDecision(sc(), kWindowSc, sc(), person, kWindowSc, Statuses());
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  EventsClient funeral(world().cq(), "funeral/registry");
  const TestPerson dead{person.c_str(), kDisabledName, type::v1::SEX_FEMALE, "511623"};
  const std::string report = Id("death");
  ASSERT_EQ(funeral.Report(DeathOf(dead, Today(), report)), "ACCEPTED");
  Grant grant;
  EXPECT_TRUE(Eventually(kLimit, [&] {
    const auto now = sc().GetGrant(no + "-C");
    if (now.ok()) grant = now->grant();
    return grant.has_to_month();
  })) << grant.ShortDebugString();
  EXPECT_EQ(grant.to_month().value(), ThisMonth());
  const int64_t version = grant.version();
  EXPECT_EQ(funeral.Report(DeathOf(dead, Today(), report)), "DUPLICATE");
  EventsClient own(world().sc(), "funeral/registry");
  EXPECT_EQ(own.Report(DeathOf(dead, Today(), Id("death"))), "DUPLICATE") << "the same death";
  // An event behind it is applied, so it was.
  const std::string& other = NewPerson();
  const std::string other_no = ToDecision(sc(), kWindowSc, sc(), other, kWindowSc, Statuses());
  ASSERT_TRUE(sc().Act(other_no, "approve", "COUNTY").ok());
  const TestPerson second{other.c_str(), kDisabledName, type::v1::SEX_FEMALE, "511623"};
  ASSERT_EQ(own.Report(DeathOf(second, Today(), Id("death"))), "ACCEPTED");
  EXPECT_TRUE(Eventually(kLimit, [&] {
    const auto now = sc().GetGrant(other_no + "-C");
    return now.ok() && now->grant().has_to_month();
  }));
  EXPECT_EQ(sc().GetGrant(no + "-C")->grant().version(), version);
}

// The window is in Chongqing, the 户籍 in Sichuan: pushed, decided and paid there, told here.
TEST_P(DisabilityE2eTest, IsDecidedAtThePlaceOfTheHukouAndToldAtTheWindow) {
  const std::string& person = NewPerson();
  const std::string no = ToDecision(cq(), kWindowCq, sc(), person, kWindowSc, Statuses());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "TOWN").status()), "ROLE_DENIED");
  const auto approved = sc().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto told = cq().Await(no, APPLICATION_STATE_APPROVED);
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_EQ(told->result().decided_size(), 2);
  EXPECT_EQ(told->result().decided(0).from_month().value(), ThisMonth());
  EXPECT_FALSE(told->has_findings());
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  const auto states = cq().WatchToTheEnd(no);
  ASSERT_TRUE(states.ok()) << states.status();
  EXPECT_EQ(states->back(), APPLICATION_STATE_NOTIFIED);
  const auto grant = sc().GetGrant(no + "-C");
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->grant().state(), GRANT_STATE_PAYING);
  ASSERT_EQ(grant->lines_size(), 1);
  EXPECT_EQ(grant->lines(0).fen().amount(), 8800);
  EXPECT_EQ(Outcome(cq().GetGrant(no + "-C").status()), "CASE_NOT_FOUND") << "paid there";

  // What the other region is told of it, and no more.
  const auto asked = cq().Query(person, kWindowSc, "P-DIS-APPLY");
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(asked->benefits_size(), 2);
  EXPECT_TRUE(asked->benefits(0).active());
  EXPECT_EQ(asked->benefits(0).region().code(), "510000");
  EXPECT_EQ(asked->benefits(0).from_month().value(), ThisMonth());
  EXPECT_EQ(Outcome(cq().Query(person, kWindowSc, "P-MARRY").status()), "PURPOSE_DENIED");
  EXPECT_THAT(world().sc().Metrics(Disability()),
              ::testing::ContainsRegex("chuanyu_disability_months_posted_total [1-9]"));
}

TEST_P(DisabilityE2eTest, S19_S34_RefusesWhatTheRulesRefuse) {
  const std::string& child = NewPerson();
  const std::string no =
      ToDecision(cq(), kWindowCq, sc(), child, kWindowSc, Statuses({STATUS_DEFACTO}), "54");
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "E_EXCLUDED");
  ASSERT_TRUE(sc().Act(no, "reject", "COUNTY").ok());
  const auto told = cq().Await(no, APPLICATION_STATE_REJECTED);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->result().decided(1).refused_reason(), "E_GRADE");
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());

  const std::string& person = NewPerson();
  const auto refused = [&](auto&& spoil) {
    CreateApplicationRequest request = Filing("bad", person, kWindowSc, kWindowSc);
    spoil(*request.mutable_application());
    return Outcome(sc().Create(request).status());
  };
  EXPECT_EQ(refused([&](Application& in) {
              in.mutable_claimant()->mutable_certificate()->set_cert_no(person + "48");
            }),
            "E_CERT_CODE");
  EXPECT_EQ(refused([&](Application& in) {
              in.mutable_claimant()->mutable_certificate()->set_cert_no(child + "42");
            }),
            "E_CERT_ID");
  EXPECT_EQ(refused([](Application& in) {
              in.mutable_claimant()->mutable_certificate()->mutable_valid_to()->set_value("2020-01-01");
            }),
            "E_CERT_STATE");
  EXPECT_EQ(
      refused([](Application& in) { in.mutable_claimant()->mutable_account()->set_holder_name("李测乙"); }),
      "E_ACCOUNT_NAME");
  EXPECT_EQ(refused([](Application& in) { in.set_state(APPLICATION_STATE_APPROVED); }), "BAD_REQUEST");
  EXPECT_EQ(refused([](Application& in) { in.mutable_accept_division()->set_code("500109"); }),
            "ORG_NOT_COMPETENT");
  EXPECT_EQ(Outcome(school().Create(Filing("school", person, kWindowSc, kWindowCq)).status()), "ROLE_DENIED");
}

TEST_P(DisabilityE2eTest, S34_S35_StopsFromNextMonthAndTheComparisonFindsWhatBothPay) {
  // Paid by Sichuan, stopped today: this month is still its own.
  const std::string& person = NewPerson();
  const std::string old_no = ToDecision(sc(), kWindowSc, sc(), person, kWindowSc, Statuses());
  ASSERT_TRUE(sc().Act(old_no, "approve", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(old_no, "notify", "WINDOW").ok());
  for (const char* suffix : {"-L", "-C"}) {
    const auto stopped = sc().Stop(old_no + suffix, STOP_REASON_HUKOU_OUT);
    ASSERT_TRUE(stopped.ok()) << stopped.status();
    EXPECT_EQ(stopped->to_month().value(), ThisMonth());
  }
  // Chongqing was told nothing of the day on which the 户籍 came, and pays this month as well.
  const std::string no = ToDecision(cq(), kWindowCq, cq(), person, kWindowCq, Statuses());
  const auto approved = cq().Act(no, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  ASSERT_TRUE(cq().Act(no, "notify", "WINDOW").ok());
  ASSERT_EQ(cq().GetGrant(no + "-L")->lines_size(), 1);

  for (DisabilityClient* client : {&cq(), &sc()}) {
    ASSERT_TRUE(client->StartComparison(ThisMonth()).ok());
    absl::StatusOr<GetComparisonResponse> compared = absl::UnknownError("");
    EXPECT_TRUE(Eventually(kLimit, [&] {
      compared = client->GetComparison(ThisMonth());
      return compared.ok() && compared->comparisons_size() == 1 &&
             compared->comparisons(0).state() == COMPARISON_STATE_DONE;
    })) << compared.status();
    ASSERT_TRUE(compared.ok());
    EXPECT_EQ(compared->comparisons(0).overlaps(), 2) << "LIFE and CARE";
    ASSERT_EQ(compared->overlaps_size(), 2);
    // Both began in this month.
    EXPECT_EQ(compared->overlaps(0).duty(), OVERLAP_DUTY_UNDECIDED);
    EXPECT_EQ(compared->overlaps(0).fen().amount() + compared->overlaps(1).fen().amount(), 11100 + 8800);
  }
  EXPECT_EQ(Outcome(school().StartComparison(ThisMonth())), "ROLE_DENIED");
  // People decide that Chongqing keeps what it paid, and Sichuan gets its own back.
  ASSERT_EQ(cq().ToRecover(no)->size(), 2u);
  ASSERT_EQ(sc().ToRecover(old_no)->size(), 2u);
  for (const auto& [suffix, fen] : {std::pair{"-L", 11100}, {"-C", 8800}}) {
    EXPECT_EQ(Outcome(sc().RecordRecovery(no + suffix, ThisMonth(), fen).status()), "CASE_NOT_FOUND");
    const auto kept = cq().RecordRecovery(no + suffix, ThisMonth(), 0);
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_EQ(kept->left().amount(), 0);
    for (int i = 0; i < 2; ++i) {  // the same request again changes nothing
      const auto back = sc().RecordRecovery(old_no + suffix, ThisMonth(), fen);
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(back->acts_size(), 1);
    }
  }
  EXPECT_TRUE(cq().ToRecover(no)->empty());
  EXPECT_TRUE(sc().ToRecover(old_no)->empty());
}

// One act of the old side carries both subsidies over, although it is killed right after it.
TEST_P(DisabilityE2eTest, S35_AMoveOfTheHukouIsOneActOfTheOldSide) {
  const std::string& person = NewPerson();
  const std::string no = ToDecision(sc(), kWindowSc, sc(), person, kWindowSc, Statuses());
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  ASSERT_EQ(sc().GetGrant(no + "-L")->lines_size(), 1) << "this month";
  EXPECT_EQ(Outcome(cq().Move(no + "-L", kWindowCq).status()), "CASE_NOT_FOUND");
  const auto moving = sc().Move(no + "-L", kWindowCq);
  ASSERT_TRUE(moving.ok()) << moving.status();
  ASSERT_EQ(moving->grants_size(), 2);
  world().sc().process(Disability()).Kill();
  ASSERT_TRUE(world().sc().Start(Disability()).ok());
  const std::string carried = moving->grants(0).move_application_no();
  PassAll(cq(), carried, Statuses());
  const auto approved = cq().Act(carried, "approve", "COUNTY");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto told = sc().Await(carried, APPLICATION_STATE_NOTIFIED);
  ASSERT_TRUE(told.ok()) << told.status();
  for (const char* suffix : {"-L", "-C"}) {
    const auto before = sc().GetGrant(no + suffix);
    const auto after = cq().GetGrant(carried + suffix);
    ASSERT_TRUE(before.ok() && after.ok()) << before.status() << after.status();
    EXPECT_EQ(before->grant().state(), GRANT_STATE_STOPPED);
    EXPECT_EQ(before->grant().reason(), STOP_REASON_HUKOU_OUT);
    EXPECT_EQ(before->grant().to_month().value(), ThisMonth());
    EXPECT_EQ(after->grant().from_month().value(), FormatMonth(ParseMonth(ThisMonth()).value() + 1));
    EXPECT_EQ(after->lines_size(), 0) << "this month is the old side's";
  }
  const auto paid = sc().Query(person, kWindowCq, "P-DIS-APPLY");
  ASSERT_TRUE(paid.ok()) << paid.status();
  ASSERT_EQ(paid->benefits_size(), 2);
  EXPECT_TRUE(paid->benefits(0).active());
  EXPECT_EQ(paid->benefits(0).region().code(), "500000");
}

// the police of the former 户籍 report it, and no officer of the old side has to know.
TEST_P(DisabilityE2eTest, S35_AMoveThatThePoliceReportCarriesBothSubsidiesOver) {
  const std::string& person = NewPerson();
  const std::string no = ToDecision(sc(), kWindowSc, sc(), person, kWindowSc, Statuses());
  ASSERT_TRUE(sc().Act(no, "approve", "COUNTY").ok());
  const TestPerson moved{person.c_str(), kDisabledName, type::v1::SEX_FEMALE, "511623"};
  EventsClient police(world().sc(), "police/registry");
  const std::string id = Id("move");
  ASSERT_EQ(police.Report(HukouMoveOf(moved, kWindowSc, kWindowCq, Today(), id)), "ACCEPTED");
  EXPECT_EQ(police.Report(HukouMoveOf(moved, kWindowSc, kWindowCq, Today(), id)), "DUPLICATE");
  // It waits for the window of the application, and is seen there meanwhile.
  EXPECT_TRUE(Eventually(kLimit, [&] {
    const auto seen = sc().Get(no);
    return seen.ok() && seen->reported_move().to().code() == kWindowCq;
  }));
  EXPECT_EQ(sc().GetGrant(no + "-L")->grant().state(), GRANT_STATE_PAYING);
  ASSERT_TRUE(sc().Act(no, "notify", "WINDOW").ok());
  Grant moving;
  ASSERT_TRUE(Eventually(kLimit, [&] {
    const auto now = sc().GetGrant(no + "-C");
    if (now.ok()) moving = now->grant();
    return moving.state() == GRANT_STATE_MOVING;
  })) << moving.ShortDebugString();
  const std::string carried = moving.move_application_no();
  PassAll(cq(), carried, Statuses());
  ASSERT_TRUE(cq().Act(carried, "approve", "COUNTY").ok());
  ASSERT_TRUE(sc().Await(carried, APPLICATION_STATE_NOTIFIED).ok());
  for (const char* suffix : {"-L", "-C"}) {
    const auto before = sc().GetGrant(no + suffix);
    const auto after = cq().GetGrant(carried + suffix);
    ASSERT_TRUE(before.ok() && after.ok()) << before.status() << after.status();
    EXPECT_EQ(before->grant().reason(), STOP_REASON_HUKOU_OUT);
    EXPECT_EQ(before->grant().to_month().value(), ThisMonth());
    EXPECT_EQ(after->grant().from_month().value(), FormatMonth(ParseMonth(ThisMonth()).value() + 1));
  }
}

// The node of one region stops while both services go on: nothing is decided twice, and nothing is lost.
TEST_P(DisabilityE2eTest, WithTheLinkCutADecisionWaits) {
  const std::string& person = NewPerson();
  ASSERT_TRUE(world().cq().node().Stop().ok());
  const auto created = sc().Create(Filing(Id("cut"), person, kWindowSc, kWindowSc));
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  ASSERT_TRUE(sc().Act(no, "push", "WINDOW").ok());
  const Findings found = Statuses();
  ASSERT_TRUE(sc().Act(no, "town_pass", "TOWN", &found).ok());
  Findings certificate;
  certificate.set_cert_state(CERT_STATE_VALID);
  ASSERT_TRUE(sc().Act(no, "fed_pass", "DISABLED_FED", &certificate).ok());
  EXPECT_EQ(Outcome(sc().Act(no, "approve", "COUNTY").status()), "PEER_UNAVAILABLE");
  // Killed while it waits: what it has to ask is asked all the same.
  world().sc().process(Disability()).Kill();
  ASSERT_TRUE(world().sc().Start(Disability()).ok());
  ASSERT_TRUE(world().cq().StartNode().ok());
  absl::StatusOr<Application> approved = absl::UnknownError("");
  EXPECT_TRUE(Eventually(absl::Seconds(60), [&] {
    approved = sc().Act(no, "approve", "COUNTY");
    return approved.ok();
  })) << approved.status();
}

}  // namespace
}  // namespace chuanyu::testing
