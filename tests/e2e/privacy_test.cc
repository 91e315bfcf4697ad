// Names, numbers, addresses and accounts are on no disk of either region: not in journals, vault, Redis,
// logs, file names or metrics, and not in the SQL databases either, where checks are sealed and persons are
// blind indexes.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "chuanyu/exchange/v1/operations.grpc.pb.h"
#include "common/crypto/blind_index.h"
#include "common/identity/citizen_id.h"
#include "common/redis/client.h"
#include "common/rpc/deadline.h"
#include "tests/e2e/household_fixture.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

// Synthetic, as everything here.
constexpr char kAddress[] = "试验省虚构市测试路九百九十九号";
constexpr char kAccount[] = "6222990000000000019";

std::vector<Needle> AllNeedles() {
  std::vector<Needle> needles = NeedlesOf(AllTestPersons());
  for (const auto& [what, text] : {std::pair{"address", kAddress}, std::pair{"account", kAccount}}) {
    for (Needle& needle : NeedlesOf(what, text)) needles.push_back(std::move(needle));
  }
  return needles;
}

// The search below can fail: what it looks for is found in every form, in a file and in the name of one.
TEST(ByteSearch, FindsEveryFormOfANumber) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "cy-search-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string number = kP01.doc_no;
  for (const std::string& form :
       {number, std::string("500112850412991"), std::string("５００１１２１９８５０４１２９９１２"),
        std::string("x") + absl::Base64Escape("a" + number + "b"), absl::Base64Escape("ab" + number),
        absl::BytesToHexString(number)}) {
    ByteSearch search(NeedlesOf(AllTestPersons()));
    WriteWholeFile(folder + "/file", "before" + form + "after");
    search.InFolder(folder);
    EXPECT_FALSE(search.sightings().empty()) << form;
  }
  WriteWholeFile(folder + "/file", "nothing");
  ByteSearch clean(NeedlesOf(AllTestPersons()));
  clean.InFolder(folder);
  EXPECT_TRUE(clean.sightings().empty()) << clean.Report();
  WriteWholeFile(folder + "/" + kP01.name, "nothing");
  ByteSearch named(NeedlesOf(AllTestPersons()));
  named.InFolder(folder);
  EXPECT_TRUE(named.Saw(std::string("name of ") + kP01.name)) << named.Report();
  fs::remove_all(folder);
}

