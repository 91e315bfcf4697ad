// Batches for tests: a store in a database of the test's own, lines of synthetic persons with right check
// digits.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/crypto/hash.h"
#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"
#include "services/family_economy/batch/batch_intake.h"
#include "services/family_economy/batch/batch_store.h"
#include "services/family_economy/batch/match_keys.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {

// A database of either kind in a temporary folder.
class TestDatabase {
 public:
  explicit TestDatabase(sql::Dialect dialect) {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-batch-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    if (dialect == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
    pool = sql::Pool::Open({.url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/cases.db"})
               .value();
  }
  ~TestDatabase() {
    pool.reset();
    std::filesystem::remove_all(folder_);
  }
  const std::string& folder() const { return folder_; }

  std::unique_ptr<sql::Pool> pool;

 private:
  std::string folder_;
  std::unique_ptr<sql::TestPostgres> postgres_;
};

// The n-th synthetic resident number: 渝北's old code, a birth date of 1960 to 1989, sequence 990 to 999.
inline std::string SyntheticNumber(int n) {
  const std::string digits = absl::StrFormat("500112%04d%02d%02d99%d", 1960 + n / 3'360 % 30,
                                             1 + n / 280 % 12, 1 + n / 10 % 28, n % 10);
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (digits[static_cast<size_t>(i)] - '0') * kWeights[i];
  return digits + "10X98765432"[sum % 11];
}

inline v1::BatchLine LineOf(const std::string& doc_no, const std::string& case_ref = "case-1") {
  v1::BatchLine line;
  line.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  line.mutable_person()->set_doc_no(doc_no);
  line.mutable_person()->set_name("合成人");
  line.set_auth_no("auth-" + case_ref);
  line.mutable_auth_valid_from()->set_value("2025-01-01");
  for (const v1::DataClass one :
       {v1::DATA_CLASS_A02_MARRIAGE, v1::DATA_CLASS_A03_DEATH, v1::DATA_CLASS_A10_ASSISTANCE}) {
    line.add_auth_scope(one);
  }
  line.set_case_ref(case_ref);
  return line;
}

inline std::string Sm3Hex(std::string_view bytes) {
  return crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {bytes})));
}

// A manifest and its chunks.
struct TestBatch {
  v1::BatchManifest manifest;
  std::vector<v1::BatchChunk> chunks;
};
inline TestBatch MakeBatch(const std::string& batch_no, const std::vector<v1::BatchLine>& lines,
                           size_t chunk_lines) {
  TestBatch batch;
  std::string hashes;
  for (size_t begin = 0; begin < lines.size(); begin += chunk_lines) {
    v1::BatchLines part;
    for (size_t at = begin; at < std::min(lines.size(), begin + chunk_lines); ++at)
      *part.add_lines() = lines[at];
    v1::BatchChunk& chunk = batch.chunks.emplace_back();
    chunk.set_number(static_cast<int64_t>(batch.chunks.size()) - 1);
    chunk.set_lines(part.SerializeAsString());
    chunk.set_sm3(Sm3Hex(chunk.lines()));
    hashes += crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {chunk.lines()}));
  }
  v1::BatchManifest& manifest = batch.manifest;
  manifest.set_batch_no(batch_no);
  manifest.set_request_id("request-" + batch_no);
  manifest.set_purpose("P-RECHECK");
  manifest.set_tier(v1::BATCH_TIER_MONTHLY);
  manifest.mutable_as_of()->set_value("2026-03-20");
  manifest.add_classes(v1::DATA_CLASS_A02_MARRIAGE);
  manifest.add_classes(v1::DATA_CLASS_A03_DEATH);
  manifest.add_classes(v1::DATA_CLASS_A10_ASSISTANCE);
  manifest.set_count(static_cast<int64_t>(lines.size()));
  manifest.set_sm3(Sm3Hex(hashes));
  return batch;
}

// A key file and a list that names it for Sichuan, in `folder`.
inline MatchKeys TestKeys(const std::string& folder, const std::string& peer = kSichuan) {
  std::ofstream(folder + "/match.bin") << std::string(32, 'm');
  std::ofstream(folder + "/match-keys.toml") << "[[key]]\nid = \"test\"\npeer = \"" << peer
                                             << "\"\nfile = \"match.bin\"\nnot_before = \"2026-01-01\"\n"
                                                "not_after = \"2026-12-31\"\n";
  return MatchKeys::Load(folder + "/match-keys.toml").value();
}

}  // namespace chuanyu::family_economy
