// Over a real journal, vault and Redis. All content is synthetic.
#include "services/exchange/node/payload_retention.h"

#include <gtest/gtest.h>

#include <future>

#include "common/base/uuid.h"
#include "common/redis/test_server.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

class PayloadRetentionTest : public JournalFixture {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(JournalFixture::SetUp());
    journal_ = MustOpen();
    ASSERT_NE(journal_, nullptr);
    auto tracker = Tracker::Open({.redis = {.unix_socket = redis_.socket()}, .shard = "t"});
    ASSERT_TRUE(tracker.ok()) << tracker.status();
    tracker_ = *std::move(tracker);
    pipeline_ = std::make_unique<Pipeline>(*journal_, *tracker_, clock_, Pipeline::Options{});
    pipeline_->Start();
  }
  void TearDown() override {
    pipeline_->Stop();
    pipeline_.reset();
    tracker_.reset();
    journal_.reset();
    JournalFixture::TearDown();
  }

  void Append(Draft draft) {
    WorkGroup group;
    group.drafts.push_back(std::move(draft));
    std::promise<absl::Status> done;
    group.done = [&](const Outcome& outcome) { done.set_value(outcome.status); };
    pipeline_->Submit(std::move(group));
    const absl::Status status = done.get_future().get();
    ASSERT_TRUE(status.ok()) << status;
  }
  std::string Ask() {
    Draft draft = MakeDraft("synthetic question", ids_.Next(clock_.NowMs()));
    draft.record.set_deadline_ms(clock_.NowMs() + 366 * absl::ToInt64Milliseconds(kDay));
    std::string id = draft.record.request_id();
    Append(std::move(draft));
    return id;
  }
  void Cancel(const std::string& id) {
    Draft draft = MakeDraft("", id);
    draft.record.set_kind(v1::RECORD_KIND_CANCELLED);
    Append(std::move(draft));
  }

  absl::StatusOr<size_t> Run() {
    return DestroyOldPayloads(*vault_, *tracker_, *pipeline_, clock_, 180 * kDay);
  }
  // Of the payload of `id`.
  absl::Status Read(const std::string& id) {
    const auto known = tracker_->Get(id);
    if (!known.ok() || !known->has_value()) return absl::NotFoundError(id);
    return journal_->ReadAt((*known)->location).status();
  }
  std::vector<std::string> RecordedKeys() {
    std::vector<std::string> keys;
    const absl::Status read = journal_->ForEach([&](const DurableRecord& record) {
      if (record.record.kind() == v1::RECORD_KIND_PAYLOADS_ERASED) keys.push_back(record.record.note());
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return keys;
  }

  redis::TestRedis redis_;
  UuidV7Generator ids_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Tracker> tracker_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PayloadRetentionTest, DestroysThePayloadsOfEndedRequestsAfterTheirTimeAndRecordsIt) {
  const std::string old = Ask();
  Cancel(old);
  clock_.Advance(kDay);
  const std::string younger = Ask();
  Cancel(younger);
  clock_.Advance(179 * kDay);
  EXPECT_EQ(*Run(), 0u) << "the day itself is kept whole";
  EXPECT_TRUE(Read(old).ok());

  clock_.Advance(kDay);
  EXPECT_EQ(*Run(), 1u);
  EXPECT_TRUE(HasReason(Read(old), Reason::PAYLOAD_ERASED)) << Read(old);
  EXPECT_TRUE(Read(younger).ok()) << Read(younger);
  ASSERT_EQ(RecordedKeys().size(), 1u);
  EXPECT_NE(RecordedKeys()[0].find("20260310"), std::string::npos) << RecordedKeys()[0];
  EXPECT_EQ(*Run(), 0u) << "recorded once";
}

TEST_F(PayloadRetentionTest, KeepsWhatARequestThatHasNotEndedMayNeed) {
  const std::string before = Ask();
  Cancel(before);
  clock_.Advance(kDay);
  const std::string open = Ask();
  clock_.Advance(kDay);
  const std::string after = Ask();
  Cancel(after);
  clock_.Advance(300 * kDay);
  EXPECT_EQ(*Run(), 1u);
  EXPECT_FALSE(Read(before).ok());
  EXPECT_TRUE(Read(open).ok()) << Read(open);
  EXPECT_TRUE(Read(after).ok()) << Read(after);

  Cancel(open);
  EXPECT_EQ(*Run(), 2u);
  EXPECT_FALSE(Read(open).ok());
}

TEST_F(PayloadRetentionTest, RecordsAKeyThatWasDestroyedBeforeACrash) {
  Cancel(Ask());
  clock_.Advance(200 * kDay);
  const auto destroyed = vault_->Erase("", clock_.Now() - 180 * kDay);
  ASSERT_TRUE(destroyed.ok() && destroyed->size() == 1u);
  EXPECT_EQ(*Run(), 1u);
  EXPECT_EQ(RecordedKeys(), *destroyed);
}

TEST_F(PayloadRetentionTest, DestroysNothingWhileItIsNotKnownWhatIsOpen) {
  const std::string old = Ask();
  Cancel(old);
  clock_.Advance(200 * kDay);
  redis_.Stop();
  EXPECT_TRUE(HasReason(Run().status(), Reason::TRACKER_UNAVAILABLE));
  EXPECT_TRUE(vault_->Erase("", clock_.Now() - 1'000 * kDay)->empty());
  redis_.Start();
}

}  // namespace
}  // namespace chuanyu::exchange
