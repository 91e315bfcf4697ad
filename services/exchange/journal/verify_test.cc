#include "services/exchange/journal/verify.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "services/exchange/journal/checkpoint_history.h"
#include "services/exchange/journal/journal_testing.h"
#include "services/exchange/journal/publisher.h"
#include "services/exchange/journal/record_schema.h"

namespace chuanyu::exchange {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string RequestId(uint64_t number) {
  char id[37];
  std::snprintf(id, sizeof(id), "0197e2a4-0000-7000-8000-%012llu", static_cast<unsigned long long>(number));
  return id;
}

const LogCheck* FirstFailure(const LogReport& report) {
  for (const LogCheck& check : report.checks) {
    if (!check.ok) return &check;
  }
  return nullptr;
}

std::string Describe(const LogReport& report) {
  const LogCheck* failure = FirstFailure(report);
  return failure == nullptr ? "ok" : failure->id + ": " + failure->failure + " (" + failure->place + ")";
}

bool Failed(const LogReport& report, const std::string& id) {
  for (const LogCheck& check : report.checks) {
    if (check.id == id) return !check.ok;
  }
  return false;
}

class VerifyTest : public JournalFixture {
 protected:
  static LogTrust Trust(const std::string& origin = kTestOrigin,
                        const std::string& witness = kTestPeerOrigin) {
    return {
        .origin = origin, .node_keys = TestNodeKeys(origin), .witness_keys = {TestCosigner(witness).key()}};
  }
  std::string public_dir() const { return dir() + "/public"; }

  // A published and cosigned log of 700 records; ends with the journal closed.
  void MakeLog(crypto::HashAlg tree_hash = crypto::HashAlg::kSha256) {
    JournalOptions options = this->options();
    options.tree_hash = tree_hash;
    options.segment_bytes = 200'000;
    const auto journal = MustOpen(options);
    auto publisher =
        Publisher::Open({.dir = dir(), .origin = kTestOrigin, .tree_hash = tree_hash}, *journal, clock_);
    ASSERT_TRUE(publisher.ok()) << publisher.status();
    for (int i = 0; i < 7; ++i) {
      const auto batch = MustAppend(*journal, std::vector<std::string>(100, "payload"));
      clock_.Advance(absl::Seconds(1));
      ASSERT_TRUE(journal->AddCosignature(batch->checkpoint().size, TestCosign(batch->checkpoint())).ok());
      ASSERT_TRUE((*publisher)->PublishNow().ok());
    }
  }
  static LogReport MustVerify(const LogToVerify& log) {
    auto report = VerifyLog(log);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : LogReport();
  }
  LogReport VerifyFolder(const LogTrust& trust = Trust()) { return MustVerify({dir(), trust}); }
  LogReport VerifyMirror(const LogTrust& trust = Trust()) { return MustVerify({public_dir(), trust}); }

