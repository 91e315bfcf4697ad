// The periodic re-check over two regions of real processes: domain page §10, scenario 10. Synthetic persons.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "tests/support/batches.h"
#include "tests/support/eventually.h"
#include "tests/support/journals.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr int64_t kLines = 10'000;
constexpr int64_t kChunk = 1'000;
// Where the three bad lines of the scenario stand, and who of the others is in Sichuan's registers.
constexpr int64_t kBadCheck = 17, kNoSuchDay = 5'000, kFuture = 9'999;
constexpr int64_t kAssisted = 5, kDead = 4'321, kMarried = 9'000;

BatchLine ScenarioLine(int64_t at) {
  if (at == kBadCheck) return SyntheticLine("500112198504129910", at + 1);
  if (at == kNoSuchDay) return SyntheticLine("511623202302302463", at + 1);
  if (at == kFuture) return SyntheticLine("511623209912319918", at + 1);
  BatchLine line = SyntheticLine(SyntheticNumber(at), at + 1);
  if (at == kMarried) line.set_known_marital_code("10");
  return line;
}

std::string MonthAgo(int months) {
  const absl::CivilMonth now(DayOf(absl::Now()));
  return absl::FormatCivilTime(now - months);
}

// Who of the lines has what in the registers of Sichuan's departments.
constexpr int64_t kCompany = 100, kCar = 101, kOldCar = 102, kWheelchair = 103, kHouse = 104;

std::string DepartmentRecords() {
  const auto record = [](const char* head, int64_t at, const std::string& rest) {
    return absl::StrCat(R"(, {"register": ")", head, R"(", "doc_no": ")", SyntheticNumber(at), R"(", )", rest,
                        "}");
  };
  const std::string since = R"("from_month": ")";
  return record("A07", kCompany, R"("role": "GTH", )" + since + MonthAgo(0) + "\"") +
         record("A06", kCar, R"("kind": "XKC", )" + since + MonthAgo(1) + "\"") +
         record("A06", kOldCar, R"("kind": "XKC", "from_month": "2019-08")") +
         record("A06", kWheelchair, R"("kind": "CJC", )" + since + MonthAgo(0) + "\"") +
         record("A05", kHouse, R"("usage_code": "ZZ", )" + since + MonthAgo(3) + "\"");
}

// A file of registers for each region: Sichuan's has three of the batch, and five of the departments' batch.
std::string WriteRegisters() {
  std::string folder = (std::filesystem::temp_directory_path() / "cy-registers-XXXXXX").string();
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  const std::string head = R"({"synthetic": true, "complete_until": "2026-10-31T16:00:00Z", "records": [)";
  std::ofstream(folder + "/500000.json") << head << "]}";
  std::ofstream(folder + "/510000.json")
      << head << R"({"register": "A10", "doc_no": ")" << SyntheticNumber(kAssisted)
      << R"(", "kind": "NCDB", "from_month": "2025-03"}, {"register": "A03", "doc_no": ")"
      << SyntheticNumber(kDead) << R"(", "kind": "SW", "day": "2026-01-03"}, {"register": "A02", "doc_no": ")"
      << SyntheticNumber(kMarried) << R"(", "marital_code": "21", "from_day": "2026-02-14"})"
      << DepartmentRecords() << "]}";
  return folder;
}

class BatchScenario : public ::testing::TestWithParam<Backend> {
 protected:
  BatchScenario() : registers_(WriteRegisters()), world_({.backend = GetParam(), .registers = registers_}) {
    const absl::Status started = world_.Start();
    EXPECT_TRUE(started.ok()) << started;
    Connect();
  }
  ~BatchScenario() override { std::filesystem::remove_all(registers_); }

