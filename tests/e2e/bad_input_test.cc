// What a county platform may get wrong, and who may not ask at all: each is refused with its reason, and
// nothing of it is stored, asked or recorded. (The exchange's own checks, e.g. of clocks and replays, are in
// exchange_test.cc: the front makes ids and times itself.)
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/channel.h"
#include "tests/e2e/household_fixture.h"
#include "tests/support/strangers.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

// Synthetic, as everything here.
constexpr char kAddress[] = "试验省虚构市测试路九百九十九号";
constexpr char kAccount[] = "6222990000000000019";

class BadInput : public HouseholdTest {
 protected:
  // One adult and a child, both of Sichuan: what slips through would be asked there.
  static CreateVerificationRequest Sound(const std::string& request_id) {
    return Filing(request_id, {{kP11, "01"}, {kP09, "30"}});
  }
  static type::v1::PersonRef& Adult(CreateVerificationRequest& request) {
    return *request.mutable_verification()->mutable_household()->mutable_members(0)->mutable_person();
  }
  static Authorization& Document(CreateVerificationRequest& request) {
    return *request.mutable_verification()->mutable_authorization();
  }
  static std::string CreateAs(const rpc::TlsFiles& tls, World& world, absl::Duration limit) {
    const auto channel = rpc::OpenChannel(
        {.target = world.cq().front_target(), .tls = tls, .server_spiffe = world.cq().FamilySpiffe()});
    if (!channel.ok()) return channel.status().ToString();
    return Outcome(FrontClient(*channel).Create(Sound("bad-caller"), limit).status());
  }
};
INSTANTIATE_TEST_SUITE_P(On, BadInput, ::testing::Values(Backend::kSqlite), BackendName);

struct Spoilt {
  const char* reason;
  const char* field;
  void (*spoil)(CreateVerificationRequest&, Verification&, type::v1::PersonRef& adult, Authorization&);
};

