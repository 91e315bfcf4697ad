#include "services/child_welfare/rules/ledger.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::child_welfare {
namespace {

Entitlement From(Month from, v1::Category category = v1::CATEGORY_DEFACTO) {
  return {.category = category, .fen_month = 165'100, .from = from};
}
Ledger Started() {
  Ledger ledger;
  EXPECT_TRUE(ledger.Add(From(Month(2026, 2))).ok());
  return ledger;
}

TEST(Ledger, NeverHasTwoCategoriesInOneMonth) {
  Ledger ledger = Started();
  EXPECT_TRUE(HasReason(ledger.Add(From(Month(2026, 5), v1::CATEGORY_ORPHAN)), Reason::DUP_BENEFIT));
  Entitlement earlier = From(Month(2026, 1), v1::CATEGORY_ORPHAN);
  earlier.to = Month(2026, 2);
  EXPECT_TRUE(HasReason(ledger.Add(earlier), Reason::DUP_BENEFIT));
  earlier.to = Month(2026, 1);
  EXPECT_TRUE(ledger.Add(earlier).ok());
  EXPECT_EQ(ledger.Of(Month(2026, 1))->category, v1::CATEGORY_ORPHAN);
  EXPECT_EQ(ledger.Of(Month(2026, 2))->category, v1::CATEGORY_DEFACTO);
  ASSERT_TRUE(ledger.EndAfter(Month(2026, 4)));
  EXPECT_TRUE(ledger.Add(From(Month(2026, 5), v1::CATEGORY_ORPHAN)).ok());
  EXPECT_EQ(ledger.Of(Month(2026, 5))->category, v1::CATEGORY_ORPHAN);
  EXPECT_EQ(ledger.entitlements().size(), 3u);
}

TEST(Ledger, EndsAfterAMonth) {
  Ledger ledger = Started();
  EXPECT_EQ(ledger.Of(Month(2026, 1)), nullptr);
  EXPECT_TRUE(ledger.EndAfter(Month(2026, 7)));
  EXPECT_NE(ledger.Of(Month(2026, 7)), nullptr);
  EXPECT_EQ(ledger.Of(Month(2026, 8)), nullptr);
  EXPECT_FALSE(ledger.EndAfter(Month(2026, 9))) << "it had ended";
  EXPECT_FALSE(ledger.EndAfter(Month(2026, 7)));
  EXPECT_TRUE(ledger.EndAfter(Month(2026, 5))) << "an earlier event becomes known later";
  EXPECT_EQ(ledger.Of(Month(2026, 6)), nullptr);
}

TEST(Ledger, WhatEndsBeforeItBeganWasNeverDue) {
  Ledger ledger = Started();
  EXPECT_TRUE(ledger.EndAfter(Month(2026, 1)));
  EXPECT_TRUE(ledger.entitlements().empty());
  EXPECT_FALSE(ledger.EndAfter(Month(2026, 1)));
}

TEST(Ledger, WhatGoesOnWhereAnEqualOneEndedIsOneWithIt) {
  Ledger ledger = Started();
  ledger.EndAfter(Month(2026, 6));
  ASSERT_TRUE(ledger.Add(From(Month(2026, 7))).ok());
  EXPECT_EQ(ledger.entitlements(), Started().entitlements());
  ledger.EndAfter(Month(2026, 6));
  ASSERT_TRUE(ledger.Add(From(Month(2026, 9))).ok());
  EXPECT_EQ(ledger.entitlements().size(), 2u) << "two months stay unpaid";
  EXPECT_EQ(ledger.Of(Month(2026, 8)), nullptr);
}

}  // namespace
}  // namespace chuanyu::child_welfare
