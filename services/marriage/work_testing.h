// What tests of the service's work over two regions share: the regions on a day, and a counter. Whoever uses
// it says on which databases.
#pragma once

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/marriage/two_regions_testing.h"

namespace chuanyu::marriage {

inline constexpr char kYubei[] = "500112-01";
inline constexpr char kBeibei[] = "500109-01";
inline constexpr char kLinshui[] = "511623-01";

class WorkTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void TearDown() override { EXPECT_THAT(regions_.failures(), ::testing::IsEmpty()); }
  std::vector<std::vector<std::string>> Numbers(const std::string& region) {
    return regions_.Rows(region, "SELECT certificate_no FROM mr_certificate ORDER BY certificate_no");
  }

  TwoRegions regions_{GetParam(), MorningOf(Date(2026, 11, 24))};
  Counter counter_{regions_};
};

inline const auto kBothDialects = ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql);
inline std::string DialectName(const ::testing::TestParamInfo<sql::Dialect>& info) {
  return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
}

}  // namespace chuanyu::marriage
