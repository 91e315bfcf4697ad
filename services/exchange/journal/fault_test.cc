// Disks that refuse: nothing is acknowledged, and the journal stays stopped.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "services/exchange/journal/files.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

// The real file system until a call is told to fail.
class FailingFiles final : public AppendFiles {
 public:
  enum class Call { kNone, kWrite, kSync, kReserve, kTruncate, kOpen };

  absl::StatusOr<std::unique_ptr<AppendFile>> Open(const std::string& path) override {
    if (Fails(Call::kOpen)) return Error();
    auto file = AppendFiles::Real().Open(path);
    if (!file.ok()) return file.status();
    return std::make_unique<File>(*this, *std::move(file));
  }
  void FailOnce(Call call) { failing_ = call; }
  int syncs() const { return syncs_; }

 private:
  class File final : public AppendFile {
   public:
    File(FailingFiles& owner, std::unique_ptr<AppendFile> file) : owner_(owner), file_(std::move(file)) {}
    absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
      if (!owner_.Fails(Call::kWrite)) return file_->WriteAt(offset, bytes);
      // As a full disk does: part of it arrives.
      EXPECT_TRUE(file_->WriteAt(offset, bytes.substr(0, bytes.size() / 2)).ok());
      return Error();
    }
    absl::Status Sync() override {
      ++owner_.syncs_;
      return owner_.Fails(Call::kSync) ? Error() : file_->Sync();
    }
    absl::Status Reserve(uint64_t end) override {
      return owner_.Fails(Call::kReserve) ? Error() : file_->Reserve(end);
    }
    absl::Status Truncate(uint64_t size) override {
      return owner_.Fails(Call::kTruncate) ? Error() : file_->Truncate(size);
    }

   private:
    FailingFiles& owner_;
    const std::unique_ptr<AppendFile> file_;
  };

  static absl::Status Error() {
    return MakeError(Reason::JOURNAL_UNAVAILABLE, {.detail = "synthetic: No space left on device"});
  }
  bool Fails(Call call) {
    if (failing_ != call) return false;
    failing_ = Call::kNone;
    return true;
  }

  Call failing_ = Call::kNone;
  int syncs_ = 0;
};

class FaultTest : public JournalFixture {
 protected:
  JournalOptions FailingOptions() {
    JournalOptions options = this->options();
    options.files = &files_;
    return options;
  }
  FailingFiles files_;
};

TEST_F(FaultTest, AFailedCallIsFinalAndNothingOfItsBatchIsAcknowledged) {
  using Call = FailingFiles::Call;
  for (const Call call : {Call::kWrite, Call::kSync}) {
    std::filesystem::remove_all(dir());
    {
      const auto journal = MustOpen(FailingOptions());
      MustAppend(*journal, {"a"});
      files_.FailOnce(call);
      const auto failed = journal->Append({MakeDraft("b")}, {});
      ASSERT_TRUE(HasReason(failed.status(), Reason::JOURNAL_UNAVAILABLE));
      EXPECT_THAT(std::string(failed.status().message()), ::testing::HasSubstr("No space left"));
      // The disk would work again, but the kernel may have dropped the pages: no second try.
      EXPECT_TRUE(HasReason(journal->Append({MakeDraft("c")}, {}).status(), Reason::JOURNAL_UNAVAILABLE));
      EXPECT_TRUE(HasReason(journal->Flush(), Reason::JOURNAL_UNAVAILABLE));
      EXPECT_TRUE(HasReason(journal->Healthy(), Reason::JOURNAL_UNAVAILABLE));
      EXPECT_EQ(journal->Latest().size, 1u);
      EXPECT_EQ(journal->ReadBatches(0, 10, 1000)->batches.size(), 1u);
      // Reading goes on.
      EXPECT_EQ(journal->ReadAt(journal->ReadBatches(0, 1, 1)->batches[0]->records()[0].location)->payload,
                "a");
    }
    // The batch was never promised: it may be there after a failed sync, and is not after a failed write.
    const auto journal = MustOpen();
    EXPECT_EQ(journal->recovered().size, call == Call::kSync ? 2u : 1u);
    EXPECT_EQ(journal->recovered().tail_cut, call == Call::kWrite);
  }
}

TEST_F(FaultTest, NoSpaceForTheReservationStopsTheJournal) {
  const auto journal = MustOpen(FailingOptions());
  files_.FailOnce(FailingFiles::Call::kReserve);
  EXPECT_TRUE(HasReason(journal->Append({MakeDraft("a")}, {}).status(), Reason::JOURNAL_UNAVAILABLE));
  EXPECT_FALSE(journal->Healthy().ok());
}

