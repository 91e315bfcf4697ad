// A batch store on SQLite and on a real PostgreSQL, with the intake before it; the other region is what the
// test says. Synthetic persons.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/batch/batch_store.h"
#include "services/family_economy/batch/batch_testing.h"
#include "services/family_economy/batch/lines.h"
#include "services/family_economy/batch/warning_rules.h"

namespace chuanyu::family_economy {

inline constexpr char kOrg[] = "county";

class BatchStoreTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  BatchStoreTest() { Reopen(); }

  // As after a crash: nothing is left but the database.
  void Reopen() {
    store_ = BatchStore::Open(*database_.pool, *sealer_).value();
    intake_ = std::make_unique<BatchIntake>(BatchIntake::Deps{.store = *store_,
                                                              .keys = keys_,
                                                              .indexer = *indexer_,
                                                              .divisions = TestDivisions(),
                                                              .clock = clock_,
                                                              .own_region = kChongqing,
                                                              .peer_regions = {kSichuan}});
  }
  BatchStore::Rules Rules() {
    return {
        .questions = [](sql::Session&, const std::string&, const std::vector<const v1::BatchLine*>& lines,
                        const v1::BatchManifest& manifest) -> absl::StatusOr<BatchStore::Rules::Payloads> {
          BatchStore::Rules::Payloads out;
          for (const v1::BatchLine* const line : lines) {
            const auto person = CheckLine(*line, manifest, TestContext());
            if (!person.ok()) {
              out.emplace_back(person.status());
            } else {
              out.emplace_back(QuestionAbout(*person, manifest).SerializeAsString());
            }
          }
          return out;
        },
        .warnings =
            [this](const v1::QueryStatusResponse& answer, const OnFile& on_file, const std::string& org) {
              return warning_rules_.Raise(answer, on_file, org, Date(2026, 3, 20));
            }};
  }
  absl::Status Upload(const TestBatch& batch) {
    const auto begun = intake_->Begin(kOrg, batch.manifest);
    if (!begun.ok()) return begun.status();
    for (const v1::BatchChunk& chunk : batch.chunks) {
      if (const absl::Status added = intake_->Add(*begun, chunk); !added.ok()) return added;
    }
    return intake_->Complete(*begun).status();
  }
  // Empty when there is none.
  StoredBatch Stored(const TestBatch& batch) {
    return store_->Find(kOrg, batch.manifest.batch_no()).value_or(StoredBatch());
  }
  int64_t ChunkOf(const std::string& request_id) {
    int64_t chunk = -1;
    const absl::Status read = database_.pool->Run([&](sql::Session& session) -> absl::Status {
      const auto found = session.Query("SELECT chunk_no FROM fe_batch_question WHERE request_id = :id",
                                       {{"id", request_id}});
      if (found.ok() && found->rows.size() == 1) chunk = sql::IntOf(found->rows[0][0]);
      return found.status();
    });
    EXPECT_TRUE(read.ok()) << read;
    return chunk;
  }
  int64_t CountResults(int64_t seq, v1::LineOutcome outcome) {
    const auto page = store_->Results(seq, outcome, 1'000, "");
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? static_cast<int64_t>(page->results.size()) : -1;
  }
  std::vector<BatchQuestion> Open(const StoredBatch& batch, BatchStore::Step step) {
    const auto open = store_->OpenQuestions(batch.seq, step, "", 1'000);
    EXPECT_TRUE(open.ok()) << open.status();
    return open.value_or(std::vector<BatchQuestion>());
  }
  BatchStore::Taken Take(const std::vector<BatchAnswer>& answers) {
    const auto taken = store_->TakeAnswers(answers, Rules(), TestNow());
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.value_or(BatchStore::Taken());
  }

  TestDatabase database_{GetParam()};
  const std::unique_ptr<crypto::Sealer> sealer_ =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(48, 's'), "test").value();
  const std::unique_ptr<crypto::BlindIndexer> indexer_ =
      crypto::BlindIndexer::Create(std::string(32, 'k')).value();
  const MatchKeys keys_ = TestKeys(database_.folder());
  const WarningRules warning_rules_ =
      WarningRules::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/warnings/family_economy.toml")
          .value();
  const FakeClock clock_{TestNow()};
  std::unique_ptr<BatchStore> store_;
  std::unique_ptr<BatchIntake> intake_;
};

inline std::vector<v1::BatchLine> GoodLines(int count) {
  std::vector<v1::BatchLine> lines;
  for (int i = 0; i < count; ++i) lines.push_back(LineOf(SyntheticNumber(i), absl::StrFormat("case-%d", i)));
  return lines;
}

// What the other region would say; a function of the person, so that it is the same after every crash.
struct OtherRegion {
  std::set<std::string> in_registers;  // numbers that hit
  std::set<std::string> source_down;   // numbers whose details are NOT_CHECKED
  std::set<int64_t> chunks_that_fail;  // by number of the chunk
};

inline v1::QueryStatusResponse AnswerAbout(const v1::QueryStatusRequest& question, const OtherRegion& world) {
  v1::QueryStatusResponse answer;
  for (const int one : question.classes()) {
    v1::ClassResult& result = *answer.add_results();
    result.set_data_class(static_cast<v1::DataClass>(one));
    result.set_state(v1::RESULT_STATE_NO_HIT);
    if (one != v1::DATA_CLASS_A10_ASSISTANCE) continue;
    result.set_state(v1::RESULT_STATE_HIT);
    result.add_items()->mutable_assistance()->set_type(v1::ASSISTANCE_TYPE_DIBAO_RURAL);
    if (!world.source_down.contains(question.person().doc_no())) continue;
    result.set_state(v1::RESULT_STATE_NOT_CHECKED);
    result.set_reason("SOURCE_UNAVAILABLE");
  }
  return answer;
}

}  // namespace chuanyu::family_economy
