#include "services/cli/batch_file.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/batch_progress.h"

namespace chuanyu::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Synthetic: nobody has these numbers.
constexpr char kHeader[] = "doc_no,name,auth_no,auth_valid_from,auth_scope,case_ref\n";
constexpr char kRow[] = "511623198706239924,李测乙,auth-1,2026-01-01,A03 A10,case-1\n";

class BatchFileTest : public ::testing::Test {
 protected:
  BatchFileTest() {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-batch-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~BatchFileTest() override { std::filesystem::remove_all(folder_); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  family_economy::v1::BatchLines LinesOf(const family_economy::v1::BatchChunk& chunk) {
    family_economy::v1::BatchLines lines;
    EXPECT_TRUE(lines.ParseFromString(chunk.lines()));
    return lines;
  }
  std::string folder_;
};

TEST_F(BatchFileTest, CsvAndJsonLinesOfTheSamePersonAreTheSameChunk) {
  auto csv = BatchFile::Open(Write("a.csv", std::string(kHeader) + kRow));
  ASSERT_TRUE(csv.ok()) << csv.status();
  auto json = BatchFile::Open(Write(
      "a.jsonl",
      R"({"person":{"docType":"DOC_TYPE_RESIDENT_ID","docNo":"511623198706239924","name":"李测乙"},"authNo":"auth-1",)"
      R"("authValidFrom":{"value":"2026-01-01"},"authScope":["DATA_CLASS_A03_DEATH","DATA_CLASS_A10_ASSISTANCE"],)"
      R"("caseRef":"case-1"})"
      "\n"));
  ASSERT_TRUE(json.ok()) << json.status();
  const auto first = csv->Next();
  const auto second = json->Next();
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->sm3(), second->sm3());
  EXPECT_EQ(LinesOf(*first).lines(0).auth_scope_size(), 2);
  EXPECT_TRUE(csv->Next()->lines().empty());
}

TEST_F(BatchFileTest, ChunksHoldFiveThousandLinesAndTheDigestCoversAll) {
  std::string text = kHeader;
  for (int i = 0; i < 5'001; ++i) text += kRow;
  const std::string path = Write("b.csv", text);
  auto file = BatchFile::Open(path);
  ASSERT_TRUE(file.ok());
  const auto first = file->Next();
  const auto second = file->Next();
  EXPECT_EQ(LinesOf(*first).lines_size(), 5'000);
  EXPECT_EQ(LinesOf(*second).lines_size(), 1);
  EXPECT_EQ(second->number(), 1);
  const auto digest = DigestOf(path);
  ASSERT_TRUE(digest.ok());
  EXPECT_EQ(digest->count, 5'001);
  const std::string hashes = absl::HexStringToBytes(first->sm3()) + absl::HexStringToBytes(second->sm3());
  EXPECT_EQ(digest->sm3, crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {hashes}))));
}

TEST_F(BatchFileTest, UnreadableLineIsNamedByItsPlaceAndNeverByItsContent) {
  for (const std::string& row : {std::string("511623198706239924,李测乙\n"),
                                 std::string("511623198706239924,李测乙,a,2026-01-01,A99,c\n"),
                                 std::string("511623198706239924,\"李测乙,a,2026-01-01,A03,c\n")}) {
    auto file = BatchFile::Open(Write("c.csv", kHeader + row));
    ASSERT_TRUE(file.ok());
    const absl::Status status = file->Next().status();
    EXPECT_TRUE(HasReason(status, Reason::BAD_REQUEST)) << status;
    EXPECT_THAT(FieldOf(status), HasSubstr("line 1"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("511623198706239924")));
  }
  EXPECT_FALSE(BatchFile::Open(Write("d.csv", "doc_no,password\n")).ok());
  EXPECT_FALSE(BatchFile::Open(folder_ + "/missing.csv").ok());
}

TEST(SplitCsv, KnowsQuotes) {
  EXPECT_THAT(SplitCsv(R"(a,"b,c","d""e",)"), ElementsAre("a", "b,c", "d\"e", ""));
  EXPECT_THAT(SplitCsv("\"open"), IsEmpty());
}

TEST(ProgressBar, FillsWithTheWork) {
  EXPECT_EQ(ProgressBar(0, 10, 4), "[....]   0 %");
  EXPECT_EQ(ProgressBar(5, 10, 4), "[##..]  50 %");
  EXPECT_EQ(ProgressBar(10, 10, 4), "[####] 100 %");
  EXPECT_EQ(ProgressBar(0, 0, 4), "[####] 100 %");
}

}  // namespace
}  // namespace chuanyu::cli