TEST_F(FaultTest, AFailedRolloverStopsTheJournal) {
  using Call = FailingFiles::Call;
  for (const Call call : {Call::kTruncate, Call::kOpen}) {
    std::filesystem::remove_all(dir());
    JournalOptions small = FailingOptions();
    small.segment_bytes = 1000;
    {
      const auto journal = MustOpen(small);
      MustAppend(*journal, {std::string(2000, 'a')});
      files_.FailOnce(call);
      EXPECT_TRUE(HasReason(journal->Append({MakeDraft("b")}, {}).status(), Reason::JOURNAL_UNAVAILABLE));
      EXPECT_FALSE(journal->Healthy().ok());
    }
    const auto journal = MustOpen(small);
    EXPECT_EQ(journal->recovered().size, 1u);
    EXPECT_EQ(MustAppend(*journal, {"c"})->first_index(), 1u);
  }
}

TEST_F(FaultTest, OneSyncABatch) {
  const auto journal = MustOpen(FailingOptions());
  const int before = files_.syncs();
  MustAppend(*journal, std::vector<std::string>(100, "payload"));
  EXPECT_EQ(files_.syncs(), before + 1);
}

class RefusingSigner final : public crypto::Signer {
 public:
  crypto::KeyAlg alg() const override { return crypto::KeyAlg::kEd25519; }
  absl::StatusOr<std::string> Sign(std::string_view message) const override {
    if (refuse) return MakeError(Reason::INTERNAL, {.detail = "synthetic: no key"});
    return TestSigners()[0]->Sign(message);
  }
  std::unique_ptr<crypto::Verifier> verifier() const override { return TestSigners()[0]->verifier(); }
  std::atomic<bool> refuse = false;
};

TEST_F(FaultTest, AFailedSignatureIsFinal) {
  const auto signer = std::make_shared<RefusingSigner>();
  auto journal = Journal::Open(options(), clock_, *vault_, {signer});
  ASSERT_TRUE(journal.ok()) << journal.status();
  MustAppend(**journal, {"a"});
  signer->refuse = true;
  EXPECT_TRUE(HasReason((*journal)->Append({MakeDraft("b")}, {}).status(), Reason::JOURNAL_UNAVAILABLE));
  signer->refuse = false;
  EXPECT_FALSE((*journal)->Append({MakeDraft("c")}, {}).ok());
  EXPECT_EQ((*journal)->Latest().size, 1u);
}

// The kernel's own refusal, in a process of its own because the limit cannot be raised again.
TEST_F(FaultTest, AFileThatCannotGrowStopsTheJournalWithAClearError) {
  TestSigners();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    JournalOptions tight = options();
    tight.reserve_bytes = 0;
    auto journal = Journal::Open(tight, clock_, *vault_, TestSigners());
    if (!journal.ok()) ::_exit(1);
    const rlimit limit = {30'000, 30'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    for (int i = 0; i < 1000; ++i) {
      const auto batch = (*journal)->Append({MakeDraft(std::string(1000, 'x'))}, {});
      if (batch.ok()) continue;
      const bool clear = HasReason(batch.status(), Reason::JOURNAL_UNAVAILABLE) &&
                         batch.status().message().find("File too large") != absl::string_view::npos;
      ::_exit(clear && i > 5 && !(*journal)->Healthy().ok() ? 0 : 3);
    }
    ::_exit(4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_GT(MustOpen()->recovered().size, 5u);
}

TEST_F(FaultTest, ReadersAndCosignersMayWorkBesideTheSequencer) {
  JournalOptions small = options();
  small.recent_batches = 4;
  small.segment_bytes = 20'000;
  const auto journal = MustOpen(small);
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> read = 0;
  std::thread reader([&] {
    uint64_t next = 0;
    while (!stop || next < journal->Latest().size) {
      const auto range = journal->ReadBatches(next, UINT64_MAX, 10'000);
      ASSERT_TRUE(range.ok()) << range.status();
      for (const auto& batch : range->batches) {
        ASSERT_EQ(batch->first_index(), next);
        for (const DurableRecord& record : batch->records()) {
          ASSERT_EQ(record.record.sequence(), next++);
          ASSERT_TRUE(journal->ReadAt(record.location).ok());
        }
      }
    }
    read = next;
  });
  std::thread cosigner([&] {
    while (!stop) {
      const SignedCheckpoint latest = journal->Latest();
      // A line in the form of a cosignature; whether it verifies is not the journal's business.
      ASSERT_TRUE(journal->AddCosignature(latest.size, "— peer.example AAAAAAAAAAAAAAAA\n").ok());
      ASSERT_TRUE(journal->Flush().ok());
    }
  });
  for (int i = 0; i < 60; ++i) MustAppend(*journal, {"payload", "other"});
  stop = true;
  reader.join();
  cosigner.join();
  EXPECT_EQ(read, 120u);
}

}  // namespace
}  // namespace chuanyu::exchange