  // A connection to a process that was killed takes its time to come back; a new one does not.
  void Connect() { stub_ = FamilyEconomyBatches::NewStub(world_.cq().ToFront(kPlatform)); }
  void KillAndStartAgain() {
    world_.cq().family_economy().Kill();
    const absl::Status back = world_.cq().StartFamilyEconomy();
    ASSERT_TRUE(back.ok()) << back;
    Connect();
  }
  Batch Now(const std::string& batch_no) {
    const auto batch = GetBatch(*stub_, batch_no);
    EXPECT_TRUE(batch.ok()) << batch.status();
    return batch.value_or(Batch());
  }
  std::vector<BatchLineResult> Results(const std::string& batch_no, LineOutcome outcome) {
    std::vector<BatchLineResult> lines;
    ListBatchResultsRequest request;
    request.set_batch_no(batch_no);
    request.set_outcome(outcome);
    request.set_page_size(2);
    do {
      grpc::ClientContext context;
      ListBatchResultsResponse page;
      const grpc::Status status = stub_->ListBatchResults(&context, request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      lines.insert(lines.end(), page.results().begin(), page.results().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  const std::string registers_;
  World world_;
  std::unique_ptr<FamilyEconomyBatches::Stub> stub_;
};

// Every number of the batch that stands in a file below `folder`, in clear.
std::set<std::string> NumbersOnDisk(const std::string& folder,
                                    const std::unordered_set<std::string>& numbers) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = ReadWholeFile(entry.path().string());
    EXPECT_EQ(bytes.find(kSyntheticName), std::string::npos) << entry.path();
    for (const char* prefix : {"500112", "511623"}) {
      for (size_t at = bytes.find(prefix); at != std::string::npos; at = bytes.find(prefix, at + 1)) {
        if (numbers.contains(bytes.substr(at, 18))) found.insert(entry.path().filename().string());
      }
    }
  }
  return found;
}

TEST_P(BatchScenario, TenThousandLinesKilledAndResumedGiveTheSameTotals) {
  const SyntheticBatch batch("2026-11-M", kLines, kChunk, ScenarioLine);
  // The upload is killed after four chunks of ten, and goes on from what the service says it has.
  const auto broken = UploadChunks(*stub_, batch, 0, 4);
  ASSERT_TRUE(broken.ok()) << broken.status();
  EXPECT_EQ(broken->state(), BATCH_STATE_RECEIVING);
  ASSERT_NO_FATAL_FAILURE(KillAndStartAgain());
  const int64_t stored = Now("2026-11-M").chunks_stored();
  EXPECT_EQ(stored, 4);
  // The provider is away, so that the service is killed with everything asked and nothing answered.
  world_.sc().family_economy().Kill();
  const auto complete = UploadChunks(*stub_, batch, stored - 1, batch.chunks());
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(complete->state(), BATCH_STATE_RUNNING);
  const auto asked = [&] {
    return !CountByRequest(ReadJournal(world_.cq()), exchange::v1::RECORD_KIND_REQUEST_SENT).empty();
  };
  ASSERT_TRUE(Eventually(absl::Seconds(30), asked));
  ASSERT_NO_FATAL_FAILURE(KillAndStartAgain());
  const absl::Status back = world_.sc().StartFamilyEconomy();
  ASSERT_TRUE(back.ok()) << back;
  // And once more between two answers.
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] { return Now("2026-11-M").counts().ok() > 0; }));
  ASSERT_NO_FATAL_FAILURE(KillAndStartAgain());
  ASSERT_TRUE(Eventually(absl::Seconds(120), [&] { return Now("2026-11-M").state() == BATCH_STATE_DONE; }))
      << Now("2026-11-M").DebugString();

  const BatchCounts counts = Now("2026-11-M").counts();
  EXPECT_EQ(counts.taken_in(), kLines);
  EXPECT_EQ(counts.ok(), 9'997);
  EXPECT_EQ(counts.rejected(), 3);
  EXPECT_EQ(counts.dup() + counts.error(), 0);
  EXPECT_EQ(counts.hits(), 3);
  const auto rejected = Results("2026-11-M", LINE_OUTCOME_REJECTED);
  ASSERT_EQ(rejected.size(), 3u);
  EXPECT_EQ(absl::StrCat(rejected[0].line_no(), rejected[0].code()), absl::StrCat(kBadCheck + 1, "ID_CHECK"));
  EXPECT_EQ(absl::StrCat(rejected[1].line_no(), rejected[1].code()),
            absl::StrCat(kNoSuchDay + 1, "ID_BIRTHDATE"));
  EXPECT_EQ(absl::StrCat(rejected[2].line_no(), rejected[2].code()),
            absl::StrCat(kFuture + 1, "ID_BIRTHDATE_RANGE"));
  const auto hits = Results("2026-11-M", LINE_OUTCOME_HIT);
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].line_no(), kAssisted + 1);
  EXPECT_EQ(hits[1].line_no(), kDead + 1);
  EXPECT_EQ(hits[2].line_no(), kMarried + 1);

  // A log that is being written may end in half a frame.
  ASSERT_TRUE(world_.Stop().ok());
  // Each chunk and each hit crossed once: ten questions about chunks, three about lines, in both journals.
  for (const auto& [region, kind] : {std::pair{&world_.cq(), exchange::v1::RECORD_KIND_REQUEST_SENT},
                                     std::pair{&world_.sc(), exchange::v1::RECORD_KIND_ANSWER_SENT}}) {
    const auto counted = CountByRequest(ReadJournal(*region), kind);
    EXPECT_EQ(counted.size(), 13u);
    for (const auto& [id, times] : counted) EXPECT_EQ(times, 1) << id;
  }
  const auto verified = VerifyJournals(world_.cq(), world_.sc());
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(Failures(*verified), "");

  std::unordered_set<std::string> numbers;
  for (int64_t at = 0; at < kLines; ++at) numbers.insert(ScenarioLine(at).person().doc_no());
  for (Region* region : {&world_.cq(), &world_.sc()}) {
    for (const std::string& folder : region->DataFolders()) {
      EXPECT_TRUE(NumbersOnDisk(folder, numbers).empty()) << folder;
    }
  }
}

