// What a journal does with files that a crash, a disk or a person changed.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "services/exchange/journal/frame.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

namespace fs = std::filesystem;

class RecoveryTest : public JournalFixture {
 protected:
  // Starts of the frames of a segment, and its end.
  static std::vector<size_t> FrameStarts(const std::string& bytes) {
    std::vector<size_t> starts;
    size_t at = 0;
    while (true) {
      starts.push_back(at);
      const auto header = ParseFrameHeader(std::string_view(bytes).substr(at));
      if (!header.has_value()) return starts;
      at += header->frame_bytes();
    }
  }

  // A log of four batches, closed; returns the bytes of its one segment. The last frame of a closed log holds
  // its newest checkpoint.
  std::string MakeLog() {
    const auto journal = MustOpen();
    for (int i = 0; i < 4; ++i) MustAppend(*journal, {"payload " + std::to_string(i), ""});
    return ReadBytesAtEnd();
  }
  std::string ReadBytesAtEnd() { return ReadBytes(Segment(0)); }

  void ExpectCorrupt(const std::string& bytes, const std::string& what) {
    WriteBytes(Segment(0), bytes);
    const auto journal = TryOpen(options());
    ASSERT_TRUE(HasReason(journal.status(), Reason::JOURNAL_CORRUPT)) << what << ": " << journal.status();
    EXPECT_THAT(std::string(journal.status().message()), ::testing::HasSubstr("00000000.seg at ")) << what;
    EXPECT_EQ(ReadBytes(Segment(0)), bytes) << what << ": nothing may be changed";
  }
};

TEST_F(RecoveryTest, ATailTornAtAnyByteIsCutAndNothingBeforeIsLost) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    for (int i = 0; i < 3; ++i) MustAppend(*journal, {"payload"});
    bytes = ReadBytesAtEnd();  // before the close: the last frame is the third batch
  }
  const std::vector<size_t> starts = FrameStarts(bytes);
  ASSERT_EQ(starts.size(), 5u);
  const size_t last = starts[3];
  const size_t end = starts[4];
  for (size_t cut = last; cut <= end; ++cut) {
    // The file as it would be without reserved space, and with it.
    for (const bool reserved : {false, true}) {
      std::string torn = bytes.substr(0, cut);
      if (reserved) torn.resize(bytes.size(), '\0');
      WriteBytes(Segment(0), torn);
      const auto journal = MustOpen();
      ASSERT_NE(journal, nullptr) << cut;
      EXPECT_EQ(journal->recovered().size, cut == end ? 3u : 2u) << cut;
      EXPECT_EQ(journal->recovered().tail_cut, cut != last && cut != end) << cut;
    }
  }
}

TEST_F(RecoveryTest, ATornFrameWithAMissingSectorInTheMiddleIsCut) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {"a"});
    MustAppend(*journal, {std::string(5000, 'x')});
    bytes = ReadBytesAtEnd();
  }
  const size_t last = FrameStarts(bytes)[2];
  for (size_t sector = last / 512 * 512; sector < last + 5000; sector += 512) {
    std::string torn = bytes;
    for (size_t at = std::max(sector, last); at < sector + 512; ++at) torn[at] = '\0';
    WriteBytes(Segment(0), torn);
    const auto journal = MustOpen();
    ASSERT_NE(journal, nullptr) << sector;
    EXPECT_TRUE(journal->recovered().tail_cut);
    EXPECT_EQ(journal->recovered().size, 1u);
  }
}

TEST_F(RecoveryTest, WorkGoesOnAfterACut) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {"a"});
    MustAppend(*journal, {"b"});
    bytes = ReadBytesAtEnd();
  }
  WriteBytes(Segment(0), bytes.substr(0, FrameStarts(bytes)[2] + 100));
  MustAppend(*MustOpen(), {"c"});
  const auto journal = MustOpen();
  EXPECT_EQ(journal->recovered().size, 2u);
  EXPECT_FALSE(journal->recovered().tail_cut);
}

