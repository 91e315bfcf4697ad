// The acceptance scenarios of filings of elderly-care institutions (domain page §10; the number is in each
// test's name) over two whole regions, on SQLite and on PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "tests/e2e/shared_world.h"
#include "tests/support/elderly_region.h"
#include "tests/support/elders.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {
namespace {

using namespace elderly_care::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using EcFiling = elderly_care::v1::Filing;  // there is a testing::Filing
using cases::v1::PEER_CHECK_CONFIRMED;
using cases::v1::PEER_CHECK_PENDING;

constexpr char kWindowCq[] = "500109";  // 北碚
constexpr char kWindowSc[] = "511623";  // 邻水
constexpr char kTownSc[] = "511623100";
constexpr char kTownCq[] = "500109001";

class ElderlyCareTest : public SharedWorldTest<ElderlyCareTest> {
 public:
  static std::vector<TestPerson> Persons() { return {kP08}; }

 protected:
  WorldOptions Options() const override {
    return {.family_economy = false, .services = {&ElderlyCare()}, .backend = GetParam()};
  }
  void SetUp() override {
    SharedWorldTest::SetUp();
    if (HasFatalFailure()) return;
    cq_ = std::make_unique<ElderClient>(world().cq().ToFront(ElderlyCare(), kPlatform));
    sc_ = std::make_unique<ElderClient>(world().sc().ToFront(ElderlyCare(), kForeignPlatform));
  }
  // Premises that no other test of the program speaks of.
  static std::string NewPremises() {
    static int count = 0;
    return absl::StrCat("PREMISES-", ++count);
  }
  // Filed in Sichuan through the window of `window`.
  EcFiling Filed(ElderClient& window, const EcFiling& filing) {
    const auto sent = window.File(filing);
    EXPECT_TRUE(sent.ok()) << sent.status();
    if (!sent.ok()) return {};
    const std::string& number = sent->application_no();
    EXPECT_TRUE(window.AwaitCheck(number, PEER_CHECK_CONFIRMED).ok());
    const auto checking = sc().Await(number, FILING_STATE_CHECKING);
    EXPECT_TRUE(checking.ok()) << checking.status();
    const auto filed = sc().Act(number, "file", "COUNTY");
    EXPECT_TRUE(filed.ok()) << filed.status();
    return filed.ok() ? *filed : EcFiling();
  }
  // How often an institution of that name is on the public list as `client` sees it.
  static int Shown(ElderClient& client, const std::string& name) {
    const auto entries = client.Institutions();
    EXPECT_TRUE(entries.ok()) << entries.status();
    if (!entries.ok()) return -1;
    return static_cast<int>(std::count_if(entries->begin(), entries->end(),
                                          [&](const PublicEntry& entry) { return entry.name() == name; }));
  }

  ElderClient& cq() { return *cq_; }
  ElderClient& sc() { return *sc_; }

