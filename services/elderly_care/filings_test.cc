// Filings through their steps over two regions, on SQLite and on a real PostgreSQL, on days that the test
// chooses. Scenario numbers are those of domain page §10. Synthetic institutions and persons.
#include "services/elderly_care/filings.h"

#include "gmock/gmock.h"
#include "services/elderly_care/two_regions_testing.h"

namespace chuanyu::elderly_care {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class FilingsTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  TestRegion& cq() { return regions_.cq(); }
  TestRegion& sc() { return regions_.sc(); }

  // Submitted and forwarded at `region`'s window; the number.
  std::string Forwarded(TestRegion& region, const v1::Filing& filing) {
    const auto created = region.Create(filing);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    for (const char* act : {"submit", "forward"}) {
      const auto done = region.Act(created->application_no(), act, "WINDOW");
      EXPECT_TRUE(done.ok()) << act << ": " << done.status();
    }
    return created->application_no();
  }
  std::string Filed(TestRegion& window, TestRegion& authority, const v1::Filing& filing) {
    const std::string number = Forwarded(window, filing);
    regions_.Settle();
    const auto filed = authority.Act(number, "file", "COUNTY");
    EXPECT_TRUE(filed.ok()) << filed.status();
    regions_.Settle();
    return number;
  }

  FakeClock clock_{At(Date(2026, 5, 22))};
  TwoRegions regions_{GetParam(), clock_};
};
// Starting two servers costs a test seconds: those that speak about SQL most.
class FilingsOnBothTest : public FilingsTest {};
const auto kName = [](const auto& info) {
  return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
};
INSTANTIATE_TEST_SUITE_P(On, FilingsTest, ::testing::Values(sql::Dialect::kSqlite), kName);
INSTANTIATE_TEST_SUITE_P(On, FilingsOnBothTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql), kName);

TEST_P(FilingsTest, S31_FiledOn20260522IsFiledAndMarkedLate) {
  v1::Filing filing = TestFiling();
  filing.mutable_first_admission_date()->set_value("2026-05-06");
  const std::string number = Filed(sc(), sc(), filing);
  const v1::Filing filed = sc().Load(number);
  EXPECT_EQ(filed.state(), v1::FILING_STATE_FILED);
  EXPECT_TRUE(filed.late());
  EXPECT_THAT(filed.receipt().filing_no(), ::testing::Eq("YLBA-511623-2026-000001"));
  EXPECT_EQ(filed.receipt().filed_at().value(), "2026-05-22");
  // 20 working days after 05-22, with the 端午 holiday between.
  EXPECT_EQ(filed.onsite_due().value(),
            FormatDate(*sc().desk().calendar().NthWorkingDayAfter(Date(2026, 5, 22), 20)));
}

TEST_P(FilingsTest, NobodyDecidesOnWhatWasNotSeen) {
  const std::string number = Forwarded(sc(), TestFiling());
  regions_.Settle();
  v1::PerformStepRequest request;
  request.set_request_id("stale");
  request.set_application_no(number);
  request.set_version(sc().Load(number).version() + 1);
  request.set_act("file");
  request.set_role("COUNTY");
  request.set_officer_id("officer-1");
  const Caller county{.org = "county", .name = "county/test"};
  EXPECT_EQ(ReasonText(sc().filings().Perform(county, request).status()), "STALE_VERSION version");
}

TEST_P(FilingsTest, ClaimsUnderAnotherKeyAreOfNoPremises) {
  cases::v1::ClaimSubjectRequest request;
  request.set_claim_id("0195b2c0-0000-7000-8000-000000000001");
  request.set_subject(std::string(32, 'a'));
  request.set_key_id("of-last-year");
  const ClaimCalls claims(sc().desk(), {});
  EXPECT_EQ(ReasonText(claims.Claim("500000", request).status()), "KEY_UNKNOWN key_id");
}