TEST_F(RecoveryTest, OneFlippedBitBeforeTheLastFrameIsCorruption) {
  const std::string bytes = MakeLog();
  const std::vector<size_t> starts = FrameStarts(bytes);
  std::mt19937 random(20260310);
  for (size_t at = 0; at < starts[starts.size() - 2]; ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    ExpectCorrupt(flipped, "byte " + std::to_string(at));
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

// It may have been acknowledged, so it is not cut in silence.
TEST_F(RecoveryTest, OneFlippedBitInTheLastFrameIsCorruptionToo) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {"a"});
    MustAppend(*journal, {"b"});
    bytes = ReadBytesAtEnd();
  }
  const std::vector<size_t> starts = FrameStarts(bytes);
  bytes.resize(starts.back());
  std::mt19937 random(20260311);
  for (size_t at = starts[starts.size() - 2]; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    ExpectCorrupt(flipped, "byte " + std::to_string(at));
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_F(RecoveryTest, RemovedRepeatedAndExchangedFramesAreCorruption) {
  const std::string bytes = MakeLog();
  const std::vector<size_t> starts = FrameStarts(bytes);
  const auto frame = [&](size_t i) { return bytes.substr(starts[i], starts[i + 1] - starts[i]); };
  const std::string head = frame(0);
  ExpectCorrupt(head + frame(1) + frame(3) + frame(4), "removed");
  ExpectCorrupt(head + frame(1) + frame(1) + frame(2), "repeated");
  ExpectCorrupt(head + frame(2) + frame(1) + frame(3), "exchanged");
}

// A frame rebuilt with right checksums around another record: only the signed root shows it.
TEST_F(RecoveryTest, ARewrittenRecordWithRightChecksumsIsCorruption) {
  const std::string bytes = MakeLog();
  const std::vector<size_t> starts = FrameStarts(bytes);
  const std::string_view frame = std::string_view(bytes).substr(starts[2], starts[3] - starts[2]);
  const auto header = ParseFrameHeader(frame);
  ASSERT_TRUE(header.has_value());
  std::vector<Section> sections;
  ASSERT_TRUE(ParseSections(*header, *FrameBody(*header, frame), sections));
  FrameBuilder builder;
  for (const Section& section : sections) {
    std::string content(section.content);
    const size_t purpose = content.find("social_assistance");
    if (purpose != std::string::npos) content.replace(purpose, 6, "SOCIAL");
    builder.Add(section.tag, {content});
  }
  ExpectCorrupt(bytes.substr(0, starts[2]) + std::move(builder).Finish(*header) + bytes.substr(starts[3]),
                "rewritten");
}

TEST_F(RecoveryTest, DamageInAnOlderSegmentIsNamed) {
  JournalOptions small = options();
  small.segment_bytes = 3000;
  {
    const auto journal = MustOpen(small);
    for (int i = 0; i < 12; ++i) MustAppend(*journal, {"payload"});
  }
  ASSERT_TRUE(fs::exists(Segment(2)));
  const std::string bytes = ReadBytes(Segment(1));
  const auto expect_corrupt = [&](const std::string& changed, const std::string& file) {
    WriteBytes(Segment(1), changed);
    const auto journal = TryOpen(small);
    ASSERT_TRUE(HasReason(journal.status(), Reason::JOURNAL_CORRUPT)) << journal.status();
    EXPECT_THAT(std::string(journal.status().message()), ::testing::HasSubstr(file));
  };
  for (size_t at = 0; at < bytes.size(); at += 7) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    expect_corrupt(flipped, "00000001.seg");
  }
  // An older segment is never torn: it was closed at its length.
  expect_corrupt(bytes.substr(0, bytes.size() - 1), "00000001.seg");
  expect_corrupt(bytes + std::string(1, '\0'), "00000001.seg");
  // With the cheap check of old segments, lengths and heads still fit together.
  small.full_scan_bytes = 1;
  expect_corrupt(bytes.substr(0, bytes.size() - 1), "00000001.seg");
  WriteBytes(Segment(1), bytes);
  EXPECT_NE(MustOpen(small), nullptr);
  fs::remove(Segment(1));
  EXPECT_TRUE(HasReason(TryOpen(small).status(), Reason::JOURNAL_CORRUPT));
}

TEST_F(RecoveryTest, AFlippedBitInAPayloadShowsWhenItIsRead) {
  const auto journal = MustOpen();
  const auto batch = MustAppend(*journal, {"payload", "other"});
  std::string bytes = ReadBytesAtEnd();
  const std::string& location = batch->records()[0].location;
  const size_t offset = std::stoul(location.substr(2));
  const size_t length = std::stoul(location.substr(location.rfind(':') + 1));
  bytes[offset + length - 1] = static_cast<char>(bytes[offset + length - 1] ^ 1);
  WriteBytes(Segment(0), bytes);
  EXPECT_TRUE(HasReason(journal->ReadAt(location).status(), Reason::JOURNAL_CORRUPT));
  EXPECT_TRUE(journal->ReadAt(batch->records()[1].location).ok());
}

TEST_F(RecoveryTest, AnInterruptedCreationIsCompleted) {
  MustOpen();
  fs::remove(Segment(0));
  EXPECT_NE(MustOpen(), nullptr);
  fs::rename(Segment(0), Segment(0) + ".tmp");
  EXPECT_NE(MustOpen(), nullptr);
  EXPECT_FALSE(fs::exists(Segment(0) + ".tmp"));
  fs::remove(dir() + "/log.json");
  EXPECT_TRUE(HasReason(TryOpen(options()).status(), Reason::JOURNAL_CORRUPT));
}

// Processes killed at random points: what the child was told is durable must be there.
TEST_F(RecoveryTest, NothingAcknowledgedIsLostWhenTheProcessIsKilled) {
  TestSigners();
  std::mt19937 random(std::random_device{}());
  JournalOptions small = options();
  small.segment_bytes = 20'000;
  uint64_t acknowledged = 0;
  for (int round = 0; round < 12; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto journal = Journal::Open(small, clock_, *vault_, TestSigners());
      while (journal.ok()) {
        const auto batch = (*journal)->Append({MakeDraft("payload"), MakeDraft("")}, {});
        if (!batch.ok()) break;
        const uint64_t size = (*batch)->checkpoint().size;
        if (::write(pipe_ends[1], &size, sizeof(size)) != sizeof(size)) break;
      }
      ::_exit(1);
    }
    ::close(pipe_ends[1]);
    // Kill after a random number of acknowledgements: the child is then somewhere in its next batches.
    const uint32_t wanted = random() % 40;
    uint64_t size = 0;
    for (uint32_t i = 0; i < wanted && ::read(pipe_ends[0], &size, sizeof(size)) == sizeof(size); ++i) {
      acknowledged = size;
    }
    ::kill(child, SIGKILL);
    while (::read(pipe_ends[0], &size, sizeof(size)) == sizeof(size)) acknowledged = size;
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto journal = MustOpen(small);
    ASSERT_NE(journal, nullptr);
    EXPECT_GE(journal->recovered().size, acknowledged);
    EXPECT_EQ(journal->recovered().size % 2, 0u) << "a batch is there whole or not at all";
  }
  EXPECT_GT(acknowledged, 0u);
}

}  // namespace
}  // namespace chuanyu::exchange
