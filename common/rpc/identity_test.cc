#include "common/rpc/identity.h"

#include <fstream>
#include <iterator>

#include "common/errors/error.h"
#include "common/rpc/identity_cache.h"
#include "common/rpc/test_pki.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

std::string Read(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(Spiffe, IsSplitIntoRegionOrganisationAndSystem) {
  const auto identity = ParseSpiffe("spiffe://500000.chuanyu/civil-affairs.yubei/county_platform");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->region, "500000");
  EXPECT_EQ(identity->org, "civil-affairs.yubei");
  EXPECT_EQ(identity->system, "county_platform");
  EXPECT_EQ(identity->Spiffe(), "spiffe://500000.chuanyu/civil-affairs.yubei/county_platform");
}

TEST(Spiffe, AnythingElseIsAnUnknownCaller) {
  for (const char* uri :
       {"", "spiffe://", "https://500000.chuanyu/a/b", "spiffe://500000.chuanyu", "spiffe://500000.chuanyu/a",
        "spiffe://500000.chuanyu/a/b/c", "spiffe://500000.chuanyu//b", "spiffe://500000.chuanyu/a/",
        "spiffe://50000.chuanyu/a/b", "spiffe://5000000.chuanyu/a/b", "spiffe://50000x.chuanyu/a/b",
        "spiffe://500000.chuanyu.evil/a/b", "spiffe://500000.other/a/b", "spiffe://500000/a/b",
        "spiffe://500000.chuanyu/A/b", "spiffe://500000.chuanyu/a/b?x", "spiffe://500000.chuanyu/a/b c"}) {
    EXPECT_TRUE(HasReason(ParseSpiffe(uri).status(), Reason::CALLER_UNKNOWN)) << uri;
  }
}

TEST(Identity, EveryRoleIsReadFromItsCertificate) {
  const TestPki pki({"500000/a/system/system", "500000/a/operator/operator", "500000/a/auditor/auditor",
                     "500000/a/security/security", "500000/a/node/node"});
  for (const CallerRole role : {CallerRole::kSystem, CallerRole::kOperator, CallerRole::kAuditor,
                                CallerRole::kSecurity, CallerRole::kNode}) {
    const std::string name(CallerRoleName(role));
    const auto identity = ParseIdentity(Read(pki.Files("500000/a/" + name).certificate));
    ASSERT_TRUE(identity.ok()) << identity.status();
    EXPECT_EQ(identity->role, role);
    EXPECT_EQ(identity->Spiffe(), "spiffe://500000.chuanyu/a/" + name);
  }
}

TEST(Identity, KnowsWhenTheCertificateEnds) {
  const TestPki pki({"500000/a/b/system/expired"});
  const auto identity = ParseIdentity(Read(pki.Files("500000/a/b").certificate));
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->not_after, absl::FromCivil(absl::CivilDay(2020, 2, 1), absl::UTCTimeZone()));
}

TEST(Identity, ACertificateWithoutNameOrRoleIsAnUnknownCaller) {
  const TestPki pki({"500000/a/b/system"});
  // An authority's certificate has neither.
  EXPECT_TRUE(
      HasReason(ParseIdentity(Read(pki.folder() + "/500000/ca/root.pem")).status(), Reason::CALLER_UNKNOWN));
  EXPECT_TRUE(HasReason(ParseIdentity("no certificate").status(), Reason::CALLER_UNKNOWN));
  EXPECT_TRUE(HasReason(ParseIdentity("").status(), Reason::CALLER_UNKNOWN));
}

TEST(Identity, OneRoleCannotDoAnothersWork) {
  const CallerIdentity auditor{.role = CallerRole::kAuditor};
  EXPECT_TRUE(RequireRole(auditor, CallerRole::kAuditor).ok());
  EXPECT_TRUE(HasReason(RequireRole(auditor, CallerRole::kOperator), Reason::ROLE_DENIED));
}

TEST(IdentityCache, AnswersAsParsingDoesAndForgetsTheOldest) {
  const TestPki pki({"500000/a/one/system", "500000/a/two/operator"});
  const std::string one = Read(pki.Files("500000/a/one").certificate);
  const std::string two = Read(pki.Files("500000/a/two").certificate);
  IdentityCache cache(/*capacity=*/2);
  EXPECT_EQ(cache.Get(one)->system, "one");
  EXPECT_EQ(cache.Get(two)->system, "two");
  EXPECT_EQ(cache.Get(one)->system, "one");
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_TRUE(HasReason(cache.Get("bad").status(), Reason::CALLER_UNKNOWN));
  EXPECT_TRUE(HasReason(cache.Get("bad").status(), Reason::CALLER_UNKNOWN));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Get(one)->system, "one");
  EXPECT_EQ(cache.Get(two)->system, "two");
  EXPECT_EQ(cache.Get(two)->role, CallerRole::kOperator);
}

}  // namespace
}  // namespace chuanyu::rpc
