#include "services/exchange/link/witness_guard.h"

#include <gtest/gtest.h>

#include "common/errors/error.h"
#include "services/exchange/journal/journal_testing.h"
#include "services/exchange/link/cosigner.h"
#include "services/exchange/link/trust.h"

namespace chuanyu::exchange {
namespace {

TEST(CheckWitnesses, LetsIntakeGoOnForTheGraceAndNotLonger) {
  const LinkView up{.state = LinkState::kUp};
  const LinkView away{.state = LinkState::kDown, .waiting_since_ms = 1'000};
  EXPECT_TRUE(CheckWitnesses({}, 1'000'000, 10).ok()) << "a node without peers has no witness to wait for";
  const std::vector<LinkView> one = {away};
  EXPECT_TRUE(CheckWitnesses(one, 1'500, 500).ok());
  EXPECT_TRUE(HasReason(CheckWitnesses(one, 1'501, 500), Reason::WITNESS_UNAVAILABLE));
  const std::vector<LinkView> two = {away, up};
  EXPECT_TRUE(CheckWitnesses(two, 1'000'000, 500).ok()) << "one witness is enough";
}

std::vector<merkle::NoteSigner> Cosigners(const std::string& name) {
  return {*merkle::NoteSigner::Create(name, merkle::SignatureType::kCosignature, TestSigners()[0]),
          *merkle::NoteSigner::Create(name, merkle::SignatureType::kSm2Cosignature, TestSigners()[1])};
}

TEST(Cosigner, SignsWhatThePeerCanCheckAndNothingElse) {
  const auto signers = Cosigners(kTestPeerOrigin);
  const std::vector<merkle::VerifierKey> keys = {signers[0].key(), signers[1].key()};
  const merkle::Checkpoint checkpoint{kTestOrigin, {7, crypto::Hash(crypto::HashAlg::kSha256, {"root"})}};
  const auto lines = Cosigner(signers).Cosign(checkpoint, absl::FromUnixSeconds(1'773'100'800));
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_TRUE(VerifyCosignatures(*lines, checkpoint, keys).ok());
  merkle::Checkpoint other = checkpoint;
  other.head.size = 8;
  EXPECT_TRUE(HasReason(VerifyCosignatures(*lines, other, keys), Reason::SIG_INVALID));
  const std::string first = lines->substr(0, lines->find('\n') + 1);
  EXPECT_TRUE(HasReason(VerifyCosignatures(first, checkpoint, keys), Reason::SIG_INVALID))
      << "SM2 is missing";
  EXPECT_TRUE(HasReason(VerifyCosignatures("", checkpoint, keys), Reason::BAD_REQUEST));
}

TEST(ParseTrust, WantsKeysOfOneNodeAndBothKinds) {
  const auto signers = Cosigners(kTestPeerOrigin);
  std::string text = "# synthetic\n\n";
  for (const merkle::VerifierKey& key : TestNodeKeys(kTestPeerOrigin)) text += key.Format() + "\n";
  EXPECT_TRUE(HasReason(ParseTrust(text, kTestPeerOrigin).status(), Reason::CONFIG_INVALID))
      << "no cosignature key";
  for (const merkle::NoteSigner& signer : signers) text += signer.key().Format() + "\n";
  const auto keys = ParseTrust(text, kTestPeerOrigin);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->checkpoint.size(), 2u);
  EXPECT_EQ(keys->cosignature.size(), 2u);
  EXPECT_TRUE(HasReason(ParseTrust(text, kTestOrigin).status(), Reason::CONFIG_INVALID))
      << "another node's keys";
  EXPECT_TRUE(HasReason(ParseTrust(text + "nonsense\n", kTestPeerOrigin).status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::exchange
