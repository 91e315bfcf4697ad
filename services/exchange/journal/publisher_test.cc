#include "services/exchange/journal/publisher.h"

#include <gmock/gmock.h>

#include <set>

#include "common/merkle/tiles.h"
#include "services/exchange/journal/checkpoint_history.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

namespace fs = std::filesystem;

class PublisherTest : public JournalFixture {
 protected:
  std::string public_dir() const { return dir() + "/public/"; }
  std::unique_ptr<Publisher> MustPublish(Journal& journal) {
    auto publisher = Publisher::Open({.dir = dir(), .origin = kTestOrigin}, journal, clock_);
    EXPECT_TRUE(publisher.ok()) << publisher.status();
    if (!publisher.ok()) return nullptr;
    const absl::Status published = (*publisher)->PublishNow();
    EXPECT_TRUE(published.ok()) << published;
    return *std::move(publisher);
  }
  merkle::Checkpoint Published() {
    const auto opened = merkle::OpenCheckpoint(ReadBytes(public_dir() + "checkpoint"), kTestOrigin,
                                               merkle::NoteVerifier(TestNodeKeys()));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->checkpoint : merkle::Checkpoint();
  }
  // What any reader of tiles does: every file by its path, roots and records compared.
  void ExpectWholeLogPublished(Journal& journal) {
    const merkle::Checkpoint checkpoint = Published();
    const uint64_t size = checkpoint.head.size;
    ASSERT_EQ(size, journal.Latest().size);
    const merkle::TileHashReader hashes(crypto::HashAlg::kSha256, size,
                                        [&](const merkle::TileId& id) -> absl::StatusOr<std::string> {
                                          return ReadBytes(public_dir() + merkle::TilePath(id));
                                        });
    EXPECT_EQ(*merkle::RootAt(crypto::HashAlg::kSha256, size, hashes), checkpoint.head.root);
    std::set<std::string> expected;
    for (const merkle::TileId& id : merkle::TilesToPublish(0, size)) {
      const std::string bytes = ReadBytes(public_dir() + merkle::TilePath(id));
      EXPECT_EQ(bytes, *merkle::TileContent(id, hashes)) << merkle::TilePath(id);
      expected.insert(merkle::TilePath(id));
    }
    std::vector<std::string> records;
    for (const merkle::BundleId& id : merkle::BundlesToPublish(0, size)) {
      const auto bundle = merkle::DecodeBundle(ReadBytes(public_dir() + merkle::BundlePath(id)), id.width);
      ASSERT_TRUE(bundle.ok()) << bundle.status();
      records.insert(records.end(), bundle->begin(), bundle->end());
      expected.insert(merkle::BundlePath(id));
    }
    ASSERT_TRUE(journal
                    .ForEach([&](const DurableRecord& record) {
                      EXPECT_EQ(records.at(record.record.sequence()), record.bytes);
                      EXPECT_EQ(*hashes({0, record.record.sequence()}), record.leaf_hash);
                      return absl::OkStatus();
                    })
                    .ok());
    for (const auto& entry : fs::recursive_directory_iterator(public_dir() + "tile")) {
      if (!entry.is_regular_file()) continue;
      const std::string path = entry.path().string().substr(public_dir().size());
      // Narrower partial tiles of the right edge may stay beside the newest one.
      if (path.find(".p/") == std::string::npos) {
        EXPECT_TRUE(expected.contains(path)) << path;
      }
    }
  }
};

TEST_F(PublisherTest, AnEmptyLogHasACheckpoint) {
  const auto journal = MustOpen();
  MustPublish(*journal);
  EXPECT_EQ(Published().head.size, 0u);
}

