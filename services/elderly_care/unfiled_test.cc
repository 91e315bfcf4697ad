// Institutions that the county found without a filing (domain page §7), on SQLite and on a real PostgreSQL.
// Synthetic.
#include "services/elderly_care/unfiled.h"

#include "gmock/gmock.h"
#include "services/elderly_care/rules/unfiled.h"
#include "services/elderly_care/two_regions_testing.h"

namespace chuanyu::elderly_care {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

v1::UnfiledInstitution TestFound(const std::string& premises_id = "") {
  v1::UnfiledInstitution found;
  found.set_name("测试托老所");
  found.mutable_address_code()->set_code("511623100");
  found.set_address("测试路9号");
  found.set_premises_id(premises_id);
  found.mutable_found_on()->set_value("2026-05-21");
  return found;
}

class UnfiledTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  TestRegion& sc() { return regions_.sc(); }
  absl::StatusOr<v1::UnfiledInstitution> Record(const v1::UnfiledInstitution& found,
                                                const std::string& org = "county") {
    v1::RecordUnfiledRequest request;
    request.set_request_id("record-" + std::to_string(++requests_));
    *request.mutable_found() = found;
    request.set_officer_id("officer-1");
    return sc().unfiled().Record(org, request);
  }
  absl::StatusOr<v1::UnfiledInstitution> Act(const std::string& number, v1::UnfiledAct act,
                                             const std::string& premises_id = "",
                                             const std::string& org = "county") {
    v1::ActOnUnfiledRequest request;
    request.set_request_id("act-" + std::to_string(++requests_));
    request.set_finding_no(number);
    request.set_act(act);
    request.set_officer_id("officer-1");
    request.set_premises_id(premises_id);
    return sc().unfiled().Act(org, request);
  }
  std::vector<v1::UnfiledInstitution> List(v1::UnfiledState state = v1::UNFILED_STATE_UNSPECIFIED,
                                           const std::string& org = "county") {
    v1::ListUnfiledRequest request;
    request.set_state(state);
    const auto response = sc().unfiled().List(org, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->found().begin(), response->found().end()};
  }
  std::string File(const std::string& premises_id) {
    const auto created = sc().Create(TestFiling(premises_id));
    EXPECT_TRUE(created.ok()) << created.status();
    const std::string number = created->application_no();
    for (const char* act : {"submit", "forward"}) EXPECT_TRUE(sc().Act(number, act, "WINDOW").ok()) << act;
    regions_.Settle();
    const auto filed = sc().Act(number, "file", "COUNTY");
    EXPECT_TRUE(filed.ok()) << filed.status();
    return number;
  }

  FakeClock clock_{At(Date(2026, 5, 22))};
  TwoRegions regions_{GetParam(), clock_};
  int requests_ = 0;
};
INSTANTIATE_TEST_SUITE_P(On, UnfiledTest, ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

TEST_P(UnfiledTest, IsCheckedOnSiteWithinTwentyWorkingDaysAndUrged) {
  const auto found = Record(TestFound());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->finding_no(), StartsWith("SC-DU-511623-20260522-"));
  const Date due = *sc().desk().calendar().NthWorkingDayAfter(Date(2026, 5, 21), 20);
  EXPECT_EQ(found->onsite_due().value(), FormatDate(due));
  EXPECT_FALSE(found->overdue());
  ASSERT_TRUE(Act(found->finding_no(), v1::UNFILED_ACT_URGE).ok());
  clock_.Set(At(due + 1));
  ASSERT_THAT(List(v1::UNFILED_STATE_FOUND), SizeIs(1));
  EXPECT_TRUE(List()[0].overdue());
  const auto checked = Act(found->finding_no(), v1::UNFILED_ACT_CHECK);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->checked_on().value(), FormatDate(due + 1));
  EXPECT_FALSE(checked->overdue());
  const auto urged = Act(found->finding_no(), v1::UNFILED_ACT_URGE);
  ASSERT_TRUE(urged.ok()) << urged.status();
  ASSERT_THAT(urged->urgings(), SizeIs(2));
  EXPECT_EQ(urged->urgings(0).date().value(), "2026-05-22");
  EXPECT_EQ(ReasonText(Act(found->finding_no(), v1::UNFILED_ACT_CHECK).status()), "STATE_CONFLICT act");
  ASSERT_TRUE(Act(found->finding_no(), v1::UNFILED_ACT_CLOSE).ok());
  EXPECT_EQ(ReasonText(Act(found->finding_no(), v1::UNFILED_ACT_URGE).status()), "STATE_CONFLICT act");
}