TEST_P(BatchScenario, HitsRaiseWarningsThatAnOfficerDecides) {
  const SyntheticBatch batch("warnings", 10'000, 5'000, ScenarioLine);
  ASSERT_TRUE(UploadChunks(*stub_, batch, 0, batch.chunks()).ok());
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] { return Now("warnings").state() == BATCH_STATE_DONE; }));
  ListBatchWarningsRequest request;
  request.set_batch_no("warnings");
  grpc::ClientContext context;
  ListBatchWarningsResponse response;
  ASSERT_TRUE(stub_->ListBatchWarnings(&context, request, &response).ok());
  std::set<WarningKind> kinds;
  for (const BatchWarning& warning : response.warnings()) kinds.insert(warning.kind());
  EXPECT_EQ(kinds, (std::set<WarningKind>{WARNING_KIND_DEATH, WARNING_KIND_OTHER_REGION_BENEFIT,
                                          WARNING_KIND_MARRIAGE_CHANGE}));
  SetWarningDispositionRequest decision;
  decision.set_batch_no("warnings");
  decision.set_warning_no(response.warnings(0).warning_no());
  decision.set_disposition(WARNING_DISPOSITION_CONFIRMED);
  decision.set_version(1);
  grpc::ClientContext nobody;
  SetWarningDispositionResponse decided;
  EXPECT_TRUE(HasReason(rpc::FromGrpc(stub_->SetWarningDisposition(&nobody, decision, &decided)),
                        Reason::BAD_REQUEST))
      << "an officer must decide";
  decision.set_officer("officer-7");
  grpc::ClientContext officer;
  ASSERT_TRUE(stub_->SetWarningDisposition(&officer, decision, &decided).ok());
  EXPECT_EQ(decided.warning().disposition(), WARNING_DISPOSITION_CONFIRMED);
}

// §4.5: new company, vehicle and property. What is older than the last look is no warning, and neither is
// 残疾人机动轮椅车.
TEST_P(BatchScenario, DepartmentsClassesTellWhatIsNewSinceTheLastLook) {
  const std::vector<DataClass> classes = {DATA_CLASS_A05_REAL_ESTATE, DATA_CLASS_A06_VEHICLE,
                                          DATA_CLASS_A07_BUSINESS};
  const auto line_at = [&](int64_t at) {
    BatchLine line = SyntheticLine(SyntheticNumber(kCompany + at), at + 1);
    line.clear_auth_scope();
    for (const DataClass one : classes) line.add_auth_scope(one);
    if (kCompany + at == kHouse) line.mutable_known_until()->set_value(MonthAgo(4) + "-15");
    if (at == 6) line.mutable_auth_scope()->RemoveLast();  // A07 is outside of what this line allows
    return line;
  };
  const SyntheticBatch batch("departments", 7, 7, line_at, classes);
  const auto uploaded = UploadChunks(*stub_, batch, 0, batch.chunks());
  ASSERT_TRUE(uploaded.ok()) << uploaded.status();
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] { return Now("departments").state() == BATCH_STATE_DONE; }))
      << Now("departments").DebugString();
  const BatchCounts counts = Now("departments").counts();
  EXPECT_EQ(counts.ok(), 6);
  EXPECT_EQ(counts.hits(), 5);
  const auto rejected = Results("departments", LINE_OUTCOME_REJECTED);
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_EQ(absl::StrCat(rejected[0].line_no(), rejected[0].code()), "7AUTH_SCOPE");
  ListBatchWarningsRequest request;
  request.set_batch_no("departments");
  grpc::ClientContext context;
  ListBatchWarningsResponse response;
  ASSERT_TRUE(stub_->ListBatchWarnings(&context, request, &response).ok());
  std::map<int64_t, WarningKind> warned;
  for (const BatchWarning& warning : response.warnings()) warned[warning.line_no() - 1] = warning.kind();
  EXPECT_EQ(warned, (std::map<int64_t, WarningKind>{{0, WARNING_KIND_NEW_COMPANY},
                                                    {1, WARNING_KIND_NEW_VEHICLE},
                                                    {4, WARNING_KIND_NEW_PROPERTY}}));
}

