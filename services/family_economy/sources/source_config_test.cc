#include "services/family_economy/sources/source_config.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

absl::StatusOr<std::vector<SourceConfig>> Read(const std::string& text) {
  const auto config = Config::Parse(text, "/", "family-economy.toml");
  EXPECT_TRUE(config.ok()) << config.status();
  auto sources = ReadSources(*config);
  if (!sources.ok()) return sources.status();
  const absl::Status unknown = config->CheckNoUnknownKeys();
  if (!unknown.ok()) return unknown;
  return sources;
}

std::string Source(const std::string& id, const std::string& classes, const std::string& more = "") {
  return "[[source]]\nid = \"" + id +
         "\"\nname = \"n\"\ntarget = \"unix:/x\"\nidentity = \"i\"\nclasses = " + classes + "\n" + more;
}

TEST(ReadSources, ReadsClassesAndPauses) {
  const auto sources =
      Read(Source("a", R"(["A05", "A06"])", "timeout = \"1s\"\n") + Source("b", R"(["A01"])"));
  ASSERT_TRUE(sources.ok()) << sources.status();
  ASSERT_EQ(sources->size(), 2u);
  EXPECT_EQ((*sources)[0].classes.size(), 2u);
  EXPECT_EQ((*sources)[0].timeout, absl::Seconds(1));
  EXPECT_EQ((*sources)[1].timeout, absl::Seconds(3));
  EXPECT_TRUE(Read("region = \"500000\"\n").status().message().find("region") != std::string::npos);
}

// Deposits, securities and insurance only come through the province's channel.
TEST(ReadSources, RefusesBankDataFromACounty) {
  EXPECT_TRUE(HasReason(Read(Source("a", R"(["A14"])")).status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(Read(Source("a", R"(["A05", "A14"])")).status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(Read(Source("a", R"(["A14"])", "channel = \"province\"\n")).ok());
}

TEST(ReadSources, RefusesWhatDoesNotFit) {
  const std::string wrong[] = {
      Source("a", "[]"),
      Source("a", R"(["A16"])"),
      Source("a", R"(["A05", "A05"])"),
      Source("a", R"(["A05"])") + Source("b", R"(["A05"])"),
      Source("a", R"(["A05"])") + Source("a", R"(["A06"])"),
      Source("a b", R"(["A05"])"),
      Source("a", R"(["A05"])", "channel = \"county\"\n"),
      Source("a", R"(["A05"])", "timeout = \"1ms\"\n"),
      Source("a", R"(["A05"])", "typo = 1\n"),
  };
  for (const std::string& text : wrong) {
    EXPECT_TRUE(HasReason(Read(text).status(), Reason::CONFIG_INVALID)) << text;
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
