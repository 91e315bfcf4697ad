// Whatever happens between upload and the last answer, the totals come out the same. Synthetic persons.
#include <algorithm>
#include <random>

#include "services/family_economy/batch/batch_store_testing.h"

namespace chuanyu::family_economy {
namespace {

// Random histories: repeats, crashes between any two steps, answers lost before they were stored and stored
// twice. Whatever happens, every line ends in exactly one place, and it is the one that the model says.
class BatchHistory {
 public:
  BatchHistory(unsigned seed, const MatchKeys& keys) : random_(seed), keys_(keys) {
    const int count = 20 + static_cast<int>(random_() % 60);
    chunk_lines_ = 3 + random_() % 12;
    std::set<std::string> seen;
    for (int i = 0; i < count; ++i) {
      const std::string number = SyntheticNumber(static_cast<int>(random_() % 60));
      v1::BatchLine line = LineOf(number, absl::StrFormat("case-%d", i));
      const bool bad = random_() % 6 == 0;
      if (bad) line.mutable_auth_valid_to()->set_value("2026-01-01");
      lines_.push_back(line);
      outcome_.push_back(bad ? "AUTH_EXPIRED" : seen.insert(number).second ? "" : "DUP");
      if (random_() % 4 == 0) world_.in_registers.insert(number);
      if (random_() % 12 == 0) world_.source_down.insert(number);
    }
    for (int64_t chunk = 0; chunk < count; ++chunk) {
      if (random_() % 8 == 0) world_.chunks_that_fail.insert(chunk);
    }
    batch_ = MakeBatch("history", lines_, chunk_lines_);
  }

  v1::BatchCounts Expected() const {
    v1::BatchCounts counts;
    counts.set_taken_in(static_cast<int64_t>(lines_.size()));
    for (size_t i = 0; i < lines_.size(); ++i) {
      const std::string& number = lines_[i].person().doc_no();
      const bool hit = world_.in_registers.contains(number);
      if (outcome_[i] == "DUP") {
        counts.set_dup(counts.dup() + 1);
      } else if (!outcome_[i].empty()) {
        counts.set_rejected(counts.rejected() + 1);
      } else if (world_.chunks_that_fail.contains(static_cast<int64_t>(i / chunk_lines_)) ||
                 (hit && world_.source_down.contains(number))) {
        counts.set_error(counts.error() + 1);
      } else {
        counts.set_ok(counts.ok() + 1);
        counts.set_hits(counts.hits() + hit);
      }
    }
    return counts;
  }

  // The answer to a question that was asked.
  BatchAnswer Answer(const BatchQuestion& question, int64_t chunk) {
    BatchAnswer answer{.request_id = question.request_id};
    if (question.line_no > 0) {
      v1::QueryStatusRequest asked;
      EXPECT_TRUE(asked.ParseFromString(question.payload));
      EXPECT_FALSE(question.auth_no.empty());
      answer.payload = AnswerAbout(asked, world_).SerializeAsString();
      return answer;
    }
    if (world_.chunks_that_fail.contains(chunk)) {
      answer.status = MakeError(Reason::DEADLINE_PASSED);
      return answer;
    }
    v1::MatchPersonsRequest asked;
    EXPECT_TRUE(asked.ParseFromString(question.payload));
    std::set<std::string> present;
    const MatchKey key = keys_.ForAsking(kSichuan, Date(2026, 3, 20)).value();
    for (const std::string& number : world_.in_registers) {
      present.insert(std::string(key.indexer->Index({.type = 1, .number = number}).bytes()));
    }
    v1::MatchPersonsResponse response;
    for (size_t at = 0; at * 32 < asked.indexes().size(); ++at) {
      if (present.contains(asked.indexes().substr(at * 32, 32))) response.add_hits(static_cast<uint32_t>(at));
    }
    answer.payload = response.SerializeAsString();
    return answer;
  }

