// Both ends of the link between two nodes, and what each does when the other is away, slow, wrong or false.
#include <gtest/gtest.h>

#include "services/exchange/link/link_testing.h"
#include "tests/support/eventually.h"

namespace chuanyu::exchange {
namespace {

using ::chuanyu::testing::Eventually;

constexpr absl::Duration kPatience = absl::Seconds(60);

class LinkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({"500000/exchange/node/node", "510000/exchange/node/node"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/linkXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    asking_ = std::make_unique<LinkNode>("500000", root_, *pki_);
    answering_ = std::make_unique<LinkNode>("510000", root_, *pki_);
  }
  void TearDown() override {
    asking_.reset();
    answering_.reset();
    std::filesystem::remove_all(root_);
  }

  void StartBoth() {
    ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
    ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_));
  }
  bool WholeLogIsCosigned(const LinkNode& node) {
    return Eventually(kPatience, [&] { return node.HasCosigned(node.journal->Latest().size); });
  }
  static bool IsIn(const LinkNode& node, LinkState state, std::string_view reason) {
    return Eventually(kPatience, [&] {
      const LinkView view = node.sender->View();
      return view.state == state && view.reason == reason;
    });
  }

  // The answering node's, but for the key of its cosignatures.
  PeerTrust TrustOfAnotherKey() const {
    auto other = crypto::GenerateSigner(crypto::KeyAlg::kEd25519);
    EXPECT_TRUE(other.ok()) << other.status();
    const auto cosigner = merkle::NoteSigner::Create(answering_->origin(),
                                                     merkle::SignatureType::kCosignature, *std::move(other));
    EXPECT_TRUE(cosigner.ok()) << cosigner.status();
    return answering_->Trusted(*cosigner);
  }
  static bool HasRecord(LinkNode& node, v1::RecordKind kind) {
    bool found = false;
    const absl::Status read = node.journal->ForEach([&](const DurableRecord& record) {
      found = found || record.record.kind() == kind;
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return found;
  }

  static inline rpc::TestPki* pki_ = nullptr;
  std::string root_;
  std::unique_ptr<LinkNode> asking_;
  std::unique_ptr<LinkNode> answering_;
};

TEST_F(LinkTest, CarriesARequestAndBringsBackTheCosignature) {
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  const std::string id = asking_->Ask("510000");
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  ASSERT_TRUE(Eventually(kPatience, [&] { return asking_->StateOf(id) == State::kDispatched; }));
  EXPECT_EQ(answering_->arrived.ids(), std::vector<std::string>{id});
  EXPECT_EQ(answering_->peers->WitnessedSize("500000"), asking_->journal->Latest().size);
  EXPECT_EQ(asking_->sender->View().state, LinkState::kUp);
  EXPECT_EQ(asking_->sender->View().waiting_since_ms, 0);
  EXPECT_EQ(asking_->journal->LatestCosigned().size, asking_->journal->Latest().size);
}

TEST_F(LinkTest, SendsWhatWaitedOnceThePeerIsBack) {
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  std::vector<std::string> ids = {asking_->Ask("510000")};
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  answering_->Stop();
  for (int i = 0; i < 5; ++i) ids.push_back(asking_->Ask("510000"));
  EXPECT_GT(asking_->sender->View().waiting_since_ms, 0);
  EXPECT_EQ(asking_->StateOf(ids.back()), State::kSubmitted);

  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  EXPECT_EQ(answering_->arrived.ids(), ids);
}

TEST_F(LinkTest, GoesOnAfterItsOwnRestartWhereThePeerStands) {
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  std::vector<std::string> ids = {asking_->Ask("510000"), asking_->Ask("510000")};
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  asking_->Stop();
  ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_));
  ids.push_back(asking_->Ask("510000"));
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  EXPECT_EQ(answering_->arrived.ids(), ids);
}

// The peer's tracker is away: what it took waits for it, and it takes no more.
TEST_F(LinkTest, WaitsForASlowPeerInsteadOfFillingItsMemory) {
  answering_->receives.max_on_their_way = 2;
  asking_->sends = {.max_frame_bytes = 1, .max_unacknowledged_leaves = 8, .pace = {.full_leaves = 1}};
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  answering_->redis.Stop();
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(asking_->Ask("510000"));
  ASSERT_TRUE(Eventually(kPatience, [&] { return answering_->journal->Latest().size == 2; }));
  for (int i = 0; i < 40; ++i) ids.push_back(asking_->Ask("510000"));
  EXPECT_EQ(answering_->journal->Latest().size, 2u);
  EXPECT_EQ(asking_->sender->View().cosigned_size, 0u);

  answering_->redis.Start();
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  EXPECT_EQ(answering_->arrived.ids(), ids);
}

TEST_F(LinkTest, CountsNoCosignatureOfAKeyThatIsNotThePeers) {
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_, TrustOfAnotherKey()));
  const std::string id = asking_->Ask("510000");
  ASSERT_TRUE(IsIn(*asking_, LinkState::kDown, "SIG_INVALID"));
  EXPECT_EQ(asking_->sender->View().cosigned_size, 0u);
  EXPECT_EQ(asking_->StateOf(id), State::kSubmitted);
}

