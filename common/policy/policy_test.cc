#include "common/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "common/errors/error.h"

namespace chuanyu::policy {
namespace {

Policy OneRule(Rule rule) { return {"v1", "", {std::move(rule)}, {}}; }

Rule A1() {
  return {.id = "A-1",
          .caller = "500000/mzj/family-economy",
          .operation = "/p.S/Query",
          .purposes = {"P-DIBAO", "P-TEKUN"},
          .from_region = "500000",
          .to_region = "510000",
          .requires_authorization = true};
}

Access Asked() {
  return {.caller = "500000/mzj/family-economy",
          .operation = "/p.S/Query",
          .purpose = "P-DIBAO",
          .from_region = "500000",
          .to_region = "510000",
          .has_authorization = true};
}

TEST(Policy, EmptyPolicyDeniesEverything) {
  EXPECT_TRUE(HasReason(Policy("v", "", {}, {}).Check(Asked()), Reason::POLICY_DENIED));
}

TEST(Policy, ExactRuleAllows) { EXPECT_TRUE(OneRule(A1()).Check(Asked()).ok()); }

TEST(Policy, EveryOtherCoordinateIsDenied) {
  struct Case {
    const char* what;
    Access access;
    Reason reason;
  };
  std::vector<Case> cases;
  const auto add = [&](const char* what, auto change, Reason reason) {
    Access access = Asked();
    change(access);
    cases.push_back({what, access, reason});
  };
  add(
      "caller", [](Access& a) { a.caller = "500000/mzj/other"; }, Reason::POLICY_DENIED);
  add(
      "operation", [](Access& a) { a.operation = "/p.S/Query2"; }, Reason::POLICY_DENIED);
  add(
      "from", [](Access& a) { a.from_region = "510000"; }, Reason::POLICY_DENIED);
  add(
      "to", [](Access& a) { a.to_region = "520000"; }, Reason::POLICY_DENIED);
  add(
      "purpose", [](Access& a) { a.purpose = "P-MARRY"; }, Reason::PURPOSE_DENIED);
  add(
      "empty purpose", [](Access& a) { a.purpose = ""; }, Reason::PURPOSE_DENIED);
  add(
      "no authorisation", [](Access& a) { a.has_authorization = false; }, Reason::AUTH_MISSING);
  for (const Case& c : cases) {
    EXPECT_TRUE(HasReason(OneRule(A1()).Check(c.access), c.reason)) << c.what;
  }
}

TEST(Policy, WildcardCoversWholeSegmentsOnly) {
  Rule rule = A1();
  rule.caller = "500000/mzj/*";
  EXPECT_TRUE(OneRule(rule).Check(Asked()).ok());
  Access access = Asked();
  access.caller = "500000/mzjx/family-economy";
  EXPECT_FALSE(OneRule(rule).Check(access).ok());
  rule.caller = "500000/mzj/fam*";  // not a pattern
  EXPECT_FALSE(OneRule(rule).Check(Asked()).ok());
}

class PolicyFile : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string path =
        (std::filesystem::path(testing::TempDir()) / ("policy-" + std::to_string(getpid()) + ".toml"))
            .string();
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(PolicyFile, LoadsRulesQuotasAndDigest) {
  const auto policy = Policy::Load(Write(R"(
version = "2026-11-24.1"
[[rule]]
id = "A-1"
caller = "500000/mzj/family-economy"
operation = "/p.S/Query"
purposes = ["P-DIBAO"]
from_region = "500000"
to_region = "510000"
requires_authorization = true
[[quota]]
caller = "*"
requests_per_second = 5
burst = 7
)"));
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ((*policy)->version(), "2026-11-24.1");
  EXPECT_EQ((*policy)->digest_hex().size(), 64u);
  EXPECT_TRUE((*policy)->Check(Asked()).ok());
  ASSERT_NE((*policy)->QuotaFor("anyone"), nullptr);
  EXPECT_EQ((*policy)->QuotaFor("anyone")->burst, 7);
}

TEST_F(PolicyFile, UnknownKeyMissingKeyAndMissingFileAreConfigErrors) {
  for (const char* text : {"version = \"1\"\nruel = 3\n", "[[rule]]\nid=\"x\"\n",
                           "version=\"1\"\n[[rule]]\nid=\"x\"\ncaller=\"*\"\noperation=\"*\"\npurposes=[]\n"
                           "from_region=\"*\"\nto_region=\"*\"\n"}) {
    EXPECT_TRUE(HasReason(Policy::Load(Write(text)).status(), Reason::CONFIG_INVALID)) << text;
  }
  EXPECT_TRUE(HasReason(Policy::Load("/nonexistent/policy.toml").status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::policy
