#include "common/config/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kText[] = R"(region = "500000"
workers = 4
ratio = 0.25
whole = 3
fast = true
lease = "15s"
since = 2026-10-01
since_text = "2026-10-01"
listen = ["127.0.0.1:0", "unix:node.sock"]
ports = [1, 2]
state = "state/journal"

[redis]
socket = "/run/redis.sock"

[peers.510000]
address = "127.0.0.1:1"

[[rule]]
caller = "a"

[[rule]]
caller = "b"
)";

Config Parsed(const std::string& text = kText) {
  absl::StatusOr<Config> config = Config::Parse(text, "/etc/chuanyu", "node.toml");
  EXPECT_TRUE(config.ok()) << config.status();
  return *std::move(config);
}

template <typename T>
std::string ErrorOf(const absl::StatusOr<T>& result) {
  EXPECT_TRUE(HasReason(result.status(), Reason::CONFIG_INVALID)) << result.status();
  return std::string(result.status().message());
}

TEST(Config, ReadsEveryType) {
  const Config config = Parsed();
  EXPECT_EQ(*config.String("region"), "500000");
  EXPECT_EQ(*config.Int("workers"), 4);
  EXPECT_EQ(*config.Double("ratio"), 0.25);
  EXPECT_EQ(*config.Double("whole"), 3.0);
  EXPECT_EQ(*config.Bool("fast"), true);
  EXPECT_EQ(*config.Duration("lease"), absl::Seconds(15));
  EXPECT_EQ(*config.Date("since"), "2026-10-01");
  EXPECT_EQ(*config.Date("since_text"), "2026-10-01");
  EXPECT_THAT(*config.Strings("listen"), ElementsAre("127.0.0.1:0", "unix:node.sock"));
  EXPECT_THAT(*config.Ints("ports"), ElementsAre(1, 2));
}

TEST(Config, AbsentKeysGiveTheFallback) {
  const Config config = Parsed();
  EXPECT_EQ(*config.String("x", "y"), "y");
  EXPECT_EQ(*config.Int("x", 7, {.min = 100}), 7);
  EXPECT_EQ(*config.Double("x", 1.5), 1.5);
  EXPECT_EQ(*config.Bool("x", true), true);
  EXPECT_EQ(*config.Duration("x", absl::Minutes(2)), absl::Minutes(2));
  EXPECT_EQ(*config.Path("x", "run"), "/etc/chuanyu/run");
  EXPECT_EQ(*config.Path("x", ""), "");
  EXPECT_THAT(*config.Strings("x"), IsEmpty());
  EXPECT_THAT(*config.Tables("x"), IsEmpty());
}

TEST(Config, RequiredKeysAreNamedWhenMissing) {
  const Config config = Parsed();
  EXPECT_THAT(ErrorOf(config.String("name")), HasSubstr("name"));
  const Config redis = *config.Table("redis");
  const std::string error = ErrorOf(redis.Path("password_file"));
  EXPECT_THAT(error, HasSubstr("redis.password_file"));
  EXPECT_THAT(error, HasSubstr("node.toml:13"));
  EXPECT_THAT(ErrorOf(config.Table("absent")->Int("depth")), HasSubstr("absent.depth"));
}

TEST(Config, WrongTypesAreRefusedWithTheirLine) {
  const Config config = Parsed();
  EXPECT_THAT(ErrorOf(config.Int("region")), HasSubstr("node.toml:1:"));
  EXPECT_THAT(ErrorOf(config.String("workers")), HasSubstr("node.toml:2:"));
  EXPECT_THAT(ErrorOf(config.Int("ratio")), HasSubstr("node.toml:3:"));
  EXPECT_THAT(ErrorOf(config.Bool("lease", false)), HasSubstr("lease"));
  EXPECT_THAT(ErrorOf(config.Double("region")), HasSubstr("number"));
  EXPECT_THAT(ErrorOf(config.Duration("region")), HasSubstr("duration"));
  EXPECT_THAT(ErrorOf(config.Date("region")), HasSubstr("date"));
  EXPECT_THAT(ErrorOf(config.Strings("ports")), HasSubstr("strings"));
  EXPECT_THAT(ErrorOf(config.Strings("region")), HasSubstr("strings"));
  EXPECT_THAT(ErrorOf(config.Table("region")), HasSubstr("table"));
  EXPECT_THAT(ErrorOf(config.Tables("redis")), HasSubstr("tables"));
}

