#include "common/case_service/case_config.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr char kFile[] = R"(
region = "500000"
front_listen = ["127.0.0.1:0"]
provider_listen = ["127.0.0.1:0"]
[tls]
certificate = "front.crt"
key = "front.key"
ca = "ca.crt"
[exchange]
target = "127.0.0.1:1"
identity = "spiffe://500000.chuanyu/mzj/exchange"
[peers]
regions = ["510000"]
[store]
url = "sqlite3://db=cases.db"
[keys]
kek = "kek"
index = "index"
claim = "claim"
claim_id = "c1"
[data]
divisions = "divisions"
calendar = "calendar"
[policy]
thing = "policy"
flow = "flow.toml"
[[office]]
org = "county"
roles = ["WINDOW"]
counties = ["500109"]
)";

// "1830 3600s 1000", or where it is wrong.
std::string Retention(const std::string& lines, bool erases = true) {
  const auto file = Config::Parse(kFile + lines, ".", "case.toml");
  if (!file.ok()) return file.status().ToString();
  CaseConfig out;
  const absl::Status read = ReadCaseConfig(
      *file, {.item = "thing", .roles = {"WINDOW"}, .signs = "", .erases = erases, .looks_up = true}, out);
  const absl::Status status = read.ok() ? file->CheckNoUnknownKeys() : read;
  if (!status.ok()) return std::string(ReasonName(*ReasonOf(status))) + " " + FieldOf(status);
  const CaseRetention& kept = out.retention;
  return std::to_string(kept.content_days) + " " + absl::FormatDuration(kept.every) + " " +
         std::to_string(kept.max_rows);
}

TEST(CaseConfig, RetentionHasDefaultsAndTakesWhatIsSaid) {
  EXPECT_EQ(Retention(""), "1830 1h 1000");
  EXPECT_EQ(Retention("[retention]\n"), "1830 1h 1000");
  EXPECT_EQ(Retention("[retention]\ncontent_days = 400\nevery = \"10m\"\nmax_rows = 7\n"), "400 10m 7");
}

TEST(CaseConfig, RetentionThatCannotBeMeantIsRefused) {
  for (const char* line :
       {"content_days = 0", "content_days = -1", "content_days = 100001", "content_days = \"5 years\"",
        "max_rows = 0", "every = \"500ms\"", "every = 10", "contentdays = 400"}) {
    EXPECT_EQ(Retention(std::string("[retention]\n") + line + "\n").substr(0, 14), "CONFIG_INVALID") << line;
  }
  EXPECT_EQ(Retention("[retention]\ncontent_days = 400\n", /*erases=*/false).substr(0, 14), "CONFIG_INVALID")
      << "an item that erases nothing";
}

TEST(CaseConfig, RegistersAreAskedOnlyWhereTheyAreConfigured) {
  const auto read = [](const std::string& lines) {
    const auto file = Config::Parse(kFile + lines, ".", "case.toml");
    CaseConfig out;
    const absl::Status status =
        ReadCaseConfig(*file, {.item = "thing", .roles = {"WINDOW"}, .signs = "", .looks_up = true}, out);
    return status.ok() ? out.registers.url : std::string(ReasonName(*ReasonOf(status)));
  };
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("[registers]\nurl = \"sqlite3://db=r.db\"\nmapping = \"registers\"\nindex = \"key\"\n"),
            "sqlite3://db=r.db");
  EXPECT_EQ(read("[registers]\nurl = \"sqlite3://db=r.db\"\nmapping = \"registers\"\n"), "CONFIG_INVALID");
}

}  // namespace
}  // namespace chuanyu