  // Runs `check` with one byte of a file changed, and puts the byte back.
  template <typename Function>
  void WithFlippedByte(const std::string& path, size_t at, Function check) {
    const std::string bytes = ReadBytes(path);
    ASSERT_LT(at, bytes.size());
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    WriteBytes(path, changed);
    check();
    WriteBytes(path, bytes);
  }
};

TEST_F(VerifyTest, AnUntouchedLogPassesFromFolderAndFromMirror) {
  MakeLog();
  for (const LogReport& report : {VerifyFolder(), VerifyMirror()}) {
    EXPECT_TRUE(report.ok()) << Describe(report);
    EXPECT_EQ(report.size, 700u);
    EXPECT_EQ(report.cosigned.at(kTestPeerOrigin), 700u);
    EXPECT_FALSE(report.unfinished_tail);
    for (const LogCheck& check : report.checks) {
      EXPECT_GT(check.count, 0u) << check.id;
      EXPECT_FALSE(check.text.empty());
    }
  }
  EXPECT_EQ(VerifyFolder().root, VerifyMirror().root);
}

TEST_F(VerifyTest, ALogWithAnSm3TreePasses) {
  MakeLog(crypto::HashAlg::kSm3);
  EXPECT_TRUE(VerifyFolder().ok()) << Describe(VerifyFolder());
  EXPECT_TRUE(VerifyMirror().ok()) << Describe(VerifyMirror());
}

TEST_F(VerifyTest, ErasedPayloadsLeaveTheLogVerifiable) {
  MakeLog();
  ASSERT_FALSE(vault_->Erase("", clock_.Now() + absl::Hours(48))->empty());
  EXPECT_TRUE(VerifyFolder().ok()) << Describe(VerifyFolder());
}

TEST_F(VerifyTest, OneChangedByteInAnyPublishedFileIsFound) {
  MakeLog();
  for (const auto& entry : fs::recursive_directory_iterator(public_dir())) {
    const std::string path = entry.path().string();
    // Narrow partial files are no longer part of the newest checkpoint's tree.
    const bool narrow = path.find(".p/") != std::string::npos && path.find("188") == std::string::npos &&
                        path.find("/1/000.p/2") == std::string::npos;
    if (!entry.is_regular_file() || narrow) continue;
    const std::string bytes = ReadBytes(path);
    for (size_t at = 0; at < bytes.size(); at += bytes.size() / 5 + 1) {
      WithFlippedByte(path, at, [&] { EXPECT_FALSE(VerifyMirror().ok()) << path << " at " << at; });
      if (HasFailure()) return;
    }
  }
}

TEST_F(VerifyTest, TheFirstBadPlaceIsNamed) {
  MakeLog();
  const std::string tile = public_dir() + "/tile/0/001";
  WithFlippedByte(tile, 100, [&] {
    const LogReport report = VerifyMirror();
    EXPECT_TRUE(Failed(report, "tiles"));
    EXPECT_EQ(FirstFailure(report)->place, tile);
  });
  const std::string bundle = public_dir() + "/tile/entries/000";
  const std::string bytes = ReadBytes(bundle);
  WithFlippedByte(bundle, bytes.find("minzheng"), [&] {
    const LogReport report = VerifyMirror();
    EXPECT_FALSE(Failed(report, "records")) << "still of the agreed form";
    EXPECT_TRUE(Failed(report, "tiles"));
    EXPECT_TRUE(Failed(report, "roots"));
  });
  fs::remove(bundle);
  EXPECT_EQ(FirstFailure(VerifyMirror())->place, bundle);
  EXPECT_EQ(FirstFailure(VerifyMirror())->failure, "the file is missing");
}

TEST_F(VerifyTest, OneChangedByteInASegmentIsFound) {
  MakeLog();
  ASSERT_TRUE(fs::exists(Segment(1)));
  for (const int segment : {0, 1}) {
    const size_t size = ReadBytes(Segment(segment)).size();
    for (size_t at = 0; at < size; at += size / 40) {
      WithFlippedByte(Segment(segment), at, [&] {
        const LogReport report = VerifyFolder();
        EXPECT_TRUE(Failed(report, "segments")) << at;
        EXPECT_THAT(Describe(report), HasSubstr("0000000" + std::to_string(segment) + ".seg at "));
      });
      if (HasFailure()) return;
    }
  }
}

TEST_F(VerifyTest, AnUnfinishedFrameIsReportedAndNotHeldAgainstTheLog) {
  std::string bytes;
  {
    const auto journal = MustOpen();
    const auto batch = MustAppend(*journal, {"a"});
    ASSERT_TRUE(journal->AddCosignature(1, TestCosign(batch->checkpoint())).ok());
    MustAppend(*journal, {"b"});
    const size_t end = ReadBytes(Segment(0)).find_last_not_of('\0');
    bytes = ReadBytes(Segment(0)).substr(0, end - 10);
  }
  WriteBytes(Segment(0), bytes);
  const LogReport report = VerifyFolder();
  EXPECT_EQ(report.size, 1u);
  EXPECT_TRUE(report.unfinished_tail);
}

TEST_F(VerifyTest, AShortenedLogIsFoundByItsCheckpoints) {
  MakeLog();
  fs::remove(Segment(1));
  fs::remove(Segment(2));
  const LogReport report = VerifyFolder();
  EXPECT_TRUE(Failed(report, "roots"));
  // The newest checkpoint replaced by an older one that is kept.
  const std::string history = ReadBytes(public_dir() + "/checkpoints/2026-03-10.notes");
  WriteBytes(public_dir() + "/checkpoint", std::string(SplitHistory(history).notes[2]));
  EXPECT_TRUE(Failed(VerifyMirror(), "roots"));
}

TEST_F(VerifyTest, OnlyTrustedKeysCount) {
  MakeLog();
  LogTrust trust = Trust();
  trust.origin = "500000.chuanyu/node2";
  EXPECT_TRUE(Failed(VerifyMirror(trust), "parameters"));
  trust = Trust();
  trust.node_keys = TestNodeKeys("500000.chuanyu/node2");
  EXPECT_TRUE(Failed(VerifyMirror(trust), "signatures"));
  trust = Trust();
  trust.witness_keys = {TestCosigner("330000.chuanyu/node1").key()};
  EXPECT_TRUE(Failed(VerifyMirror(trust), "cosignatures"));
  trust.witness_keys.clear();
  EXPECT_TRUE(VerifyMirror(trust).ok());
  // After a change of keys the old checkpoints are by retired ones.
  trust = Trust();
  trust.retired_keys = trust.node_keys;
  trust.node_keys = {
      *merkle::VerifierKey::Create(kTestOrigin, merkle::SignatureType::kEd25519,
                                   (*crypto::GenerateSigner(crypto::KeyAlg::kEd25519))->verifier())};
  EXPECT_TRUE(VerifyMirror(trust).ok()) << Describe(VerifyMirror(trust));
  trust.retired_keys.clear();
  EXPECT_TRUE(Failed(VerifyMirror(trust), "signatures"));
  trust.node_keys.clear();
  EXPECT_TRUE(HasReason(VerifyLog({dir(), trust}).status(), Reason::CONFIG_INVALID));
}

TEST_F(VerifyTest, NoLogIsAnError) {
  EXPECT_TRUE(HasReason(VerifyLog({root_ + "/nothing", Trust()}).status(), Reason::BAD_REQUEST));
}

TEST_F(VerifyTest, ARecordOutsideTheSchemaIsFound) {
  const auto journal = MustOpen();
  Draft draft = MakeDraft("");
  draft.record.set_request_id("not a uuid");
  ASSERT_TRUE(journal->Append({draft}, {}).ok());
  const LogReport report = VerifyFolder();
  EXPECT_TRUE(Failed(report, "records"));
  EXPECT_THAT(Describe(report), HasSubstr("UUID"));
}

TEST(RecordSchema, NamesEachFault) {
  const auto check = [](const std::function<void(v1::JournalRecord&)>& change) {
    v1::JournalRecord record = MakeDraft("").record;
    record.set_sequence(5);
    record.set_time_us(1);
    change(record);
    v1::JournalRecord reused;
    return CheckRecord(record.SerializeAsString(), 5, reused);
  };
  EXPECT_EQ(check([](auto&) {}), "");
  EXPECT_NE(check([](auto& r) { r.set_sequence(6); }), "");
  EXPECT_NE(check([](auto& r) { r.set_time_us(0); }), "");
  EXPECT_NE(check([](auto& r) { r.set_kind(v1::RECORD_KIND_UNSPECIFIED); }), "");
  EXPECT_NE(check([](auto& r) { r.set_kind(static_cast<v1::RecordKind>(99)); }), "");
  EXPECT_NE(check([](auto& r) { r.clear_request_id(); }), "");
  EXPECT_NE(check([](auto& r) { r.set_from_region("50000"); }), "");
  EXPECT_NE(check([](auto& r) { r.clear_to_region(); }), "");
  EXPECT_NE(check([](auto& r) { r.set_operation("Query"); }), "");
  EXPECT_NE(check([](auto& r) { r.set_commitment("short"); }), "");
  EXPECT_NE(check([](auto& r) { r.set_legal_basis(std::string(129, 'x')); }), "");
  EXPECT_NE(check([](auto& r) { r.set_kind(v1::RECORD_KIND_REQUEST_RECEIVED); }), "");
  EXPECT_NE(check([](auto& r) { r.set_actor_role(static_cast<v1::Role>(77)); }), "");
  EXPECT_NE(check([](auto& r) { r.set_idempotency_key(std::string(300, 'k')); }), "");
  EXPECT_NE(check([](auto& r) { r.GetReflection()->MutableUnknownFields(&r)->AddVarint(900, 1); }), "");
  v1::JournalRecord reused;
  EXPECT_NE(CheckRecord("\xff\xff", 0, reused), "");
  // The same field twice parses to the same record, but is another leaf.
  v1::JournalRecord record = MakeDraft("").record;
  record.set_sequence(5);
  record.set_time_us(1);
  const std::string bytes = record.SerializeAsString();
  EXPECT_NE(CheckRecord("\x3a\x06"
                        "510000" +
                            bytes,
                        5, reused),
            "");
}

// Two regions' logs.
class VerifyPairTest : public VerifyTest {
 protected:
  // `second` receives what `first` sends, `drop` and `change` name messages that it loses or alters.
  void MakePair(uint64_t drop, uint64_t change, uint64_t invent) {
    const auto first = MustOpen();
    JournalOptions other = options();
    other.dir = root_ + "/second";
    other.origin = kTestPeerOrigin;
    auto second = Journal::Open(other, clock_, *vault_, TestSigners());
    ASSERT_TRUE(second.ok()) << second.status();
    std::vector<Draft> sent;
    for (uint64_t i = 0; i < 10; ++i) sent.push_back(MakeDraft("payload " + std::to_string(i), RequestId(i)));
    const auto batch = first->Append(std::move(sent), {});
    ASSERT_TRUE(batch.ok());
    std::vector<Draft> received;
    for (const DurableRecord& record : (*batch)->records()) {
      if (record.record.sequence() == drop) continue;
      Draft draft{.record = record.record, .payload = record.payload, .salt = record.salt};
      draft.record.set_kind(v1::RECORD_KIND_REQUEST_RECEIVED);
      draft.record.set_peer_origin(kTestOrigin);
      draft.record.set_peer_index(record.record.sequence());
      if (record.record.sequence() == change) draft.payload = "another payload";
      if (record.record.sequence() == invent) draft.record.set_request_id(RequestId(77));
      received.push_back(std::move(draft));
    }
    const auto taken = (*second)->Append(std::move(received), {});
    ASSERT_TRUE(taken.ok());
    ASSERT_TRUE(first->AddCosignature(10, TestCosign((*batch)->checkpoint())).ok());
    // Sent after the last acknowledgement: may lack its counterpart.
    ASSERT_TRUE(first->Append({MakeDraft("late", RequestId(10))}, {}).ok());
    ASSERT_TRUE(
        (*second)
            ->AddCosignature((*taken)->checkpoint().size,
                             TestCosign((*taken)->checkpoint(), 1'773'100'801, kTestPeerOrigin, kTestOrigin))
            .ok());
  }
  PairReport Verify() {
    const auto report =
        VerifyLogPair({dir(), Trust()}, {root_ + "/second", Trust(kTestPeerOrigin, kTestOrigin)});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : PairReport();
  }
};

constexpr uint64_t kNone = UINT64_MAX;

TEST_F(VerifyPairTest, BothLogsTellTheSameStory) {
  MakePair(kNone, kNone, kNone);
  const PairReport report = Verify();
  EXPECT_TRUE(report.ok()) << Describe(report.first) << Describe(report.second);
  ASSERT_EQ(report.between.size(), 4u);
  EXPECT_EQ(report.between[0].count, 10u);
  EXPECT_EQ(report.between[1].count, 10u);
}

TEST_F(VerifyPairTest, AnAcknowledgedRequestWithoutCounterpartIsFound) {
  MakePair(4, kNone, kNone);
  const PairReport report = Verify();
  EXPECT_TRUE(report.first.ok() && report.second.ok());
  EXPECT_FALSE(report.between[0].ok);
  EXPECT_EQ(report.between[0].place, std::string(kTestOrigin) + ", record 4");
  EXPECT_TRUE(report.between[1].ok);
}

TEST_F(VerifyPairTest, ALogWithoutItsEndOrAnOldCopyOfItIsFound) {
  MakePair(9, kNone, kNone);
  const PairReport report = Verify();
  EXPECT_TRUE(report.first.ok() && report.second.ok());
  EXPECT_FALSE(report.between[0].ok);
  EXPECT_NE(report.between[0].failure.find("ends before it"), std::string::npos) << report.between[0].failure;
  EXPECT_EQ(report.between[0].place, std::string(kTestOrigin) + ", record 9");
  // Also when the log that lacks it is read first, and therefore twice.
  const auto swapped =
      VerifyLogPair({root_ + "/second", Trust(kTestPeerOrigin, kTestOrigin)}, {dir(), Trust()});
  ASSERT_TRUE(swapped.ok()) << swapped.status();
  EXPECT_EQ(swapped->between[2].failure, report.between[0].failure);
}

TEST_F(VerifyPairTest, AnAlteredOrInventedMessageIsFound) {
  MakePair(kNone, 3, kNone);
  PairReport report = Verify();
  EXPECT_FALSE(report.between[0].ok);
  EXPECT_FALSE(report.between[1].ok);
  fs::remove_all(dir());
  fs::remove_all(root_ + "/second");
  MakePair(kNone, kNone, 6);
  report = Verify();
  EXPECT_FALSE(report.between[1].ok);
  EXPECT_EQ(report.between[1].place, std::string(kTestPeerOrigin) + ", record 6");
}

// An auditor need not stop the node: what is written on between two reads is no damage.
TEST_F(VerifyTest, ALogMayGrowWhileItIsVerified) {
  JournalOptions as_deployed = options();
  as_deployed.reserve_bytes = JournalOptions().reserve_bytes;
  const auto journal = MustOpen(as_deployed);
  MustAppend(*journal, {"payload"});
  std::atomic<bool> done = false;
  std::thread node([&] {
    for (int i = 0; i < 2'000; ++i) {
      EXPECT_TRUE(journal->Append({MakeDraft("payload")}, {}, Signing::kWhenNeeded).ok());
    }
    done = true;
  });
  LogTrust trust = Trust();
  trust.witness_keys.clear();
  while (!done.load()) {
    const LogReport report = MustVerify({dir(), trust});
    EXPECT_TRUE(report.ok()) << Describe(report);
  }
  node.join();
}

TEST_F(VerifyTest, AWholeFrameInTheWrongPlaceIsDamageAndEndsTheReading) {
  std::string frame;
  {
    const auto journal = MustOpen();
    const size_t begin = std::filesystem::file_size(Segment(0));
    MustAppend(*journal, {"payload"});
    frame = ReadBytes(Segment(0)).substr(begin);
  }
  frame.resize(frame.find_last_not_of('\0') + 1);
  WriteBytes(Segment(0), ReadBytes(Segment(0)) + frame);
  const LogReport report = VerifyFolder();
  EXPECT_TRUE(Failed(report, "segments")) << Describe(report);
}

}  // namespace
}  // namespace chuanyu::exchange
