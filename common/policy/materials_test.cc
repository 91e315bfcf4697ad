#include "common/policy/materials.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr char kList[] = R"(
version = "1"
[[period]]
from = 2021-01-01
to = 2025-12-31
[[period.material]]
name = "旧申请表"
source = "甲"
[[period]]
from = 2026-01-01
[[period.material]]
name = "申请表"
source = "甲"
[[period.material]]
name = "死亡证明"
when = ["D", "M"]
source = "乙"
[[period.material]]
name = "重庆另需"
when = ["D"]
regions = ["500000"]
source = "丙"
)";
const std::set<std::string> kWords = {"D", "M", "R"};

// "申请表; 死亡证明(D)".
std::string Told(const MaterialList& list, const std::string& region, Date day,
                 const std::set<std::string>& words) {
  std::string out;
  const auto told = list.For(region, day, words);
  if (!told.ok()) return std::string(ReasonName(*ReasonOf(told.status())));
  for (const cases::v1::Material& each : *told) {
    EXPECT_NE(each.source(), "");
    out += (out.empty() ? "" : "; ") + each.name() + (each.when().empty() ? "" : "(" + each.when() + ")");
  }
  return out;
}

TEST(MaterialList, TellsWhatThePlaceOfTheHukouAsksOfThisApplicationOnTheDay) {
  const auto list = MaterialList::Parse(kList, kWords);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(Told(*list, "500000", Date(2026, 1, 1), {"D", "R"}), "申请表; 死亡证明(D); 重庆另需(D)");
  EXPECT_EQ(Told(*list, "510000", Date(2026, 1, 1), {"D", "M"}), "申请表; 死亡证明(D,M)");
  EXPECT_EQ(Told(*list, "500000", Date(2026, 1, 1), {"R"}), "申请表");
  EXPECT_EQ(Told(*list, "500000", Date(2025, 12, 31), {"D"}), "旧申请表");
  EXPECT_EQ(Told(*list, "500000", Date(2020, 12, 31), {"D"}), "CONFIG_INVALID");
}

TEST(MaterialList, AFileThatCannotBeMeantIsRefused) {
  const std::string head = "version = \"1\"\n[[period]]\nfrom = 2026-01-01\n";
  for (const std::string& wrong :
       {std::string("version = \"1\"\n"), head, head + "[[period.material]]\nname = \"表\"\n",
        head + "[[period.material]]\nname = \"\"\nsource = \"甲\"\n",
        head + "[[period.material]]\nname = \"表\"\nsource = \"甲\"\nwhen = [\"X\"]\n",
        head + "[[period.material]]\nname = \"表\"\nsource = \"甲\"\nwhen = []\n",
        head + "[[period.material]]\nname = \"表\"\nsource = \"甲\"\nregions = [\"50\"]\n",
        head + "[[period.material]]\nname = \"表\"\nsource = \"甲\"\nwhom = [\"D\"]\n"}) {
    EXPECT_TRUE(HasReason(MaterialList::Parse(wrong, kWords).status(), Reason::CONFIG_INVALID)) << wrong;
  }
}

}  // namespace
}  // namespace chuanyu