 private:
  std::unique_ptr<ElderClient> cq_;
  std::unique_ptr<ElderClient> sc_;
};
INSTANTIATE_TEST_SUITE_P(On, ElderlyCareTest, kBothBackends, BackendName);

TEST_P(ElderlyCareTest, S31_NineBedsAreRefusedAndLateIsFiledAndMarked) {
  EcFiling filing = ElderFiling(NewPremises(), kTownSc, kWindowSc);
  filing.mutable_premises()->set_beds_total(9);
  filing.mutable_premises()->set_beds_nursing(0);
  EXPECT_EQ(Outcome(sc().Create(filing).status()), "D_BELOW_THRESHOLD");
  filing.mutable_premises()->set_beds_total(12);
  filing.mutable_premises()->set_beds_nursing(13);
  EXPECT_EQ(Outcome(sc().Create(filing).status()), "D_BEDS_INCONSISTENT");
  filing.mutable_premises()->set_beds_nursing(12);
  filing.mutable_institution()->set_registration(REGISTRATION_NOT_REGISTERED);
  EXPECT_EQ(Outcome(sc().Create(filing).status()), "D_NOT_REGISTERED");
  filing.mutable_institution()->set_registration(REGISTRATION_REGISTERED);
  filing.mutable_first_admission_date()->set_value("2025-03-03");
  const EcFiling filed = Filed(sc(), filing);
  EXPECT_EQ(filed.state(), FILING_STATE_FILED);
  EXPECT_TRUE(filed.late());
  EXPECT_THAT(filed.receipt().filing_no(), ::testing::StartsWith("YLBA-511623-"));
  EXPECT_TRUE(filed.has_onsite_due());
  EXPECT_FALSE(filed.institution().has_legal_rep()) << "view BASIC";
}

// Correction loop across the border: the window is in Chongqing, the authority in Sichuan.
TEST_P(ElderlyCareTest, S31_MissingCommitmentComesBackToTheWindowWithTheClockPaused) {
  EcFiling filing = ElderFiling(NewPremises(), kTownSc, kWindowCq);
  filing.mutable_materials()->clear_commitment_signed_at();
  const auto sent = cq().File(filing);
  ASSERT_TRUE(sent.ok()) << sent.status();
  const std::string number = sent->application_no();
  EXPECT_THAT(number, ::testing::StartsWith("CQ-D-500109-"));
  EXPECT_EQ(sent->authority_region().code(), "510000");
  const auto told = cq().Await(number, FILING_STATE_SUPPLEMENT);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(told->missing(), ::testing::ElementsAre("COMMITMENT"));
  const auto there = sc().Get(number);
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_EQ(there->light(), cases::v1::DEADLINE_LIGHT_NONE);
  EXPECT_EQ(Outcome(cq().Act(number, "resubmit", "WINDOW").status()), "D_COMMITMENT_MISSING");
  EcFiling correction;
  correction.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-01-05");
  ASSERT_TRUE(cq().Act(number, "resubmit", "WINDOW", correction).ok());
  const auto checking = sc().Await(number, FILING_STATE_CHECKING);
  ASSERT_TRUE(checking.ok()) << checking.status();
  EXPECT_EQ(Outcome(cq().Act(number, "file", "COUNTY").status()), "ROLE_DENIED");
  ASSERT_TRUE(sc().Act(number, "file", "COUNTY").ok());
  const auto filed = cq().Await(number, FILING_STATE_FILED);
  ASSERT_TRUE(filed.ok()) << filed.status();
  EXPECT_THAT(filed->receipt().filing_no(), ::testing::StartsWith("YLBA-511623-"));
}

TEST_P(ElderlyCareTest, S32_CodesAreCheckedAndPremisesAreFiledOnce) {
  const std::string premises = NewPremises();
  EcFiling filing = ElderFiling(premises, kTownSc, kWindowCq);
  for (const auto& [code, reason] :
       std::vector<std::pair<const char*, const char*>>{{"52500112MI00000260", "USCC_CHARSET"},
                                                        {"52500112MO00000260", "USCC_CHARSET"},
                                                        {"52500112MS00000260", "USCC_CHARSET"},
                                                        {"52500112MV00000260", "USCC_CHARSET"},
                                                        {"52500112MZ00000260", "USCC_CHARSET"},
                                                        {"52500112MJ00000261", "USCC_CHECK"},
                                                        {"52500112MJ0000026", "USCC_LENGTH"}}) {
    filing.mutable_institution()->set_uscc(code);
    EXPECT_EQ(Outcome(cq().Create(filing).status()), reason) << code;
  }
  filing.mutable_institution()->set_uscc("52500112MJ00000260");
  const auto odd = cq().Create(filing);
  ASSERT_TRUE(odd.ok()) << odd.status();
  EXPECT_THAT(odd->warnings(), ::testing::Contains("W_USCC_NATURE"));

  ASSERT_EQ(Filed(sc(), ElderFiling(premises, kTownSc, kWindowSc)).state(), FILING_STATE_FILED);
  EXPECT_EQ(Outcome(cq().Act(odd->application_no(), "submit", "WINDOW").status()), "D_DUP_PREMISES");
  EcFiling other = ElderFiling(premises, kTownSc, kWindowSc);
  other.mutable_institution()->set_uscc("52500112MJ0000990P");
  EXPECT_EQ(Outcome(sc().File(other).status()), "D_DUP_PREMISES");
}

TEST_P(ElderlyCareTest, S32_WithTheLinkCutNothingIsFiledAndThenOne) {
  const std::string premises = NewPremises();
  ASSERT_TRUE(world().sc().node().Stop().ok());
  EcFiling public_home = ElderFiling(premises, kTownSc, kWindowCq);
  public_home.mutable_institution()->set_nature(NATURE_PUBLIC);
  public_home.mutable_institution()->mutable_registered_at()->set_code("500109");
  const auto first = sc().File(ElderFiling(premises, kTownSc, kWindowSc));
  const auto second = cq().File(public_home);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(Outcome(sc().Act(first->application_no(), "file", "COUNTY").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(Outcome(cq().Act(second->application_no(), "file", "COUNTY").status()), "PEER_UNAVAILABLE");
  EXPECT_EQ(cq().Get(second->application_no())->peer_check(), PEER_CHECK_PENDING);
  ASSERT_TRUE(world().sc().StartNode().ok());
  const auto lost = cq().Await(second->application_no(), FILING_STATE_DUPLICATE);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->duplicate_of().region(), "510000");
  ASSERT_TRUE(sc().AwaitCheck(first->application_no(), PEER_CHECK_CONFIRMED).ok());
  EXPECT_TRUE(sc().Act(first->application_no(), "file", "COUNTY").ok());
}

// Both file at once and both services are killed in the middle of it: one has the premises.
TEST_P(ElderlyCareTest, S32_SurvivesTheKillOfBothServices) {
  for (int round = 0; round < 2; ++round) {
    const std::string premises = NewPremises();
    const EcFiling here = ElderFiling(premises, kTownSc, kWindowCq);
    const EcFiling there = ElderFiling(premises, kTownSc, kWindowSc);
    const auto mine = cq().Create(here);
    const auto theirs = sc().Create(there);
    ASSERT_TRUE(mine.ok() && theirs.ok());
    std::thread other([&] { (void)sc().Act(theirs->application_no(), "submit", "WINDOW"); });
    (void)cq().Act(mine->application_no(), "submit", "WINDOW");
    if (round % 2 == 1) other.join();
    world().cq().process(ElderlyCare()).Kill();
    world().sc().process(ElderlyCare()).Kill();
    if (other.joinable()) other.join();
    ASSERT_TRUE(world().cq().Start(ElderlyCare()).ok());
    ASSERT_TRUE(world().sc().Start(ElderlyCare()).ok());
    int confirmed = 0;
    for (const auto& [client, created] : {std::pair{&cq(), &mine}, {&sc(), &theirs}}) {
      const std::string number = (*created)->application_no();
      absl::StatusOr<EcFiling> seen = absl::UnknownError("");
      ASSERT_TRUE(Eventually(absl::Seconds(60), [&, client = client] {
        seen = client->Get(number);
        // What was not stored when it was killed is submitted again.
        if (seen.ok() && seen->state() == FILING_STATE_DRAFT) {
          return HasReason(client->Act(number, "submit", "WINDOW").status(), Reason::D_DUP_PREMISES);
        }
        return seen.ok() && seen->peer_check() != PEER_CHECK_PENDING;
      })) << seen.status();
      confirmed += seen->peer_check() == PEER_CHECK_CONFIRMED ? 1 : 0;
    }
    EXPECT_EQ(confirmed, 1) << "round " << round;
  }
}

// D-3: the map of Sichuan in Chongqing, also after an outage; private fields are nowhere in it.
TEST_P(ElderlyCareTest, MapOfTheOtherRegionFollowsWithoutLoss) {
  ASSERT_TRUE(cq().Subscribe("510000").ok());
  EXPECT_EQ(Outcome(cq().Subscribe("330000")), "PEER_UNAVAILABLE");
  EcFiling filing = ElderFiling(NewPremises(), kTownSc, kWindowSc);
  const std::string name = "测试养老院 " + filing.premises().premises_id();
  filing.mutable_institution()->set_name(name);
  const EcFiling filed = Filed(sc(), filing);
  ASSERT_EQ(filed.state(), FILING_STATE_FILED);
  ASSERT_TRUE(Eventually(absl::Seconds(30), [&] { return Shown(cq(), name) == 1; }));
  const auto changes = cq().Changes(0, absl::Seconds(10));
  ASSERT_TRUE(changes.ok()) << changes.status();
  for (const MapChange& change : *changes) {
    EXPECT_EQ(change.SerializeAsString().find(kP08.name), std::string::npos);
    EXPECT_EQ(change.SerializeAsString().find("13800000001"), std::string::npos);
  }

  // What happens while the link is cut arrives afterwards.
  ASSERT_TRUE(world().cq().node().Stop().ok());
  const std::string& number = filed.application_no();
  ASSERT_TRUE(sc().Act(number, "discrepancy", "COUNTY", {}, "测试: 两间房未按图").ok());
  EXPECT_EQ(sc().Get(number)->discrepancy_note(), "测试: 两间房未按图");
  EXPECT_EQ(Shown(sc(), name), 0);
  EXPECT_EQ(Shown(cq(), name), 1) << "not told yet";
  ASSERT_TRUE(world().cq().StartNode().ok());
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] { return Shown(cq(), name) == 0; }));
  ASSERT_TRUE(sc().Act(number, "rectify", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(number, "verify", "COUNTY").ok());
  EXPECT_TRUE(Eventually(absl::Seconds(60), [&] { return Shown(cq(), name) == 1; }));
}

