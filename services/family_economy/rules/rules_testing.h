// The household of the demo, P01, P02 and P03, for tests. Synthetic persons.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "chuanyu/family_economy/v1/family_economy.pb.h"
#include "common/calendar/work_calendar.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

inline constexpr char kSichuan[] = "510000";
inline constexpr char kChongqing[] = "500000";
inline constexpr char kP01[] = "500112198504129912";
inline constexpr char kP02[] = "511623198706239924";

// The shipped tables; 500199 is a made-up code for 两江新区.
inline const DivisionTable& TestDivisions() {
  static const auto* table =
      new DivisionTable(DivisionTable::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions",
                                            {.codes = {{"LIANGJIANG", "500199"}}})
                            .value());
  return *table;
}

// The shipped years.
inline const WorkCalendar& TestCalendar() {
  static const auto* calendar =
      new WorkCalendar(LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar").value());
  return *calendar;
}

inline absl::Time TestNow() { return absl::FromUnixSeconds(1774000000); }  // 2026-03-20, 17:46 in Shanghai

inline RuleContext TestContext() {
  return {
      .now = TestNow(), .today = Date(2026, 3, 20), .own_region = kChongqing, .divisions = TestDivisions()};
}

// deploy/demo/application.json with the fields that the command line adds.
inline v1::CreateVerificationRequest DemoRequest() {
  std::ifstream file(std::string(CHUANYU_SOURCE_DIR) + "/deploy/demo/application.json");
  std::stringstream text;
  text << file.rdbuf();
  v1::CreateVerificationRequest request;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &request);
  EXPECT_TRUE(status.ok()) << status.ToString();
  request.mutable_verification()->mutable_as_of()->set_value("2026-03-20");
  request.mutable_verification()->mutable_deadline()->set_seconds(absl::ToUnixSeconds(TestNow()) + 3600);
  return request;
}

inline v1::Verification Demo() { return DemoRequest().verification(); }

inline v1::Member& MemberAt(v1::Verification& verification, int index) {
  return *verification.mutable_household()->mutable_members(index);
}

}  // namespace chuanyu::family_economy