// Every case begins with a sound application.
const Spoilt kSpoilt[] = {
    // Domain page §10, scenario 10, and §2.1.
    {"ID_CHECK", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("500112198504129910"); }},
    {"ID_BIRTHDATE", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("511623202302302463"); }},
    {"ID_BIRTHDATE_RANGE", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("511623209912319918"); }},
    {"ID_CHARSET", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("５１１６２３１９８９０３０３９９４８"); }},
    {"ID_LENGTH", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("5116231989030399"); }},
    {"ID_LEGACY15_CENTENARIAN", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_doc_no("511623860707999"); }},
    {"ID_SEX_MISMATCH", "household.members[0].person.doc_no",
     [](auto&, auto&, auto& adult, auto&) { adult.set_sex(type::v1::SEX_MALE); }},
    {"BAD_REQUEST", "household.members[0].person.name",
     [](auto&, auto&, auto& adult, auto&) { adult.clear_name(); }},
    {"CODE_UNKNOWN", "household.members[0].hukou_code",
     [](auto&, auto& check, auto&, auto&) {
       check.mutable_household()->mutable_members(0)->mutable_hukou_code()->set_code("999999");
     }},
    {"BAD_REQUEST", "household.members[1].person",
     [](auto&, auto& check, auto& adult, auto&) {
       *check.mutable_household()->mutable_members(1)->mutable_person() = adult;
     }},
    // Fields that the schema does not have.
    {"UNKNOWN_FIELD", "",
     [](auto& request, auto&, auto&, auto&) {
       request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(99, kAccount);
     }},
    {"UNKNOWN_FIELD", "",
     [](auto&, auto&, auto& adult, auto&) {
       adult.GetReflection()->MutableUnknownFields(&adult)->AddLengthDelimited(17, kAddress);
     }},
    // Permission.
    {"AUTH_MISSING", "authorization", [](auto&, auto& check, auto&, auto&) { check.clear_authorization(); }},
    {"AUTH_MISSING", "authorization.signatories",
     [](auto&, auto&, auto&, auto& document) { document.mutable_signatories()->RemoveLast(); }},
    {"AUTH_MISSING", "authorization.signatories[1]",
     [](auto&, auto&, auto&, auto& document) { document.mutable_signatories(1)->clear_guardian(); }},
    {"AUTH_EXPIRED", "authorization.valid_to",
     [](auto&, auto&, auto&, auto& document) { document.mutable_valid_to()->set_value("2026-01-31"); }},
    {"AUTH_REVOKED", "authorization",
     [](auto&, auto&, auto&, auto& document) { document.mutable_revoked_at()->set_seconds(1'770'000'000); }},
    {"AUTH_SCOPE", "authorization.household_id",
     [](auto&, auto&, auto&, auto& document) { document.set_household_id("hh-another"); }},
    {"AUTH_SCOPE", "authorization.scope",
     [](auto&, auto&, auto&, auto& document) { document.clear_scope(); }},
    {"PURPOSE_DENIED", "assist_type",
     [](auto&, auto& check, auto&, auto&) { check.set_assist_type("P-MARRY"); }},
    {"PURPOSE_DENIED", "assist_type",
     [](auto&, auto& check, auto&, auto&) { check.set_assist_type("P-MONITOR"); }},
    // Who accepts, when, what.
    {"ORG_NOT_COMPETENT", "accept_org.division",
     [](auto&, auto& check, auto&, auto&) {
       check.mutable_accept_org()->mutable_division()->set_code("511623");
     }},
    {"USCC_CHECK", "accept_org.uscc",
     [](auto&, auto& check, auto&, auto&) { check.mutable_accept_org()->set_uscc("52500112MJ0000991P"); }},
    {"DATE_INVALID", "as_of",
     [](auto&, auto& check, auto&, auto&) { check.mutable_as_of()->set_value("2023-02-30"); }},
    {"DEADLINE_PASSED", "deadline",
     [](auto&, auto& check, auto&, auto&) { check.mutable_deadline()->set_seconds(1'770'000'000); }},
    {"BAD_REQUEST", "classes[1]",
     [](auto&, auto& check, auto&, auto&) { check.add_classes(DATA_CLASS_UNSPECIFIED); }},
    {"BAD_REQUEST", "request_id",
     [](auto& request, auto&, auto&, auto&) { request.set_request_id("bad id"); }},
    {"BAD_REQUEST", "authorization.auth_no",
     [](auto&, auto&, auto&, auto& document) { document.set_auth_no("SQ-511623198706239924"); }},
    {"BAD_REQUEST", "verification",
     [](auto&, auto& check, auto&, auto&) { check.set_state(VERIFICATION_STATE_REPORTED); }},
    {"PAYLOAD_TOO_LARGE", "",
     [](auto&, auto&, auto&, auto& document) { document.set_auth_no(std::string((4 << 20) + 1, 'x')); }},
    {"PAYLOAD_TOO_LARGE", "",
     [](auto&, auto&, auto&, auto& document) { document.set_auth_no(std::string(6 << 20, 'x')); }},
};

TEST_P(BadInput, IsRefusedWithItsReasonAndLeavesNothingBehind) {
  const size_t outbound = Outbound(world());
  int number = 0;
  for (const Spoilt& spoilt : kSpoilt) {
    SCOPED_TRACE(std::string(spoilt.reason) + " " + spoilt.field);
    CreateVerificationRequest request = Sound("bad-" + std::to_string(++number));
    spoilt.spoil(request, *request.mutable_verification(), Adult(request), Document(request));
    const absl::Status status = front().Create(request).status();
    EXPECT_EQ(Outcome(status), spoilt.reason);
    if (*spoilt.field != '\0') {
      EXPECT_EQ(FieldOf(status), spoilt.field);
    }
  }
  // No error told what was wrong with whom.
  std::vector<Needle> needles = NeedlesOf(AllTestPersons());
  for (const auto& [what, text] : {std::pair{"address", kAddress}, std::pair{"account", kAccount}}) {
    for (Needle& needle : NeedlesOf(what, text)) needles.push_back(std::move(needle));
  }
  ByteSearch search(needles);
  search.InText("errors", front().error_bytes());
  for (Region* region : {&world().cq(), &world().sc()}) {
    for (const std::string& folder : region->DataFolders()) search.InFolder(folder);
  }
  EXPECT_THAT(search.sightings(), ::testing::IsEmpty()) << search.Report();

  const auto all = front().List();
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(*all, ::testing::IsEmpty());
  EXPECT_EQ(Outbound(world()), outbound);
  // Neither the ids nor the persons of the refused ones are taken: one question each for adult and child.
  const Verification check = FileAndAwait(Sound("bad-1"));
  EXPECT_EQ(check.remote_queries_size(), 2);
  EXPECT_EQ(Outbound(world()), outbound + 4);
}

TEST_P(BadInput, CallersWithoutTheRightAreRefused) {
  const size_t outbound = Outbound(world());
  const auto all_before = front().List();
  ASSERT_TRUE(all_before.ok()) << all_before.status();
  const auto as = [&](const char* identity) {
    return CreateAs(world().pki().Files(identity), world(), absl::Seconds(10));
  };
  EXPECT_EQ(as(kForeignPlatform), "CALLER_WRONG_REGION");
  EXPECT_EQ(as(kOperator), "ROLE_DENIED");
  EXPECT_EQ(as(kAuditor), "ROLE_DENIED");
  EXPECT_EQ(CreateAs(IssueWithoutSpiffe(world().pki()), world(), absl::Seconds(10)), "CALLER_UNKNOWN");
  // An operator sees who was turned away, and why.
  const std::string log = ReadWholeFile(world().cq().folder() + "/run/family.log");
  for (const char* refusal : {R"("reason":"CALLER_WRONG_REGION","request":"chuanyu.family_economy.v1.Create)",
                              R"("caller":"510000/county/platform")", R"("caller":"500000/ops/duty")",
                              R"("reason":"CALLER_UNKNOWN")"}) {
    EXPECT_THAT(log, ::testing::HasSubstr(refusal));
  }
  // The handshake fails, so there is no answer to carry a reason.
  EXPECT_THAT(CreateAs(world().pki().Files(kExpiredPlatform), world(), absl::Seconds(2)),
              ::testing::AnyOf(::testing::HasSubstr("UNAVAILABLE"), ::testing::HasSubstr("DEADLINE")));
  // Another region's authority, for a name that is ours.
  const rpc::TestPki others({"500000/county/platform/system"});
  rpc::TlsFiles forged = others.Files(kPlatform);
  forged.ca = world().pki().Files(kPlatform).ca;
  EXPECT_THAT(CreateAs(forged, world(), absl::Seconds(2)),
              ::testing::AnyOf(::testing::HasSubstr("UNAVAILABLE"), ::testing::HasSubstr("DEADLINE")));
  EXPECT_EQ(Outbound(world()), outbound);
  const auto all = front().List();
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->size(), all_before->size());
}

}  // namespace
}  // namespace chuanyu::testing
