#include "common/identity/masking.h"

#include <fstream>
#include <map>
#include <regex>

#include "common/identity/characters.h"
#include "gtest/gtest.h"

// All names, numbers and addresses here are made up.
namespace chuanyu {
namespace {

class AnyAddress final : public AddressCodes {
 public:
  AddressCodeStatus StatusOn(std::string_view, Date) const override { return AddressCodeStatus::kInForce; }
};

CitizenId Id(std::string_view number) { return ParseCitizenId(number, Date(2026, 12, 1), AnyAddress())->id; }

TEST(MaskName, ShowsFirstAndLastCharacter) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", ""},
      {"张", "*"},
      {"张甲", "张*"},
      {"张测甲", "张*甲"},
      {"欧阳测甲", "欧**甲"},
      {"测布拉·甲力", "测****力"},
      {"𠮷测甲", "𠮷*甲"},  // a surname of four bytes
      {"张𬘭𫍽", "张*𫍽"},
      {"𠮷𫍽", "𠮷*"},
      {"张\u845b\U000E0100", "张*"},  // a variation selector belongs to the character before it
      {"TEST PERSON", "T*********N"},
  };
  for (const auto& [name, masked] : kCases) EXPECT_EQ(MaskName(name), masked) << name;
}

TEST(MaskName, OfMinorsShowsTheSurnameCharacterOnly) {
  EXPECT_EQ(MaskMinorName("张测丙"), "张**");
  EXPECT_EQ(MaskMinorName("张丙"), "张**");
  EXPECT_EQ(MaskMinorName("欧阳测丙"), "欧**");
  EXPECT_EQ(MaskMinorName("𠮷测丙"), "𠮷**");
  EXPECT_EQ(MaskMinorName("张"), "*");
  EXPECT_EQ(MaskMinorName(""), "");
}

TEST(MaskId, ShowsThreeAndFour) {
  EXPECT_EQ(MaskId(Id("500112198504129912"), Date(2023, 8, 22)), "500***********9912");
  EXPECT_EQ(MaskId(Id("51168119551108992X"), Date(2023, 8, 22)), "511***********992X");
}

TEST(MaskId, HidesTheEndOfMinorsUntilTheirBirthday) {
  const CitizenId id = Id("500112200811259952");  // 18 on 2026-11-25
  EXPECT_EQ(MaskId(id, Date(2026, 11, 24)), "500***************");
  EXPECT_EQ(MaskId(id, Date(2026, 11, 25)), "500***********9952");
}

TEST(MaskId, HidesTheEndWhenTheAgeIsNotKnown) {
  EXPECT_EQ(MaskId(Id("USA440184091234"), Date(2023, 8, 22)), "USA************");
}

TEST(MaskPhone, ShowsThreeAndFour) {
  EXPECT_EQ(MaskPhone("13800001234"), "138****1234");
  EXPECT_EQ(MaskPhone("023-60001234"), "023*****1234");
  EXPECT_EQ(MaskPhone("60001234"), "****1234");
  EXPECT_EQ(MaskPhone("1234567"), "*******");
  EXPECT_EQ(MaskPhone("12345"), "*****");
  EXPECT_EQ(MaskPhone(""), "");
}

TEST(MaskAccount, ShowsTheLastFour) {
  EXPECT_EQ(MaskAccount("6200000000000001234"), "****1234");
  EXPECT_EQ(MaskAccount("12345678"), "****5678");
  EXPECT_EQ(MaskAccount("1234567"), "****");
  EXPECT_EQ(MaskAccount(""), "****");
}

