// The same promises on SQLite and on a real PostgreSQL. Synthetic persons.
#include <fstream>
#include <sstream>

#include "services/family_economy/batch/batch_store_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_P(BatchStoreTest, WrongManifestsAndChunksHaveTheirReasons) {
  const TestBatch good = MakeBatch("good", GoodLines(20), 10);
  ASSERT_TRUE(intake_->Begin(kOrg, good.manifest).ok());

  TestBatch other = good;
  other.manifest.set_tier(v1::BATCH_TIER_YEARLY);
  EXPECT_TRUE(HasReason(intake_->Begin(kOrg, other.manifest).status(), Reason::IDEMPOTENCY_CONFLICT));
  other = MakeBatch("again", GoodLines(20), 10);
  other.manifest.set_request_id(good.manifest.request_id());
  EXPECT_TRUE(HasReason(intake_->Begin(kOrg, other.manifest).status(), Reason::IDEMPOTENCY_CONFLICT));

  const StoredBatch stored = Stored(good);
  EXPECT_TRUE(HasReason(intake_->Add(stored, good.chunks[1]), Reason::BAD_REQUEST)) << "not the next one";
  v1::BatchChunk chunk = good.chunks[0];
  chunk.set_sm3(std::string(64, '0'));
  EXPECT_TRUE(HasReason(intake_->Add(stored, chunk), Reason::BATCH_HASH_MISMATCH));
  chunk.set_lines("\xff\xff");
  chunk.set_sm3(Sm3Hex(chunk.lines()));
  EXPECT_TRUE(HasReason(intake_->Add(stored, chunk), Reason::BAD_REQUEST)) << "unreadable";
  ASSERT_TRUE(intake_->Add(stored, good.chunks[0]).ok());
  EXPECT_TRUE(intake_->Add(stored, good.chunks[0]).ok()) << "a repeat changes nothing";
  EXPECT_EQ(Stored(good).chunks, 1);
  EXPECT_TRUE(HasReason(intake_->Add(stored, chunk), Reason::IDEMPOTENCY_CONFLICT)) << "the same number";
  EXPECT_TRUE(HasReason(intake_->Complete(stored).status(), Reason::BATCH_COUNT_MISMATCH));
  EXPECT_EQ(Stored(good).state, v1::BATCH_STATE_RECEIVING) << "the missing lines may still come";
  EXPECT_TRUE(HasReason(store_->Find("other county", "good").status(), Reason::CASE_NOT_FOUND));
}

