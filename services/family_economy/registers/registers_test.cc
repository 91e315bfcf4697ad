// The shipped mappings and data on SQLite and PostgreSQL.
#include "services/family_economy/registers/registers.h"

#include <fstream>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/registers/registers_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kP08[] = "51162319700101996X";
constexpr char kP09[] = "511623201405209902";
constexpr char kP10[] = "511623198607079996";
constexpr char kP16[] = "513031194808159926";

class RegistersTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  v1::ClassResult Ask(const std::string& doc_no, v1::DataClass data_class,
                      const std::string& as_of = "2026-03-20", const std::string& purpose = "P-DIBAO") {
    auto answer = test_.own->Answer(Question(doc_no, {data_class}, as_of), purpose);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() && answer->results_size() == 1 ? answer->results(0) : v1::ClassResult();
  }

  TestRegisters test_{GetParam()};
};

TEST_P(RegistersTest, TellsADibaoByRegionTypeAndFirstMonthOnly) {
  const v1::ClassResult result = Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE);
  EXPECT_EQ(result.state(), v1::RESULT_STATE_HIT);
  EXPECT_EQ(result.source(), "社会救助库");
  EXPECT_EQ(result.data_as_of().seconds(), 1793462400);  // 2026-10-31T16:00:00Z
  ASSERT_EQ(result.items_size(), 1);
  EXPECT_EQ(result.items(0).assistance().type(), v1::ASSISTANCE_TYPE_DIBAO_RURAL);
  EXPECT_EQ(result.items(0).assistance().from_month().value(), "2025-03");
  EXPECT_EQ(result.items(0).assistance().region().code(), kSichuan);
  EXPECT_THAT(FieldsOf({result}), ElementsAre("A10.from_month", "A10.region", "A10.state", "A10.type"));
}

TEST_P(RegistersTest, TellsNothingBeforeItBegan) {
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE, "2025-02-28").state(), v1::RESULT_STATE_NO_HIT);
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE, "2025-03-01").state(), v1::RESULT_STATE_HIT);
}

TEST_P(RegistersTest, ReadsEveryClass) {
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A02_MARRIAGE).items(0).marital_status().marital_code(), "20");
  EXPECT_EQ(Ask(kP10, v1::DATA_CLASS_A02_MARRIAGE).items(0).marital_status().marital_code(), "40");
  EXPECT_EQ(Ask(kP10, v1::DATA_CLASS_A02_MARRIAGE, "2022-05-11").items(0).marital_status().marital_code(),
            "20");
  const v1::ClassResult dead = Ask(kP16, v1::DATA_CLASS_A03_DEATH);
  ASSERT_EQ(dead.items_size(), 2);
  EXPECT_EQ(dead.items(0).death_record().type(), v1::DEATH_RECORD_TYPE_DEATH);
  EXPECT_EQ(dead.items(1).death_record().type(), v1::DEATH_RECORD_TYPE_CREMATION);
  EXPECT_EQ(Ask(kP08, v1::DATA_CLASS_A11_DISABILITY_SUBSIDY).items_size(), 2);
  EXPECT_EQ(Ask(kP09, v1::DATA_CLASS_A12_CHILD_WELFARE).items(0).child_welfare().category(),
            v1::CHILD_CATEGORY_DEFACTO);
  EXPECT_EQ(Ask("511623200503019972", v1::DATA_CLASS_A13_TEMPORARY_RELIEF)
                .items(0)
                .temporary_relief()
                .from_month()
                .value(),
            "2026-02");
}

