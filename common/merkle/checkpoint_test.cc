#include "common/merkle/checkpoint.h"

#include <cstdlib>
#include <filesystem>

#include "common/errors/error.h"
#include "common/merkle/cosign.h"
#include "common/merkle/testing.h"
#include "common/merkle/text.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::MakeSigner;
using testing_support::MakeTree;

constexpr char kOrigin[] = "cq.chuanyu/n1";
constexpr char kPeer[] = "sc.chuanyu/n1";

// The example of the tlog-checkpoint page.
constexpr char kPageBody[] =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

Checkpoint Example(uint64_t size = 5) {
  return {.origin = kOrigin, .head = MakeTree(HashAlg::kSha256, size).Head(size)};
}

bool Bad(const absl::Status& status) { return HasReason(status, Reason::BAD_REQUEST); }
bool Unsigned(const absl::Status& status) { return HasReason(status, Reason::SIG_INVALID); }

TEST(CheckpointBody, ReadsAndWritesTheExampleOfThePage) {
  const auto checkpoint = ParseCheckpointBody(kPageBody);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->head.size, 20852163u);
  EXPECT_EQ(FormatCheckpointBody(*checkpoint), kPageBody);
}

TEST(CheckpointBody, MalformedBodiesAreBadRequest) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  for (const std::string& bad : std::vector<std::string>{
           std::string(), "o\n1\n" + root.substr(0, root.size() - 1), "\n1\n" + root, "o\n01\n" + root,
           "o\n-1\n" + root, "o\n\n" + root, "o\n18446744073709551616\n" + root, "o\n1\nAAAA\n",
           "o\n1\n" + root.substr(1), "o\n1\n" + root + "extension\n", "o\n1\n" + root + "\n",
           "o\r\n1\n" + root, "o\n1 \n" + root}) {
    EXPECT_TRUE(Bad(ParseCheckpointBody(bad).status())) << bad;
  }
}

TEST(Checkpoint, OpensWithBothSignatures) {
  const NoteSigner ed = MakeSigner(kOrigin, SignatureType::kEd25519);
  const NoteSigner sm2 = MakeSigner(kOrigin, SignatureType::kSm2);
  const Checkpoint checkpoint = Example();
  const auto note = SignCheckpoint({ed, sm2}, checkpoint);
  ASSERT_TRUE(note.ok()) << note.status();
  const auto opened = OpenCheckpoint(*note, kOrigin, NoteVerifier({ed.key(), sm2.key()}));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->checkpoint, checkpoint);
  EXPECT_EQ(opened->signatures.size(), 2u);
}

TEST(Checkpoint, LinesMadeOneByOneJoinToTheSameNote) {
  const NoteSigner ed = MakeSigner(kOrigin, SignatureType::kEd25519);
  const Checkpoint checkpoint = Example();
  EXPECT_EQ(AssembleCheckpoint(checkpoint, {*SignCheckpointLine(ed, checkpoint)}),
            *SignCheckpoint({ed}, checkpoint));
}

TEST(Checkpoint, OfAnotherLogIsRefused) {
  const NoteSigner ed = MakeSigner(kOrigin, SignatureType::kEd25519);
  const std::string note = *SignCheckpoint({ed}, Example());
  EXPECT_TRUE(Unsigned(OpenCheckpoint(note, "cq.chuanyu/n2", NoteVerifier({ed.key()})).status()));
}

TEST(Checkpoint, IsSignedOnlyUnderItsOwnName) {
  EXPECT_TRUE(Bad(SignCheckpoint({MakeSigner(kPeer, SignatureType::kSm2)}, Example()).status()));
  EXPECT_TRUE(Bad(SignCheckpoint({}, Example()).status()));
}

TEST(Checkpoint, SignedNoteThatIsNoCheckpointIsBadRequest) {
  const NoteSigner ed = MakeSigner(kOrigin, SignatureType::kEd25519);
  const Note note{.text = "text\n", .signatures = {*SignText(ed, "text\n")}};
  EXPECT_TRUE(Bad(OpenCheckpoint(FormatNote(note), kOrigin, NoteVerifier({ed.key()})).status()));
}

class EveryCosignature : public testing::TestWithParam<SignatureType> {};
INSTANTIATE_TEST_SUITE_P(Cosignature, EveryCosignature,
                         testing::Values(SignatureType::kCosignature, SignatureType::kSm2Cosignature));