TEST(Config, ValuesOutOfRangeAreRefused) {
  const Config config = Parsed("n = 5\nd = \"-1s\"\nday = \"2026-02-30\"\nempty = \"\"\nnan = nan\n");
  EXPECT_EQ(*config.Int("n", {.min = 5, .max = 5}), 5);
  EXPECT_THAT(ErrorOf(config.Int("n", {.min = 6})), HasSubstr("between"));
  EXPECT_THAT(ErrorOf(config.Int("n", 1, {.max = 4})), HasSubstr("between"));
  EXPECT_THAT(ErrorOf(config.Duration("d")), HasSubstr("negative"));
  EXPECT_THAT(ErrorOf(config.Date("day")), HasSubstr("date"));
  EXPECT_THAT(ErrorOf(config.Path("empty")), HasSubstr("empty"));
  EXPECT_THAT(ErrorOf(config.Double("nan")), HasSubstr("finite"));
}

TEST(Config, ErrorsDoNotRepeatValues) {
  const Config config = Parsed("key = \"geheim-0451\"\n");
  EXPECT_THAT(ErrorOf(config.Int("key")), Not(HasSubstr("geheim")));
  const auto broken = Config::Parse("key = geheim-0451\n", "/", "node.toml");
  EXPECT_THAT(ErrorOf(broken), Not(HasSubstr("geheim")));
  EXPECT_THAT(ErrorOf(broken), HasSubstr("node.toml:1"));
}

TEST(Config, PathsAreMeantFromTheFolderOfTheFile) {
  const Config config = Parsed();
  EXPECT_EQ(*config.Path("state"), "/etc/chuanyu/state/journal");
  EXPECT_EQ(*config.Table("redis")->Path("socket"), "/run/redis.sock");
}

TEST(Config, TablesWithDataAsKeysAreListed) {
  const Config peers = *Parsed().Table("peers");
  EXPECT_THAT(peers.Keys(), ElementsAre("510000"));
  EXPECT_EQ(*peers.Table("510000")->String("address"), "127.0.0.1:1");
}

// Reads all of kText but what a test leaves out.
void ReadAllBut(const Config& config, const std::string& left_out) {
  for (const char* key : {"region", "workers", "ratio", "whole", "fast", "lease", "since", "since_text",
                          "listen", "ports", "state"}) {
    if (key != left_out) (void)config.String(key);
  }
  (void)config.Table("redis")->String("socket");
  (void)config.Table("peers")->Table("510000")->String("address");
  const auto rules = *config.Tables("rule");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(*rules[0].String("caller"), "a");
  if (left_out != "rule[1].caller") {
    EXPECT_EQ(*rules[1].String("caller"), "b");
  }
}

TEST(Config, AFullyReadFileHasNoUnknownKeys) {
  const Config config = Parsed();
  ReadAllBut(config, "");
  EXPECT_TRUE(config.CheckNoUnknownKeys().ok()) << config.CheckNoUnknownKeys();
}

TEST(Config, UnknownKeysAreNamedWithTheirLine) {
  const Config top = Parsed();
  ReadAllBut(top, "fast");
  EXPECT_EQ(FieldOf(top.CheckNoUnknownKeys()), "fast");
  EXPECT_THAT(std::string(top.CheckNoUnknownKeys().message()), HasSubstr("node.toml:5"));

  const Config nested = Parsed();
  ReadAllBut(nested, "rule[1].caller");
  EXPECT_EQ(FieldOf(nested.CheckNoUnknownKeys()), "rule[1].caller");
}

TEST(Config, ATableThatNobodyAskedForIsUnknown) {
  const Config config = Parsed("[reddis]\nsocket = \"x\"\n");
  EXPECT_EQ(FieldOf(config.CheckNoUnknownKeys()), "reddis");
}

TEST(Config, LoadsAFileAndRefusesWhatIsNone) {
  std::string folder = (std::filesystem::temp_directory_path() / "config_testXXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/a.toml") << "state = \"s\"\n";
  const auto config = Config::Load(folder + "/a.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(*config->Path("state"), folder + "/s");
  EXPECT_THAT(ErrorOf(Config::Load(folder + "/absent.toml")), HasSubstr("cannot be read"));
  EXPECT_THAT(ErrorOf(Config::Load(folder)), HasSubstr("cannot be read"));
  std::filesystem::remove_all(folder);
}

TEST(Config, AnEmptyFileIsAnEmptyTable) {
  std::string folder = (std::filesystem::temp_directory_path() / "config_testXXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/a.toml") << "";
  const auto config = Config::Load(folder + "/a.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(config->Keys(), IsEmpty());
  std::filesystem::remove_all(folder);
}

// Headers on which the parser of toml++ 3.3 aborts while its assertions are on.
TEST(Config, AMalformedHeaderIsAnError) {
  for (const char* text : {"[&", "[[[1]]]", "[[=", "[[[]]"}) {
    EXPECT_TRUE(HasReason(Config::Parse(text, ".", "a.toml").status(), Reason::CONFIG_INVALID)) << text;
  }
}

}  // namespace
}  // namespace chuanyu