TEST(MaskAddress, EndsAtTheTown) {
  const std::pair<const char*, const char*> kCases[] = {
      {"重庆市渝北区茨竹镇花六村3组12号", "重庆市渝北区茨竹镇***"},
      {"四川省广安市邻水县鼎屏镇测试路1号", "四川省广安市邻水县鼎屏镇***"},
      {"四川省华蓥市禄市镇月亮村2组", "四川省华蓥市禄市镇***"},
      {"四川省华蓥市红岩乡测试村", "四川省华蓥市红岩乡***"},
      {"重庆市渝北区两路街道测试路5号", "重庆市渝北区两路街道***"},
      {"重庆市石柱土家族自治县南宾街道测试路5号", "重庆市石柱土家族自治县南宾街道***"},
      {"四川省阿坝藏族羌族自治州马尔康市马尔康镇测试街1号", "四川省阿坝藏族羌族自治州马尔康市马尔康镇***"},
      {"四川省乐山市市中区测试镇一组", "四川省乐山市市中区测试镇***"},
      {"广西壮族自治区南宁市青秀区中山街道测试路9号", "广西壮族自治区南宁市青秀区中山街道***"},
      {"成都市天府新区测试街道1号", "成都市天府新区测试街道***"},
      {"渝北区茨竹镇", "渝北区茨竹镇"},
  };
  for (const auto& [address, masked] : kCases) EXPECT_EQ(MaskAddress(address), masked);
}

TEST(MaskAddress, EndsEarlierWhenNoTownIsNamed) {
  const std::pair<const char*, const char*> kCases[] = {
      {"重庆市渝北区红石路18号", "重庆市渝北区***"},
      {"重庆市渝北区红石路18号大镇花园3栋", "重庆市渝北区***"},
      {"重庆市渝北区阳光小区3栋502", "重庆市渝北区***"},
      {"重庆市渝北区红石路测试古镇新村", "重庆市渝北区***"},
      {"重庆市阳光小区3栋", "重庆市***"},
      {"四川省某某路１８号", "四川省***"},
      {"测试路18号", "***"},
      {"", ""},
  };
  for (const auto& [address, masked] : kCases) EXPECT_EQ(MaskAddress(address), masked);
}

// Every town of both regions, in its county, with a street behind it: nothing behind the town is ever shown,
// and the town itself is shown.
TEST(MaskAddress, FindsEveryTownOfBothRegions) {
  const std::string folder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions/";
  std::map<std::string, std::string> counties;
  std::ifstream county_file(folder + "counties.csv");
  for (std::string line; std::getline(county_file, line);) {
    if (line.size() > 7 && line[6] == ',')
      counties[line.substr(0, 6)] = line.substr(7, line.find(',', 7) - 7);
  }
  std::ifstream town_file(folder + "towns.csv");
  const std::regex ends_as_town("(镇|乡|街道)$");
  int towns = 0;
  for (std::string line; std::getline(town_file, line);) {
    if (line.size() < 10 || line[9] != ',') continue;
    const std::string name = line.substr(10, line.find(',', 10) - 10);
    if (!std::regex_search(name, ends_as_town)) continue;  // farms and reserves that count as towns
    const std::string region = line.substr(0, 2) == "50" ? "重庆市" : "四川省";
    const std::string town = region + counties.at(line.substr(0, 6)) + name;
    EXPECT_EQ(MaskAddress(town + "测试大道7号2栋"), town + "***");
    ++towns;
  }
  EXPECT_GT(towns, 4100);
}

TEST(Masking, HidesTextThatIsNoUtf8) {
  for (const std::string bad :
       {"张\xe6\xb5", "\xff甲乙丙", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_EQ(MaskName(bad), "***");
    EXPECT_EQ(MaskMinorName(bad), "***");
    EXPECT_EQ(MaskPhone(bad), "***");
    EXPECT_EQ(MaskAccount(bad), "***");
    EXPECT_EQ(MaskAddress(bad), "***");
  }
}

TEST(SplitCharacters, CutsBetweenCodePoints) {
  const auto characters = SplitCharacters("a·张𠮷");
  ASSERT_TRUE(characters.has_value());
  EXPECT_EQ(*characters, (std::vector<std::string_view>{"a", "·", "张", "𠮷"}));
  EXPECT_TRUE(SplitCharacters("")->empty());
}

}  // namespace
}  // namespace chuanyu
