// Synthetic persons.
#include "services/child_welfare/recognition_signature.h"

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::child_welfare {
namespace {

constexpr crypto::DocumentKey kChild = {.type = 1, .number = "511623201405209902"};
constexpr crypto::DocumentKey kOther = {.type = 1, .number = "500112201509019936"};

merkle::NoteSigner Signer(crypto::KeyAlg alg) {
  std::shared_ptr<const crypto::Signer> key = *crypto::GenerateSigner(alg);
  const auto type =
      alg == crypto::KeyAlg::kSm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
  return *merkle::NoteSigner::Create(RecognitionKeyName("510000"), type, key);
}

class RecognitionTest : public ::testing::Test {
 protected:
  v1::SignedRecognition Signed() const {
    v1::Recognition recognition;
    recognition.set_valid(true);
    recognition.set_category(v1::CATEGORY_ORPHAN);
    recognition.mutable_region()->set_code("510000");
    EXPECT_TRUE(BindSubject(kChild, &recognition).ok());
    return SignRecognition({ed25519_, sm2_}, recognition).value();
  }
  std::string OutcomeOf(const v1::SignedRecognition& shown, const crypto::DocumentKey& child,
                        const std::vector<merkle::VerifierKey>& keys) const {
    const auto opened = OpenRecognition(shown, merkle::NoteVerifier(keys), child);
    const auto reason = ReasonOf(opened.status());
    return opened.ok() ? "OK" : std::string(ReasonName(reason.value_or(Reason::INTERNAL)));
  }
  const merkle::NoteSigner ed25519_ = Signer(crypto::KeyAlg::kEd25519);
  const merkle::NoteSigner sm2_ = Signer(crypto::KeyAlg::kSm2);
  const std::vector<merkle::VerifierKey> both_ = {ed25519_.key(), sm2_.key()};
};

TEST_F(RecognitionTest, IsOpenedByWhoKnowsTheChild) {
  const auto opened = OpenRecognition(Signed(), merkle::NoteVerifier(both_), kChild);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(opened->valid());
  EXPECT_EQ(opened->category(), v1::CATEGORY_ORPHAN);
  EXPECT_THAT(Signed().statement(), ::testing::Not(::testing::HasSubstr(std::string(kChild.number))));
  // Two about one child cannot be told to be about the same by who does not know the number.
  v1::Recognition one;
  v1::Recognition other;
  ASSERT_TRUE(one.ParseFromString(Signed().statement()));
  ASSERT_TRUE(other.ParseFromString(Signed().statement()));
  EXPECT_NE(one.subject_sm3(), other.subject_sm3());
}

TEST_F(RecognitionTest, RefusesWhatWasChangedOrIsAboutSomebodyElse) {
  const v1::SignedRecognition shown = Signed();
  EXPECT_EQ(OutcomeOf(shown, kOther, both_), "SIG_INVALID");
  EXPECT_EQ(OutcomeOf(shown, {.type = 2, .number = kChild.number}, both_), "SIG_INVALID");
  v1::Recognition changed;
  ASSERT_TRUE(changed.ParseFromString(shown.statement()));
  changed.set_category(v1::CATEGORY_DEFACTO);
  v1::SignedRecognition forged = shown;
  forged.set_statement(changed.SerializeAsString());
  EXPECT_EQ(OutcomeOf(forged, kChild, both_), "SIG_INVALID");
  v1::SignedRecognition bare = shown;
  bare.clear_note();
  EXPECT_EQ(OutcomeOf(bare, kChild, both_), "SIG_INVALID");
  EXPECT_EQ(OutcomeOf(shown, kChild, {Signer(crypto::KeyAlg::kEd25519).key()}), "SIG_INVALID")
      << "another's key";
  // A change that is told names its subject beside it and binds nobody.
  const v1::SignedRecognition unbound = SignRecognition({ed25519_, sm2_}, v1::Recognition()).value();
  EXPECT_EQ(OutcomeOf(unbound, kChild, both_), "SIG_INVALID");
}

}  // namespace
}  // namespace chuanyu::child_welfare
