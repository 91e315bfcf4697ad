#include "common/merkle/note.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "common/errors/error.h"
#include "common/merkle/cosign.h"
#include "common/merkle/testing.h"
#include "common/merkle/text.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle {
namespace {

using testing_support::MakeSigner;

// The example of the signed-note page's reference implementation (golang.org/x/mod/sumdb/note).
constexpr char kExampleKey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kExampleSecret[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kExampleText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kExampleLine[] =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

// The note at the head of the signed-note page itself; its key is not published there.
constexpr char kPageNote[] =
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
    "\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

std::string ExampleNote() { return std::string(kExampleText) + "\n" + kExampleLine; }
VerifierKey ExampleKey() { return *VerifierKey::Parse(kExampleKey); }

std::string Signed(const std::string& text, const std::vector<NoteSigner>& signers) {
  Note note{.text = text};
  for (const NoteSigner& signer : signers) note.signatures.push_back(*SignText(signer, text));
  return FormatNote(note);
}

bool Bad(const absl::Status& status) { return HasReason(status, Reason::BAD_REQUEST); }
bool Unsigned(const absl::Status& status) { return HasReason(status, Reason::SIG_INVALID); }

TEST(SignedNoteExample, Verifies) {
  const auto opened = NoteVerifier({ExampleKey()}).Open(ExampleNote());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->text, kExampleText);
  ASSERT_EQ(opened->signatures.size(), 1u);
  EXPECT_EQ(opened->signatures[0].name, "PeterNeumann");
  EXPECT_EQ(opened->signatures[0].key_id, 0xc74f20a3u);
  EXPECT_FALSE(opened->signatures[0].time.has_value());
}

TEST(SignedNoteExample, IsSignedAgainByteForByte) {
  // The example's private key: type byte, then the 32-byte seed, here wrapped into PKCS#8.
  const std::string seed = Base64Decode(kExampleSecret)->substr(1);
  const std::string pkcs8 = absl::HexStringToBytes("302e020100300506032b657004220420") + seed;
  std::string folder = testing::TempDir() + "/note_test_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/key.pem";
  std::ofstream(path) << "-----BEGIN PRIVATE KEY-----\n"
                      << Base64Encode(pkcs8) << "\n-----END PRIVATE KEY-----\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  auto key = crypto::LoadSigner(path);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signer = NoteSigner::Create("PeterNeumann", SignatureType::kEd25519, std::move(key).value());
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(signer->key().Format(), kExampleKey);
  EXPECT_EQ(Signed(kExampleText, {*signer}), ExampleNote());
}

TEST(SignedNoteExample, PageNoteParsesWithItsEmptyLineInTheText) {
  const auto note = ParseNote(kPageNote);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_TRUE(note->text.ends_with("\n\ned è subito sera.\n"));
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].name, "quasimodo.example/salvatore");
  EXPECT_EQ(note->signatures[0].key_id, 0x367ba04bu);
  EXPECT_EQ(note->signatures[0].signature.size(), 64u);
  EXPECT_EQ(FormatNote(*note), kPageNote);
}

TEST(Note, EveryChangedByteIsRefused) {
  const std::string good = ExampleNote();
  const NoteVerifier verifier({ExampleKey()});
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verifier.Open(changed).ok()) << i;
  }
  for (size_t i = 0; i < good.size(); ++i) EXPECT_FALSE(verifier.Open(good.substr(0, i)).ok()) << i;
}

TEST(Note, MalformedNotesAreBadRequest) {
  const std::string line = kExampleLine;
  const std::string text = "text\n";
  const std::string bad[] = {"",
                             "\n",
                             text,
                             text + "\n",
                             text + line,                                    // no empty line
                             text + "\n" + line + "stray\n",                 // not a signature line
                             text + "\n" + line.substr(0, line.size() - 1),  // no last newline
                             "tab\there\n\n" + line,                         // control characters
                             "carriage\r\n\n" + line,
                             "\xff\n\n" + line,             // not UTF-8
                             "\xc0\x80\n\n" + line,         // overlong
                             "\xed\xa0\x80\n\n" + line,     // surrogate
                             text + "\n- name x08gow==\n",  // hyphen for em dash
                             text + "\n— name\n",
                             text + "\n—  x08gowE=\n",  // empty name
                             text + "\n— na+me x08gowE=\n",
                             text + "\n— na\xe2\x80\x83me x08gowE=\n",  // em space
                             text + "\n— name x08go\n",                 // no padding
                             text + "\n— name x08gow==\n",              // key id without signature
                             text + "\n— name x08gowF=\n",              // stray bits
                             text + "\n— name  x08gowE=\n",             // two spaces
                             text + "\n— name x08gowE= \n"};
  for (const std::string& note : bad) EXPECT_TRUE(Bad(ParseNote(note).status())) << absl::CHexEscape(note);
}

