#include "common/calendar/month.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

TEST(AddMonths, EndsWithTheMonth) {
  struct Row {
    Date from;
    int months;
    Date to;
  };
  for (const Row& row :
       {Row{Date(2026, 1, 31), 1, Date(2026, 2, 28)}, Row{Date(2024, 1, 31), 1, Date(2024, 2, 29)},
        Row{Date(2024, 2, 29), 12, Date(2025, 2, 28)}, Row{Date(2026, 8, 31), 6, Date(2027, 2, 28)},
        Row{Date(2026, 12, 15), 1, Date(2027, 1, 15)}, Row{Date(2026, 5, 31), 0, Date(2026, 5, 31)}}) {
    EXPECT_EQ(AddMonths(row.from, row.months), row.to) << FormatDate(row.from);
  }
}

TEST(Month, IsReadExactly) {
  EXPECT_EQ(*ParseMonth("2026-02"), Month(2026, 2));
  EXPECT_EQ(FormatMonth(Month(2026, 2)), "2026-02");
  for (const char* text : {"", "2026", "2026-13", "2026-00", "2026-2", "2026-02-01", "2026/02", " 2026-02"}) {
    const auto read = ParseMonth(text, "from_month");
    EXPECT_TRUE(HasReason(read.status(), Reason::DATE_INVALID)) << text;
    EXPECT_EQ(FieldOf(read.status()), "from_month");
  }
}

}  // namespace
}  // namespace chuanyu
