// What a node accepts of a peer's log. The peer is played by a journal of its own keys; all content is
// synthetic.
#include "services/exchange/link/inbound.h"

#include <gtest/gtest.h>

#include "services/exchange/journal/journal_testing.h"
#include "services/exchange/link/peer_log.h"

namespace chuanyu::exchange {
namespace {

constexpr char kOperation[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";

// The journal of the fixture is the peer's (region 500000); we are 510000.
class InboundTest : public JournalFixture {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(JournalFixture::SetUp());
    journal_ = MustOpen();
    ASSERT_NE(journal_, nullptr);
    peer_.region = "500000";
    peer_.origin = kTestOrigin;
    peer_.identity = "spiffe://500000.chuanyu/exchange/node";
    peer_.keys.checkpoint = TestNodeKeys();
  }
  void TearDown() override {
    journal_.reset();
    JournalFixture::TearDown();
  }

  // What the peer's sender makes of a batch.
  static v1::LinkBatch ToLink(const DurableBatch& batch) {
    v1::LinkBatch link;
    link.set_first_index(batch.first_index());
    link.set_checkpoint(batch.checkpoint().note);
    for (const DurableRecord& record : batch.records()) {
      v1::LinkLeaf& leaf = *link.add_leaves();
      leaf.set_record(record.bytes);
      leaf.set_salt(record.salt);
      leaf.set_payload(record.payload);
    }
    return link;
  }

  static policy::Policy Allowing(const std::string& purpose) {
    return {"v1",
            "",
            {{.id = "r",
              .caller = "*",
              .operation = kOperation,
              .purposes = {purpose},
              .from_region = "500000",
              .to_region = "510000"}},
            {}};
  }

  absl::StatusOr<Inbound> Check(const v1::LinkBatch& batch,
                                const policy::Policy& policy = Allowing("social_assistance")) {
    return CheckBatch(batch, peer_, known_, "510000", policy);
  }

  std::unique_ptr<Journal> journal_;
  PeerTrust peer_;
  merkle::Frontier known_{crypto::HashAlg::kSha256};
};

TEST_F(InboundTest, TakesARequestAndRemembersThePeersLog) {
  const auto inbound = Check(ToLink(*MustAppend(*journal_, {"question"})));
  ASSERT_TRUE(inbound.ok()) << inbound.status();
  EXPECT_EQ(inbound->witness.frontier.size(), 1u);
  EXPECT_EQ(inbound->witness.frontier.root(), journal_->Latest().root);
  ASSERT_EQ(inbound->drafts.size(), 1u);
  EXPECT_EQ(inbound->drafts[0].record.kind(), v1::RECORD_KIND_REQUEST_RECEIVED);
  EXPECT_EQ(inbound->drafts[0].record.peer_origin(), kTestOrigin);
  EXPECT_EQ(inbound->drafts[0].payload, "question");
  EXPECT_TRUE(inbound->any_request);
}

TEST_F(InboundTest, TakesABareHashAsAPlaceInTheLogAndNothingElse) {
  const auto batch = MustAppend(*journal_, {"for another region"});
  v1::LinkBatch link = ToLink(*batch);
  link.mutable_leaves(0)->Clear();
  link.mutable_leaves(0)->set_hash(std::string(crypto::View(batch->records()[0].leaf_hash)));
  const auto inbound = Check(link);
  ASSERT_TRUE(inbound.ok()) << inbound.status();
  EXPECT_TRUE(inbound->drafts.empty());
  EXPECT_EQ(inbound->witness.frontier.size(), 1u);
}

TEST_F(InboundTest, RefusesByItsOwnPolicyWithAnAnswerThatSaysWhy) {
  const auto inbound = Check(ToLink(*MustAppend(*journal_, {"question"})), Allowing("another"));
  ASSERT_TRUE(inbound.ok()) << inbound.status();
  ASSERT_EQ(inbound->drafts.size(), 2u);
  EXPECT_EQ(inbound->drafts[1].record.kind(), v1::RECORD_KIND_ANSWER_SENT);
  EXPECT_EQ(inbound->drafts[1].record.note(), "REFUSED");
  EXPECT_EQ(inbound->drafts[1].record.outcome(), "PURPOSE_DENIED");
  EXPECT_FALSE(inbound->any_request);
}

TEST_F(InboundTest, SaysForkWhenASignedCheckpointDoesNotExtendWhatWeKnow) {
  known_.Append(merkle::LeafHash(crypto::HashAlg::kSha256, "a record that the peer has taken out"));
  MustAppend(*journal_, {"first"});
  v1::LinkBatch second = ToLink(*MustAppend(*journal_, {"second"}));
  EXPECT_TRUE(HasReason(Check(second).status(), Reason::LOG_FORKED));
}

TEST_F(InboundTest, RefusesWhatWasChangedOnTheWay) {
  const v1::LinkBatch good = ToLink(*MustAppend(*journal_, {"question"}));
  v1::LinkBatch payload = good;
  payload.mutable_leaves(0)->set_payload("another question");
  EXPECT_TRUE(HasReason(Check(payload).status(), Reason::COMMITMENT_MISMATCH));
  v1::LinkBatch salt = good;
  salt.mutable_leaves(0)->set_salt(std::string(32, 's'));
  EXPECT_TRUE(HasReason(Check(salt).status(), Reason::COMMITMENT_MISMATCH));
  v1::LinkBatch gap = good;
  gap.set_first_index(5);
  EXPECT_TRUE(HasReason(Check(gap).status(), Reason::BAD_REQUEST));
  v1::LinkBatch unsigned_batch = good;
  unsigned_batch.clear_checkpoint();
  EXPECT_FALSE(Check(unsigned_batch).ok());
  v1::LinkBatch hash = good;
  hash.mutable_leaves(0)->Clear();
  hash.mutable_leaves(0)->set_hash("short");
  EXPECT_TRUE(HasReason(Check(hash).status(), Reason::BAD_REQUEST));
  v1::LinkBatch empty = good;
  empty.clear_leaves();
  EXPECT_TRUE(HasReason(Check(empty).status(), Reason::BAD_REQUEST));
}

TEST_F(InboundTest, WantsBothSignatures) {
  v1::LinkBatch batch = ToLink(*MustAppend(*journal_, {"question"}));
  merkle::Note note = *merkle::ParseNote(batch.checkpoint());
  ASSERT_EQ(note.signatures.size(), 2u);
  note.signatures.pop_back();
  batch.set_checkpoint(merkle::FormatNote(note));
  EXPECT_TRUE(HasReason(Check(batch).status(), Reason::SIG_INVALID));
}

TEST_F(InboundTest, RefusesARecordForAnotherRegion) {
  const v1::LinkBatch batch = ToLink(*MustAppend(*journal_, {"question"}));
  EXPECT_TRUE(HasReason(CheckBatch(batch, peer_, known_, "520000", Allowing("social_assistance")).status(),
                        Reason::BAD_REQUEST));
}

class PeerLogTest : public InboundTest {
 protected:
  std::string evidence() const { return root_ + "/misbehaviour/500000.notes"; }
  PeerLog Open() {
    return PeerLog(peer_, {.origin = kTestOrigin, .frontier = merkle::Frontier(crypto::HashAlg::kSha256)},
                   evidence());
  }
  const policy::Policy policy_ = Allowing("social_assistance");
};

TEST_F(PeerLogTest, TakesSeveralBatchesBeforeTheFirstIsDurable) {
  PeerLog log = Open();
  uint64_t stream = 0;
  ASSERT_EQ(log.Begin(&stream)->frontier.size(), 0u);
  const auto first = log.Take(stream, ToLink(*MustAppend(*journal_, {"1"})), "510000", policy_);
  const auto second = log.Take(stream, ToLink(*MustAppend(*journal_, {"2"})), "510000", policy_);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(log.durable_size(), 0u);
  uint64_t newer = 0;
  EXPECT_TRUE(HasReason(log.Begin(&newer).status(), Reason::PEER_UNAVAILABLE));
  log.Settle(*first, true);
  log.Settle(*second, true);
  EXPECT_EQ(log.Begin(&newer)->frontier.size(), 2u);
  EXPECT_TRUE(HasReason(log.Take(stream, ToLink(*MustAppend(*journal_, {"3"})), "510000", policy_).status(),
                        Reason::STALE_VERSION))
      << "the older stream must not go on";
}

TEST_F(PeerLogTest, StartsAgainFromWhatIsDurableAfterARefusal) {
  PeerLog log = Open();
  uint64_t stream = 0;
  ASSERT_TRUE(log.Begin(&stream).ok());
  const v1::LinkBatch batch = ToLink(*MustAppend(*journal_, {"1"}));
  const auto taken = log.Take(stream, batch, "510000", policy_);
  ASSERT_TRUE(taken.ok());
  log.Settle(*taken, false);
  EXPECT_TRUE(HasReason(log.Take(stream, batch, "510000", policy_).status(), Reason::STALE_VERSION));
  ASSERT_EQ(log.Begin(&stream)->frontier.size(), 0u);
  EXPECT_TRUE(log.Take(stream, batch, "510000", policy_).ok());
}

TEST_F(PeerLogTest, KeepsTheEvidenceOfAForkAndStaysShutAfterARestart) {
  PeerLog log(peer_,
              {.origin = kTestOrigin,
               .frontier =
                   [] {
                     merkle::Frontier other(crypto::HashAlg::kSha256);
                     other.Append(merkle::LeafHash(crypto::HashAlg::kSha256, "taken out"));
                     return other;
                   }(),
               .note = "the note that we hold\n"},
              evidence());
  MustAppend(*journal_, {"1"});
  const v1::LinkBatch batch = ToLink(*MustAppend(*journal_, {"2"}));
  uint64_t stream = 0;
  ASSERT_TRUE(log.Begin(&stream).ok());
  EXPECT_TRUE(HasReason(log.Take(stream, batch, "510000", policy_).status(), Reason::LOG_FORKED));
  EXPECT_TRUE(HasReason(log.Begin(&stream).status(), Reason::LOG_FORKED));
  const std::string kept = ReadBytes(evidence());
  EXPECT_NE(kept.find("the note that we hold"), std::string::npos);
  EXPECT_NE(kept.find(batch.checkpoint()), std::string::npos);
  PeerLog again = Open();
  EXPECT_TRUE(HasReason(again.Begin(&stream).status(), Reason::LOG_FORKED))
      << "a person decides, not a restart";
}

}  // namespace
}  // namespace chuanyu::exchange