TEST_P(EveryCosignature, SaysWhenAndVerifiesAlone) {
  const NoteSigner peer = MakeSigner(kPeer, GetParam());
  const Checkpoint checkpoint = Example();
  const absl::Time now = absl::FromUnixSeconds(1'773'100'800);
  const auto line = CosignCheckpoint(peer, checkpoint, now);
  ASSERT_TRUE(line.ok()) << line.status();
  const auto time = VerifyCosignature(peer.key(), checkpoint, *line);
  ASSERT_TRUE(time.ok()) << time.status();
  EXPECT_EQ(*time, now);
}

TEST_P(EveryCosignature, IsReadOutOfTheNoteWithItsTime) {
  const NoteSigner ed = MakeSigner(kOrigin, SignatureType::kEd25519);
  const NoteSigner peer = MakeSigner(kPeer, GetParam());
  const absl::Time now = absl::FromUnixSeconds(1'773'100'800);
  const auto note = AddSignature(*SignCheckpoint({ed}, Example()), *CosignCheckpoint(peer, Example(), now));
  ASSERT_TRUE(note.ok()) << note.status();
  const auto opened = OpenCheckpoint(*note, kOrigin, NoteVerifier({ed.key(), peer.key()}));
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->signatures.size(), 2u);
  EXPECT_EQ(opened->signatures[1].time, now);
  EXPECT_EQ(opened->signatures[1].type, GetParam());
}

TEST_P(EveryCosignature, BindsCheckpointTimeAndKey) {
  const NoteSigner peer = MakeSigner(kPeer, GetParam());
  const NoteSignature line = *CosignCheckpoint(peer, Example(), absl::FromUnixSeconds(1000));
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), Example(6), line).status()));
  Checkpoint other_size = Example();
  ++other_size.head.size;
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), other_size, line).status()));
  Checkpoint other_log = Example();
  other_log.origin = kPeer;
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), other_log, line).status()));
  NoteSignature later = line;
  later.signature[7] ^= 1;
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), Example(), later).status()));
  NoteSignature overflow = line;
  overflow.signature[0] = '\x80';
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), Example(), overflow).status()));
  NoteSignature cut = line;
  cut.signature.resize(8);
  EXPECT_TRUE(Unsigned(VerifyCosignature(peer.key(), Example(), cut).status()));
  EXPECT_TRUE(Unsigned(VerifyCosignature(MakeSigner(kPeer, GetParam()).key(), Example(), line).status()));
}

TEST_P(EveryCosignature, NeedsATime) {
  const NoteSigner peer = MakeSigner(kPeer, GetParam());
  EXPECT_TRUE(Bad(CosignCheckpoint(peer, Example(), absl::UnixEpoch()).status()));
  EXPECT_TRUE(Bad(CosignCheckpoint(peer, Example(), absl::InfiniteFuture()).status()));
}

// The same SM2 key signing its own log and cosigning the other one: neither signature passes for the other.
TEST(Sm2Cosignature, IsNoCheckpointSignatureOfTheSameKey) {
  const std::shared_ptr<const crypto::Signer> key = *crypto::GenerateSigner(crypto::KeyAlg::kSm2);
  const NoteSigner signs = *NoteSigner::Create(kOrigin, SignatureType::kSm2, key);
  const NoteSigner cosigns = *NoteSigner::Create(kOrigin, SignatureType::kSm2Cosignature, key);
  const NoteSignature line = *CosignCheckpoint(cosigns, Example(), absl::FromUnixSeconds(1000));
  NoteSignature posing = line;
  posing.key_id = signs.key().key_id();
  EXPECT_TRUE(Unsigned(VerifySignature(signs.key(), FormatCheckpointBody(Example()), posing).status()));
  posing.signature = line.signature.substr(8);
  EXPECT_TRUE(Unsigned(VerifySignature(signs.key(), FormatCheckpointBody(Example()), posing).status()));
  EXPECT_TRUE(Bad(CosignCheckpoint(signs, Example(), absl::FromUnixSeconds(1000)).status()));
}

TEST(Sm2Cosignature, MessageIsAsDocumented) {
  Digest root = {};
  root.fill(0xab);
  const auto message = Sm2CosignedMessage(
      {.cosigner = "w", .seconds = 1, .origin = "log", .start = 2, .end = 3, .root = root});
  std::string want("chuanyu/sm2-cosignature/v1\n\0", 28);
  want += std::string("\x01w\0\0\0\0\0\0\0\x01", 10) + "\x03log" + std::string("\0\0\0\0\0\0\0\x02", 8) +
          std::string("\0\0\0\0\0\0\0\x03", 8) + std::string(32, '\xab');
  EXPECT_EQ(*message, want);
  const std::string longest(255, 'x');
  const std::string longer(256, 'x');
  EXPECT_TRUE(Sm2CosignedMessage({.cosigner = longest, .origin = longest}).ok());
  EXPECT_TRUE(Bad(Sm2CosignedMessage({.cosigner = longer, .origin = "log"}).status()));
  EXPECT_TRUE(Bad(Sm2CosignedMessage({.cosigner = "w", .origin = ""}).status()));
}

// The message of the tlog-cosignature page.
TEST(Ed25519Cosignature, MessageIsTheExampleOfThePage) {
  EXPECT_EQ(Ed25519CosignedMessage(1679315147, kPageBody),
            std::string("cosignature/v1\ntime 1679315147\n") + kPageBody);
}

TEST(Checkpoint, OpensslCommandVerifiesTheSm2Line) {
  const NoteSigner sm2 = MakeSigner(kOrigin, SignatureType::kSm2);
  const NoteSignature line = *SignCheckpointLine(sm2, Example());
  std::string folder = testing::TempDir() + "/checkpoint_test_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto write = [&](const std::string& name, std::string_view content) {
    std::ofstream(folder + "/" + name, std::ios::binary) << content;
  };
  write("body", FormatCheckpointBody(Example()));
  write("signature", line.signature);
  write("key.der", sm2.key().verifier().public_bytes());
  const std::string command = "cd '" + folder +
                              "' && openssl dgst -sm3 -verify key.der -keyform DER -signature signature "
                              "-sigopt distid:1234567812345678 body >out.txt 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace chuanyu::merkle