// D-4: 政策跟着老人走. Status and number, whichever region asks.
TEST_P(ElderlyCareTest, StatusOfAFilingIsAnsweredToTheOtherRegion) {
  const EcFiling filed = Filed(cq(), ElderFiling(NewPremises(), kTownSc, kWindowCq));
  const std::string& filing_no = filed.receipt().filing_no();
  const auto ask = [&](ElderClient& client) {
    const auto status = client.Check(filing_no, "510000", "P-ELDER-SUBSIDY");
    return status.ok() ? FilingStatus_Name(*status) : Outcome(status.status());
  };
  EXPECT_EQ(ask(cq()), "FILING_STATUS_FILED");
  ASSERT_TRUE(sc().Act(filed.application_no(), "suspend", "COUNTY").ok());
  EXPECT_EQ(ask(cq()), "FILING_STATUS_SUSPENDED");
  EXPECT_EQ(ask(sc()), "FILING_STATUS_SUSPENDED");
  EXPECT_EQ(Outcome(cq().Check(filing_no, "510000", "P-MARRY").status()), "PURPOSE_DENIED");
  // The end there frees the premises for a filing here.
  ASSERT_TRUE(sc().End(filed.application_no()).ok());
  EXPECT_EQ(ask(cq()), "FILING_STATUS_ENDED");
  ASSERT_TRUE(cq().Await(filed.application_no(), FILING_STATE_TERMINATED).ok());
}

