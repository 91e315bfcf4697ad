#include "common/merkle/proof.h"

#include "common/errors/error.h"
#include "common/merkle/cosign.h"
#include "common/merkle/testing.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::MakeSigner;
using testing_support::MakeTree;
using testing_support::NaiveTree;

constexpr char kOrigin[] = "cq.chuanyu/n1";

bool Bad(const absl::Status& status) { return HasReason(status, Reason::BAD_REQUEST); }

// A log of 23 records, signed twice and cosigned, and a proof of record 7.
class ProofFile : public testing::Test {
 protected:
  ProofFile() : tree_(MakeTree(HashAlg::kSha256, 23)), verifier_({ed_.key(), sm2_.key(), peer_.key()}) {
    const Checkpoint checkpoint{.origin = kOrigin, .head = tree_.Head(23)};
    proof_ = {
        .index = 7,
        .path = *InclusionProof(HashAlg::kSha256, 7, 23, tree_),
        .checkpoint_note = *AddSignature(*SignCheckpoint({ed_, sm2_}, checkpoint),
                                         *CosignCheckpoint(peer_, checkpoint, absl::FromUnixSeconds(1000)))};
  }

  absl::Status Verify(const LogProof& proof) const {
    return VerifyProof(proof, HashAlg::kSha256, tree_.leaf(7), kOrigin, verifier_).status();
  }

  NoteSigner ed_ = MakeSigner(kOrigin, SignatureType::kEd25519);
  NoteSigner sm2_ = MakeSigner(kOrigin, SignatureType::kSm2);
  NoteSigner peer_ = MakeSigner("sc.chuanyu/n1", SignatureType::kCosignature);
  NaiveTree tree_;
  NoteVerifier verifier_;
  LogProof proof_;
};

TEST_F(ProofFile, VerifiesAfterBeingWrittenAndRead) {
  const auto read = ParseProof(FormatProof(proof_));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(FormatProof(*read), FormatProof(proof_));
  EXPECT_FALSE(read->extra.has_value());
  const auto opened = VerifyProof(*read, HashAlg::kSha256, tree_.leaf(7), kOrigin, verifier_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->checkpoint.head.size, 23u);
  EXPECT_EQ(opened->signatures.size(), 3u);
}

TEST_F(ProofFile, LooksAsThePageSays) {
  const std::string text = FormatProof(proof_);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nindex 7\n")) << text;
  EXPECT_NE(text.find("=\n\ncq.chuanyu/n1\n23\n"), std::string::npos) << text;
}

TEST_F(ProofFile, CarriesExtraBytesWithoutTrustingThem) {
  for (const std::string& extra : std::vector<std::string>{std::string("\0\n extra", 8), std::string()}) {
    proof_.extra = extra;
    const auto read = ParseProof(FormatProof(proof_));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->extra, extra);
    EXPECT_TRUE(Verify(*read).ok());
  }
}

TEST_F(ProofFile, OfASingleRecordHasNoPath) {
  const Checkpoint checkpoint{.origin = kOrigin, .head = tree_.Head(1)};
  const LogProof proof{.index = 0, .checkpoint_note = *SignCheckpoint({ed_}, checkpoint)};
  const auto read = ParseProof(FormatProof(proof));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(VerifyProof(*read, HashAlg::kSha256, tree_.leaf(0), kOrigin, NoteVerifier({ed_.key()})).ok());
}

TEST_F(ProofFile, AnotherRecordIndexOrPathIsProofInvalid) {
  EXPECT_TRUE(HasReason(VerifyProof(proof_, HashAlg::kSha256, tree_.leaf(8), kOrigin, verifier_).status(),
                        Reason::PROOF_INVALID));
  EXPECT_TRUE(HasReason(VerifyProof(proof_, HashAlg::kSm3, tree_.leaf(7), kOrigin, verifier_).status(),
                        Reason::PROOF_INVALID));
  LogProof moved = proof_;
  moved.index = 6;
  EXPECT_TRUE(HasReason(Verify(moved), Reason::PROOF_INVALID));
  LogProof cut = proof_;
  cut.path.pop_back();
  EXPECT_TRUE(HasReason(Verify(cut), Reason::PROOF_INVALID));
}

TEST_F(ProofFile, WithoutARequiredSignatureIsSigInvalid) {
  Note note = *ParseNote(proof_.checkpoint_note);
  for (size_t i = 0; i < note.signatures.size(); ++i) {
    LogProof proof = proof_;
    Note fewer = note;
    fewer.signatures.erase(fewer.signatures.begin() + static_cast<ptrdiff_t>(i));
    proof.checkpoint_note = FormatNote(fewer);
    EXPECT_TRUE(HasReason(Verify(proof), Reason::SIG_INVALID)) << i;
  }
}

TEST_F(ProofFile, NoChangedByteVerifies) {
  const std::string good = FormatProof(proof_);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto read = ParseProof(changed);
    EXPECT_FALSE(read.ok() && Verify(*read).ok()) << i;
  }
}

TEST_F(ProofFile, MalformedFilesAreBadRequest) {
  const std::string hash = std::string(43, 'A') + "=\n";
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  std::string long_path = head + "index 7\n";
  for (int i = 0; i < 65; ++i) long_path += hash;
  for (const std::string& bad : std::vector<std::string>{
           std::string(), head, head + "index 7\n", head + "index 7\n" + hash,
           head + "index 07\n" + hash + "\n", head + "index -7\n" + hash + "\n", head + "index\n\n",
           head + "extra !\nindex 7\n\n", head + "extra QQ==\nextra QQ==\nindex 7\n\n",
           head + "index 7\nAAAA\n\n", head + hash + "\n", "c2sp.org/tlog-proof@v2\nindex 7\n\n",
           long_path + "\n"}) {
    EXPECT_TRUE(Bad(ParseProof(bad).status())) << bad;
  }
  EXPECT_TRUE(Bad(Verify(*ParseProof(head + "index 7\n\nnot a checkpoint\n"))));
}

}  // namespace
}  // namespace chuanyu::merkle
