#include "common/cases/flow.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::cases {
namespace {

constexpr char kChildFlow[] = CHUANYU_SOURCE_DIR "/deploy/policy/flows/child_welfare.toml";

std::string ChildText() {
  std::stringstream text;
  text << std::ifstream(kChildFlow).rdbuf();
  return text.str();
}

std::string Changed(const std::string& from, const std::string& to) {
  std::string text = ChildText();
  EXPECT_GT(absl::StrReplaceAll({{from, to}}, &text), 0) << from;
  return text;
}

TEST(Flow, OfChildrenHasItsLimits) {
  const auto flow = Flow::Load(kChildFlow, {.forbidden = {StepKind::kPublicNotice}});
  ASSERT_TRUE(flow.ok()) << flow.status();
  EXPECT_EQ(flow->FindStep("RECEIVED")->limit->days, 3);
  EXPECT_TRUE(flow->FindStep("RECEIVED")->restarts);
  EXPECT_EQ(flow->FindStep("TOWN_REVIEW")->limit->days, 15);
  EXPECT_EQ(flow->FindStep("COUNTY_REVIEW")->limit->days, 15);
  EXPECT_EQ(flow->FindStep("APPROVED")->limit->days, 3);
  EXPECT_NE(flow->FindAct("COUNTY_REVIEW", "approve"), nullptr);
  EXPECT_EQ(flow->FindAct("TOWN_REVIEW", "approve"), nullptr);
}

// 民发〔2019〕62号: 不宜设置公示环节. Wherever somebody puts it, the file is refused.
TEST(Flow, APublicNoticeCannotBeConfiguredWhereItIsForbidden) {
  const std::string step = "[[step]]\nname = \"NOTICE\"\nkind = \"PUBLIC_NOTICE\"\n\n";
  const std::string acts =
      "\n[[act]]\nname = \"publish\"\nfrom = [\"COUNTY_REVIEW\"]\nto = \"NOTICE\"\nby = [\"COUNTY\"]\n"
      "\n[[act]]\nname = \"approve\"\nfrom = [\"NOTICE\"]\nto = \"APPROVED\"\nby = [\"COUNTY\"]\n";
  const std::string text =
      Changed("[[step]]\nname = \"APPROVED\"", step + "[[step]]\nname = \"APPROVED\"") + acts;
  const auto elsewhere = Flow::Parse(text, "flow.toml", {});
  EXPECT_TRUE(elsewhere.ok()) << elsewhere.status();
  const auto children = Flow::Parse(text, "flow.toml", {.forbidden = {StepKind::kPublicNotice}});
  EXPECT_TRUE(HasReason(children.status(), Reason::CONFIG_INVALID));
  const std::string renamed = Changed("name = \"TOWN_REVIEW\"\nkind = \"REVIEW\"",
                                      "name = \"TOWN_REVIEW\"\nkind = \"PUBLIC_NOTICE\"");
  EXPECT_TRUE(Flow::Parse(renamed, "flow.toml", {}).ok());
  EXPECT_TRUE(HasReason(Flow::Parse(renamed, "flow.toml", {.forbidden = {StepKind::kPublicNotice}}).status(),
                        Reason::CONFIG_INVALID));
}

TEST(Flow, IsCheckedAsAWhole) {
  struct Row {
    const char* from;
    const char* to;
    const char* word;
  };
  for (const Row& row :
       {Row{"name = \"NOTIFIED\"\nkind = \"END\"", "name = \"NOTIFIED\"\nkind = \"REVIEW\"",
            "never comes to an end"},
        Row{"to = \"REJECTED\"", "to = \"APPROVED\"", "never reached"},
        Row{"to = \"RETURNED\"", "to = \"LOST\"", "is no step"},
        Row{"from = [\"COUNTY_REVIEW\"]\nto = \"APPROVED\"", "from = [\"NOTIFIED\"]\nto = \"APPROVED\"",
            "names an end"},
        Row{"name = \"reject\"", "name = \"approve\"", "allowed twice"},
        Row{"to = \"BACK\"", "to = \"RECEIVED\"", "without act to BACK"},
        Row{"from = [\"RECEIVED\"]\nto = \"PUSHED\"", "from = [\"RECEIVED\"]\nto = \"BACK\"",
            "no supplement"},
        Row{"name = \"PUSHED\"", "name = \"RECEIVED\"", "twice"},
        Row{"kind = \"INTAKE\"", "kind = \"REVIEW\"", "INTAKE"},
        Row{"source = \"民办发〔2021〕10号: 户籍地镇街 15个工作日内\"", "", "source"},
        Row{"kind = \"SUPPLEMENT\"", "kind = \"SUPPLEMENT\"\nworking_days = 3", "no limit"},
        Row{"by = [\"COUNTY\"]", "by = []", "names no role"},
        Row{"working_days = 15", "working_days = 0", "working_days"},
        Row{"to = \"UNTOLD\"\nby = [\"SYSTEM\"]", "to = \"UNTOLD\"\nby = [\"WINDOW\"]", "SYSTEM alone"},
        Row{"source = \"[PROP] no text found\"", "", "source"}, Row{"version =", "versions =", "version"}}) {
    const auto flow = Flow::Parse(Changed(row.from, row.to), "flow.toml", {});
    EXPECT_TRUE(HasReason(flow.status(), Reason::CONFIG_INVALID)) << row.from;
    EXPECT_NE(flow.status().message().find(row.word), absl::string_view::npos) << flow.status();
  }
  EXPECT_TRUE(
      HasReason(Flow::Load(kChildFlow, {.needed_steps = {"ARCHIVED"}}).status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(
      HasReason(Flow::Load(kChildFlow, {.needed_acts = {"archive"}}).status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::cases