TEST_P(BatchStoreTest, ChunkOfMoreThanFiveThousandLinesIsTooLarge) {
  const TestBatch batch = MakeBatch("large", GoodLines(5'001), 5'001);
  EXPECT_TRUE(HasReason(Upload(batch), Reason::BATCH_CHUNK_TOO_LARGE));
  EXPECT_EQ(Stored(batch).chunks, 0);
}

TEST_P(BatchStoreTest, LinesThatAreNotThoseOfTheManifestAreRefusedAndNotKept) {
  TestBatch batch = MakeBatch("wrong", GoodLines(20), 10);
  batch.manifest.set_sm3(std::string(64, 'a'));
  EXPECT_TRUE(HasReason(Upload(batch), Reason::BATCH_HASH_MISMATCH));
  EXPECT_EQ(Stored(batch).state, v1::BATCH_STATE_REFUSED);
  EXPECT_THAT(Open(Stored(batch), BatchStore::Step::kMatch), SizeIs(0));
  EXPECT_TRUE(HasReason(Upload(batch), Reason::BATCH_HASH_MISMATCH)) << "and says so again";

  TestBatch more = MakeBatch("more", GoodLines(20), 10);
  more.manifest.set_count(15);
  EXPECT_TRUE(HasReason(Upload(more), Reason::BATCH_COUNT_MISMATCH));
  EXPECT_EQ(Stored(more).state, v1::BATCH_STATE_REFUSED);
  const TestBatch one_more = MakeBatch("more", GoodLines(30), 10);
  EXPECT_TRUE(HasReason(intake_->Add(Stored(more), one_more.chunks[1]), Reason::STATE_CONFLICT));
}

TEST_P(BatchStoreTest, BatchWithoutALineToAskAboutIsOverAtOnce) {
  std::vector<v1::BatchLine> lines = GoodLines(3);
  for (v1::BatchLine& line : lines) line.clear_auth_no();
  const TestBatch batch = MakeBatch("nobody", lines, 2);
  ASSERT_TRUE(Upload(batch).ok());
  EXPECT_EQ(Stored(batch).state, v1::BATCH_STATE_DONE);
  const v1::BatchCounts counts = store_->Counts(Stored(batch).seq).value();
  EXPECT_EQ(counts.rejected(), 3);
  EXPECT_EQ(counts.rejected_by_code(0).code(), "AUTH_MISSING");
}

TEST_P(BatchStoreTest, HitBecomesAQuestionAResultAndAWarningThatAnOfficerDecides) {
  const TestBatch batch = MakeBatch("hit", GoodLines(3), 3);
  ASSERT_TRUE(Upload(batch).ok());
  const StoredBatch stored = Stored(batch);
  const std::vector<BatchQuestion> match = Open(stored, BatchStore::Step::kMatch);
  ASSERT_THAT(match, SizeIs(1));
  v1::MatchPersonsResponse hit;
  hit.add_hits(1);
  Take({{.request_id = match[0].request_id, .payload = hit.SerializeAsString()}});
  const std::vector<BatchQuestion> details = Open(stored, BatchStore::Step::kDetails);
  ASSERT_THAT(details, SizeIs(1));
  EXPECT_EQ(details[0].auth_no, "auth-case-1");
  v1::QueryStatusRequest question;
  ASSERT_TRUE(question.ParseFromString(details[0].payload));
  EXPECT_EQ(question.person().doc_no(), SyntheticNumber(1));
  Take({{.request_id = details[0].request_id, .payload = AnswerAbout(question, {}).SerializeAsString()}});
  EXPECT_EQ(Stored(batch).state, v1::BATCH_STATE_DONE);

  const auto results = store_->Results(stored.seq, v1::LINE_OUTCOME_HIT, 10, "");
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_THAT(results->results, SizeIs(1));
  EXPECT_EQ(results->results[0].line_no(), 2);
  EXPECT_EQ(results->results[0].region().code(), kSichuan);
  EXPECT_EQ(results->results[0].results(2).items(0).assistance().type(), v1::ASSISTANCE_TYPE_DIBAO_RURAL);

  const auto warnings = store_->Warnings(stored.seq, v1::WARNING_DISPOSITION_PENDING, 10, "");
  ASSERT_TRUE(warnings.ok()) << warnings.status();
  ASSERT_THAT(warnings->warnings, SizeIs(1));
  const v1::BatchWarning& warning = warnings->warnings[0];
  EXPECT_EQ(warning.kind(), v1::WARNING_KIND_OTHER_REGION_BENEFIT);
  EXPECT_EQ(warning.owner(), kOrg);
  EXPECT_EQ(warning.due_date().value(), "2026-03-30");
  v1::SetWarningDispositionRequest decision;
  decision.set_batch_no("hit");
  decision.set_warning_no(warning.warning_no());
  decision.set_disposition(v1::WARNING_DISPOSITION_FALSE);
  decision.set_officer("officer-7");
  decision.set_version(1);
  EXPECT_EQ(store_->SetDisposition(stored.seq, decision)->version(), 2);
  EXPECT_TRUE(HasReason(store_->SetDisposition(stored.seq, decision).status(), Reason::STALE_VERSION));
  EXPECT_THAT(store_->Warnings(stored.seq, v1::WARNING_DISPOSITION_PENDING, 10, "")->warnings, SizeIs(0));
  decision.set_warning_no("hit-W9");
  EXPECT_TRUE(HasReason(store_->SetDisposition(stored.seq, decision).status(), Reason::CASE_NOT_FOUND));
}

TEST_P(BatchStoreTest, AnswerAboutALineThatWasNotAskedIsAnError) {
  const TestBatch batch = MakeBatch("beyond", GoodLines(2), 2);
  ASSERT_TRUE(Upload(batch).ok());
  v1::MatchPersonsResponse hit;
  hit.add_hits(2);
  Take({{.request_id = Open(Stored(batch), BatchStore::Step::kMatch)[0].request_id,
         .payload = hit.SerializeAsString()}});
  EXPECT_EQ(Stored(batch).state, v1::BATCH_STATE_DONE);
  EXPECT_EQ(store_->Counts(Stored(batch).seq)->error(), 2);
}

TEST_P(BatchStoreTest, PagesFollowTheFileAndPersonsAreForgottenWhenItIsOver) {
  std::vector<v1::BatchLine> lines = GoodLines(7);
  for (v1::BatchLine& line : lines) line.clear_auth_scope();
  lines.push_back(LineOf(SyntheticNumber(9)));
  const TestBatch batch = MakeBatch("pages", lines, 3);
  ASSERT_TRUE(Upload(batch).ok());
  const int64_t seq = Stored(batch).seq;
  std::vector<int64_t> seen;
  std::string token;
  do {
    const auto page = store_->Results(seq, v1::LINE_OUTCOME_REJECTED, 3, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::BatchLineResult& line : page->results) {
      seen.push_back(line.line_no());
      EXPECT_EQ(line.code(), "AUTH_SCOPE");
    }
    token = page->next_token;
  } while (!token.empty());
  EXPECT_THAT(seen, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_TRUE(HasReason(store_->Results(seq, v1::LINE_OUTCOME_HIT, 3, "x").status(), Reason::BAD_REQUEST));

  Take({{.request_id = Open(Stored(batch), BatchStore::Step::kMatch)[0].request_id}});
  ASSERT_THAT(store_->OverWithPersons().value(), ::testing::ElementsAre(seq));
  ASSERT_TRUE(store_->ForgetPersons(seq).ok());
  EXPECT_THAT(store_->OverWithPersons().value(), SizeIs(0));
}

TEST_P(BatchStoreTest, DatabaseHoldsNoNumberAndNoName) {
  if (GetParam() != sql::Dialect::kSqlite) GTEST_SKIP() << "its files are read";
  ASSERT_TRUE(Upload(MakeBatch("secret", GoodLines(5), 5)).ok());
  for (const char* file : {"/cases.db", "/cases.db-wal"}) {
    std::stringstream bytes;
    bytes << std::ifstream(database_.folder() + file, std::ios::binary).rdbuf();
    for (int i = 0; i < 5; ++i) EXPECT_THAT(bytes.str(), Not(HasSubstr(SyntheticNumber(i))));
    EXPECT_THAT(bytes.str(), Not(HasSubstr("合成人")));
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, BatchStoreTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::family_economy
