#include "services/exchange/journal/journal.h"

#include <gmock/gmock.h>

#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

using JournalTest = JournalFixture;

WitnessState MakeWitness(uint64_t size) {
  WitnessState witness{kTestPeerOrigin, merkle::Frontier(crypto::HashAlg::kSha256),
                       "note of " + std::to_string(size)};
  for (uint64_t i = 0; i < size; ++i) {
    witness.frontier.Append(merkle::LeafHash(crypto::HashAlg::kSha256, "peer record " + std::to_string(i)));
  }
  return witness;
}

TEST_F(JournalTest, RecordsHaveSequenceTimeAndCommitmentAndASignedRoot) {
  const auto journal = MustOpen();
  EXPECT_EQ(journal->Latest().size, 0u);
  const auto batch = MustAppend(*journal, {"first payload", "", "third payload"});
  ASSERT_EQ(batch->records().size(), 3u);
  merkle::Frontier tree(crypto::HashAlg::kSha256);
  for (size_t i = 0; i < 3; ++i) {
    const DurableRecord& durable = batch->records()[i];
    EXPECT_EQ(durable.record.sequence(), i);
    EXPECT_EQ(durable.record.time_us(), absl::ToUnixMicros(clock_.Now()));
    v1::JournalRecord parsed;
    ASSERT_TRUE(parsed.ParseFromString(durable.bytes));
    EXPECT_EQ(parsed.SerializeAsString(), durable.record.SerializeAsString());
    EXPECT_EQ(durable.leaf_hash, merkle::LeafHash(crypto::HashAlg::kSha256, durable.bytes));
    EXPECT_LE(durable.location.size(), 64u);
    tree.Append(durable.leaf_hash);
  }
  const DurableRecord& first = batch->records()[0];
  EXPECT_EQ(first.salt.size(), 32u);
  EXPECT_EQ(first.record.commitment(),
            crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {first.salt, "first payload"})));
  EXPECT_NE(first.salt, batch->records()[2].salt);
  EXPECT_EQ(batch->records()[1].record.commitment(), "");
  const auto opened =
      merkle::OpenCheckpoint(batch->checkpoint().note, kTestOrigin, merkle::NoteVerifier(TestNodeKeys()));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->checkpoint.head, (merkle::TreeHead{3, tree.root()}));
  EXPECT_EQ(opened->signatures.size(), 2u);
  EXPECT_EQ(journal->Latest().note, batch->checkpoint().note);
}

TEST_F(JournalTest, ReopeningContinuesTheSameTree) {
  std::vector<DurableRecord> before;
  crypto::Digest root{};
  {
    const auto journal = MustOpen();
    for (int i = 0; i < 5; ++i) {
      const auto batch = MustAppend(*journal, {"payload " + std::to_string(i), ""});
      before.insert(before.end(), batch->records().begin(), batch->records().end());
      root = batch->checkpoint().root;
    }
  }
  const auto journal = MustOpen();
  EXPECT_EQ(journal->recovered().size, 10u);
  EXPECT_FALSE(journal->recovered().tail_cut);
  EXPECT_EQ(journal->Latest().root, root);
  for (size_t i = 0; i < before.size(); ++i) {
    const auto read = journal->ReadAt(before[i].location);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->bytes, before[i].bytes);
    EXPECT_EQ(read->payload, before[i].payload);
    EXPECT_EQ(read->salt, before[i].salt);
    EXPECT_EQ(read->leaf_hash, before[i].leaf_hash);
  }
  EXPECT_EQ(MustAppend(*journal, {"after"})->first_index(), 10u);
  uint64_t visited = 0;
  ASSERT_TRUE(journal
                  ->ForEach([&](const DurableRecord& record) {
                    EXPECT_EQ(record.record.sequence(), visited++);
                    if (visited <= before.size()) {
                      EXPECT_EQ(record.location, before[visited - 1].location);
                    }
                    EXPECT_EQ(record.payload, "");
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(visited, 11u);
}

TEST_F(JournalTest, TimeNeverGoesBackEvenOverARestart) {
  const absl::Time start = clock_.Now();
  MustAppend(*MustOpen(), {"a"});
  clock_.Set(start - absl::Hours(1));
  const auto journal = MustOpen();
  EXPECT_EQ(MustAppend(*journal, {"b"})->records()[0].record.time_us(), absl::ToUnixMicros(start));
}

TEST_F(JournalTest, AReceivedPayloadKeepsItsSalt) {
  const auto journal = MustOpen();
  Draft draft = MakeDraft("payload");
  draft.salt = std::string(32, 's');
  const auto batch = journal->Append({draft}, {});
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ((*batch)->records()[0].salt, draft.salt);
  draft.salt = "short";
  EXPECT_TRUE(HasReason(journal->Append({draft}, {}).status(), Reason::BAD_REQUEST));
  EXPECT_TRUE(journal->Healthy().ok());
}

TEST_F(JournalTest, AnOversizedRecordIsRefusedBeforeAnythingIsWritten) {
  const auto journal = MustOpen();
  MustAppend(*journal, {"a"});
  const auto before = journal->Latest();
  Draft large = MakeDraft("b");
  for (int i = 0; i < 3000; ++i)
    large.record.add_fields_returned("synthetic_field_name_" + std::to_string(i));
  EXPECT_TRUE(HasReason(journal->Append({MakeDraft("x"), large}, {}).status(), Reason::BAD_REQUEST));
  EXPECT_EQ(journal->Latest().size, before.size);
  EXPECT_EQ(MustAppend(*journal, {"c"})->first_index(), 1u);
}

TEST_F(JournalTest, PayloadsAreNotInTheFilesInClear) {
  const std::string payload = "SYNTHETIC-PERSON-11010519491231002X";
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {payload, payload});
    EXPECT_EQ(journal->ReadAt(MustAppend(*journal, {payload})->records()[0].location)->payload, payload);
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(ReadBytes(entry.path()).find(payload), std::string::npos) << entry.path();
  }
}

