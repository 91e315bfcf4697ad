// Statuses between two regions, without servers, on SQLite and on a real PostgreSQL: deaths, suspension and
// reviews on days that the test chooses. Every message, and every answer, comes twice. Synthetic
// persons.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/confirmed_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(On, ChildServiceTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ChildServiceTest, PostsEachMonthOnceAndTheAmountOfTheDecision) {
  const std::string no = Confirmed();
  EXPECT_THAT(sc().Months(), IsEmpty());
  regions().MoveTo(Date(2026, 4, 1));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04"));
  regions().MoveTo(Date(2026, 6, 30));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  EXPECT_EQ(sc().Status(no).months_size(), 3);
  EXPECT_EQ(sc().Status(no).months(0).category(), v1::CATEGORY_DEFACTO);
  EXPECT_FALSE(sc().Status(no).months(0).has_fen()) << "no standard of Sichuan is known";
}

TEST_P(ChildServiceTest, S38_ADeathEndsTheStatusWithItsMonthAndTellsTheOtherRegionOnce) {
  const std::string no = Confirmed();
  cq().Watch();
  EXPECT_TRUE(sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true).valid());
  regions().MoveTo(Date(2026, 6, 10));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sc().Die(Date(2026, 6, 9)), "OK");
  EXPECT_EQ(cq().Die(Date(2026, 6, 9)), "OK") << "nothing is in force there";
  const v1::Determination ending = Now(sc(), no);
  EXPECT_EQ(StateOf(ending), "ENDING");
  EXPECT_EQ(ending.end_reason(), v1::END_REASON_DECEASED);
  EXPECT_EQ(ending.entitlements(0).to().value(), "2026-06");
  regions().Settle();
  EXPECT_EQ(cq().ToldSchool(), "") << "it holds to the end of the month";
  regions().MoveTo(Date(2026, 7, 1));
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
  const int64_t version = Now(sc(), no).version();
  EXPECT_EQ(sc().Die(Date(2026, 6, 9)), "OK");
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_EQ(Now(sc(), no).version(), version);
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  // Nothing is taken in about somebody whose death is known.
  EXPECT_EQ(ReasonText(sc().Create(kCountySc).status()), "B_NOT_ELIGIBLE application.child");
  EXPECT_EQ(ReasonText(cq().Create(kCountySc).status()), "B_NOT_ELIGIBLE application.child");
  // It was a mistake: what has ended stays so, and the officers may take in a new one.
  EXPECT_EQ(sc().Live(), "OK");
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  EXPECT_EQ(ReasonText(sc().Create(kCountySc).status()), "OK");
}

TEST_P(ChildServiceTest, S38_ADeathKnownLateShowsWhatIsToBeRecovered) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 7, 10));
  // Ends for another reason already; the death was earlier.
  ASSERT_TRUE(sc().End(no, v1::END_REASON_ADOPTED, Date(2026, 7, 8)).ok());
  EXPECT_EQ(sc().Die(Date(2026, 5, 30)), "OK");
  const v1::GetDeterminationResponse status = sc().Status(no);
  EXPECT_EQ(StateOf(status.determination()), "ENDED");
  EXPECT_EQ(status.determination().end_reason(), v1::END_REASON_DECEASED);
  EXPECT_EQ(status.determination().entitlements(0).to().value(), "2026-05");
  EXPECT_EQ(status.months_size(), 4) << "what was paid stays in the ledger";
}

TEST_P(ChildServiceTest, S38_ADeathStopsAnApplicationOnBothSides) {
  const std::string no = Pushed(cq());
  regions().Settle();
  ASSERT_EQ(StateOf(sc().Get(no)), "TOWN_REVIEW");
  const int64_t version = cq().Get(no).version();
  // Where it is decided the death is known first; the window is told by that side.
  for (int i = 0; i < 2; ++i) EXPECT_EQ(sc().Die(Date(2026, 3, 1)), "OK");
  EXPECT_EQ(StateOf(sc().Get(no)), "DECEASED");
  EXPECT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "STATE_CONFLICT act");
  regions().Settle();
  EXPECT_EQ(StateOf(cq().Get(no)), "DECEASED");
  EXPECT_EQ(cq().Get(no).version(), version + 1);
  EXPECT_EQ(cq().Die(Date(2026, 3, 1)), "OK");
  EXPECT_EQ(cq().Get(no).version(), version + 1) << "it is over";
}

TEST_P(ChildServiceTest, S38_AnApplicationOnItsWayToWhereTheDeathIsKnownEndsThere) {
  const auto created = cq().Create(kCountySc);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());
  EXPECT_EQ(sc().Die(Date(2026, 3, 1)), "OK");
  regions().Settle();
  EXPECT_EQ(StateOf(sc().Get(no)), "DECEASED");
  EXPECT_EQ(StateOf(cq().Get(no)), "DECEASED");
}

