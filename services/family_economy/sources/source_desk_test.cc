// A real RegisterSource server over mutual TLS on loopback, which does what the test says; questions in
// SQLite and PostgreSQL. Synthetic persons.
#include "services/family_economy/sources/source_desk.h"

#include <filesystem>
#include <functional>
#include <map>

#include "common/errors/error.h"
#include "common/rpc/identity.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/sql/test_postgres.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kA05 = v1::DATA_CLASS_A05_REAL_ESTATE;
constexpr char kId[] = "0199aaaa-0000-7000-8000-000000000001";

// Thread-safe.
class Department final : public v1::RegisterSource::Service {
 public:
  enum class Mode { kAnswer, kLater, kDown, kRefuse };

  void set_mode(Mode mode) {
    MutexLock lock(mu_);
    mode_ = mode;
  }
  // Forgets its tickets, as after a restart without a disk.
  void Forget() {
    MutexLock lock(mu_);
    tickets_.clear();
  }
  void WaitForCalls(int count) {
    MutexLock lock(mu_);
    while (calls_ < count) {
      ASSERT_TRUE(changed_.WaitFor(mu_, 60'000)) << "waited for a minute";
    }
  }
  std::map<std::string, int> queries() {
    MutexLock lock(mu_);
    return queries_;
  }

  grpc::Status Query(grpc::ServerContext* context, const v1::QueryRequest* request,
                     v1::QueryResponse* response) override {
    MutexLock lock(mu_);
    const auto caller = rpc::IdentifyCaller(*context);
    EXPECT_TRUE(caller.ok() && caller->org == "mzj") << "who calls is not proved";
    EXPECT_EQ(request->authorization_no(), "auth-1");
    EXPECT_EQ(request->from_region().code(), kChongqing);
    ++queries_[request->query_id()];
    return Serve(request->query_id(), *response);
  }
  grpc::Status Collect(grpc::ServerContext*, const v1::CollectRequest* request,
                       v1::CollectResponse* response) override {
    MutexLock lock(mu_);
    Count();
    if (mode_ == Mode::kDown) return {grpc::StatusCode::UNAVAILABLE, "511623198706239924"};
    if (!tickets_.contains(request->ticket_id())) return {grpc::StatusCode::NOT_FOUND, ""};
    --calls_;
    return Serve(request->query_id(), *response);
  }

 private:
  void Count() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ++calls_;
    changed_.NotifyAll();
  }
  template <typename Response>
  grpc::Status Serve(const std::string& query_id, Response& response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    Count();
    if (mode_ == Mode::kDown) return {grpc::StatusCode::UNAVAILABLE, "511623198706239924"};
    if (mode_ == Mode::kRefuse) return {grpc::StatusCode::PERMISSION_DENIED, "511623198706239924"};
    if (mode_ == Mode::kLater) {
      response.mutable_later()->set_id("t-" + query_id);
      tickets_["t-" + query_id] = query_id;
      return grpc::Status::OK;
    }
    v1::ClassResult& result = *response.mutable_answer()->add_results();
    result.set_data_class(kA05);
    result.set_state(v1::RESULT_STATE_HIT);
    v1::RealEstate& item = *result.add_items()->mutable_real_estate();
    item.set_use(v1::REAL_ESTATE_USE_HOMESTEAD);
    item.set_share_bp(5'000);
    return grpc::Status::OK;
  }

  Mutex mu_;
  CondVar changed_;
  Mode mode_ ABSL_GUARDED_BY(mu_) = Mode::kAnswer;
  int calls_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<std::string, std::string> tickets_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> queries_ ABSL_GUARDED_BY(mu_);
};

class SourceDeskTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  using Mode = Department::Mode;

  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-desk-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (GetParam() == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    auto pool =
        sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/lookups.db"});
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    store_ = LookupStore::Open(*pool_, *sealer_).value();
    StartServer();
    StartDesk();
  }
  void TearDown() override {
    desk_.reset();
    server_.reset();
    store_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  void StartServer() {
    auto server = rpc::Server::Start({.listen = {"unix:" + folder_ + "/department.sock"},
                                      .tls = pki_.Files("510000/zrzy/register"),
                                      .reflection = false},
                                     {&department_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void StartDesk() {
    SourceConfig config{.id = "real-estate",
                        .name = "不动产登记中心",
                        .classes = {kA05},
                        .target = "unix:" + folder_ + "/department.sock",
                        .identity = "spiffe://510000.chuanyu/zrzy/register",
                        .min_pause = absl::Milliseconds(10),
                        .max_pause = absl::Milliseconds(50)};
    std::vector<std::unique_ptr<RegisterClient>> clients;
    clients.push_back(
        RegisterClient::Open(config, pki_.Files("510000/mzj/family-economy"), kSichuan).value());
    desk_ = std::make_unique<SourceDesk>(SourceDesk::Deps{.store = *store_,
                                                          .matrix = matrix_,
                                                          .calendar = TestCalendar(),
                                                          .clock = clock_,
                                                          .tick = absl::Milliseconds(20)},
                                         std::move(clients));
    desk_->Start([this](const FinishedLookup& lookup, const v1::QueryStatusResponse& answer) {
      MutexLock lock(mu_);
      delivered_.emplace_back(lookup.request_id, answer);
      changed_.NotifyAll();
      return deliver_;
    });
  }

  absl::Status Begin(const std::string& purpose = "P-DIBAO") {
    v1::StoredLookup lookup;
    lookup.mutable_question()->mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
    lookup.mutable_question()->mutable_person()->set_doc_no(kP02);
    lookup.mutable_question()->mutable_person()->set_name("李测乙");
    lookup.mutable_question()->mutable_as_of()->set_value("2026-03-20");
    lookup.set_purpose(purpose);
    lookup.set_authorization_no("auth-1");
    lookup.set_from_region(kChongqing);
    v1::ClassResult& pending = *lookup.mutable_answer()->add_results();
    pending.set_data_class(kA05);
    pending.set_state(v1::RESULT_STATE_NOT_CHECKED);
    pending.set_reason("ANSWER_PENDING");
    return desk_->Begin(kId, LookupFor::kOtherRegion, lookup);
  }
  v1::ClassResult Delivered(size_t nth = 1) {
    MutexLock lock(mu_);
    while (delivered_.size() < nth) {
      if (!changed_.WaitFor(mu_, 60'000)) {
        ADD_FAILURE() << "waited for a minute";
        return {};
      }
    }
    EXPECT_EQ(delivered_[nth - 1].first, kId);
    EXPECT_EQ(delivered_[nth - 1].second.results_size(), 1);
    return delivered_[nth - 1].second.results(0);
  }
  size_t delivered() {
    MutexLock lock(mu_);
    return delivered_.size();
  }
  // Lets time pass until the answer is there: tickets are looked at with growing pauses.
  void PassUntilDelivered() {
    for (int step = 0; step < 10'000 && delivered() == 0; ++step) {
      clock_.Advance(absl::Seconds(10));
      MutexLock lock(mu_);
      changed_.WaitFor(mu_, 5);
    }
  }
  void WaitUntilGone() {
    while (desk_->Has(kId).value_or(true)) {
      MutexLock lock(mu_);
      changed_.WaitFor(mu_, 5);
    }
  }

  const rpc::TestPki pki_{{"510000/mzj/family-economy/system", "510000/zrzy/register/system"}};
  const std::unique_ptr<crypto::Sealer> sealer_ =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(48, 's'), "test").value();
  const FieldMatrix matrix_ =
      FieldMatrix::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/fields/family_economy.toml")
          .value();
  FakeClock clock_{TestNow()};
  std::string folder_;
  std::unique_ptr<sql::TestPostgres> postgres_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<LookupStore> store_;
  Department department_;
  std::unique_ptr<rpc::Server> server_;
  Mutex mu_;
  CondVar changed_;
  absl::Status deliver_ ABSL_GUARDED_BY(mu_);
  std::vector<std::pair<std::string, v1::QueryStatusResponse>> delivered_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<SourceDesk> desk_;
};

TEST_P(SourceDeskTest, DeliversWhatADepartmentAnswersAtOnce) {
  ASSERT_TRUE(Begin().ok());
  const v1::ClassResult result = Delivered();
  EXPECT_EQ(result.state(), v1::RESULT_STATE_HIT);
  EXPECT_EQ(result.source(), "不动产登记中心");
  EXPECT_EQ(result.items(0).real_estate().share_bp(), 5'000);
  WaitUntilGone();
}

TEST_P(SourceDeskTest, TakesAwayWhatThePurposeMayNotSee) {
  ASSERT_TRUE(Begin("P-MONITOR").ok());
  const v1::ClassResult result = Delivered();
  ASSERT_EQ(result.items_size(), 1);
  EXPECT_TRUE(result.items(0).real_estate().has_use());
  EXPECT_FALSE(result.items(0).real_estate().has_share_bp());
}

TEST_P(SourceDeskTest, CollectsLaterAlsoAfterARestart) {
  department_.set_mode(Mode::kLater);
  ASSERT_TRUE(Begin().ok());
  department_.WaitForCalls(1);
  desk_.reset();
  StartDesk();
  department_.set_mode(Mode::kAnswer);
  EXPECT_EQ(delivered(), 0u);
  PassUntilDelivered();
  EXPECT_EQ(Delivered().state(), v1::RESULT_STATE_HIT);
  ASSERT_EQ(department_.queries().size(), 1u);
  EXPECT_EQ(department_.queries().begin()->second, 1) << "a ticket is collected, not asked for again";
}

TEST_P(SourceDeskTest, AsksAnewWhenTheTicketWasForgotten) {
  department_.set_mode(Mode::kLater);
  ASSERT_TRUE(Begin().ok());
  department_.WaitForCalls(1);
  department_.Forget();
  department_.set_mode(Mode::kAnswer);
  PassUntilDelivered();
  EXPECT_EQ(Delivered().state(), v1::RESULT_STATE_HIT);
  EXPECT_EQ(department_.queries().begin()->second, 2) << "the same query_id";
}

TEST_P(SourceDeskTest, WaitsForADepartmentThatIsDownAndNeverSaysNothing) {
  server_.reset();
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(delivered(), 0u);
  StartServer();
  EXPECT_EQ(Delivered().state(), v1::RESULT_STATE_HIT);
}

TEST_P(SourceDeskTest, EndsAtTheTimeLimitWithTheReason) {
  department_.set_mode(Mode::kDown);
  ASSERT_TRUE(Begin().ok());
  department_.WaitForCalls(2);
  EXPECT_EQ(delivered(), 0u);
  clock_.Set(TestNow() + absl::Hours(24 * 8));
  const v1::ClassResult result = Delivered();
  EXPECT_EQ(result.state(), v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_EQ(result.reason(), "SOURCE_UNAVAILABLE");
}

TEST_P(SourceDeskTest, ATicketThatIsNeverHonouredEndsAtTheTimeLimit) {
  department_.set_mode(Mode::kLater);
  ASSERT_TRUE(Begin().ok());
  department_.WaitForCalls(1);
  clock_.Set(TestNow() + absl::Hours(24 * 8));
  const v1::ClassResult result = Delivered();
  EXPECT_EQ(result.state(), v1::RESULT_STATE_NOT_CHECKED);
  EXPECT_THAT(result.reason(), ::testing::AnyOf("DEADLINE_PASSED", "SOURCE_UNAVAILABLE"));
}

TEST_P(SourceDeskTest, ARefusalIsAnErrorAtOnceWithoutItsText) {
  department_.set_mode(Mode::kRefuse);
  ASSERT_TRUE(Begin().ok());
  const v1::ClassResult result = Delivered();
  EXPECT_EQ(result.state(), v1::RESULT_STATE_ERROR);
  EXPECT_EQ(result.reason(), "POLICY_DENIED");
  EXPECT_THAT(result.ShortDebugString(), Not(HasSubstr("511623")));
}

TEST_P(SourceDeskTest, DeliversAgainUntilItIsTaken) {
  {
    MutexLock lock(mu_);
    deliver_ = MakeError(Reason::PEER_UNAVAILABLE);
  }
  ASSERT_TRUE(Begin().ok());
  Delivered();
  {
    MutexLock lock(mu_);
    deliver_ = absl::OkStatus();
  }
  clock_.Advance(absl::Minutes(1));
  Delivered(2);
  WaitUntilGone();
}

TEST_P(SourceDeskTest, BeginsOnceAndCancels) {
  server_.reset();
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_TRUE(*desk_->Has(kId));
  ASSERT_TRUE(desk_->Cancel(kId).ok());
  EXPECT_FALSE(*desk_->Has(kId));
  EXPECT_TRUE(store_->CountOpen()->empty());
}

TEST_P(SourceDeskTest, StoresNothingReadable) {
  server_.reset();
  ASSERT_TRUE(Begin().ok());
  for (const char* table : {"fe_lookup", "fe_source_ask"}) {
    ASSERT_TRUE(pool_
                    ->Run([&](sql::Session& session) -> absl::Status {
                      const auto found = session.Query(std::string("SELECT * FROM ") + table);
                      EXPECT_EQ(found->rows.size(), 1u);
                      for (const sql::Value& value : found->rows[0]) {
                        EXPECT_THAT(sql::TextOf(value), Not(HasSubstr("511623")));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, SourceDeskTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::family_economy
