// From a grant to the next re-check (定期复核) and the county's own time limits, by the command line: who is
// due, the file of a batch, its trace for auditors.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/calendar/china_time.h"
#include "tests/e2e/household_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::HasSubstr;
using ::testing::Not;

class DueFamilies : public HouseholdTest {
 protected:
  void SetUp() override {
    HouseholdTest::SetUp();
    // Beside the regions' folders, which are searched for persons at the end.
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-due-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What it printed; fails the test, with its status, when it ends otherwise than well.
  std::string Run(std::vector<std::string> argv, const std::string& who = kPlatform) {
    const std::string output = folder_ + "/cli.out";
    std::filesystem::remove(output);
    argv.insert(argv.begin(), CHUANYU_BIN_DIR "/chuanyu");
    const rpc::TlsFiles tls = world().pki().Files(who);
    for (const std::string& one :
         {std::string("--server"), world().cq().front_target(), std::string("--identity"),
          world().cq().FamilySpiffe(), std::string("--cert"), tls.certificate, std::string("--key"), tls.key,
          std::string("--ca"), tls.ca}) {
      argv.push_back(one);
    }
    ended_ = RunToEnd(argv, output);
    return ReadWholeFile(output);
  }
  std::string Note() {
    std::ofstream(folder_ + "/note") << "granted\n";
    return folder_ + "/note";
  }
  static std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), ChinaTime()); }

  std::string folder_;
  absl::Status ended_;
};

INSTANTIATE_TEST_SUITE_P(On, DueFamilies, ::testing::Values(Backend::kSqlite), BackendName);

TEST_P(DueFamilies, MakeTheFileOfARecheck) {
  const Verification check = FileAndAwait(Scenario1("due"));
  const std::string& number = check.verification_no();
  // The county's own limits, until they are met.
  EXPECT_THAT(Run({"verification", "list"}), HasSubstr("SURVEY"));
  EXPECT_THAT(Run({"verification", "record", number, "--officer", "zhang.san", "--survey", Today()}),
              Not(HasSubstr("SURVEY")));
  EXPECT_TRUE(ended_.ok()) << ended_;
  EXPECT_THAT(Run({"verification", "overview"}, kOperator), HasSubstr("REPORTED"));
  EXPECT_TRUE(ended_.ok()) << ended_;

  const auto now = front().Get(number);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(now->procedure().survey_date().value(), Today());
  // Masked in any view.
  EXPECT_THAT(now->household().members(0).person().name(), Not(HasSubstr(kP01.name)));
  Run({"verification", "decide", number, "--version", std::to_string(now->version()), "--outcome", "granted",
       "--officer", "zhang.san", "--note-file", Note()});
  ASSERT_TRUE(ended_.ok()) << ended_;
  const std::vector<std::string> due = {"--review-due-by", "2199-12-31", "--tier", "MONTHLY"};
  std::vector<std::string> list = {"verification", "list"};
  list.insert(list.end(), due.begin(), due.end());
  EXPECT_THAT(Run(list), HasSubstr(number));
  EXPECT_THAT(Run({"verification", "list", "--review-due-by", Today()}), HasSubstr("nothing is due"));

  const std::string file = folder_ + "/due.jsonl";
  std::vector<std::string> make = {"verification", "batch-file", "--officer", "zhang.san", "--out", file};
  make.insert(make.end(), due.begin(), due.end());
  Run(make, kAuditor);
  EXPECT_FALSE(ended_.ok());
  EXPECT_FALSE(std::filesystem::exists(file)) << "what failed leaves nothing behind";
  EXPECT_THAT(Run(make), HasSubstr("3 lines of 1 families"));
  ASSERT_TRUE(ended_.ok()) << ended_;
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  Run(make);
  EXPECT_FALSE(ended_.ok());  // it is there already

  Run({"batch", "submit", file, "--batch-no", "due", "--tier", "MONTHLY", "--classes", "A10"});
  ASSERT_TRUE(ended_.ok()) << ended_;
  EXPECT_THAT(Run({"batch", "watch", "due"}), HasSubstr("due DONE"));
  EXPECT_THAT(Run({"batch", "results", "due"}), HasSubstr("510000  A10"));
  EXPECT_THAT(Run({"batch", "warnings", "due", "--disposition", "PENDING"}),
              HasSubstr("OTHER_REGION_BENEFIT"));
  EXPECT_THAT(Run({"batch", "dispose", "due", "due-W1", "--as", "CONFIRMED", "--officer", "zhang.san",
                   "--version", "1"}),
              HasSubstr("due-W1  CONFIRMED  version 2"));
  EXPECT_THAT(Run({"batch", "warnings", "due", "--disposition", "PENDING"}), HasSubstr("no warnings"));

  const std::string events = Run({"verification", "audit-events"}, kAuditor);
  EXPECT_TRUE(ended_.ok()) << ended_;
  EXPECT_THAT(events, HasSubstr("RECHECK"));
  EXPECT_THAT(events, HasSubstr(number));
  EXPECT_THAT(events, Not(HasSubstr(kP01.name)));
}

TEST_P(DueFamilies, PersonsInClearNeedAReason) {
  const Verification check = FileAndAwait(Filing("clear", {{kP04, "01"}}));
  const std::string& number = check.verification_no();
  EXPECT_THAT(Run({"verification", "reveal", number, "--reason", "IDENTITY", "--officer", "zhang.san"}),
              HasSubstr(kP04.doc_no));
  EXPECT_TRUE(ended_.ok()) << ended_;
  EXPECT_THAT(Run({"verification", "reveal", number, "--reason", "OTHER", "--officer", "zhang.san"}),
              Not(HasSubstr(kP04.doc_no)));
  EXPECT_FALSE(ended_.ok());
  EXPECT_THAT(Run({"verification", "reveal", number, "--reason", "CURIOSITY", "--officer", "zhang.san"}),
              HasSubstr("CODE_UNKNOWN"));
}

}  // namespace
}  // namespace chuanyu::testing