TEST_P(RegistersTest, ReadsTheClassesOfOtherDepartments) {
  const v1::HukouRecord hukou = Ask(kP02, v1::DATA_CLASS_A01_HUKOU).items(0).hukou_record();
  EXPECT_EQ(hukou.state(), v1::HUKOU_STATE_REGISTERED);
  EXPECT_EQ(hukou.division().code(), "511623104");
  EXPECT_EQ(hukou.relation(), "12");
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A04_SOCIAL_INSURANCE).items(0).social_insurance().base_fen_month(),
            30'000);
  const v1::RealEstate house = Ask(kP02, v1::DATA_CLASS_A05_REAL_ESTATE).items(0).real_estate();
  EXPECT_EQ(house.use(), v1::REAL_ESTATE_USE_HOMESTEAD);
  EXPECT_EQ(house.area_centi_m2(), 12'050);
  EXPECT_EQ(house.share_bp(), 5'000);
  EXPECT_EQ(house.division().code(), "511623104");  // the register knows the village, the answer the town
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A06_VEHICLE).items(0).vehicle().type(), v1::VEHICLE_TYPE_MOTORCYCLE);
  EXPECT_EQ(Ask(kP10, v1::DATA_CLASS_A07_BUSINESS).items(0).business_interest().role(),
            v1::BUSINESS_ROLE_SOLE_TRADER);
  EXPECT_EQ(Ask(kP10, v1::DATA_CLASS_A08_HOUSING_FUND).items(0).housing_fund().balance_fen(), 1'234'500);
  EXPECT_EQ(Ask(kP10, v1::DATA_CLASS_A09_TAX).items(0).taxed_income().income_fen_year(), 2'640'000);
  const v1::ClassResult finance = Ask(kP02, v1::DATA_CLASS_A14_FINANCE);
  EXPECT_EQ(finance.source(), "省级金融资产核对通道");
  EXPECT_EQ(finance.items(0).financial_asset().balance_fen(), 860'000);
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A15_UTILITIES).items(0).utility_use().type(),
            v1::UTILITY_TYPE_ELECTRICITY);
}

// Whoever asks for another purpose gets less of the same record.
TEST_P(RegistersTest, TellsEachPurposeItsFieldsOnly) {
  const auto fields = [&](v1::DataClass data_class, const std::string& purpose) {
    return FieldsOf({Ask(kP02, data_class, "2026-03-20", purpose)});
  };
  EXPECT_THAT(fields(v1::DATA_CLASS_A05_REAL_ESTATE, "P-DIBAO"),
              ElementsAre("A05.area_centi_m2", "A05.division", "A05.from_month", "A05.region", "A05.share_bp",
                          "A05.state", "A05.use"));
  EXPECT_THAT(fields(v1::DATA_CLASS_A05_REAL_ESTATE, "P-MONITOR"),
              ElementsAre("A05.from_month", "A05.region", "A05.state", "A05.use"));
  EXPECT_THAT(fields(v1::DATA_CLASS_A04_SOCIAL_INSURANCE, "P-LINSHI"),
              ElementsAre("A04.from_month", "A04.region", "A04.role", "A04.state", "A04.type"));
  const auto denied = test_.own->Answer(Question(kP02, {v1::DATA_CLASS_A14_FINANCE}), "P-LINSHI");
  EXPECT_TRUE(HasReason(denied.status(), Reason::PURPOSE_DENIED));
}

TEST_P(RegistersTest, AnotherPersonHasNoHit) {
  const v1::ClassResult result = Ask(kP01, v1::DATA_CLASS_A10_ASSISTANCE);
  EXPECT_EQ(result.state(), v1::RESULT_STATE_NO_HIT);
  EXPECT_TRUE(result.reason().empty());
}

TEST_P(RegistersTest, ADatabaseThatFailsIsNotCheckedAndNeverNoHit) {
  test_.Execute("ALTER TABLE reg_assistance RENAME TO gone");
  const v1::ClassResult result = Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE);
  EXPECT_EQ(result.state(), v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_EQ(result.reason(), "SOURCE_UNAVAILABLE");
  EXPECT_TRUE(result.source().empty());
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A02_MARRIAGE).state(), v1::RESULT_STATE_HIT);
  if (test_.postgres == nullptr) return;
  test_.postgres->Stop();
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A02_MARRIAGE).state(), v1::RESULT_STATE_NOT_CHECKED);
  test_.postgres->Start();
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A02_MARRIAGE).state(), v1::RESULT_STATE_HIT);
}

TEST_P(RegistersTest, ADatabaseThatWasRestartedIsAskedLikeBefore) {
  if (test_.postgres == nullptr) GTEST_SKIP() << "a file is not restarted";
  const v1::QueryStatusRequest question = Question(kP02, {v1::DATA_CLASS_A10_ASSISTANCE});
  ASSERT_EQ(test_.own->Answer(question, "P-DIBAO")->results(0).state(), v1::RESULT_STATE_HIT);
  test_.postgres->Stop();
  test_.postgres->Start();
  EXPECT_EQ(test_.own->Answer(question, "P-DIBAO")->results(0).state(), v1::RESULT_STATE_HIT);
}