class Privacy : public HouseholdTest {
 protected:
  static type::v1::PersonRef& PersonOf(CreateVerificationRequest& request, int member) {
    return *request.mutable_verification()->mutable_household()->mutable_members(member)->mutable_person();
  }
  // Everything that is taken in, and what it is answered; the ids of the questions.
  std::vector<std::string> FileAll() {
    CreateVerificationRequest guardian = Filing("child", {{kP09, "01"}});
    *guardian.mutable_verification()
         ->mutable_authorization()
         ->mutable_signatories(0)
         ->mutable_guardian_person() = MakeMember("g", kP10, "99").person();
    CreateVerificationRequest legacy = Filing("legacy", {{kP04, "01"}});
    PersonOf(legacy, 0).set_doc_no("511681981108995");
    CreateVerificationRequest small = Filing("small", {{kPX, "01"}});
    PersonOf(small, 0).set_doc_no("51168119551108992x");
    const std::vector<DataClass> all = {DATA_CLASS_A02_MARRIAGE,      DATA_CLASS_A03_DEATH,
                                        DATA_CLASS_A10_ASSISTANCE,    DATA_CLASS_A11_DISABILITY_SUBSIDY,
                                        DATA_CLASS_A12_CHILD_WELFARE, DATA_CLASS_A13_TEMPORARY_RELIEF};
    std::vector<std::string> questions;
    for (const CreateVerificationRequest& request :
         {Scenario1("s1"), guardian, legacy, small, Filing("paid", {{kP17, "01"}, {kP18, "12"}}, all),
          Filing("old", {{kP15, "01"}, {kP16, "12"}}, all),
          Filing("pair", {{kP05, "01"}, {kP06, "11"}}, all)}) {
      const Verification check = FileAndAwait(request);
      for (const RemoteQuery& query : check.remote_queries()) {
        questions.push_back(query.request_id());
      }
    }
    return questions;
  }
  // Everything that is refused, by the form, the rules, the schema and the store.
  void FileRefused() {
    CreateVerificationRequest wide = Filing("wide", {{kP20, "01"}});
    PersonOf(wide, 0).set_doc_no("５１１６２３２００４１１２４９９１４");
    CreateVerificationRequest unsigned_one = Filing("unsigned", {{kP20, "01"}, {kP21, "12"}});
    unsigned_one.mutable_verification()->mutable_authorization()->mutable_signatories()->RemoveLast();
    CreateVerificationRequest unknown = Filing("unknown", {{kP11, "01"}});
    auto& fields = *PersonOf(unknown, 0).GetReflection()->MutableUnknownFields(&PersonOf(unknown, 0));
    fields.AddLengthDelimited(17, kAddress);
    fields.AddLengthDelimited(18, kAccount);
    CreateVerificationRequest sex = Filing("sex", {{kP08, "01"}});
    PersonOf(sex, 0).set_sex(type::v1::SEX_MALE);
    CreateVerificationRequest twice = Filing("twice", {{kP01, "01"}});
    for (const CreateVerificationRequest& request : {wide, unsigned_one, unknown, sex, twice}) {
      EXPECT_FALSE(front().Create(request).ok()) << request.request_id();
    }
  }
  // What an operator sees of a request, in both regions.
  std::string Shown(const std::string& request_id) {
    std::string text;
    for (const auto& [region, identity] :
         {std::pair{&world().cq(), kOperator}, std::pair{&world().sc(), kForeignOperator}}) {
      const auto operations = exchange::v1::Operations::NewStub(region->ToNode(identity));
      grpc::ClientContext context;
      rpc::SetDeadline(context, absl::Now() + absl::Seconds(10));
      exchange::v1::InspectRequestRequest request;
      request.set_request_id(request_id);
      exchange::v1::InspectRequestResponse response;
      EXPECT_TRUE(operations->InspectRequest(&context, request, &response).ok());
      text += response.SerializeAsString();
    }
    return text;
  }
  // Redis also has what it holds in a snapshot and in a rewritten log, uncompressed.
  static void Snapshot(const Region& region, const std::string& socket) {
    redis::RedisClient client({.unix_socket = socket});
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"CONFIG", "SET", "rdbcompression", "no"}, {"SAVE"}, {"BGREWRITEAOF"}}) {
      EXPECT_TRUE(client.Run(command).ok()) << region.code() << " " << command[0];
    }
  }
  static std::string IndexOf(World& world, const Region& region, const TestPerson& person) {
    const auto indexer = crypto::BlindIndexer::Create(
        ReadWholeFile(world.pki().folder() + "/" + region.code() + "/keys/index.bin"));
    EXPECT_TRUE(indexer.ok());
    return (*indexer)
        ->Index({.type = static_cast<uint8_t>(DocType::kResidentId), .number = person.doc_no})
        .ToHex();
  }
};
INSTANTIATE_TEST_SUITE_P(On, Privacy, kBothBackends, BackendName);

TEST_P(Privacy, NoDiskNoMetricAndNoErrorKnowsAnybody) {
  const std::vector<std::string> questions = FileAll();
  ASSERT_EQ(questions.size(), 7u);
  FileRefused();
  ByteSearch search(AllNeedles());
  // Things that must be found, so that we know that all was read: requests in the journals, and the register
  // of Sichuan with its index of P02.
  std::vector<Needle> expected = {{"index of P02", IndexOf(world(), world().sc(), kP02)}};
  for (const std::string& id : questions) expected.push_back({id, id});
  for (const std::string& id : questions) search.InText("request " + id, Shown(id));
  search.InText("errors", front().error_bytes());
  for (Region* region : {&world().cq(), &world().sc()}) {
    search.InText("metrics of node " + region->code(), region->NodeMetrics());
    search.InText("metrics of family_economy " + region->code(), region->FamilyMetrics());
    Snapshot(*region, region->redis().socket());
  }
  EXPECT_THAT(world().cq().FamilyMetrics(),
              ::testing::ContainsRegex("chuanyu_verifications_refused_total [1-9]"));
  // A crash leaves behind what a clean end would have tidied up.
  for (Region* region : {&world().cq(), &world().sc()}) {
    region->family_economy().Kill();
    region->node().Kill();
    ByteSearch control(expected);
    for (const std::string& folder : region->DataFolders()) {
      search.InFolder(folder);
      control.InFolder(folder);
    }
    for (const Needle& needle : expected) {
      const bool everywhere = needle.what != "index of P02";
      EXPECT_EQ(control.Saw(needle.what), everywhere || region == &world().sc()) << needle.what;
    }
    const absl::Status node = region->StartNode();
    ASSERT_TRUE(node.ok()) << node;
    const absl::Status service = region->StartFamilyEconomy();
    ASSERT_TRUE(service.ok()) << service;
  }
  EXPECT_THAT(search.sightings(), ::testing::IsEmpty()) << search.Report();
}

}  // namespace
}  // namespace chuanyu::testing
