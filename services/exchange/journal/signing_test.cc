// Checkpoints that are signed when somebody needs them (docs/decisions/0004). All content is synthetic.
#include <gtest/gtest.h>

#include <thread>

#include "services/exchange/journal/journal_testing.h"
#include "services/exchange/journal/verify.h"

namespace chuanyu::exchange {
namespace {

class SigningTest : public JournalFixture {
 protected:
  static std::shared_ptr<const DurableBatch> AppendUnsigned(Journal& journal, size_t records = 1) {
    auto batch = journal.Append(std::vector<Draft>(records, MakeDraft("payload")), {}, Signing::kWhenNeeded);
    EXPECT_TRUE(batch.ok()) << batch.status();
    return batch.ok() ? *std::move(batch) : nullptr;
  }
  static void ExpectSignedAt(const absl::StatusOr<SignedCheckpoint>& checkpoint, uint64_t size,
                             const crypto::Digest& root) {
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    const auto opened =
        merkle::OpenCheckpoint(checkpoint->note, kTestOrigin, merkle::NoteVerifier(TestNodeKeys()));
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->checkpoint.head, (merkle::TreeHead{size, root}));
  }
};

TEST_F(SigningTest, ACheckpointIsLeftToWhoNeedsIt) {
  const auto journal = MustOpen();
  const auto first = AppendUnsigned(*journal);
  const auto second = AppendUnsigned(*journal);
  EXPECT_EQ(first->checkpoint().note, "");
  EXPECT_EQ(journal->Latest().note, "");
  EXPECT_EQ(journal->Latest().size, 2u);
  // Also one that is not the newest any more, and its cosignature comes back later.
  const auto end_of_first = journal->SignedEnd(*first);
  ExpectSignedAt(end_of_first, 1, first->checkpoint().root);
  ASSERT_TRUE(journal->AddCosignature(1, TestCosign(*end_of_first)).ok());
  EXPECT_EQ(journal->LatestCosigned().size, 1u);
  ExpectSignedAt(journal->SignedLatest(), 2, second->checkpoint().root);
  EXPECT_EQ(journal->Latest().note, journal->SignedEnd(*second)->note);
}

TEST_F(SigningTest, NoMoreThanTheLimitIsEverWithoutASignature) {
  JournalOptions by_records = options();
  by_records.max_unsigned_records = 4;
  const auto journal = MustOpen(by_records);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(AppendUnsigned(*journal)->checkpoint().note, "");
    EXPECT_NE(AppendUnsigned(*journal)->checkpoint().note, "");
  }
  JournalOptions by_bytes = options();
  by_bytes.dir += "-bytes";
  by_bytes.max_unsigned_bytes = 1;
  EXPECT_NE(AppendUnsigned(*MustOpen(by_bytes))->checkpoint().note, "");
}

TEST_F(SigningTest, AStopAndACrashBothEndInASignedLog) {
  crypto::Digest root;
  JournalOptions crashed = options();
  crashed.dir += "-crashed";
  {
    const auto journal = MustOpen();
    AppendUnsigned(*journal);
    root = AppendUnsigned(*journal)->checkpoint().root;
    std::filesystem::copy(dir(), crashed.dir, std::filesystem::copy_options::recursive);
  }
  for (const JournalOptions& again : {options(), crashed}) {
    const auto journal = MustOpen(again);
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(journal->recovered().size, 2u);
    EXPECT_NE(journal->Latest().note, "");
    ExpectSignedAt(journal->SignedLatest(), 2, root);
  }
}

// A peer that was away: what it is sent must end with a checkpoint.
TEST_F(SigningTest, FramesWithoutACheckpointAreReadTogetherWithTheNext) {
  JournalOptions small = options();
  small.recent_batches = 1;
  const auto journal = MustOpen(small);
  AppendUnsigned(*journal);
  AppendUnsigned(*journal);
  const auto third = MustAppend(*journal, {"payload"});
  const auto fourth = AppendUnsigned(*journal);
  const auto one = journal->ReadBatches(0, 4, 1);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_EQ(one->batches.size(), 1u);
  EXPECT_EQ(one->batches[0]->records().size(), 3u);
  EXPECT_EQ(one->batches[0]->checkpoint().note, third->checkpoint().note);
  const auto all = journal->ReadBatches(0, 4, 1u << 20);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->batches.size(), 2u);
  ExpectSignedAt(journal->SignedEnd(*all->batches[1]), 4, fourth->checkpoint().root);
  EXPECT_TRUE(journal->ReadBatches(0, 2, 1u << 20)->batches.empty());
}

TEST_F(SigningTest, ALogVerifiesWhoseCosignedCheckpointIsInNoFrameOfItsOwn) {
  {
    const auto journal = MustOpen();
    const auto first = AppendUnsigned(*journal);
    AppendUnsigned(*journal);
    ASSERT_TRUE(journal->AddCosignature(1, TestCosign(*journal->SignedEnd(*first))).ok());
  }
  const auto report = VerifyLog(
      {dir(), {.origin = kTestOrigin, .node_keys = TestNodeKeys(), .witness_keys = {TestCosigner().key()}}});
  ASSERT_TRUE(report.ok()) << report.status();
  for (const LogCheck& check : report->checks) EXPECT_TRUE(check.ok) << check.id << ": " << check.failure;
}

TEST_F(SigningTest, SignsForOthersWhileTheSequencerWrites) {
  const auto journal = MustOpen();
  const auto first = AppendUnsigned(*journal);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        EXPECT_TRUE(journal->SignedLatest().ok());
        EXPECT_TRUE(journal->SignedEnd(*first).ok());
      }
    });
  }
  for (int n = 0; n < 40; ++n) AppendUnsigned(*journal);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(journal->SignedLatest()->size, 41u);
}

}  // namespace
}  // namespace chuanyu::exchange