TEST_P(RegistersTest, AnUnreadableRecordIsAnErrorWithoutItems) {
  test_.Execute("UPDATE reg_assistance SET kind = 'XXXX'");
  v1::ClassResult result = Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE);
  EXPECT_EQ(result.state(), v1::RESULT_STATE_ERROR);
  EXPECT_EQ(result.reason(), "CODE_UNKNOWN");
  EXPECT_EQ(result.items_size(), 0);
  test_.Execute("UPDATE reg_assistance SET kind = 'NCDB', from_month = '2025-00'");
  result = Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE);
  EXPECT_EQ(result.state(), v1::RESULT_STATE_ERROR);
  EXPECT_EQ(result.reason(), "DATE_INVALID");
}

TEST_P(RegistersTest, RefusesPurposesAndQuestionsOutsideTheMatrix) {
  const auto reason = [&](const v1::QueryStatusRequest& question, const std::string& purpose = "P-DIBAO") {
    return test_.own->Answer(question, purpose).status();
  };
  const auto a10 = v1::DATA_CLASS_A10_ASSISTANCE;
  EXPECT_TRUE(HasReason(reason(Question(kP02, {a10}), "P-MARRY"), Reason::PURPOSE_DENIED));
  EXPECT_TRUE(HasReason(reason(Question(kP02, {a10}), ""), Reason::PURPOSE_DENIED));
  EXPECT_TRUE(HasReason(reason(Question(kP02, {a10, a10})), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(reason(Question(kP02, {})), Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(reason(Question(kP02, {v1::DATA_CLASS_UNSPECIFIED})), Reason::CODE_UNKNOWN));
  EXPECT_TRUE(HasReason(reason(Question(kP02, {a10}, "2026-02-30")), Reason::DATE_INVALID));
  EXPECT_TRUE(HasReason(reason(Question("511623198706239925", {a10})), Reason::ID_CHECK));
}

TEST_P(RegistersTest, APersonWithoutANumberIsNotChecked) {
  v1::QueryStatusRequest question = Question("", {v1::DATA_CLASS_A10_ASSISTANCE});
  question.mutable_person()->set_doc_type(type::v1::DOC_TYPE_NONE);
  question.mutable_person()->set_person_ref("r1");
  const auto answer = test_.own->Answer(question, "P-DIBAO");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results(0).state(), v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_EQ(answer->results(0).reason(), "ID_DOC_TYPE");
}

TEST_P(RegistersTest, LoadingAgainReplacesAndStoresNoNumbers) {
  ASSERT_TRUE(
      LoadRegisters(*test_.pool, *test_.indexer, *test_.sealer, Shipped("demo/registers/510000.json")).ok());
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE).items_size(), 1);
  ASSERT_TRUE(test_.pool
                  ->Run([](sql::Session& session) -> absl::Status {
                    const auto found = session.Query("SELECT person_index FROM reg_assistance");
                    EXPECT_EQ(sql::TextOf(found->rows[0][0]).size(), 64u);
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(
      LoadRegisters(*test_.pool, *test_.indexer, *test_.sealer, Shipped("demo/registers/500000.json")).ok());
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A10_ASSISTANCE).state(), v1::RESULT_STATE_NO_HIT);
}

TEST_P(RegistersTest, AnAmountThatCannotBeIsAnErrorWithoutItems) {
  const auto set = [&](const char* column, const char* value) {
    test_.Execute(std::string("UPDATE reg_real_estate SET ") + column + " = '" + value + "'");
    const v1::ClassResult result = Ask(kP02, v1::DATA_CLASS_A05_REAL_ESTATE);
    EXPECT_EQ(result.state(), v1::RESULT_STATE_ERROR);
    EXPECT_EQ(result.items_size(), 0);
    return result.reason();
  };
  EXPECT_EQ(set("area_centi_m2", "-1"), "BAD_REQUEST");
  EXPECT_EQ(set("area_centi_m2", "120.5"), "CODE_UNKNOWN");
  test_.Execute("UPDATE reg_real_estate SET area_centi_m2 = '12050'");
  EXPECT_EQ(set("share_bp", "10001"), "BAD_REQUEST");
  test_.Execute("UPDATE reg_real_estate SET share_bp = '10000'");
  EXPECT_EQ(set("division", "51162"), "CODE_UNKNOWN");
  test_.Execute("UPDATE reg_real_estate SET division = '511623'");
  EXPECT_EQ(Ask(kP02, v1::DATA_CLASS_A05_REAL_ESTATE).state(), v1::RESULT_STATE_HIT);
}

class MappingTest : public RegistersTest {
 protected:
  absl::Status Load(const std::string& text) {
    const std::string folder = ::testing::TempDir() + "/chuanyu-mapping-" + std::to_string(getpid());
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/A13.toml") << text;
    auto registers = Registers::Load(*test_.pool, {.folder = folder, .region = kSichuan});
    std::filesystem::remove_all(folder);
    return registers.status();
  }
};

constexpr char kGood[] = R"(class = "A13"
source = "x"
sql = "SELECT granted_on AS m FROM reg_temporary_relief WHERE person_index = :person_index AND granted_on <= :as_of"
[columns]
m = "from_month"
)";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_P(MappingTest, RefusesWhatDoesNotFitAtStart) {
  EXPECT_TRUE(Load(kGood).ok()) << Load(kGood);
  const std::pair<const char*, const char*> wrong[] = {
      {"\"A13\"", "\"A16\""},                          // no class
      {"source", "typo = 1\nsource"},                  // unknown key
      {"reg_temporary_relief", "no_such_table"},       // does not run
      {"granted_on AS m", "granted_on AS n"},          // other column than mapped
      {"granted_on AS m", "granted_on AS m, 1 AS n"},  // a column too many
      {"m = \"from_month\"", "m = \"amount\""},        // no field
      {":as_of", "'2026-01-01'"},                      // ignores the day
      {"<= :as_of", "<= :as_of AND :other = 1"},       // unknown parameter
  };
  for (const auto& [from, to] : wrong) {
    EXPECT_TRUE(HasReason(Load(Replaced(kGood, from, to)), Reason::CONFIG_INVALID)) << to;
  }
}

