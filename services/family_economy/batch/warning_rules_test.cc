// The shipped table of warnings: what a hit or a life event means for the assistance that is paid.
#include "services/family_economy/batch/warning_rules.h"

#include <fstream>

#include "common/errors/error.h"
#include "services/family_economy/batch/batch_testing.h"

namespace chuanyu::family_economy {
namespace {

const Date kToday(2026, 3, 20);

WarningRules Shipped() {
  return WarningRules::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/warnings/family_economy.toml")
      .value();
}

v1::QueryStatusResponse Answer(v1::DataClass data_class, const v1::ClassItem& item) {
  v1::QueryStatusResponse answer;
  v1::ClassResult& result = *answer.add_results();
  result.set_data_class(data_class);
  result.set_state(v1::RESULT_STATE_HIT);
  *result.add_items() = item;
  return answer;
}

v1::ClassItem Company(const std::string& month) {
  v1::ClassItem item;
  item.mutable_business_interest()->set_role(v1::BUSINESS_ROLE_SHAREHOLDER);
  if (!month.empty()) item.mutable_business_interest()->mutable_from_month()->set_value(month);
  return item;
}

v1::ClassItem Vehicle(v1::VehicleType type, const std::string& month) {
  v1::ClassItem item;
  item.mutable_vehicle()->set_type(type);
  item.mutable_vehicle()->mutable_from_month()->set_value(month);
  return item;
}

v1::ClassItem House(const std::string& month) {
  v1::ClassItem item;
  item.mutable_real_estate()->mutable_from_month()->set_value(month);
  return item;
}

TEST(WarningRules, WhatBeganSinceTheMonthOnFileIsNew) {
  struct Row {
    v1::DataClass data_class;
    v1::ClassItem item;
    v1::WarningKind kind;  // UNSPECIFIED: none
  };
  constexpr auto kNone = v1::WARNING_KIND_UNSPECIFIED;
  const Row rows[] = {
      {v1::DATA_CLASS_A07_BUSINESS, Company("2026-02"), v1::WARNING_KIND_NEW_COMPANY},
      {v1::DATA_CLASS_A07_BUSINESS, Company("2026-01"), kNone},
      {v1::DATA_CLASS_A07_BUSINESS, Company(""), v1::WARNING_KIND_NEW_COMPANY},  // who is not told asks
      {v1::DATA_CLASS_A06_VEHICLE, Vehicle(v1::VEHICLE_TYPE_CAR, "2026-03"), v1::WARNING_KIND_NEW_VEHICLE},
      {v1::DATA_CLASS_A06_VEHICLE, Vehicle(v1::VEHICLE_TYPE_CAR, "2019-08"), kNone},
      {v1::DATA_CLASS_A06_VEHICLE, Vehicle(v1::VEHICLE_TYPE_MOTORISED_WHEELCHAIR, "2026-03"), kNone},
      {v1::DATA_CLASS_A05_REAL_ESTATE, House("2026-02"), v1::WARNING_KIND_NEW_PROPERTY},
      {v1::DATA_CLASS_A05_REAL_ESTATE, House("2013-04"), kNone},
  };
  for (const Row& row : rows) {
    const auto raised =
        Shipped().Raise(Answer(row.data_class, row.item), {.until_month = "2026-02"}, "county", kToday);
    ASSERT_EQ(raised.size(), row.kind == kNone ? 0u : 1u) << row.item.ShortDebugString();
    if (row.kind == kNone) continue;
    EXPECT_EQ(raised[0].kind(), row.kind);
    EXPECT_EQ(raised[0].owner(), "county");
    EXPECT_EQ(raised[0].due_date().value(), "2026-03-30");
    EXPECT_EQ(raised[0].evidence().data_class(), row.data_class);
  }
}

TEST(WarningRules, NothingIsNewThatWasNotHit) {
  v1::QueryStatusResponse down = Answer(v1::DATA_CLASS_A07_BUSINESS, Company("2026-03"));
  down.mutable_results(0)->set_state(v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_TRUE(Shipped().Raise(down, {.until_month = "2026-02"}, "county", kToday).empty());
}

TEST(WarningRules, ALifeEventIsTold) {
  v1::MemberLifeEvent event;
  event.set_member_id("m1");
  event.set_kind(life_events::v1::LIFE_EVENT_KIND_DEATH);
  event.mutable_date()->set_value("2026-03-19");
  event.set_source(life_events::v1::LIFE_EVENT_SOURCE_FUNERAL);
  event.mutable_region()->set_code("510000");
  const auto death = Shipped().RaiseFor(event, "county", kToday);
  ASSERT_EQ(death.size(), 1u);
  EXPECT_EQ(death[0].rule_id(), "W-A03-DEATH");
  EXPECT_EQ(death[0].evidence().source(), "life-events/FUNERAL");
  EXPECT_EQ(death[0].region().code(), "510000");
  EXPECT_EQ(death[0].life_event().member_id(), "") << "a line has no members";
  event.set_kind(life_events::v1::LIFE_EVENT_KIND_PRISON_RELEASE);
  event.set_source(life_events::v1::LIFE_EVENT_SOURCE_JUSTICE);
  const auto release = Shipped().RaiseFor(event, "county", kToday);
  ASSERT_EQ(release.size(), 1u);
  EXPECT_EQ(release[0].kind(), v1::WARNING_KIND_PRISON_RELEASE);
  EXPECT_FALSE(release[0].has_evidence());
}

TEST(WarningRules, ATableThatCannotBeMeantIsRefused) {
  const TestDatabase database(sql::Dialect::kSqlite);
  const auto load = [&](const std::string& kind, const std::string& classes) {
    const std::string path = database.folder() + "/rules.toml";
    std::ofstream(path) << "[[rule]]\nid = \"W\"\nkind = \"" << kind << "\"\nclasses = [" << classes
                        << "]\ndue_days = 3\n";
    return WarningRules::Load(path).status();
  };
  EXPECT_TRUE(load("NEW_COMPANY", "\"A07\"").ok());
  EXPECT_TRUE(load("PRISON_RELEASE", "").ok());
  EXPECT_TRUE(HasReason(load("NEW_COMPANY", "\"A06\""), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(load("PRISON_RELEASE", "\"A01\""), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(load("DEATH", "\"A16\""), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(load("UNSPECIFIED", "\"A03\""), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::family_economy