TEST(Note, LengthAndNumberOfSignaturesAreBounded) {
  std::string note = "text\n\n";
  for (int i = 0; i < 100; ++i) note += kExampleLine;
  EXPECT_TRUE(ParseNote(note).ok());
  EXPECT_TRUE(Bad(ParseNote(note + kExampleLine).status()));
  EXPECT_TRUE(Bad(ParseNote(std::string(kMaxNoteBytes, 'x') + "\n\n" + kExampleLine).status()));
}

TEST(Note, LinesOfUnknownKeysAreSkipped) {
  const NoteSigner known = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  const NoteSigner same_name = MakeSigner("cq.chuanyu/n1", SignatureType::kSm2);
  const NoteSigner other = MakeSigner("sc.chuanyu/n1", SignatureType::kEd25519);
  const std::string note = Signed("text\n", {other, known, same_name});
  const auto opened = NoteVerifier({known.key()}).Open(note);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->signatures.size(), 1u);
  EXPECT_EQ(opened->signatures[0].key_id, known.key().key_id());
}

TEST(NoteVerifier, RequiresEveryRequiredKey) {
  const NoteSigner ed = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  const NoteSigner sm2 = MakeSigner("cq.chuanyu/n1", SignatureType::kSm2);
  const NoteVerifier both({ed.key(), sm2.key()});
  EXPECT_TRUE(both.Open(Signed("text\n", {ed, sm2})).ok());
  EXPECT_TRUE(both.Open(Signed("text\n", {sm2, ed})).ok());
  EXPECT_TRUE(Unsigned(both.Open(Signed("text\n", {ed})).status()));
  EXPECT_TRUE(Unsigned(both.Open(Signed("text\n", {sm2})).status()));
  EXPECT_TRUE(NoteVerifier({ed.key()}, {sm2.key()}).Open(Signed("text\n", {ed})).ok());
}

TEST(NoteVerifier, WithoutAKnownSignatureNothingOpens) {
  const NoteSigner ed = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  EXPECT_TRUE(Unsigned(NoteVerifier({}).Open(Signed("text\n", {ed})).status()));
  const NoteSigner other = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  EXPECT_TRUE(Unsigned(NoteVerifier({}, {other.key()}).Open(Signed("text\n", {ed})).status()));
}

TEST(NoteVerifier, AnInvalidLineOfAKnownKeySpoilsTheNote) {
  const NoteSigner ed = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  const NoteSigner sm2 = MakeSigner("cq.chuanyu/n1", SignatureType::kSm2);
  Note note{.text = "text\n", .signatures = {*SignText(ed, "text\n"), *SignText(sm2, "another text\n")}};
  EXPECT_TRUE(Unsigned(NoteVerifier({ed.key()}, {sm2.key()}).Verify(note).status()));
  EXPECT_TRUE(NoteVerifier({ed.key()}).Verify(note).ok());
}

TEST(NoteVerifier, CountsADuplicateOnce) {
  const NoteSigner ed = MakeSigner("cq.chuanyu/n1", SignatureType::kEd25519);
  const auto opened = NoteVerifier({ed.key()}).Open(Signed("text\n", {ed, ed}));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->signatures.size(), 1u);
}

TEST(SignatureLine, RoundTrips) {
  const NoteSignature line = *SignText(MakeSigner("重庆.chuanyu/n1", SignatureType::kSm2), "text\n");
  EXPECT_EQ(*ParseSignatureLine(FormatSignatureLine(line)), line);
  const std::string text = FormatSignatureLine(line);
  EXPECT_EQ(*ParseSignatureLine(text.substr(0, text.size() - 1)), line);
  EXPECT_TRUE(Bad(ParseSignatureLine(text + "\n").status()));
}

TEST(SignText, RefusesWhatIsNotText) {
  const NoteSigner signer = MakeSigner("n", SignatureType::kEd25519);
  EXPECT_TRUE(Bad(SignText(signer, "no newline").status()));
  EXPECT_TRUE(Bad(SignText(signer, "a\tb\n").status()));
  EXPECT_TRUE(Bad(SignText(MakeSigner("n", SignatureType::kCosignature), "text\n").status()));
}

