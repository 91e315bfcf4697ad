// Moves of the 户籍 (domain page §5.4) between two regions, without servers, on SQLite and on a real
// PostgreSQL. Every message, and every answer, comes twice. Synthetic persons.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/child_welfare/confirmed_testing.h"

namespace chuanyu::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChildMoveTest : public ChildServiceTest {};
INSTANTIATE_TEST_SUITE_P(On, ChildMoveTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(ChildMoveTest, AMoveOfTheHukouLosesNoMonthAndPaysNoneTwice) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  regions().MoveTo(Date(2026, 6, 10));
  auto request = sc().ActOf<v1::MoveDeterminationRequest>(no, Date(2026, 6, 9));
  request.mutable_hukou_code()->set_code(kCountyCq);
  const auto moving = sc().acts().Move(Side::kCounty, request);
  ASSERT_TRUE(moving.ok()) << moving.status();
  EXPECT_EQ(StateOf(*moving), "MOVING");
  EXPECT_EQ(sc().acts().Move(Side::kCounty, request)->version(), moving->version()) << "a repeat";
  const std::string carried = moving->move_application_no();
  regions().Settle();
  // Confirmed within 6 months: the town of the new 户籍 does not examine it a second time.
  ASSERT_EQ(StateOf(cq().Get(carried)), "COUNTY_REVIEW");
  EXPECT_EQ(cq().Get(carried).transfer().from_month().value(), "2026-07");
  EXPECT_TRUE(sc().Check("500000", "P-CHILD-SERVICE").valid()) << "no gap meanwhile";
  EXPECT_EQ(ReasonText(cq().Create(kCountyCq).status()), "DUP_ACTIVE_APPLICATION application");
  EXPECT_EQ(ReasonText(sc().End(no, v1::END_REASON_ADOPTED, Date(2026, 6, 9)).status()),
            "STATE_CONFLICT determination_no");
  // The answer is late.
  regions().MoveTo(Date(2026, 9, 3));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  ASSERT_EQ(ReasonText(cq().Act(carried, "approve", "COUNTY").status()), "OK");
  EXPECT_THAT(cq().Months(), ElementsAre("2026-07", "2026-08", "2026-09"));
  regions().Settle();
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  EXPECT_EQ(Now(sc(), no).end_reason(), v1::END_REASON_HUKOU_MOVED);
  EXPECT_EQ(StateOf(sc().Get(carried)), "NOTIFIED") << "and its claim is free";
  EXPECT_TRUE(cq().Check("510000", "P-CHILD-SERVICE").valid());
  EXPECT_FALSE(sc().Check("500000", "P-CHILD-SERVICE").valid());
  // Nobody who watches hears that it ended: it did not.
  EXPECT_EQ(cq().ToldSchool(), "500000 valid");
  EXPECT_EQ(sc().ToldSchool(), "500000 valid");
  EXPECT_EQ(Now(cq(), carried + "-D").confirmed_on().value(), "2026-03-02") << "used again, not newer";
  // What happens there later reaches who asked here.
  ASSERT_TRUE(cq().End(carried + "-D", v1::END_REASON_ADOPTED, Date(2026, 9, 3)).ok());
  regions().MoveTo(Date(2026, 10, 1));
  EXPECT_EQ(sc().ToldSchool(), "500000 valid, 500000 not");
  EXPECT_THAT(cq().Months(), ElementsAre("2026-07", "2026-08", "2026-09"));
}

TEST_P(ChildMoveTest, AMoveThatIsReturnedGoesOnHereAsIfNothingHadBeen) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  // Confirmed more than 6 months ago: examined anew.
  regions().MoveTo(Date(2026, 9, 10));
  const auto moving = sc().Move(no, kCountyCq, Date(2026, 8, 20));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->move_application_no();
  regions().Settle();
  ASSERT_EQ(StateOf(cq().Get(carried)), "TOWN_REVIEW");
  EXPECT_EQ(cq().Get(carried).transfer().from_month().value(), "2026-10") << "September was paid here";
  regions().MoveTo(Date(2026, 12, 2));
  ASSERT_EQ(ReasonText(cq().Act(carried, "return", "TOWN").status()), "OK");
  regions().Settle();
  EXPECT_EQ(StateOf(Now(sc(), no)), "ACTIVE");
  EXPECT_EQ(StateOf(sc().Get(carried)), "NOTIFIED");
  EXPECT_EQ(sc().Months().size(), 9u) << "April to December";
  EXPECT_THAT(cq().Months(), IsEmpty());
  EXPECT_EQ(cq().ToldSchool(), "");
  EXPECT_TRUE(sc().Move(no, kCountyCq, Date(2026, 12, 1)).ok()) << "it may move again";
}