// Killed after the peer took a batch and before the tracker was told. What was signed to send it is not on
// the disk either, for the frame after it was written before.
TEST_F(LinkTest, TellsTheTrackerAfterAKillWhatThePeerHolds) {
  asking_->sends = {.max_frame_bytes = 1, .backoff_min_ms = 600'000, .backoff_max_ms = 600'000};
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  ASSERT_NO_FATAL_FAILURE(asking_->Open(*answering_, TrustOfAnotherKey()));
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(asking_->Ask("510000"));
  asking_->Connect();
  ASSERT_TRUE(IsIn(*asking_, LinkState::kDown, "SIG_INVALID"));
  ASSERT_LT(answering_->peers->WitnessedSize("500000"), ids.size());
  std::filesystem::copy(asking_->data(), root_ + "/killed", std::filesystem::copy_options::recursive);
  asking_->Stop();
  std::filesystem::remove_all(asking_->data());
  std::filesystem::rename(root_ + "/killed", asking_->data());

  ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_));
  EXPECT_TRUE(WholeLogIsCosigned(*asking_));
  for (const std::string& id : ids)
    EXPECT_TRUE(Eventually(kPatience, [&] { return asking_->StateOf(id) == State::kDispatched; })) << id;
}

// The peer has the keys of another log of this region, as after a node was set up under a new name.
TEST_F(LinkTest, SendsNothingToAPeerThatKnowsAnotherLog) {
  PeerTrust other = asking_->Trusted();
  other.origin = "500000.chuanyu/node2";
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_, other));
  ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_));
  const std::string id = asking_->Ask("510000");
  ASSERT_TRUE(IsIn(*asking_, LinkState::kDown, "KEY_UNKNOWN"));
  EXPECT_EQ(answering_->journal->Latest().size, 0u);
  EXPECT_EQ(asking_->StateOf(id), State::kSubmitted);
}

TEST_F(LinkTest, SendsNothingToAPeerWhoseClockIsWrong) {
  answering_->clock.SetOff(absl::Minutes(6));
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  asking_->Ask("510000");
  ASSERT_TRUE(IsIn(*asking_, LinkState::kDown, "MSG_CLOCK_SKEW"));
  EXPECT_EQ(answering_->journal->Latest().size, 0u);
}

// The answering node's folder is an old copy. Its own log is shorter than what its peer has seen of it: it
// must not go on with it. What it had taken of the other log comes again.
TEST_F(LinkTest, APeerThatWasRestoredFromACopyGetsTheRestAgainAndDoesNotForkItsOwnLog) {
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  std::vector<std::string> ids = {asking_->Ask("510000")};
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  ASSERT_TRUE(WholeLogIsCosigned(*answering_));
  answering_->Stop();
  std::filesystem::copy(answering_->data(), root_ + "/copy", std::filesystem::copy_options::recursive);
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  ids.push_back(asking_->Ask("510000"));
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  ASSERT_TRUE(WholeLogIsCosigned(*answering_));

  answering_->Stop();
  std::filesystem::remove_all(answering_->data());
  std::filesystem::rename(root_ + "/copy", answering_->data());
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  EXPECT_TRUE(IsIn(*answering_, LinkState::kStopped, "LOG_BEHIND_WITNESS"));
  ids.push_back(asking_->Ask("510000"));
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return answering_->peers->WitnessedSize("500000") == asking_->journal->Latest().size;
  }));
  EXPECT_EQ(answering_->arrived.ids(), ids);
}

// The asking node begins its log anew under the same name, and goes on while nobody watches: two histories by
// one key.
TEST_F(LinkTest, KeepsTheProofOfAForkAndTakesNothingMore) {
  ASSERT_NO_FATAL_FAILURE(StartBoth());
  const std::string id = asking_->Ask("510000");
  ASSERT_TRUE(WholeLogIsCosigned(*asking_));
  answering_->Stop();
  asking_->Stop();
  std::filesystem::remove_all(asking_->data());
  ASSERT_NO_FATAL_FAILURE(asking_->Start(*answering_));
  asking_->Ask("510000");
  asking_->Ask("510000");
  ASSERT_NO_FATAL_FAILURE(answering_->Start(*asking_));
  ASSERT_TRUE(IsIn(*asking_, LinkState::kStopped, "LOG_FORKED"));
  EXPECT_EQ(answering_->arrived.ids(), std::vector<std::string>{id});
  EXPECT_EQ(answering_->peers->WitnessedSize("500000"), 1u);

  const std::string proof = ReadBytes(root_ + "/510000/misbehaviour.notes");
  EXPECT_NE(proof.find(asking_->origin()), proof.rfind(asking_->origin())) << "two notes of one log";
  EXPECT_TRUE(Eventually(kPatience, [&] { return HasRecord(*answering_, v1::RECORD_KIND_PEER_MISBEHAVED); }));
}

}  // namespace
}  // namespace chuanyu::exchange
