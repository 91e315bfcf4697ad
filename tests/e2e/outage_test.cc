// What fails around the nodes: the peer, Redis, the disk. Nothing that was acknowledged is lost, and nothing
// that was refused is half done.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "chuanyu/exchange/v1/operations.grpc.pb.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "services/exchange/journal/files.h"
#include "tests/support/eventually.h"
#include "tests/support/forge.h"
#include "tests/support/journals.h"
#include "tests/support/submissions.h"
#include "tests/support/test_provider.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::Exchange;
using exchange::v1::Submission;

class Outage : public ::testing::Test {
 protected:
  Outage() : world_({.family_economy = false}), provider_(world_, world_.sc()) {
    const absl::Status started = world_.Start();
    EXPECT_TRUE(started.ok()) << started;
    stub_ = Exchange::NewStub(world_.cq().ToNode(kLoad));
  }

  std::string SubmitOne() {
    const Submission submission = NewSubmission(ids_);
    const auto receipt = Submit(*stub_, submission);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return submission.envelope().request_id();
  }
  void ExpectAnswered(const std::string& request_id) {
    const auto answer = Await(*stub_, request_id, absl::Seconds(60));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status().code(), 0) << answer->status().message();
    ASSERT_TRUE(Acknowledge(*stub_, request_id).ok());
    EXPECT_EQ(CountByRequest(ReadJournal(world_.sc()), exchange::v1::RECORD_KIND_ANSWER_SENT)[request_id], 1);
    EXPECT_EQ(CountByRequest(ReadJournal(world_.cq()), exchange::v1::RECORD_KIND_ANSWER_RECEIVED)[request_id],
              1);
  }
  exchange::v1::LinkStatus Link() {
    const auto operations = exchange::v1::Operations::NewStub(world_.cq().ToNode(kOperator));
    grpc::ClientContext context;
    rpc::SetDeadline(context, absl::Now() + absl::Seconds(10));
    exchange::v1::GetOverviewResponse response;
    if (!operations->GetOverview(&context, {}, &response).ok() || response.links().empty()) return {};
    return response.links(0);
  }

  World world_;
  TestProvider provider_;
  UuidV7Generator ids_;
  std::unique_ptr<Exchange::Stub> stub_;
};

TEST_F(Outage, PeerThatIsDownGetsTheRequestWhenItIsBack) {
  world_.sc().node().Kill();
  const std::string id = SubmitOne();
  EXPECT_FALSE(Await(*stub_, id, absl::Seconds(1)).ok());
  const absl::Status back = world_.sc().StartNode();
  ASSERT_TRUE(back.ok()) << back;
  ExpectAnswered(id);
}

TEST_F(Outage, RedisDownIsUnavailableAndNothingIsHalfDone) {
  ExpectAnswered(SubmitOne());
  world_.cq().redis().Stop();
  const Submission refused = NewSubmission(ids_);
  const auto receipt = Submit(*stub_, refused);
  EXPECT_TRUE(HasReason(receipt.status(), Reason::TRACKER_UNAVAILABLE)) << receipt.status();
  EXPECT_EQ(receipt.status().code(), absl::StatusCode::kUnavailable);
  world_.cq().redis().Start();
  // The same submission again is taken once, whatever became of the first try.
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] { return Submit(*stub_, refused).ok(); }));
  ExpectAnswered(refused.envelope().request_id());
  EXPECT_EQ(CountByRequest(ReadJournal(world_.cq()),
                           exchange::v1::RECORD_KIND_REQUEST_SENT)[refused.envelope().request_id()],
            1);
}

TEST_F(Outage, FullDiskRefusesWithoutLosingWhatWasAcknowledged) {
  const std::string before = SubmitOne();
  ExpectAnswered(before);
  ASSERT_TRUE(world_.cq().node().LimitFileSize(1).ok());
  const Submission refused = NewSubmission(ids_);
  const auto receipt = Submit(*stub_, refused);
  EXPECT_TRUE(HasReason(receipt.status(), Reason::JOURNAL_UNAVAILABLE)) << receipt.status();
  world_.cq().node().Kill();
  const absl::Status back = world_.cq().StartNode();
  ASSERT_TRUE(back.ok()) << back;
  EXPECT_EQ(Get(*stub_, before)->state(), exchange::v1::REQUEST_STATE_DELIVERED);
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] { return Submit(*stub_, refused).ok(); }));
  ExpectAnswered(refused.envelope().request_id());
}

TEST_F(Outage, FlippedBitInAJournalFileStopsTheStartAndNamesTheFile) {
  ExpectAnswered(SubmitOne());
  ExpectAnswered(SubmitOne());
  world_.cq().node().Kill();
  const std::string path = exchange::SegmentPath(world_.cq().journal_folder(), 0);
  std::string bytes = ReadWholeFile(path);
  ASSERT_GT(bytes.size(), 300u);
  bytes[250] ^= 0x10;
  WriteWholeFile(path, bytes);
  const absl::Status refused = world_.cq().StartNode();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.message().find("00000000.seg"), std::string_view::npos) << refused;
}

// Sichuan answers two requests, goes back to a copy of its log from before the second, and writes another
// history that is longer than what Chongqing has witnessed.
TEST_F(Outage, ForkedLogOfThePeerIsRefusedAndRecorded) {
  namespace fs = std::filesystem;
  const std::string data = world_.sc().folder() + "/data";
  const std::string copy = world_.sc().folder() + "/earlier";
  ExpectAnswered(SubmitOne());
  ASSERT_TRUE(world_.sc().node().Stop().ok());
  fs::copy(data, copy, fs::copy_options::recursive);
  ASSERT_TRUE(world_.sc().StartNode().ok());
  ExpectAnswered(SubmitOne());
  ASSERT_TRUE(world_.sc().node().Stop().ok());
  const size_t witnessed = ReadJournal(world_.sc()).size();
  fs::remove_all(data);
  fs::rename(copy, data);
  const absl::Status forged = AppendForged(world_, world_.sc(), witnessed + 5);
  ASSERT_TRUE(forged.ok()) << forged;
  ASSERT_TRUE(world_.sc().StartNode().ok());

  const auto misbehaved = [&] {
    for (const auto& record : ReadJournal(world_.cq())) {
      if (record.kind() == exchange::v1::RECORD_KIND_PEER_MISBEHAVED) return record.outcome() == "LOG_FORKED";
    }
    return false;
  };
  EXPECT_TRUE(Eventually(absl::Seconds(30), misbehaved));
  EXPECT_LE(Link().witnessed_size(), witnessed);
  EXPECT_TRUE(fs::exists(world_.cq().folder() + "/data/misbehaviour/510000.notes"));
  // Until a person has looked at it, nothing of the fork is believed: a new request gets no answer.
  EXPECT_FALSE(Await(*stub_, SubmitOne(), absl::Seconds(2)).ok());
}

}  // namespace
}  // namespace chuanyu::testing
