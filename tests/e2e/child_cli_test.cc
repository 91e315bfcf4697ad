// What officers do about a child with `chuanyu child`, over real processes: facts that were found (--found),
// and what other benefits pay beside the allowance (补差, domain page §5.4). What a month then pays depends
// on a day: services/child_welfare/examination_test.cc.
#include <filesystem>

#include "common/calendar/month.h"
#include "google/protobuf/util/json_util.h"
#include "tests/e2e/child_welfare_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using ::testing::HasSubstr;

// `chuanyu child` of a county of a region.
class ChildCli {
 public:
  ChildCli(World& world, Region& region, std::string system)
      : world_(world), region_(region), system_(std::move(system)) {}

  // What it printed; an error holds it, too.
  absl::StatusOr<std::string> Run(const std::vector<std::string>& verb) {
    const rpc::TlsFiles tls = world_.pki().Files(system_);
    std::vector<std::string> argv = {CHUANYU_BIN_DIR "/chuanyu", "child"};
    argv.insert(argv.end(), verb.begin(), verb.end());
    for (const std::string& one :
         {std::string("--server"), region_.front_target(ChildWelfare()), std::string("--identity"),
          region_.Spiffe(ChildWelfare()), std::string("--cert"), tls.certificate, std::string("--key"),
          tls.key, std::string("--ca"), tls.ca}) {
      argv.push_back(one);
    }
    const std::string output = File("cli.out");
    std::filesystem::remove(output);
    const absl::Status ended = RunToEnd(argv, output);
    if (!ended.ok()) return ended;
    return ReadWholeFile(output);
  }
  // A file that an officer has written.
  std::string Write(const std::string& json) {
    WriteWholeFile(File("officer.json"), json);
    return File("officer.json");
  }
  absl::StatusOr<GetDeterminationResponse> Status(const std::string& number) {
    const auto printed = Run({"status", number});
    if (!printed.ok()) return printed.status();
    GetDeterminationResponse out;
    const auto read = google::protobuf::util::JsonStringToMessage(*printed, &out);
    return read.ok() ? absl::StatusOr<GetDeterminationResponse>(out) : absl::DataLossError("not JSON");
  }

 private:
  std::string File(const std::string& name) { return region_.folder() + "/run/" + name; }

  World& world_;
  Region& region_;
  const std::string system_;
};

std::string Benefit(const std::string& month, int fen) {
  return R"({"otherBenefits": [{"kind": "OTHER_BENEFIT_KIND_DIBAO", )" +
         (month.empty() ? "" : R"("fromMonth": {"value": ")" + month + R"("}, )") +
         R"("fenMonth": {"amount": ")" + std::to_string(fen) + R"("}, "source": "社会救助库, synthetic"}]
})";
}

// The county of the 户籍, which is Chongqing's, finds another paper than the window wrote down, and that the
// child's family gets 低保.
TEST_P(ChildWelfareTest, AnOfficerStatesWhatWasFoundAndWhatOtherBenefitsPay) {
  ChildCli county(world(), world().cq(), kPlatform);
  const auto created = cq().Create(ChildFiling(Id("cli"), NewChild("500109"), kWindowCq, kWindowCq));
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string no = created->application_no();
  ASSERT_TRUE(cq().AwaitCheck(no, cases::v1::PEER_CHECK_CONFIRMED).ok());
  ASSERT_TRUE(cq().Act(no, "push", "WINDOW").ok());

  const std::string found =
      R"({"found": [{"role": "PARENT_ROLE_FATHER", "condition": "PARENT_CONDITION_DECEASED",
      "since": {"value": "2024-02-01"}, "checkedBy": "CHECKED_BY_DOCUMENT", "evidence": {"kind":
      "EVIDENCE_KIND_DEATH_CERTIFICATE", "number": "TEST-2", "issuer": "测试医院", "date": {"value": "2024-02-02"}}}]})";
  const auto act = [&](const std::string& name, const std::string& role, std::vector<std::string> more) {
    std::vector<std::string> verb = {"act", no, name, "--role", role, "--officer", "officer-1"};
    verb.insert(verb.end(), more.begin(), more.end());
    return county.Run(verb);
  };
  const auto passed = act("town_pass", "TOWN", {"--found", county.Write(found)});
  ASSERT_TRUE(passed.ok()) << passed.status();
  EXPECT_THAT(*passed, HasSubstr("COUNTY_REVIEW"));
  EXPECT_EQ(cq().Get(no)->parents(0).since().value(), "2024-02-01");
  EXPECT_EQ(cq().Get(no)->parents(0).evidence().number(), "TEST-2");

  const std::string version = std::to_string(cq().Get(no)->version());
  const auto unread =
      act("approve", "COUNTY", {"--version", version, "--found", county.Write("{\"find\": []}")});
  EXPECT_FALSE(unread.ok()) << "a misspelt key is not passed over";
  const auto negative =
      act("approve", "COUNTY", {"--version", version, "--found", county.Write(Benefit("", -1))});
  EXPECT_THAT(negative.status().ToString(), HasSubstr("other_benefits[0].fen_month"));
  const auto approved =
      act("approve", "COUNTY", {"--version", version, "--found", county.Write(Benefit("", 64000))});
  ASSERT_TRUE(approved.ok()) << approved.status();
  ASSERT_TRUE(act("notify", "WINDOW", {}).ok());

  const std::string determination = no + "-D";
  const auto status = county.Status(determination);
  ASSERT_TRUE(status.ok()) << status.status();
  const Month first = ParseMonth(status->determination().from_month().value()).value();
  ASSERT_EQ(status->determination().other_benefits_size(), 1);
  EXPECT_EQ(status->determination().other_benefits(0).from_month().value(), FormatMonth(first))
      << "from the first month that is paid";
  EXPECT_EQ(status->determination().other_benefits(0).fen_month().amount(), 64000);

  // It rises later, and ends.
  const auto state = [&](const std::string& on, const std::string& json) {
    return county.Run(
        {"benefits", determination, "--stated", county.Write(json), "--on", on, "--officer", "officer-2"});
  };
  EXPECT_THAT(state("2099-01-01", Benefit("", 1)).status().ToString(), HasSubstr("BAD_REQUEST"))
      << "a month is named";
  EXPECT_THAT(state("2099-01-01", Benefit(FormatMonth(first + 1), 1)).status().ToString(),
              HasSubstr("STATE_CONFLICT"));
  ASSERT_TRUE(state(Today(), Benefit(FormatMonth(first + 1), 70000)).ok());
  const auto ended = state(Today(), Benefit(FormatMonth(first + 3), 0));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_THAT(*ended, HasSubstr("officer-2"));
  const auto later = county.Status(determination);
  ASSERT_TRUE(later.ok()) << later.status();
  std::vector<int64_t> fen;
  for (const OtherBenefit& each : later->determination().other_benefits())
    fen.push_back(each.fen_month().amount());
  EXPECT_THAT(fen, ::testing::ElementsAre(64000, 70000, 0));
  EXPECT_EQ(later->determination().officer_id(), "officer-2");
  EXPECT_TRUE(later->months().empty()) << "nothing is due this month";

  // Only the office that decided.
  ChildCli school(world(), world().cq(), kSchool);
  EXPECT_THAT(school.Run({"status", determination}).status().ToString(), HasSubstr("CASE_NOT_FOUND"));
}

}  // namespace
}  // namespace chuanyu::testing