TEST_P(ChildServiceTest, S38_AtTheWindowAloneItLetsGoOfTheClaim) {
  const auto created = cq().Create(kCountySc);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(cq().Die(Date(2026, 3, 1)), "OK");
  EXPECT_EQ(StateOf(cq().Get(created->application_no())), "DECEASED");
  regions().Settle();
  // The other region, whose registry has not heard of it, may take one in; nothing holds it up.
  const auto other = sc().Create(kCountySc);
  ASSERT_TRUE(other.ok()) << other.status();
  regions().Settle();
  EXPECT_EQ(sc().Get(other->application_no()).peer_check(), cases::v1::PEER_CHECK_CONFIRMED);
}

TEST_P(ChildServiceTest, SuspensionIsAnActOfAnOfficerThatEverybodyHearsOf) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD", /*subscribe=*/true);
  regions().MoveTo(Date(2026, 6, 10));
  auto request = sc().ActOf<v1::SuspendDeterminationRequest>(no, Date(2026, 6, 10));
  EXPECT_EQ(ReasonText(sc().acts().Suspend(Side::kCounty, request).status()), "BAD_REQUEST reason");
  request.set_reason(v1::SUSPEND_REASON_CONDITION_IN_DOUBT);
  EXPECT_EQ(ReasonText(sc().acts().Suspend(Side::kOther, request).status()), "CASE_NOT_FOUND");
  auto nobody = request;
  nobody.clear_officer_id();
  EXPECT_EQ(ReasonText(sc().acts().Suspend(Side::kCounty, nobody).status()), "BAD_REQUEST officer_id");
  const auto suspended = sc().acts().Suspend(Side::kCounty, request);
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  EXPECT_EQ(StateOf(*suspended), "SUSPENDED");
  EXPECT_EQ(suspended->officer_id(), "officer-1");
  EXPECT_EQ(sc().acts().Suspend(Side::kCounty, request)->version(), suspended->version()) << "a repeat";
  request.mutable_on()->set_value("2026-06-09");
  EXPECT_EQ(ReasonText(sc().acts().Suspend(Side::kCounty, request).status()),
            "IDEMPOTENCY_CONFLICT request_id");
  regions().Settle();
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
  const v1::Recognition office = sc().Check("500000", "P-CHILD");
  EXPECT_FALSE(office.valid());
  EXPECT_TRUE(office.suspended());
  EXPECT_EQ(office.category(), v1::CATEGORY_DEFACTO);
  const v1::Recognition school = sc().Check("500000", "P-CHILD-SERVICE");
  EXPECT_FALSE(school.valid() || school.suspended());
  // It keeps another one out all the same.
  EXPECT_EQ(ReasonText(sc().Create(kCountySc).status()), "DUP_BENEFIT application.child");

  regions().MoveTo(Date(2026, 8, 20));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  ASSERT_TRUE(sc().Resume(no, Date(2026, 8, 20)).ok());
  regions().Settle();
  EXPECT_EQ(cq().ToldSchool(), "510000 not, 510000 valid");
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06", "2026-08"));
  // And from SUSPENDED to the end, at once.
  ASSERT_TRUE(sc().Suspend(no, Date(2026, 8, 20)).ok());
  ASSERT_TRUE(sc().End(no, v1::END_REASON_RELEASED, Date(2026, 8, 20)).ok());
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  regions().MoveTo(Date(2026, 12, 1));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06", "2026-08"));
  EXPECT_EQ(cq().ToldSchool(), "510000 not, 510000 valid, 510000 not");
}

// An office decides for the 户籍 of its own counties, about what it has seen.
TEST_P(ChildServiceTest, OnlyTheCountyOfTheHukouDecidesAndOnlyOnWhatItSaw) {
  v1::CreateApplicationRequest filed;
  filed.set_request_id("other-1");
  *filed.mutable_application() = FormOf(kCountySc);
  filed.mutable_application()->mutable_accept_division()->set_code(kCountySc);
  const auto created = sc().applications().Create(Side::kOther, filed);
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  regions().Settle();
  v1::PerformStepRequest act;
  const auto by_other = [&](const std::string& name, const std::string& role, int64_t version) {
    act.set_request_id(sc().NextId());
    act.set_application_no(no);
    act.set_act(name);
    act.set_role(role);
    act.set_officer_id("officer-2");
    act.set_version(version);
    return ReasonText(sc().applications().Perform(Side::kOther, act).status());
  };
  ASSERT_EQ(by_other("push", "WINDOW", 0), "OK");
  ASSERT_EQ(ReasonText(sc().Act(no, "town_pass", "TOWN").status()), "OK");
  const int64_t version = sc().Get(no).version();
  EXPECT_EQ(by_other("approve", "COUNTY", version), "B_NOT_HUKOU child.hukou_code") << "no county of its own";
  EXPECT_EQ(by_other("approve", "COUNTY", version - 1), "STALE_VERSION version");
  EXPECT_EQ(by_other("approve", "COUNTY", 0), "BAD_REQUEST version");
  EXPECT_EQ(ReasonText(sc().Act(no, "approve", "COUNTY").status()), "OK");
}