// A class that the purpose may not see is refused before anybody is asked.
TEST_P(BatchScenario, AClassOutsideOfThePurposeIsRefused) {
  const auto line_at = [](int64_t at) { return SyntheticLine(SyntheticNumber(at), at + 1); };
  const SyntheticBatch batch("no-banks", 3, 3, line_at, {DATA_CLASS_A14_FINANCE});
  SubmitBatchRequest request;
  *request.mutable_manifest() = batch.manifest();
  request.mutable_manifest()->set_purpose("P-MONITOR");
  grpc::ClientContext context;
  SubmitBatchResponse response;
  const auto writer = stub_->SubmitBatch(&context, &response);
  writer->Write(request);
  writer->WritesDone();
  EXPECT_TRUE(HasReason(rpc::FromGrpc(writer->Finish()), Reason::PURPOSE_DENIED));
}

TEST_P(BatchScenario, OthersSeeNothingAndOnlySystemsOfTheRegionMaySubmit) {
  const SyntheticBatch batch("mine", 3, 3, ScenarioLine);
  ASSERT_TRUE(UploadChunks(*stub_, batch, 0, 1).ok());
  const auto foreign = FamilyEconomyBatches::NewStub(world_.cq().ToFront(kForeignPlatform));
  EXPECT_TRUE(HasReason(UploadChunks(*foreign, batch, 0, 1).status(), Reason::CALLER_WRONG_REGION));
  const auto duty = FamilyEconomyBatches::NewStub(world_.cq().ToFront(kOperator));
  EXPECT_TRUE(HasReason(UploadChunks(*duty, batch, 0, 1).status(), Reason::ROLE_DENIED));
  const auto unknown = FamilyEconomyBatches::NewStub(world_.cq().ToFront(kUnknownSystem));
  EXPECT_TRUE(HasReason(GetBatch(*unknown, "mine").status(), Reason::CASE_NOT_FOUND));
}

// The command line: a CSV file, progress in plain lines, and the results.
TEST_P(BatchScenario, CommandLineSubmitsWatchesAndLists) {
  const std::string file = registers_ + "/persons.csv";
  {
    std::ofstream csv(file);
    csv << "doc_no,name,auth_no,auth_valid_from,auth_scope,case_ref\n";
    for (const int64_t at : {kBadCheck, kAssisted, int64_t{1}, int64_t{1}}) {
      csv << ScenarioLine(at).person().doc_no() << "," << kSyntheticName << ",SQ-1,2025-01-01,A10,CQ-" << at
          << "\n";
    }
  }
  const rpc::TlsFiles tls = world_.pki().Files(kPlatform);
  const auto run = [&](std::vector<std::string> verb) {
    std::vector<std::string> argv = {CHUANYU_BIN_DIR "/chuanyu", "batch"};
    argv.insert(argv.end(), verb.begin(), verb.end());
    for (const std::string& more :
         {std::string("--server"), world_.cq().front_target(), std::string("--identity"),
          world_.cq().FamilySpiffe(), std::string("--cert"), tls.certificate, std::string("--key"), tls.key,
          std::string("--ca"), tls.ca}) {
      argv.push_back(more);
    }
    const std::string output = registers_ + "/cli.out";
    std::filesystem::remove(output);
    const absl::Status ended = RunToEnd(argv, output);
    EXPECT_TRUE(ended.ok()) << ended;
    return ReadWholeFile(output);
  };
  EXPECT_NE(run({"submit", file, "--batch-no", "cli", "--classes", "A10"}).find("cli"), std::string::npos);
  run({"submit", file, "--batch-no", "cli", "--classes", "A10"});  // again: nothing new
  const std::string watched = run({"watch", "cli"});
  EXPECT_NE(watched.find("checked 4/4"), std::string::npos) << watched;
  EXPECT_NE(watched.find("cli DONE"), std::string::npos) << watched;
  EXPECT_NE(run({"results", "cli", "--outcome", "REJECTED"}).find("ID_CHECK"), std::string::npos);
  EXPECT_NE(run({"results", "cli", "--outcome", "DUP"}).find("BATCH_DUP_LINE"), std::string::npos);
  const std::string hits = run({"results", "cli"});
  EXPECT_NE(hits.find("510000  A10"), std::string::npos) << hits;
}

INSTANTIATE_TEST_SUITE_P(Databases, BatchScenario, ::testing::Values(Backend::kSqlite, Backend::kPostgresql),
                         [](const auto& info) {
                           return info.param == Backend::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::testing