TEST(VerifierKey, RoundTripsForEveryType) {
  for (const SignatureType type : {SignatureType::kEd25519, SignatureType::kCosignature, SignatureType::kSm2,
                                   SignatureType::kSm2Cosignature}) {
    const VerifierKey key = MakeSigner("cq.chuanyu/n1", type).key();
    const auto parsed = VerifierKey::Parse(key.Format());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->type(), type);
    EXPECT_EQ(parsed->key_id(), key.key_id());
    EXPECT_EQ(parsed->Format(), key.Format());
  }
}

TEST(VerifierKey, OneKeyHasAnotherIdForEachTypeAndName) {
  const std::shared_ptr<const crypto::Verifier> key =
      (*crypto::GenerateSigner(crypto::KeyAlg::kSm2))->verifier();
  const VerifierKey signs = *VerifierKey::Create("a", SignatureType::kSm2, key);
  EXPECT_NE(signs.key_id(), VerifierKey::Create("a", SignatureType::kSm2Cosignature, key)->key_id());
  EXPECT_NE(signs.key_id(), VerifierKey::Create("b", SignatureType::kSm2, key)->key_id());
}

// journal.md §2, computed a second time: SHA-256(name ‖ LF ‖ 0xff ‖ identifier ‖ SPKI)[:4].
TEST(VerifierKey, Sm2KeyIdIsHashedAsPublished) {
  const VerifierKey key = MakeSigner("cq.chuanyu/n1", SignatureType::kSm2).key();
  const crypto::Digest digest = crypto::Hash(HashAlg::kSha256, {"cq.chuanyu/n1\n\xff"
                                                                "chuanyu.sm2-with-sm3/v1",
                                                                key.verifier().public_bytes()});
  EXPECT_TRUE(key.Format().starts_with("cq.chuanyu/n1+" +
                                       crypto::HexEncode(crypto::View(digest).substr(0, 4)) + "+"));
}

// Keys of the transparency-dev formats library's tests, of types 0x01 (with a plus sign in its base64) and
// 0x04.
TEST(VerifierKey, ReadsForeignKeys) {
  EXPECT_TRUE(VerifierKey::Parse("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6").ok());
  const auto cosigner =
      VerifierKey::Parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
  ASSERT_TRUE(cosigner.ok()) << cosigner.status();
  EXPECT_EQ(cosigner->type(), SignatureType::kCosignature);
}

TEST(VerifierKey, EveryManglingIsBadRequest) {
  const std::string good = kExampleKey;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(Bad(VerifierKey::Parse(changed).status())) << changed;
    EXPECT_TRUE(Bad(VerifierKey::Parse(good.substr(0, i)).status()));
    EXPECT_TRUE(i == 0 || Bad(VerifierKey::Parse(good.substr(i)).status()));
  }
  EXPECT_TRUE(
      Bad(VerifierKey::Parse("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").status()));
  EXPECT_TRUE(Bad(VerifierKey::Create("a b", SignatureType::kEd25519,
                                      (*crypto::GenerateSigner(crypto::KeyAlg::kEd25519))->verifier())
                      .status()));
  EXPECT_TRUE(Bad(VerifierKey::Create("a", SignatureType::kSm2,
                                      (*crypto::GenerateSigner(crypto::KeyAlg::kEd25519))->verifier())
                      .status()));
}

TEST(Text, DecimalHasOneSpelling) {
  EXPECT_EQ(ParseDecimal("0"), 0u);
  EXPECT_EQ(ParseDecimal("18446744073709551615"), ~uint64_t{0});
  for (const char* bad : {"", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616",
                          "99999999999999999999", "184467440737095516150"}) {
    EXPECT_EQ(ParseDecimal(bad), std::nullopt) << bad;
  }
}

TEST(Text, Base64HasOneSpelling) {
  EXPECT_EQ(Base64Decode("YQ=="), "a");
  EXPECT_EQ(Base64Decode(""), "");
  for (const char* bad : {"YQ", "YQ=", "YR==", "Y Q==", "YQ==\n", "YQ==YQ==", "_-==", "====", "Y"}) {
    EXPECT_EQ(Base64Decode(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace chuanyu::merkle
