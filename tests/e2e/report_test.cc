// The report as people get it from the command line: a page to print, JSON, and the check of its signature.
#include <algorithm>
#include <filesystem>

#include "common/calendar/china_time.h"
#include "common/calendar/month.h"
#include "tests/e2e/household_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::HasSubstr;
using ::testing::Not;

class ReportOfACheck : public HouseholdTest {
 protected:
  // What it printed, or why it failed.
  static absl::StatusOr<std::string> Run(const std::vector<std::string>& argv, const std::string& output) {
    std::filesystem::remove(output);
    const absl::Status ended = RunToEnd(argv, output);
    if (!ended.ok()) return ended;
    return ReadWholeFile(output);
  }
  absl::StatusOr<std::string> Verb(const std::vector<std::string>& verb) {
    std::vector<std::string> argv = {CHUANYU_BIN_DIR "/chuanyu", "verification"};
    argv.insert(argv.end(), verb.begin(), verb.end());
    return Run(argv, File("cli.out"));
  }
  static std::string LastMonth() {
    return FormatMonth(Month(absl::ToCivilMonth(absl::Now(), ChinaTime())) - 1);
  }
  absl::StatusOr<std::string> Report(const std::string& number, std::vector<std::string> more) {
    return Front("report", number, std::move(more));
  }
  absl::StatusOr<std::string> Front(const std::string& verb, const std::string& number,
                                    std::vector<std::string> more) {
    const rpc::TlsFiles tls = world().pki().Files(kPlatform);
    for (const std::string& one :
         {verb, number, std::string("--server"), world().cq().front_target(), std::string("--identity"),
          world().cq().FamilySpiffe(), std::string("--cert"), tls.certificate, std::string("--key"), tls.key,
          std::string("--ca"), tls.ca}) {
      more.push_back(one);
    }
    std::rotate(more.begin(), more.end() - 12, more.end());
    return Verb(more);
  }
  std::string File(const std::string& name) { return world().cq().folder() + "/run/" + name; }
};

INSTANTIATE_TEST_SUITE_P(On, ReportOfACheck, ::testing::Values(Backend::kSqlite), BackendName);

TEST_P(ReportOfACheck, IsPrintedAndExportedWithASignatureThatAnybodyCanCheck) {
  const CreateVerificationRequest filed = Scenario1("printed");
  const Verification check = FileAndAwait(filed);
  const std::string& number = check.verification_no();
  const auto trust =
      Run({CHUANYU_BIN_DIR "/chuanyu-family-economy", "trust", "--config", world().cq().family_config()},
          File("report.keys"));
  ASSERT_TRUE(trust.ok()) << trust.status();
  EXPECT_THAT(*trust, HasSubstr("500000.chuanyu/family-economy+"));

  const auto page = Report(number, {"--trust", File("report.keys")});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(*page, HasSubstr("<h1>家庭经济状况核对报告</h1>"));
  EXPECT_THAT(*page, HasSubstr("已验证：500000.chuanyu/family-economy，Ed25519"));
  EXPECT_THAT(*page, HasSubstr("，SM2，密钥"));
  EXPECT_THAT(*page, HasSubstr("<td>张*甲</td>"));
  EXPECT_THAT(*page, HasSubstr("低保边缘，自2025-03起，四川省"));
  for (const Member& member : filed.verification().household().members()) {
    EXPECT_THAT(*page, Not(HasSubstr(member.person().name())));
    EXPECT_THAT(*page, Not(HasSubstr(member.person().doc_no())));
  }
  EXPECT_THAT(Report(number, {}).value_or(""), HasSubstr("未验证"));

  const std::string json = File("report.json");
  ASSERT_TRUE(Report(number, {"-o", "json", "--out", json}).ok());
  const auto checked =
      Verb({"check-report", json, "--trust", File("report.keys"), "--out", File("report.html")});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(*checked, HasSubstr("已验证"));
  EXPECT_EQ(ReadWholeFile(File("report.html")), *page);

  // The same file with one readable field changed, and another region's keys.
  std::string forged = ReadWholeFile(json);
  const size_t at = forged.find("RESULT_STATE_HIT");
  ASSERT_NE(at, std::string::npos);
  forged.replace(at, 16, "RESULT_STATE_NO_HIT");
  WriteWholeFile(File("forged.json"), forged);
  EXPECT_THAT(Verb({"check-report", File("forged.json"), "--trust", File("report.keys")}).status().ToString(),
              HasSubstr("SIG_INVALID"));
  ASSERT_TRUE(
      Run({CHUANYU_BIN_DIR "/chuanyu-family-economy", "trust", "--config", world().sc().family_config()},
          File("other.keys"))
          .ok());
  EXPECT_THAT(Verb({"check-report", json, "--trust", File("other.keys")}).status().ToString(),
              HasSubstr("SIG_INVALID"));
}

TEST_P(ReportOfACheck, CarriesTheProposalOfWhatWasEnteredAndIsSignedWithIt) {
  CreateVerificationRequest request = Scenario1("proposed");
  request.mutable_verification()->set_type(VERIFICATION_TYPE_RECHECK);
  const std::string number = FileAndAwait(request).verification_no();
  EXPECT_THAT(Report(number, {}).value_or(""), HasSubstr("系统未提出建议"));
  WriteWholeFile(File("economy.json"), R"({"incomes":[{"memberId":"m1","kind":"INCOME_KIND_WAGE",
      "month":{"value":")" + LastMonth() + R"("},"net":{"amount":"100001"}}]})");
  const auto printed = Front("propose", number, {"--economy", File("economy.json")});
  ASSERT_TRUE(printed.ok()) << printed.status();
  EXPECT_THAT(*printed, HasSubstr("proposal DIBAO  124999 fen a month"));
  ASSERT_TRUE(
      Run({CHUANYU_BIN_DIR "/chuanyu-family-economy", "trust", "--config", world().cq().family_config()},
          File("report.keys"))
          .ok());
  const std::string json = File("proposed.json");
  ASSERT_TRUE(Report(number, {"-o", "json", "--out", json}).ok());
  const auto checked =
      Verb({"check-report", json, "--trust", File("report.keys"), "--out", File("proposed.html")});
  ASSERT_TRUE(checked.ok()) << checked.status();
  const std::string page = ReadWholeFile(File("proposed.html"));
  EXPECT_THAT(page, HasSubstr(number + "-R2"));
  EXPECT_THAT(page, HasSubstr("<td>符合低保条件</td>"));
  EXPECT_THAT(page, HasSubstr("<td>1249.99元</td>"));
  EXPECT_THAT(page, HasSubstr("不是决定"));
  // A proposal that is not the signed one.
  std::string forged = ReadWholeFile(json);
  const size_t at = forged.find("PROPOSAL_KIND_DIBAO");
  ASSERT_NE(at, std::string::npos);
  forged.replace(at, 19, "PROPOSAL_KIND_EDGE");
  WriteWholeFile(File("forged.json"), forged);
  EXPECT_THAT(Verb({"check-report", File("forged.json"), "--trust", File("report.keys")}).status().ToString(),
              HasSubstr("SIG_INVALID"));
}

TEST_P(ReportOfACheck, IsNotThereForACheckThatIsNot) {
  EXPECT_THAT(Report("CQ-A-500112-20260320-99999999", {}).status().ToString(), HasSubstr("CASE_NOT_FOUND"));
}

}  // namespace
}  // namespace chuanyu::testing
