#include "services/child_welfare/rules/ledger.h"

#include <random>

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::child_welfare {
namespace {

constexpr char kChongqing[] = "500000";
constexpr char kSichuan[] = "510000";

Ledger Started(v1::Category category = v1::CATEGORY_DEFACTO) {
  Ledger ledger;
  EXPECT_TRUE(ledger.Add({.category = category, .region = kSichuan, .from = Month(2026, 2)}).ok());
  return ledger;
}

TEST(Ledger, NeverHasTwoCategoriesInOneMonth) {
  Ledger ledger = Started();
  const Entitlement orphan{.category = v1::CATEGORY_ORPHAN, .region = kSichuan, .from = Month(2026, 5)};
  EXPECT_TRUE(HasReason(ledger.Add(orphan), Reason::DUP_BENEFIT));
  ASSERT_TRUE(ledger.ChangeCategory(Date(2026, 4, 17), v1::CATEGORY_ORPHAN).ok());
  EXPECT_EQ(ledger.Of(Month(2026, 4))->category, v1::CATEGORY_DEFACTO);
  EXPECT_EQ(ledger.Of(Month(2026, 5))->category, v1::CATEGORY_ORPHAN);
  EXPECT_TRUE(
      HasReason(ledger.ChangeCategory(Date(2026, 6, 1), v1::CATEGORY_ORPHAN), Reason::STATE_CONFLICT));
  EXPECT_TRUE(HasReason(ledger.Add({.category = v1::CATEGORY_DEFACTO,
                                    .region = kChongqing,
                                    .from = Month(2026, 1),
                                    .to = Month(2026, 2)}),
                        Reason::DUP_BENEFIT));
}

TEST(Ledger, EndsWithTheMonthOfTheEvent) {
  Ledger ledger = Started();
  EXPECT_EQ(ledger.Of(Month(2026, 1)), nullptr);
  EXPECT_TRUE(ledger.End(Date(2026, 7, 1)));
  EXPECT_NE(ledger.Of(Month(2026, 7)), nullptr);
  EXPECT_EQ(ledger.Of(Month(2026, 8)), nullptr);
  EXPECT_FALSE(ledger.End(Date(2026, 9, 1))) << "it had ended";
  EXPECT_EQ(ledger.Of(Month(2026, 8)), nullptr);
}

TEST(Ledger, WhatEndsBeforeItBeganWasNeverDue) {
  Ledger ledger = Started();
  EXPECT_TRUE(ledger.End(Date(2026, 1, 31)));
  EXPECT_TRUE(ledger.entitlements().empty());
}

TEST(Ledger, MoveOfTheHukouLosesNoMonthAndPaysNoneTwice) {
  Ledger ledger = Started();
  ASSERT_TRUE(ledger.MoveHukou(Date(2026, 6, 9), kChongqing).ok());
  EXPECT_EQ(ledger.Of(Month(2026, 6))->region, kSichuan);
  EXPECT_EQ(ledger.Of(Month(2026, 7))->region, kChongqing);
  EXPECT_TRUE(HasReason(ledger.MoveHukou(Date(2026, 8, 1), kChongqing), Reason::STATE_CONFLICT));
  ledger.End(Date(2026, 8, 1));
  EXPECT_TRUE(HasReason(ledger.MoveHukou(Date(2026, 9, 1), kSichuan), Reason::STATE_CONFLICT));
}

// Random lives: whatever happens, each month has one payer and one category or none, and between the first
// month and the end there is no gap.
TEST(Ledger, NeitherGapsNorOverlapsInRandomLives) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    std::mt19937 random(seed);
    Ledger ledger = Started();
    Date day(2026, 1, 15);
    bool ended = false;
    for (int step = 0; step < 12 && !ended; ++step) {
      day += static_cast<int>(random() % 50);
      const auto roll = random() % 10;
      if (roll < 4) {
        (void)ledger.MoveHukou(day, random() % 2 == 0 ? kChongqing : kSichuan);
      } else if (roll < 8) {
        (void)ledger.ChangeCategory(day, random() % 2 == 0 ? v1::CATEGORY_ORPHAN : v1::CATEGORY_DEFACTO);
      } else if (roll == 8) {
        EXPECT_TRUE(HasReason(
            ledger.Add({.category = v1::CATEGORY_ORPHAN, .region = kSichuan, .from = Month(day) + 1}),
            Reason::DUP_BENEFIT))
            << "seed " << seed;
      } else {
        ended = ledger.End(day);
      }
    }
    const Month last = ended ? std::max(Month(day), Month(2026, 1)) : Month(day) + 3;
    for (Month month(2026, 2); month <= last; ++month) {
      int payers = 0;
      for (const Entitlement& each : ledger.entitlements()) payers += each.Covers(month) ? 1 : 0;
      EXPECT_EQ(payers, 1) << "seed " << seed << " month " << month;
    }
    if (ended) {
      EXPECT_EQ(ledger.Of(last + 1), nullptr) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace chuanyu::child_welfare