  const TestBatch& batch() const { return batch_; }
  unsigned Random(unsigned below) { return static_cast<unsigned>(random_() % below); }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
  const MatchKeys& keys_;
  size_t chunk_lines_ = 0;
  std::vector<v1::BatchLine> lines_;
  std::vector<std::string> outcome_;  // what the line itself decides: "", "DUP" or a reason
  OtherRegion world_;
  TestBatch batch_;
};

class BatchHistoryTest : public BatchStoreTest {};

TEST_P(BatchHistoryTest, TotalsAreTheSameWhateverCrashesAndRepeats) {
  const unsigned histories = GetParam() == sql::Dialect::kSqlite ? 25 : 8;
  for (unsigned seed = 1; seed <= histories; ++seed) {
    SCOPED_TRACE(absl::StrFormat("seed %d", seed));
    BatchHistory history(seed, keys_);
    TestBatch batch = history.batch();
    batch.manifest.set_batch_no(absl::StrFormat("history-%d", seed));
    batch.manifest.set_request_id(batch.manifest.batch_no());
    // The upload breaks off at any chunk and begins again from an earlier one, or where GetBatch says.
    while (Stored(batch).state != v1::BATCH_STATE_RUNNING && Stored(batch).state != v1::BATCH_STATE_DONE) {
      const auto begun = intake_->Begin(kOrg, batch.manifest);
      ASSERT_TRUE(begun.ok()) << begun.status();
      const int64_t from =
          history.Random(2) == 0 ? begun->chunks : history.Random(static_cast<unsigned>(begun->chunks) + 1);
      bool broken = false;
      for (size_t at = static_cast<size_t>(from); at < batch.chunks.size() && !broken; ++at) {
        ASSERT_TRUE(intake_->Add(*begun, batch.chunks[at]).ok());
        broken = history.Random(8) == 0;
      }
      if (!broken) {
        ASSERT_TRUE(intake_->Complete(*begun).ok());
      }
      if (history.Random(3) == 0) Reopen();
    }
    const StoredBatch running = Stored(batch);
    std::vector<BatchAnswer> old;
    while (Stored(batch).state != v1::BATCH_STATE_DONE) {
      std::vector<BatchQuestion> open = Open(running, BatchStore::Step::kMatch);
      const std::vector<BatchQuestion> details = Open(running, BatchStore::Step::kDetails);
      open.insert(open.end(), details.begin(), details.end());
      ASSERT_FALSE(open.empty()) << "not over, and nothing is asked";
      std::shuffle(open.begin(), open.end(), history.random());
      std::vector<BatchAnswer> answers;
      for (const BatchQuestion& question : open) {
        if (history.Random(3) == 0) continue;  // on its way, or lost with the process
        int64_t chunk = -1;
        if (question.line_no == 0) chunk = ChunkOf(question.request_id);
        answers.push_back(history.Answer(question, chunk));
        if (history.Random(5) == 0) answers.push_back(answers.back());
      }
      if (!old.empty() && history.Random(2) == 0)
        answers.push_back(old[history.Random(static_cast<unsigned>(old.size()))]);
      answers.push_back({.request_id = "0199aaaa-0000-7000-8000-000000000000"});  // somebody else's
      const BatchStore::Taken taken = Take(answers);
      EXPECT_EQ(taken.acknowledge.size(), answers.size() - 1);
      old.insert(old.end(), answers.begin(), answers.end() - 1);
      if (history.Random(3) == 0) Reopen();
    }
    v1::BatchCounts counts = store_->Counts(running.seq).value();
    EXPECT_EQ(counts.taken_in(), counts.ok() + counts.rejected() + counts.dup() + counts.error());
    counts.clear_rejected_by_code();
    EXPECT_EQ(counts.DebugString(), history.Expected().DebugString());
    EXPECT_EQ(CountResults(running.seq, v1::LINE_OUTCOME_REJECTED), counts.rejected());
    EXPECT_EQ(CountResults(running.seq, v1::LINE_OUTCOME_DUP), counts.dup());
    EXPECT_EQ(CountResults(running.seq, v1::LINE_OUTCOME_ERROR), counts.error());
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, BatchHistoryTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::family_economy
