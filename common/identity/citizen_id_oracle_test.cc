// Our verdicts against three other implementations, with their known disagreements asserted.
#include "common/errors/error.h"
#include "common/identity/citizen_id.h"
#include "common/identity/testdata/oracle_table.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

class AnyAddress final : public AddressCodes {
 public:
  AddressCodeStatus StatusOn(std::string_view, Date) const override { return AddressCodeStatus::kInForce; }
};

TEST(CitizenIdOracles, AgreeWithUsExceptWhereTheTableSaysWhy) {
  const auto rows = ReadOracleTable("citizen_id_oracles.csv");
  ASSERT_GT(rows.size(), 70U);
  int disagreements = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 6U);
    const auto parsed = ParseCitizenId(row[0], Date(2026, 11, 24), AnyAddress());
    const std::string verdict =
        parsed.ok() ? "OK" : std::string(ReasonName(ReasonOf(parsed.status()).value_or(Reason::INTERNAL)));
    EXPECT_EQ(verdict, row[1]) << row[0];
    const std::string ours = parsed.ok() ? "ok" : "no";
    const bool all_agree = row[2] == ours && row[3] == ours && row[4] == ours;
    EXPECT_EQ(all_agree, row[5].empty()) << row[0];
    if (!all_agree) ++disagreements;
  }
  EXPECT_GT(disagreements, 10);
}

}  // namespace
}  // namespace chuanyu