TEST_F(JournalTest, WitnessStateIsDurableWithItsBatch) {
  {
    const auto journal = MustOpen();
    ASSERT_TRUE(journal->Append({MakeDraft("a")}, {MakeWitness(3)}).ok());
    ASSERT_TRUE(journal->Append({}, {MakeWitness(7)}).ok());
    EXPECT_EQ(journal->Latest().size, 1u);
  }
  const auto journal = MustOpen();
  ASSERT_EQ(journal->recovered().witnesses.size(), 1u);
  const WitnessState& witness = journal->recovered().witnesses[0];
  EXPECT_EQ(witness.origin, kTestPeerOrigin);
  EXPECT_EQ(witness.frontier, MakeWitness(7).frontier);
  EXPECT_EQ(witness.note, "note of 7");
}

TEST_F(JournalTest, CosignaturesAreKept) {
  std::string cosigned_note;
  {
    const auto journal = MustOpen();
    const auto first = MustAppend(*journal, {"a"});
    const auto second = MustAppend(*journal, {"b"});
    EXPECT_EQ(journal->LatestCosigned().size, 0u);
    ASSERT_TRUE(journal->AddCosignature(1, TestCosign(first->checkpoint())).ok());
    EXPECT_EQ(journal->LatestCosigned().size, 1u);
    ASSERT_TRUE(journal->AddCosignature(2, TestCosign(second->checkpoint())).ok());
    ASSERT_TRUE(journal->AddCosignature(2, TestCosign(second->checkpoint())).ok());
    ASSERT_TRUE(journal->AddCosignature(2, TestCosign(second->checkpoint(), 1'773'100'999)).ok());
    cosigned_note = journal->LatestCosigned().note;
    EXPECT_EQ(journal->Latest().note, cosigned_note);
    EXPECT_EQ(merkle::ParseNote(cosigned_note)->signatures.size(), 4u);
    EXPECT_TRUE(HasReason(journal->AddCosignature(9, TestCosign(second->checkpoint())), Reason::BAD_REQUEST));
    EXPECT_TRUE(HasReason(journal->AddCosignature(2, "no line\n"), Reason::BAD_REQUEST));
    EXPECT_TRUE(HasReason(journal->AddCosignature(2, ""), Reason::BAD_REQUEST));
  }
  const auto journal = MustOpen();
  EXPECT_EQ(journal->recovered().cosigned_size, 2u);
  EXPECT_EQ(journal->LatestCosigned().note, cosigned_note);
  EXPECT_EQ(journal->LatestCosigned().root, journal->Latest().root);
}

TEST_F(JournalTest, ACosignatureMayComeAfterARestart) {
  SignedCheckpoint second;
  {
    const auto journal = MustOpen();
    MustAppend(*journal, {"a"});
    second = MustAppend(*journal, {"b", "c"})->checkpoint();
    MustAppend(*journal, {"d"});
  }
  const auto journal = MustOpen();
  ASSERT_TRUE(journal->AddCosignature(3, TestCosign(second)).ok());
  EXPECT_EQ(journal->LatestCosigned().root, second.root);
  // Size 2 is inside a batch: no checkpoint was ever made of it.
  EXPECT_TRUE(HasReason(journal->AddCosignature(2, TestCosign(second)), Reason::BAD_REQUEST));
}

// The same answers from memory and from disk.
TEST_F(JournalTest, ReadBatchesEndsAtBatchBordersWithTheirCheckpoints) {
  JournalOptions small = options();
  for (const uint64_t recent : {uint64_t{4096}, uint64_t{1}}) {
    small.dir = dir() + std::to_string(recent);
    small.recent_batches = recent;
    small.segment_bytes = 3000;
    const auto journal = MustOpen(small);
    std::vector<std::shared_ptr<const DurableBatch>> written;
    for (int i = 0; i < 8; ++i) written.push_back(MustAppend(*journal, {"p" + std::to_string(i), "", "q"}));
    for (uint64_t first = 0; first < 24; ++first) {
      const auto range = journal->ReadBatches(first, 24, 1u << 20);
      ASSERT_TRUE(range.ok()) << range.status();
      EXPECT_EQ(range->first_index, first);
      ASSERT_EQ(range->batches.front()->first_index(), first / 3 * 3);
      uint64_t next = range->batches.front()->first_index();
      for (const auto& batch : range->batches) {
        ASSERT_EQ(batch->first_index(), next);
        const DurableBatch& expected = *written[next / 3];
        ASSERT_EQ(batch->records().size(), 3u);
        EXPECT_EQ(batch->records()[2].bytes, expected.records()[2].bytes);
        EXPECT_EQ(batch->records()[0].payload, expected.records()[0].payload);
        EXPECT_EQ(batch->records()[0].salt, expected.records()[0].salt);
        EXPECT_EQ(batch->records()[1].location, expected.records()[1].location);
        EXPECT_EQ(batch->checkpoint().size, next + 3);
        EXPECT_EQ(batch->checkpoint().root, expected.checkpoint().root);
        EXPECT_FALSE(batch->checkpoint().note.empty());
        next += 3;
      }
    }
    EXPECT_EQ(journal->ReadBatches(0, 24, 1)->batches.size(), 1u);
    EXPECT_EQ(journal->ReadBatches(0, 8, 1u << 20)->batches.size(), 2u);
    EXPECT_TRUE(journal->ReadBatches(0, 2, 1u << 20)->batches.empty());
    EXPECT_TRUE(journal->ReadBatches(24, 100, 1u << 20)->batches.empty());
  }
}

TEST_F(JournalTest, SegmentsRollOverAndKeepEverything) {
  JournalOptions small = options();
  small.segment_bytes = 4000;
  std::vector<std::string> locations;
  {
    const auto journal = MustOpen(small);
    ASSERT_TRUE(journal->Append({}, {MakeWitness(5)}).ok());
    for (int i = 0; i < 40; ++i) {
      const auto batch = MustAppend(*journal, {"payload " + std::to_string(i)});
      locations.push_back(batch->records()[0].location);
      if (i == 3) {
        ASSERT_TRUE(journal->AddCosignature(4, TestCosign(batch->checkpoint())).ok());
      }
    }
  }
  ASSERT_TRUE(std::filesystem::exists(Segment(3)));
  for (const uint64_t full_scan : {uint64_t{4} << 30, uint64_t{1}}) {
    small.full_scan_bytes = full_scan;
    const auto journal = MustOpen(small);
    EXPECT_EQ(journal->recovered().size, 40u);
    EXPECT_EQ(journal->recovered().cosigned_size, 4u);
    ASSERT_EQ(journal->recovered().witnesses.size(), 1u);
    EXPECT_EQ(journal->recovered().witnesses[0].frontier.size(), 5u);
    for (size_t i = 0; i < locations.size(); ++i) {
      EXPECT_EQ(journal->ReadAt(locations[i])->payload, "payload " + std::to_string(i));
      EXPECT_EQ(journal->ReadBatches(i, 40, 1)->batches.front()->records()[0].location, locations[i]);
    }
    uint64_t from = 0;
    ASSERT_TRUE(journal
                    ->ForEachFrom(17,
                                  [&](const DurableRecord& record) {
                                    EXPECT_EQ(record.record.sequence(), 17 + from++);
                                    return absl::OkStatus();
                                  })
                    .ok());
    EXPECT_EQ(from, 23u);
  }
}

TEST_F(JournalTest, ASecondOpenerIsToldTheJournalIsInUse) {
  const auto journal = MustOpen();
  const auto second = TryOpen(options());
  ASSERT_TRUE(HasReason(second.status(), Reason::JOURNAL_UNAVAILABLE));
  EXPECT_THAT(std::string(second.status().message()), ::testing::HasSubstr("in use"));
}

TEST_F(JournalTest, TheLogsParametersAreFixedWhenItIsCreated) {
  MustAppend(*MustOpen(), {"a"});
  JournalOptions other = options();
  other.origin = "500000.chuanyu/node2";
  EXPECT_TRUE(HasReason(TryOpen(other).status(), Reason::CONFIG_INVALID));
  other = options();
  other.tree_hash = crypto::HashAlg::kSm3;
  EXPECT_TRUE(HasReason(TryOpen(other).status(), Reason::CONFIG_INVALID));
}

TEST_F(JournalTest, ALogMayUseSm3ForItsTree) {
  JournalOptions national = options();
  national.tree_hash = crypto::HashAlg::kSm3;
  national.segment_bytes = 2000;
  crypto::Digest root{};
  {
    const auto journal = MustOpen(national);
    for (int i = 0; i < 9; ++i) root = MustAppend(*journal, {"x", "y"})->checkpoint().root;
  }
  const auto journal = MustOpen(national);
  EXPECT_EQ(journal->Latest().root, root);
  merkle::Frontier tree(crypto::HashAlg::kSm3);
  ASSERT_TRUE(journal
                  ->ForEach([&](const DurableRecord& record) {
                    tree.Append(merkle::LeafHash(crypto::HashAlg::kSm3, record.bytes));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(tree.root(), root);
}

TEST_F(JournalTest, AnErasedPayloadIsGoneAndItsRecordStays) {
  const auto journal = MustOpen();
  const auto batch = MustAppend(*journal, {"personal"});
  const std::string location = batch->records()[0].location;
  ASSERT_EQ(vault_->Erase("", clock_.Now() + absl::Hours(48))->size(), 1u);
  EXPECT_TRUE(HasReason(journal->ReadAt(location).status(), Reason::PAYLOAD_ERASED));
  EXPECT_EQ(journal->ReadRecordAt(location)->bytes, batch->records()[0].bytes);
}

TEST_F(JournalTest, LocationsOfNothingAreRefused) {
  const auto journal = MustOpen();
  MustAppend(*journal, {"a"});
  for (const char* location : {"", "0", "0:1", "0:0:1:2", "x:0:10", "7:0:10", "0:99999999:10", "0:-1:10",
                               "0:0:99999999999999999999"}) {
    EXPECT_TRUE(HasReason(journal->ReadAt(location).status(), Reason::BAD_REQUEST)) << location;
  }
  EXPECT_TRUE(HasReason(journal->ReadAt("0:3:100").status(), Reason::JOURNAL_CORRUPT));
}

TEST_F(JournalTest, RetiredKeysStillVouchForTheLog) {
  MustAppend(*MustOpen(), {"a"});
  std::vector<std::shared_ptr<const crypto::Signer>> next_keys;
  next_keys.push_back(*crypto::GenerateSigner(crypto::KeyAlg::kEd25519));
  const auto refused = Journal::Open(options(), clock_, *vault_, next_keys);
  EXPECT_TRUE(HasReason(refused.status(), Reason::CONFIG_INVALID));
  JournalOptions rotated = options();
  rotated.retired_keys.push_back(*merkle::VerifierKey::Create(kTestOrigin, merkle::SignatureType::kEd25519,
                                                              TestSigners()[0]->verifier()));
  const auto journal = Journal::Open(rotated, clock_, *vault_, next_keys);
  ASSERT_TRUE(journal.ok()) << journal.status();
  const merkle::NoteVerifier verifier(
      {*merkle::VerifierKey::Create(kTestOrigin, merkle::SignatureType::kEd25519, next_keys[0]->verifier())});
  EXPECT_TRUE(merkle::OpenCheckpoint((*journal)->Latest().note, kTestOrigin, verifier).ok());
}

}  // namespace
}  // namespace chuanyu::exchange