// What is late is the submission, whatever was wrong in it.
TEST_P(FilingsTest, AFirstAdmissionThatIsPutRightMovesTheMark) {
  v1::Filing filing = TestFiling();
  filing.mutable_materials()->clear_commitment_signed_at();
  filing.mutable_first_admission_date()->set_value("2026-05-21");
  const std::string number = Forwarded(sc(), filing);
  ASSERT_EQ(sc().Load(number).state(), v1::FILING_STATE_SUPPLEMENT);
  EXPECT_FALSE(sc().Load(number).late());
  clock_.Set(At(Date(2026, 8, 3)));
  v1::Filing correction;
  correction.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-05-25");
  ASSERT_TRUE(sc().Act(number, "resubmit", "WINDOW", correction).ok());
  EXPECT_FALSE(sc().Load(number).late()) << "the days of the 补正 do not count";
  ASSERT_TRUE(sc().Act(number, "supplement", "COUNTY").ok());
  v1::Filing earlier;
  earlier.mutable_first_admission_date()->set_value("2026-04-01");
  ASSERT_TRUE(sc().Act(number, "resubmit", "WINDOW", earlier).ok());
  EXPECT_TRUE(sc().Load(number).late());
}

TEST_P(FilingsTest, S31_MissingCommitmentIsSupplementedWithTheClockPaused) {
  v1::Filing filing = TestFiling();
  filing.mutable_materials()->clear_commitment_signed_at();
  const std::string number = Forwarded(sc(), filing);
  v1::Filing now = sc().Load(number);
  EXPECT_EQ(now.state(), v1::FILING_STATE_SUPPLEMENT);
  EXPECT_THAT(now.missing(), ElementsAre("COMMITMENT"));
  EXPECT_EQ(now.light(), cases::v1::DEADLINE_LIGHT_NONE);
  // A month later the clock stands where it stood, and the paper is asked for again.
  clock_.Set(At(Date(2026, 6, 22)));
  EXPECT_EQ(ReasonText(sc().Act(number, "resubmit", "WINDOW").status()),
            "D_COMMITMENT_MISSING materials.commitment_signed_at");
  v1::Filing correction;
  correction.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-06-22");
  ASSERT_TRUE(sc().Act(number, "resubmit", "WINDOW", correction).ok());
  now = sc().Load(number);
  EXPECT_EQ(now.state(), v1::FILING_STATE_CHECKING);
  EXPECT_EQ(cases::Current(now.steps()).due().value(), "2026-06-23")
      << "one working day of complete material";
  regions_.Settle();
  ASSERT_TRUE(sc().Act(number, "file", "COUNTY").ok());
  now = sc().Load(number);
  for (const cases::v1::CaseStep& step : now.steps()) EXPECT_FALSE(step.late()) << step.step();
}

TEST_P(FilingsTest, S32_SamePremisesOfTwoInstitutionsIsADuplicateHereAndThere) {
  Filed(sc(), sc(), TestFiling());
  v1::Filing other = TestFiling();
  other.mutable_institution()->set_uscc(kU1);
  other.mutable_institution()->set_nature(v1::NATURE_NON_PROFIT);
  // Here it is known at once, and there too: both hold the claim.
  for (TestRegion* region : {&sc(), &cq()}) {
    const auto created = region->Create(other);
    ASSERT_TRUE(created.ok()) << created.status();
    EXPECT_EQ(ReasonText(region->Act(created->application_no(), "submit", "WINDOW").status()),
              "D_DUP_PREMISES premises.premises_id");
    EXPECT_EQ(region->Load(created->application_no()).state(), v1::FILING_STATE_DRAFT);
  }
}

TEST_P(FilingsOnBothTest, S32_OfTwoSubmittedWhileTheLinkIsCutOneIsFiledAndNoneBefore) {
  v1::Filing other = TestFiling();
  other.mutable_institution()->set_uscc(kU0);
  other.mutable_institution()->set_nature(v1::NATURE_PUBLIC);
  other.mutable_institution()->mutable_registered_at()->set_code("500109");
  const std::string first = Forwarded(sc(), TestFiling());
  clock_.Advance(absl::Seconds(1));
  const std::string second = Forwarded(cq(), other);
  EXPECT_EQ(ReasonText(sc().Act(first, "file", "COUNTY").status()), "PEER_UNAVAILABLE peer_check");
  EXPECT_EQ(ReasonText(cq().Act(second, "file", "COUNTY").status()), "PEER_UNAVAILABLE peer_check");
  regions_.Settle();
  EXPECT_EQ(cq().Load(second).state(), v1::FILING_STATE_DUPLICATE);
  EXPECT_EQ(cq().Load(second).duplicate_of().region(), "510000");
  EXPECT_THAT(cq().Load(second).missing(), ElementsAre("D_DUP_PREMISES"));
  EXPECT_TRUE(sc().Act(first, "file", "COUNTY").ok());
}