// A14 only comes through the province's channel: a county's own mapping of it stops the start.
TEST_P(MappingTest, RefusesACountysMappingOfBankData) {
  const std::string county = R"(class = "A14"
source = "x"
sql = "SELECT kind FROM reg_finance WHERE person_index = :person_index AND from_month <= :as_of"
[columns]
kind = "type"
[values.type]
CK = "FINANCIAL_ASSET_TYPE_DEPOSIT"
)";
  const absl::Status refused = Load(county);
  EXPECT_TRUE(HasReason(refused, Reason::CONFIG_INVALID));
  EXPECT_THAT(refused.ToString(), HasSubstr("channel"));
  EXPECT_TRUE(Load("channel = \"province\"\n" + county).ok());
  EXPECT_TRUE(HasReason(Load("channel = \"county\"\n" + county), Reason::CONFIG_INVALID));
}

TEST_P(MappingTest, AClassWithoutASourceIsNotChecked) {
  const std::string folder = ::testing::TempDir() + "/chuanyu-mapping-one-" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/A13.toml") << kGood;
  const auto registers = Registers::Load(*test_.pool, {.folder = folder, .region = kSichuan});
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(registers.ok()) << registers.status();
  const v1::ClassResult result =
      (*registers)
          ->Ask(v1::DATA_CLASS_A05_REAL_ESTATE, test_.indexer->Index({.type = 1, .number = kP02}),
                *ParseDate("2026-03-20"));
  EXPECT_EQ(result.state(), v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_EQ(result.reason(), "SOURCE_NOT_CONFIGURED");
}

TEST_P(MappingTest, LoaderErrorsNeverRepeatValues) {
  const std::string path = ::testing::TempDir() + "/chuanyu-bad-" + std::to_string(getpid()) + ".json";
  std::ofstream(path) << R"({"synthetic": true, "complete_until": "2026-10-31T16:00:00Z",
      "records": [{"register": "A10", "doc_no": "511623198706239925", "kind": "NCDB"}]})";
  const absl::Status status = LoadRegisters(*test_.pool, *test_.indexer, *test_.sealer, path);
  EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID)) << status;
  EXPECT_THAT(status.ToString(), Not(HasSubstr("511623")));
  std::filesystem::remove(path);
}

const auto kDatabases = ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql);
const auto kName = [](const auto& info) {
  return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
};
INSTANTIATE_TEST_SUITE_P(Databases, RegistersTest, kDatabases, kName);
INSTANTIATE_TEST_SUITE_P(Databases, MappingTest, kDatabases, kName);

}  // namespace
}  // namespace chuanyu::family_economy