// The end, and what began meanwhile, may overtake each other on the way.
TEST_P(ChildServiceTest, AChangeThatWasOvertakenIsNotTold) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  ASSERT_TRUE(sc().Suspend(no, regions().today()).ok());
  ASSERT_TRUE(sc().Resume(no, regions().today()).ok());
  regions().CarryBackwards(sc());
  EXPECT_EQ(cq().ToldSchool(), "510000 valid") << "not the suspension that is over";
  // What a region says of another's status is refused.
  v1::StatusChangedRequest change;
  change.set_key_id("other");
  const Peers peers(cq().desk(), Determinations(cq().desk()));
  EXPECT_EQ(ReasonText(peers.TakeChange("510000", change)), "KEY_UNKNOWN key_id");
}

// The mother dies: 事实无人抚养 becomes 孤儿 in one act of an officer, and whoever subscribed hears of it.
TEST_P(ChildServiceTest, AReviewChangesTheCategoryWithoutAGap) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  regions().MoveTo(Date(2026, 6, 10));
  ASSERT_EQ(Now(sc(), no).category(), v1::CATEGORY_DEFACTO);
  std::vector<v1::ParentFact> parents = TestForm().parents;
  v1::ParentFact& mother = parents[1];
  mother.set_condition(v1::PARENT_CONDITION_DECEASED);
  mother.mutable_since()->set_value("2026-06-08");
  mother.clear_until();
  mother.mutable_evidence()->set_kind(v1::EVIDENCE_KIND_DEATH_CERTIFICATE);
  mother.mutable_evidence()->mutable_date()->set_value("2026-06-09");
  const auto reviewed = sc().Review(no, Date(2026, 6, 8), parents);
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->category(), v1::CATEGORY_ORPHAN);
  regions().MoveTo(Date(2026, 8, 3));
  const v1::GetDeterminationResponse paid = sc().Status(no);
  ASSERT_EQ(paid.months_size(), 5);
  for (const v1::BenefitMonth& each : paid.months()) {
    const bool orphan = each.month().value() >= "2026-07";
    EXPECT_EQ(each.category(), orphan ? v1::CATEGORY_ORPHAN : v1::CATEGORY_DEFACTO) << each.month().value();
  }
  EXPECT_FALSE(paid.has_recover());
  EXPECT_EQ(cq().ToldSchool(), "510000 valid") << "as what is told";
  EXPECT_EQ(sc().Check("500000", "P-CHILD").category(), v1::CATEGORY_ORPHAN);
  EXPECT_EQ(sc().Check("500000", "P-CHILD").next_review().value(), "2027-06-10") << "a year from the review";
  // What is stated now goes with a move.
  const auto moving = sc().Move(no, kCountyCq, Date(2026, 8, 3));
  ASSERT_TRUE(moving.ok()) << moving.status();
  regions().Settle();
  EXPECT_EQ(cq().Get(moving->move_application_no()).transfer().category(), v1::CATEGORY_ORPHAN);
  ASSERT_EQ(ReasonText(cq().Act(moving->move_application_no(), "approve", "COUNTY").status()), "OK");
}

TEST_P(ChildServiceTest, AReviewThatFindsAParentThereChangesNothing) {
  const std::string no = Confirmed();
  const std::string before = Now(sc(), no).SerializeAsString();
  std::vector<v1::ParentFact> parents = TestForm().parents;
  parents[1].set_condition(v1::PARENT_CONDITION_NONE);
  parents[1].clear_since();
  EXPECT_EQ(ReasonText(sc().Review(no, regions().today(), parents).status()), "B_NOT_ELIGIBLE parents");
  parents.pop_back();
  EXPECT_EQ(ReasonText(sc().Review(no, regions().today(), parents).status()), "B_PARENT_INCOMPLETE parents");
  EXPECT_EQ(Now(sc(), no).SerializeAsString(), before);
  // 定期核查 without anything new.
  regions().MoveTo(Date(2027, 1, 11));
  const auto reviewed = sc().Review(no, regions().today());
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->next_review().value(), "2028-01-11");
  EXPECT_EQ(reviewed->entitlements_size(), 1);
}

}  // namespace
}  // namespace chuanyu::child_welfare