TEST_P(ChildMoveTest, AMoveThatIsRefusedEndsTheStatus) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  regions().MoveTo(Date(2026, 6, 10));
  const auto moving = sc().Move(no, kCountyCq, Date(2026, 6, 9));
  ASSERT_TRUE(moving.ok()) << moving.status();
  regions().Settle();
  ASSERT_EQ(ReasonText(cq().Act(moving->move_application_no(), "reject", "COUNTY").status()), "OK");
  regions().Settle();
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  EXPECT_EQ(cq().ToldSchool(), "510000 not");
  regions().MoveTo(Date(2026, 9, 1));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
  EXPECT_THAT(cq().Months(), IsEmpty());
}

TEST_P(ChildMoveTest, AMoveAgainstAnotherApplicationGoesOnHere) {
  const std::string no = Confirmed();
  // Filed over there, and its claim has not come to where the status is.
  const auto filed = cq().Create(kCountyCq);
  ASSERT_TRUE(filed.ok()) << filed.status();
  const auto moving = sc().Move(no, kCountyCq, regions().today());
  ASSERT_TRUE(moving.ok()) << moving.status();
  regions().CarryBackwards(sc());
  regions().Settle();
  EXPECT_EQ(StateOf(cq().Get(filed->application_no())), "DUPLICATE") << "the status keeps it out";
  EXPECT_EQ(StateOf(sc().Get(moving->move_application_no())), "DUPLICATE");
  EXPECT_EQ(StateOf(Now(sc(), no)), "ACTIVE");
  regions().MoveTo(Date(2026, 4, 1));
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04"));
}

TEST_P(ChildMoveTest, AMoveThatCannotBeSaysWhyAndChangesNothing) {
  const std::string no = Confirmed();
  const std::string before = Now(sc(), no).SerializeAsString();
  const Date today = regions().today();
  EXPECT_EQ(ReasonText(sc().Move(no, kCountySc, today).status()), "BAD_REQUEST hukou_code");
  EXPECT_EQ(ReasonText(sc().Move(no, "440103", today).status()), "PEER_UNAVAILABLE hukou_code");
  EXPECT_EQ(ReasonText(sc().Move(no, kCountyCq, today + 1).status()), "STATE_CONFLICT on");
  EXPECT_EQ(Now(sc(), no).SerializeAsString(), before);
  // A window cannot claim that something was carried over.
  v1::CreateApplicationRequest request;
  request.set_request_id("forged");
  *request.mutable_application() = FormOf(kCountyCq);
  request.mutable_application()->mutable_accept_division()->set_code(kCountyCq);
  request.mutable_application()->mutable_transfer()->set_category(v1::CATEGORY_ORPHAN);
  EXPECT_EQ(ReasonText(cq().applications().Create(Side::kCounty, request).status()),
            "BAD_REQUEST application");
}

// What was held up is examined anew, and paid from the month of the decision on.
TEST_P(ChildMoveTest, AMoveOfASuspendedStatusIsExaminedAnew) {
  const std::string no = Confirmed();
  cq().Watch();
  sc().Check("500000", "P-CHILD-SERVICE", /*subscribe=*/true);
  regions().MoveTo(Date(2026, 5, 10));
  ASSERT_TRUE(sc().Suspend(no, Date(2026, 5, 10)).ok());
  regions().MoveTo(Date(2026, 6, 10));
  const auto moving = sc().Move(no, kCountyCq, Date(2026, 6, 9));
  ASSERT_TRUE(moving.ok()) << moving.status();
  const std::string carried = moving->move_application_no();
  regions().Settle();
  ASSERT_EQ(StateOf(cq().Get(carried)), "TOWN_REVIEW") << "although it was confirmed within 6 months";
  EXPECT_FALSE(sc().Check("500000", "P-CHILD-SERVICE").valid()) << "nor does it count meanwhile";
  regions().MoveTo(Date(2026, 9, 3));
  ASSERT_EQ(ReasonText(cq().Act(carried, "town_pass", "TOWN").status()), "OK");
  ASSERT_EQ(ReasonText(cq().Act(carried, "approve", "COUNTY").status()), "OK");
  regions().Settle();
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05"));
  EXPECT_THAT(cq().Months(), ElementsAre("2026-09"));
  EXPECT_EQ(cq().ToldSchool(), "510000 not, 500000 valid");
}

TEST_P(ChildMoveTest, ADeathDuringAMoveEndsBothSides) {
  const std::string no = Confirmed();
  regions().MoveTo(Date(2026, 6, 10));
  const auto moving = sc().Move(no, kCountyCq, Date(2026, 6, 9));
  ASSERT_TRUE(moving.ok()) << moving.status();
  regions().Settle();
  regions().MoveTo(Date(2026, 8, 1));
  EXPECT_EQ(cq().Die(Date(2026, 7, 20)), "OK");
  regions().Settle();
  EXPECT_EQ(StateOf(cq().Get(moving->move_application_no())), "DECEASED");
  EXPECT_EQ(StateOf(Now(sc(), no)), "ENDED");
  EXPECT_EQ(sc().Die(Date(2026, 7, 20)), "OK");
  EXPECT_THAT(sc().Months(), ElementsAre("2026-04", "2026-05", "2026-06"));
}

}  // namespace
}  // namespace chuanyu::child_welfare