// The window is in Chongqing, the premises in Sichuan: forwarded, corrected across the border, filed there,
// told here; and the end there frees the premises.
TEST_P(FilingsOnBothTest, IsForwardedToTheAuthorityOfTheOtherRegionAndFollowedThere) {
  v1::Filing filing = TestFiling();
  filing.mutable_materials()->clear_commitment_signed_at();
  const std::string number = Forwarded(cq(), filing);
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_FORWARDED);
  EXPECT_EQ(sc().Load(number).application_no(), "") << "not before the claim is confirmed";
  regions_.Settle();
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_SUPPLEMENT);
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_SUPPLEMENT);
  EXPECT_THAT(cq().Load(number).missing(), ElementsAre("COMMITMENT"));

  v1::Filing correction;
  correction.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-05-22");
  ASSERT_TRUE(cq().Act(number, "resubmit", "WINDOW", correction).ok());
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_FORWARDED);
  regions_.Settle();
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_CHECKING);

  // Nobody but the authority files.
  EXPECT_EQ(ReasonText(cq().Act(number, "file", "COUNTY").status()), "ROLE_DENIED role");
  ASSERT_TRUE(sc().Act(number, "file", "COUNTY").ok());
  regions_.Settle();
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_FILED);
  EXPECT_EQ(cq().Load(number).receipt().filing_no(), sc().Load(number).receipt().filing_no());
  EXPECT_EQ(cq().Load(number).light(), cases::v1::DEADLINE_LIGHT_NONE) << "another region's limit";
  EXPECT_EQ(ReasonText(cq().Act(number, "suspend", "WINDOW").status()), "STATE_CONFLICT act");

  ASSERT_TRUE(sc().Act(number, "discrepancy", "COUNTY").ok());
  regions_.Settle();
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_FILED);
  EXPECT_EQ(cq().Load(number).discrepancy_note(), "") << "stays with the authority";

  ASSERT_TRUE(sc().End(number, v1::END_REASON_REGISTRATION_CANCELLED).ok());
  regions_.Settle();
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_TERMINATED);
  EXPECT_EQ(cq().Load(number).end_reason(), v1::END_REASON_REGISTRATION_CANCELLED);
  Filed(sc(), sc(), TestFiling());
}

TEST_P(FilingsTest, WhatTheAuthorityDoesNotTakeInComesBackForCorrection) {
  v1::Filing filing = TestFiling();
  const std::string number = Forwarded(cq(), filing);
  ASSERT_TRUE(regions_.Deliver(cq(), cq().Waiting()[0]).ok());  // the claim
  auto message = cq().desk().outbox().Find(cq().Waiting().back());
  v1::PushFilingRequest push;
  ASSERT_TRUE(push.ParseFromString((*message)->payload));
  push.mutable_filing()->mutable_premises()->set_beds_total(9);
  push.mutable_filing()->mutable_premises()->set_beds_nursing(0);
  const auto refused = sc().peers().Push("500000", push);
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->refused_reason(), "D_BELOW_THRESHOLD");
  ASSERT_TRUE(cq().peers().TakeAnswer(**message, refused->SerializeAsString()).ok());
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_SUPPLEMENT);
  EXPECT_THAT(cq().Load(number).missing(), ElementsAre("D_BELOW_THRESHOLD"));
  ASSERT_TRUE(cq().Act(number, "resubmit", "WINDOW").ok());
  regions_.Settle();
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_CHECKING);
  // Another claim than the one that was granted, and another authority, are not taken in either.
  push.set_claim_id("0196f7a0-0000-7000-8000-000000000001");
  EXPECT_EQ(sc().peers().Push("500000", push)->refused_reason(), "D_DUP_PREMISES");
}