TEST_F(PublisherTest, TilesGrowWithTheLogOverRestartsOfThePublisher) {
  const auto journal = MustOpen();
  uint64_t size = 0;
  for (const size_t more : {1, 1, 253, 1, 1, 255, 300, 212, 700}) {
    MustAppend(*journal, std::vector<std::string>(more, ""));
    size += more;
    const auto publisher = MustPublish(*journal);
    ASSERT_NE(publisher, nullptr);
    EXPECT_EQ(publisher->published_size(), size);
    ExpectWholeLogPublished(*journal);
    if (HasFailure()) return;
  }
  EXPECT_FALSE(fs::exists(public_dir() + "tile/0/000.p"));
  EXPECT_TRUE(fs::exists(public_dir() + "tile/1/000.p/6"));
}

TEST_F(PublisherTest, ThePublishedLogCoversTwoFullLevels) {
  const auto journal = MustOpen();
  for (int i = 0; i < 33; ++i) MustAppend(*journal, std::vector<std::string>(2000, ""));
  const auto publisher = MustPublish(*journal);
  ExpectWholeLogPublished(*journal);
  EXPECT_TRUE(fs::exists(public_dir() + "tile/1/000"));
  EXPECT_TRUE(fs::exists(public_dir() + "tile/2/000.p/1"));
}

