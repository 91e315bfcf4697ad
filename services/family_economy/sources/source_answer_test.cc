// A department's server is not trusted: whatever does not fit is ERROR and never "has nothing".
#include "services/family_economy/sources/source_answer.h"

#include <functional>

#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

constexpr auto kA05 = v1::DATA_CLASS_A05_REAL_ESTATE;

v1::RegisterAnswer Hit() {
  v1::RegisterAnswer answer;
  v1::ClassResult& result = *answer.add_results();
  result.set_data_class(kA05);
  result.set_state(v1::RESULT_STATE_HIT);
  v1::RealEstate& item = *result.add_items()->mutable_real_estate();
  item.set_use(v1::REAL_ESTATE_USE_DWELLING);
  item.set_area_centi_m2(8'800);
  item.mutable_division()->set_code("511623104203");
  return answer;
}

v1::ClassResult Read(const v1::RegisterAnswer& answer) {
  return ReadSourceAnswer(answer, {kA05}, "不动产登记中心", "510000").front();
}

TEST(ReadSourceAnswer, TakesAHitAndCutsTheAddressToTheTown) {
  const v1::ClassResult result = Read(Hit());
  ASSERT_EQ(result.state(), v1::RESULT_STATE_HIT);
  EXPECT_EQ(result.source(), "不动产登记中心");
  EXPECT_EQ(result.items(0).real_estate().division().code(), "511623104");
  EXPECT_EQ(result.items(0).real_estate().region().code(), "510000");
}

TEST(ReadSourceAnswer, TakesTheServersOwnNameUnlessItHoldsANumber) {
  v1::RegisterAnswer answer = Hit();
  answer.mutable_results(0)->set_source("邻水县不动产登记库");
  EXPECT_EQ(Read(answer).source(), "邻水县不动产登记库");
  answer.mutable_results(0)->set_source("511623198706239924");
  EXPECT_EQ(Read(answer).source(), "不动产登记中心");
}

TEST(ReadSourceAnswer, WhatDoesNotFitIsAnErrorWithoutItems) {
  struct Row {
    const char* what;
    std::function<void(v1::RegisterAnswer&)> spoil;
    const char* reason;
  };
  const auto first = [](v1::RegisterAnswer& answer) -> v1::ClassResult& {
    return *answer.mutable_results(0);
  };
  const Row rows[] = {
      {"no result", [](auto& a) { a.clear_results(); }, "BAD_REQUEST"},
      {"no state", [&](auto& a) { first(a).clear_state(); }, "BAD_REQUEST"},
      {"not checked", [&](auto& a) { first(a).set_state(v1::RESULT_STATE_NOT_CHECKED); }, "BAD_REQUEST"},
      {"hit without items", [&](auto& a) { first(a).clear_items(); }, "BAD_REQUEST"},
      {"items of nobody", [&](auto& a) { first(a).set_state(v1::RESULT_STATE_NO_HIT); }, "BAD_REQUEST"},
      {"item of another class", [&](auto& a) { first(a).mutable_items(0)->mutable_vehicle(); },
       "BAD_REQUEST"},
      {"code outside the table",
       [&](auto& a) {
         first(a).mutable_items(0)->mutable_real_estate()->set_use(static_cast<v1::RealEstateUse>(99));
       },
       "CODE_UNKNOWN"},
      {"negative area",
       [&](auto& a) { first(a).mutable_items(0)->mutable_real_estate()->set_area_centi_m2(-1); },
       "BAD_REQUEST"},
      {"more than the whole",
       [&](auto& a) { first(a).mutable_items(0)->mutable_real_estate()->set_share_bp(10'001); },
       "BAD_REQUEST"},
      {"no month",
       [&](auto& a) {
         first(a).mutable_items(0)->mutable_real_estate()->mutable_from_month()->set_value("2026-13");
       },
       "DATE_INVALID"},
      {"too many",
       [&](auto& a) {
         for (int i = 0; i < kMaxSourceItems; ++i) *first(a).add_items() = first(a).items(0);
       },
       "BAD_REQUEST"},
      {"its own error",
       [&](auto& a) {
         first(a).set_state(v1::RESULT_STATE_ERROR);
         first(a).set_reason("DATE_INVALID");
       },
       "DATE_INVALID"},
      {"an error with a text of its own",
       [&](auto& a) {
         first(a).set_state(v1::RESULT_STATE_ERROR);
         first(a).set_reason("511623198706239924 not found");
       },
       "INTERNAL"},
  };
  for (const Row& row : rows) {
    v1::RegisterAnswer answer = Hit();
    row.spoil(answer);
    const v1::ClassResult result = Read(answer);
    EXPECT_EQ(result.state(), v1::RESULT_STATE_ERROR) << row.what;
    EXPECT_EQ(result.reason(), row.reason) << row.what;
    EXPECT_TRUE(result.items().empty()) << row.what;
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