TEST_P(FilingsOnBothTest, ChecksOnSiteChangesSuspendsAndEnds) {
  const std::string number = Filed(sc(), sc(), TestFiling());
  ASSERT_TRUE(sc().Act(number, "discrepancy", "COUNTY").ok());
  EXPECT_THAT(sc().Entries(), IsEmpty()) << "under correction";
  ASSERT_TRUE(sc().Act(number, "rectify", "WINDOW").ok());
  ASSERT_TRUE(sc().Act(number, "verify", "COUNTY").ok());
  EXPECT_THAT(sc().Entries(), SizeIs(1));

  v1::Change change;
  change.mutable_premises()->set_beds_total(9);
  EXPECT_EQ(ReasonText(sc().Change(number, change).status()), "D_BEDS_INCONSISTENT premises.beds_nursing");
  change.mutable_premises()->set_beds_total(50);
  ASSERT_TRUE(sc().Change(number, change).ok());
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_CHANGE_PENDING);
  EXPECT_EQ(sc().Entries()[0].beds_total(), 30) << "what was filed holds meanwhile";
  // 补正 of the change.
  ASSERT_TRUE(sc().Act(number, "supplement", "COUNTY").ok());
  v1::Filing correction;
  correction.mutable_premises()->set_beds_total(45);
  ASSERT_TRUE(sc().Act(number, "resubmit", "WINDOW", correction).ok());
  ASSERT_TRUE(sc().Act(number, "accept_change", "COUNTY").ok());
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_FILED);
  EXPECT_EQ(sc().Entries()[0].beds_total(), 45);
  // Taken back.
  ASSERT_TRUE(sc().Change(number, change).ok());
  ASSERT_TRUE(sc().Act(number, "withdraw_change", "WINDOW").ok());
  EXPECT_EQ(sc().Load(number).state(), v1::FILING_STATE_FILED);
  EXPECT_FALSE(sc().Load(number).has_pending_change());
  EXPECT_EQ(sc().Entries()[0].beds_total(), 45);

  ASSERT_TRUE(sc().Act(number, "suspend", "WINDOW").ok());
  EXPECT_THAT(sc().Entries(), IsEmpty());
  const std::string filing_no = sc().Load(number).receipt().filing_no();
  EXPECT_EQ(sc().map().Status(kSubsidyPurpose, filing_no)->status(), v1::FILING_STATUS_SUSPENDED);
  ASSERT_TRUE(sc().Act(number, "resume", "WINDOW").ok());
  EXPECT_THAT(sc().Entries(), SizeIs(1));
  EXPECT_EQ(sc().Load(number).receipt().filing_no(), filing_no) << "numbers stay";
  ASSERT_TRUE(sc().End(number).ok());
  EXPECT_THAT(sc().Entries(), IsEmpty());
  EXPECT_EQ(sc().map().Status(kSubsidyPurpose, filing_no)->status(), v1::FILING_STATUS_ENDED);
  EXPECT_EQ(sc().map().Status(kSubsidyPurpose, "YLBA-511623-2026-999999")->status(), v1::FILING_STATUS_NONE);
  EXPECT_EQ(ReasonText(sc().map().Status(kMapPurpose, filing_no).status()), "PURPOSE_DENIED purpose");
}

TEST_P(FilingsTest, ForProfitMovedToAnotherDistrictFilesAnewThere) {
  const std::string number = Filed(sc(), sc(), TestFiling());
  v1::Change change;
  change.mutable_premises()->mutable_address_code()->set_code("511681001");
  const auto moved = sc().Change(number, change);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->state(), v1::FILING_STATE_MOVED_OUT);
  EXPECT_THAT(sc().Entries(), IsEmpty());
  regions_.Settle();
  v1::Filing there = TestFiling();
  there.mutable_premises()->mutable_address_code()->set_code("511681001");
  EXPECT_EQ(sc().Load(Filed(sc(), sc(), there)).authority().code(), "511681");
}

// 茨竹 went from 渝北 to 北碚 on 2026-01-25: no move, the number stays, the successor acts.
TEST_P(FilingsTest, DistrictChangePassesTheFilingToTheSuccessor) {
  clock_.Set(At(Date(2026, 1, 20)));
  v1::Filing filing = TestFiling();
  filing.mutable_premises()->mutable_address_code()->set_code("500112140");
  filing.mutable_materials()->mutable_commitment_signed_at()->set_value("2026-01-20");
  const std::string number = Filed(cq(), cq(), filing);
  const std::string filing_no = cq().Load(number).receipt().filing_no();
  EXPECT_THAT(filing_no, StartsWith("YLBA-500112-2026-"));
  clock_.Set(At(Date(2026, 1, 26)));
  const auto seen = cq().filings().Get("county", number);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->authority().code(), "500109");
  ASSERT_TRUE(cq().Act(number, "verify", "COUNTY").ok());
  EXPECT_EQ(cq().Load(number).receipt().filing_no(), filing_no);
}