TEST_P(ElderlyCareTest, OwnAuthorityFilesOnceTheOtherRegionAgrees) {
  const auto sent = cq().File(ElderFiling(NewPremises(), kTownCq, kWindowCq));
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->state(), FILING_STATE_CHECKING);
  ASSERT_TRUE(cq().AwaitCheck(sent->application_no(), PEER_CHECK_CONFIRMED).ok());
  const auto filed = cq().Act(sent->application_no(), "file", "COUNTY");
  ASSERT_TRUE(filed.ok()) << filed.status();
  EXPECT_THAT(filed->receipt().filing_no(), ::testing::StartsWith("YLBA-500109-"));
  // For everyone else the filing does not exist.
  ElderClient school(world().cq().ToFront(ElderlyCare(), kSchool));
  EXPECT_EQ(Outcome(school.Get(sent->application_no()).status()), "CASE_NOT_FOUND");
  EXPECT_EQ(Outcome(school.Create(ElderFiling(NewPremises(), kTownCq, kWindowCq)).status()), "ROLE_DENIED");
}

TEST_P(ElderlyCareTest, S8_RepeatIsOneFilingAndAnotherBodyAConflict) {
  const std::string premises = NewPremises();
  const auto once = cq().Create(ElderFiling(premises, kTownCq, kWindowCq), "repeat-" + premises);
  const auto again = cq().Create(ElderFiling(premises, kTownCq, kWindowCq), "repeat-" + premises);
  ASSERT_TRUE(once.ok() && again.ok());
  EXPECT_EQ(once->application_no(), again->application_no());
  EXPECT_EQ(Outcome(cq().Create(ElderFiling(premises, kTownSc, kWindowCq), "repeat-" + premises).status()),
            "IDEMPOTENCY_CONFLICT");
}

}  // namespace
}  // namespace chuanyu::testing