TEST_P(UnfiledTest, EndsWhenThePremisesAreFiled) {
  const auto known = Record(TestFound("TEST-0001"));
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(ReasonText(Record(TestFound("TEST-0001")).status()), "DUP_ACTIVE_APPLICATION found.premises_id");
  // What the premises are is seen on site.
  const auto unknown = Record(TestFound());
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  ASSERT_TRUE(Act(unknown->finding_no(), v1::UNFILED_ACT_CHECK, "TEST-0002").ok());
  const std::string first = File("TEST-0001");
  const std::string second = File("TEST-0002");
  const auto all = List();
  ASSERT_THAT(all, SizeIs(2));
  for (const v1::UnfiledInstitution& each : all) EXPECT_EQ(each.state(), v1::UNFILED_STATE_FILED);
  EXPECT_EQ(all[1].application_no(), first);
  EXPECT_EQ(all[0].application_no(), second);
  EXPECT_EQ(ReasonText(Record(TestFound("TEST-0001")).status()), "STATE_CONFLICT found.premises_id")
      << "is filed";
}

TEST_P(UnfiledTest, IsTheCountysAlone) {
  const auto found = Record(TestFound());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(ReasonText(Record(TestFound(), "window").status()), "ROLE_DENIED");
  EXPECT_THAT(List(v1::UNFILED_STATE_UNSPECIFIED, "window"), IsEmpty());
  EXPECT_EQ(ReasonText(Act(found->finding_no(), v1::UNFILED_ACT_URGE, "", "window").status()),
            "CASE_NOT_FOUND finding_no");
  v1::UnfiledInstitution elsewhere = TestFound();
  elsewhere.mutable_address_code()->set_code("500109001");
  EXPECT_EQ(ReasonText(Record(elsewhere).status()), "ORG_NOT_COMPETENT found.address_code");
}

TEST_P(UnfiledTest, WhatCannotBeReadIsRefusedByName) {
  const auto with = [&](auto change) {
    v1::UnfiledInstitution found = TestFound();
    change(found);
    return ReasonText(Record(found).status());
  };
  EXPECT_EQ(with([](auto& found) { found.clear_name(); }), "BAD_REQUEST found.name");
  EXPECT_EQ(with([](auto& found) { found.set_uscc("91511623MA9999997N"); }), "USCC_CHECK found.uscc");
  EXPECT_EQ(with([](auto& found) { found.set_premises_id("测"); }), "BAD_REQUEST found.premises_id");
  EXPECT_EQ(with([](auto& found) { found.mutable_found_on()->set_value("2026-05-23"); }),
            "DATE_INVALID found.found_on");
  EXPECT_EQ(with([](auto& found) { found.mutable_address_code()->set_code("511623"); }),
            "CODE_UNKNOWN found.address_code");
  EXPECT_EQ(with([](auto& found) { found.set_state(v1::UNFILED_STATE_CLOSED); }), "BAD_REQUEST found");
}

// A repeat changes nothing, and another body under its id is none.
TEST_P(UnfiledTest, RepeatsAreKnown) {
  v1::RecordUnfiledRequest request;
  request.set_request_id("once");
  *request.mutable_found() = TestFound();
  request.set_officer_id("officer-1");
  const auto first = sc().unfiled().Record("county", request);
  const auto again = sc().unfiled().Record("county", request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(first->finding_no(), again->finding_no());
  request.mutable_found()->set_name("测试乐园");
  EXPECT_EQ(ReasonText(sc().unfiled().Record("county", request).status()), "IDEMPOTENCY_CONFLICT request_id");
  EXPECT_THAT(List(), SizeIs(1));
}

}  // namespace
}  // namespace chuanyu::elderly_care
