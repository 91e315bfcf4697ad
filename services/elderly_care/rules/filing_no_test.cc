#include "services/elderly_care/rules/filing_no.h"

#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {
namespace {

// Domain page §2.4: {6}-{yyyy}-{6}, at most 32 characters.
TEST(FilingNumber, NamesAuthorityAndYear) {
  const std::string series = FilingSeries("511623", Date(2026, 5, 22));
  EXPECT_EQ(*FilingNumber(series, 1), "YLBA-511623-2026-000001");
  EXPECT_EQ(*FilingNumber(series, 999'999), "YLBA-511623-2026-999999");
  EXPECT_EQ(ReasonText(FilingNumber(series, 0).status()), "INTERNAL");
  EXPECT_EQ(ReasonText(FilingNumber(series, 1'000'000).status()), "INTERNAL");
}

}  // namespace
}  // namespace chuanyu::elderly_care
