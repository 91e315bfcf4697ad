#include "services/cli/table.h"

#include <gtest/gtest.h>

namespace chuanyu::cli {
namespace {

TEST(FormatTable, AlignsChineseAndLatinText) {
  EXPECT_EQ(FormatTable({"REASON", "TEXT", "N"}, {{"AUTH_MISSING", "缺少核对授权", "1"}, {"OK", "ok", "20"}}),
            "REASON        TEXT          N\n"
            "AUTH_MISSING  缺少核对授权  1\n"
            "OK            ok            20\n");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("低保"), 4u);
  EXPECT_EQ(DisplayWidth("𠮷"), 2u) << "outside the basic plane";
  EXPECT_EQ(DisplayWidth("é"), 1u);
}

}  // namespace
}  // namespace chuanyu::cli