TEST_F(PublisherTest, TheNewestCosignedCheckpointIsPublishedAndTheSizeNeverShrinks) {
  const auto journal = MustOpen();
  const SignedCheckpoint first = MustAppend(*journal, {"a"})->checkpoint();
  const auto publisher = MustPublish(*journal);
  EXPECT_EQ(ReadBytes(public_dir() + "checkpoint"), first.note);
  const SignedCheckpoint second = MustAppend(*journal, {"b"})->checkpoint();
  const SignedCheckpoint third = MustAppend(*journal, {"c"})->checkpoint();
  ASSERT_TRUE(journal->AddCosignature(2, TestCosign(second)).ok());
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_EQ(Published().head.size, 2u);
  ASSERT_TRUE(journal->AddCosignature(1, TestCosign(first)).ok());
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_EQ(Published().head.size, 2u);
  ASSERT_TRUE(journal->AddCosignature(3, TestCosign(third)).ok());
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_EQ(ReadBytes(public_dir() + "checkpoint"), journal->LatestCosigned().note);
  // A second witness over the same size.
  ASSERT_TRUE(journal->AddCosignature(3, TestCosign(third, 1'773'100'900)).ok());
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_EQ(ReadBytes(public_dir() + "checkpoint"), journal->LatestCosigned().note);
  const std::string history = ReadBytes(public_dir() + "checkpoints/2026-03-10.notes");
  const CheckpointHistory kept = SplitHistory(history);
  EXPECT_EQ(kept.notes.size(), 4u);
  EXPECT_EQ(kept.whole_bytes, history.size());
  EXPECT_EQ(kept.notes.front(), first.note);
  EXPECT_EQ(kept.notes.back(), journal->LatestCosigned().note);
}

TEST_F(PublisherTest, NothingIsWrittenWhenNothingIsNew) {
  const auto journal = MustOpen();
  MustAppend(*journal, {"a"});
  const auto publisher = MustPublish(*journal);
  fs::remove(public_dir() + "checkpoint");
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_FALSE(fs::exists(public_dir() + "checkpoint"));
}

TEST_F(PublisherTest, ARemovedFolderIsWrittenAgain) {
  const auto journal = MustOpen();
  MustAppend(*journal, std::vector<std::string>(600, ""));
  MustPublish(*journal);
  fs::remove_all(public_dir());
  MustPublish(*journal);
  ExpectWholeLogPublished(*journal);
}

// A crash after the full tile and bundle were written, and their partial ones removed, but before the
// checkpoint.
TEST_F(PublisherTest, AfterACrashBehindAFullTileItGoesOnFromTheFullOne) {
  {
    const auto journal = MustOpen();
    MustAppend(*journal, std::vector<std::string>(130, ""));
    MustPublish(*journal);
    const std::string checkpoint = ReadBytes(public_dir() + "checkpoint");
    MustAppend(*journal, std::vector<std::string>(200, ""));
    MustPublish(*journal);
    ASSERT_FALSE(fs::exists(public_dir() + "tile/0/000.p"));
    WriteBytes(public_dir() + "checkpoint", checkpoint);
  }
  const auto journal = MustOpen();
  MustPublish(*journal);
  ExpectWholeLogPublished(*journal);
}

TEST_F(PublisherTest, AfterAFailureItGoesOnFromTheDisk) {
  const auto journal = MustOpen();
  MustAppend(*journal, std::vector<std::string>(300, ""));
  const auto publisher = MustPublish(*journal);
  MustAppend(*journal, std::vector<std::string>(300, ""));
  // A folder where the bundle has to go.
  fs::create_directories(public_dir() + "tile/entries/001/x");
  EXPECT_TRUE(HasReason(publisher->PublishNow(), Reason::JOURNAL_UNAVAILABLE));
  EXPECT_FALSE(publisher->last_status().ok());
  EXPECT_EQ(Published().head.size, 300u);
  fs::remove_all(public_dir() + "tile/entries/001");
  ASSERT_TRUE(publisher->PublishNow().ok());
  EXPECT_TRUE(publisher->last_status().ok());
  ExpectWholeLogPublished(*journal);
}

TEST_F(PublisherTest, AnUnfinishedNoteOfTheHistoryIsCut) {
  const auto journal = MustOpen();
  MustAppend(*journal, {"a"});
  MustPublish(*journal);
  const std::string path = public_dir() + "checkpoints/2026-03-10.notes";
  const std::string history = ReadBytes(path);
  for (size_t torn = 1; torn < history.size(); torn += 5) {
    WriteBytes(path, history + history.substr(0, torn));
    MustPublish(*journal);
    EXPECT_EQ(ReadBytes(path), history) << torn;
  }
}

TEST_F(PublisherTest, TheThreadPublishesAndStopPublishesTheRest) {
  const auto journal = MustOpen();
  auto publisher =
      Publisher::Open({.dir = dir(), .origin = kTestOrigin, .publish_interval_ms = 1}, *journal, clock_);
  ASSERT_TRUE(publisher.ok());
  (*publisher)->Start();
  for (int i = 0; i < 20; ++i) MustAppend(*journal, {"a", "b"});
  ASSERT_TRUE((*publisher)->Stop().ok());
  EXPECT_EQ((*publisher)->published_size(), 40u);
  ExpectWholeLogPublished(*journal);
}

// The start of the journal compares what it recovers with what was published.
TEST_F(PublisherTest, AJournalShorterThanItsPublicationIsCorrupt) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {"a"});
    bytes = ReadBytes(Segment(0));
    MustAppend(*journal, {"b"});
    MustPublish(*journal);
  }
  WriteBytes(Segment(0), bytes);
  const auto journal = TryOpen(options());
  ASSERT_TRUE(HasReason(journal.status(), Reason::JOURNAL_CORRUPT)) << journal.status();
  EXPECT_THAT(std::string(journal.status().message()), ::testing::HasSubstr("was published"));
}

TEST_F(PublisherTest, DamageAtThePublishedEdgeIsCorrupt) {
  {
    const auto journal = MustOpen();
    MustAppend(*journal, std::vector<std::string>(300, ""));
    MustPublish(*journal);
  }
  for (const char* file : {"checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"}) {
    const std::string path = public_dir() + file;
    const std::string bytes = ReadBytes(path);
    ASSERT_FALSE(bytes.empty()) << path;
    std::string changed = bytes;
    changed[20] = static_cast<char>(changed[20] ^ 1);
    WriteBytes(path, changed);
    EXPECT_TRUE(HasReason(TryOpen(options()).status(), Reason::JOURNAL_CORRUPT)) << file;
    WriteBytes(path, bytes);
    EXPECT_NE(MustOpen(), nullptr);
  }
}

}  // namespace
}  // namespace chuanyu::exchange