TEST_P(FilingsTest, OnlyWhoIsConcernedSeesAndActs) {
  const auto created = cq().Create(TestFiling(), "window");
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string& number = created->application_no();
  EXPECT_EQ(ReasonText(cq().filings().Get("county", number).status()), "CASE_NOT_FOUND");
  EXPECT_EQ(ReasonText(cq().Act(number, "submit", "COUNTY", {}, "window").status()), "ROLE_DENIED role");
  ASSERT_TRUE(cq().Act(number, "submit", "WINDOW", {}, "window").ok());
  EXPECT_EQ(ReasonText(cq().Act(number, "end", "WINDOW", {}, "window").status()), "BAD_REQUEST act");
  EXPECT_EQ(ReasonText(cq().Create(TestFiling("TEST-0002"), "school").status()), "ROLE_DENIED");
}

// Changes of the map reach the other region in any order and any number of times, and what was told last
// holds.
TEST_P(FilingsOnBothTest, MapReachesTheOtherRegionWithoutLoss) {
  const std::string first = Filed(sc(), sc(), TestFiling());
  v1::SubscribeMapRequest subscribe;
  subscribe.mutable_region()->set_code("510000");
  ASSERT_TRUE(cq().map().Subscribe(subscribe).ok());
  regions_.Settle();
  ASSERT_THAT(cq().Entries(), SizeIs(1)) << "what was there before";
  const int64_t seen = cq().map().Changes(0)->back().sequence();

  // Cut: everything waits. Then the last message first, and each of them twice.
  const std::string second = Filed(sc(), sc(), TestFiling("TEST-0002"));
  ASSERT_THAT(cq().Entries(), SizeIs(2));
  ASSERT_TRUE(sc().Act(second, "verify", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(second, "suspend", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(second, "resume", "COUNTY").ok());
  ASSERT_TRUE(sc().Act(first, "suspend", "COUNTY").ok());
  std::vector<std::string> waiting = sc().Waiting();
  for (auto id = waiting.rbegin(); id != waiting.rend(); ++id) {
    ASSERT_TRUE(regions_.Deliver(sc(), *id, /*answered=*/false).ok());
  }
  regions_.Settle();
  ASSERT_THAT(cq().Entries(), SizeIs(1));
  EXPECT_EQ(cq().Entries()[0].region(), "510000");
  const auto changes = cq().map().Changes(seen);
  ASSERT_TRUE(changes.ok());
  EXPECT_THAT(*changes, SizeIs(2)) << "each entry once, as it is now";
  // A region states its own entries alone.
  v1::MapChangedRequest forged;
  *forged.add_entries() = cq().Entries()[0];
  EXPECT_EQ(ReasonText(sc().map().Take("500000", kMapPurpose, forged)), "BAD_REQUEST entries");
  EXPECT_EQ(ReasonText(cq().map().Take("510000", kPurpose, forged)), "PURPOSE_DENIED purpose");
}

// What the poller asks once a second: else a watcher of the map would not see what another process files.
TEST_P(FilingsOnBothTest, MapChangesAlsoWhenAnotherProcessChangesIt) {
  const std::unique_ptr<Desk> desk = sc().Another();
  const Map another(*desk);
  const auto version = [&] {
    std::map<std::string, int64_t> versions;
    const absl::Status status = desk->Read([&](sql::Session& session) {
      return another.Versions(session, {"SC-D-511623-20260522-00000001", kMapTopic}, &versions);
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_THAT(versions, SizeIs(1));
    return versions[kMapTopic];
  };
  EXPECT_EQ(version(), 0);
  const std::string number = Filed(sc(), sc(), TestFiling());
  const int64_t filed = version();
  EXPECT_GT(filed, 0);
  ASSERT_TRUE(sc().Act(number, "suspend", "COUNTY").ok());
  EXPECT_GT(version(), filed);
  std::map<std::string, int64_t> versions;
  ASSERT_TRUE(
      desk->Read([&](sql::Session& session) { return another.Versions(session, {number}, &versions); }).ok());
  EXPECT_THAT(versions, IsEmpty()) << "nobody watches the map";
}

TEST_P(FilingsTest, WithdrawnBeforeItIsFiledFreesThePremises) {
  const std::string number = Forwarded(cq(), TestFiling());
  regions_.Settle();
  ASSERT_TRUE(sc().Act(number, "withdraw", "COUNTY").ok());
  regions_.Settle();
  EXPECT_EQ(cq().Load(number).state(), v1::FILING_STATE_WITHDRAWN);
  EXPECT_EQ(sc().Load(Filed(sc(), sc(), TestFiling())).state(), v1::FILING_STATE_FILED);
}

}  // namespace
}  // namespace chuanyu::elderly_care
