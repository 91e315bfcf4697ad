#include "common/crypto/signer.h"

#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/crypto/evp.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::crypto {
namespace {

// SubjectPublicKeyInfo of an SM2 key (id-ecPublicKey, curve 1.2.156.10197.1.301) up to its point.
constexpr char kSm2SpkiPrefix[] = "3059301306072a8648ce3d020106082a811ccf5501822d034200";

// GB/T 32918.5-2017 appendix A.2: message "message digest", id 1234567812345678.
constexpr char kExamplePoint[] =
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
constexpr char kExampleSignature[] =
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

std::unique_ptr<Signer> Generate(KeyAlg alg) {
  auto signer = GenerateSigner(alg);
  EXPECT_TRUE(signer.ok()) << signer.status();
  return std::move(signer).value();
}

bool Refused(const Verifier& verifier, std::string_view message, std::string_view signature) {
  return HasReason(verifier.Verify(message, signature), Reason::SIG_INVALID);
}

// A folder of its own for each test, removed afterwards.
class SignerFiles : public testing::Test {
 protected:
  SignerFiles() {
    std::string name = testing::TempDir() + "/signer_test_XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~SignerFiles() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string Write(const std::string& name, std::string_view content, mode_t mode = 0600) const {
    std::ofstream(Path(name), std::ios::binary) << content;
    chmod(Path(name).c_str(), mode);
    return Path(name);
  }
  std::string Read(const std::string& name) const {
    std::ifstream in(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool Run(const std::string& command) const {
    return std::system(("cd '" + folder_ + "' && " + command + " >out.txt 2>&1").c_str()) == 0;
  }

  std::string folder_;
};

class EveryAlg : public testing::TestWithParam<KeyAlg> {};
INSTANTIATE_TEST_SUITE_P(Signer, EveryAlg, testing::Values(KeyAlg::kEd25519, KeyAlg::kSm2));

TEST_P(EveryAlg, VerifiesItsOwnSignatureAndNoOther) {
  const auto signer = Generate(GetParam());
  const auto verifier = signer->verifier();
  EXPECT_EQ(verifier->alg(), GetParam());
  const std::string signature = *signer->Sign("message");
  EXPECT_TRUE(verifier->Verify("message", signature).ok());
  EXPECT_TRUE(Refused(*verifier, "Message", signature));
  EXPECT_TRUE(Refused(*verifier, "", signature));
  EXPECT_TRUE(Refused(*verifier, "message", ""));
  EXPECT_TRUE(Refused(*verifier, "message", signature + "x"));
  EXPECT_TRUE(Refused(*Generate(GetParam())->verifier(), "message", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(Refused(*verifier, "message", changed)) << i;
  }
}

TEST_P(EveryAlg, SignsTheEmptyMessage) {
  const auto signer = Generate(GetParam());
  EXPECT_TRUE(signer->verifier()->Verify("", *signer->Sign("")).ok());
}

TEST_P(EveryAlg, VerifierIsMadeFromPublicBytes) {
  const auto signer = Generate(GetParam());
  const auto verifier = MakeVerifier(GetParam(), signer->verifier()->public_bytes());
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ((*verifier)->public_bytes(), signer->verifier()->public_bytes());
  EXPECT_TRUE((*verifier)->Verify("message", *signer->Sign("message")).ok());
}

TEST_P(EveryAlg, MalformedPublicBytesAreConfigInvalid) {
  const std::string good = Generate(GetParam())->verifier()->public_bytes();
  for (const std::string& bad :
       {std::string(), good.substr(1), good.substr(0, good.size() - 1), good + "x"}) {
    EXPECT_TRUE(HasReason(MakeVerifier(GetParam(), bad).status(), Reason::CONFIG_INVALID));
  }
  const KeyAlg other = GetParam() == KeyAlg::kSm2 ? KeyAlg::kEd25519 : KeyAlg::kSm2;
  EXPECT_TRUE(HasReason(MakeVerifier(other, good).status(), Reason::CONFIG_INVALID));
}

TEST_P(EveryAlg, OneSignerServesSeveralThreads) {
  const auto signer = Generate(GetParam());
  const auto verifier = signer->verifier();
  std::vector<int> good(4, 0);
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) count += verifier->Verify("message", *signer->Sign("message")).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 20));
}

TEST(Ed25519, SignatureIs64BytesAndDeterministic) {
  const auto signer = Generate(KeyAlg::kEd25519);
  EXPECT_EQ(signer->verifier()->public_bytes().size(), 32u);
  EXPECT_EQ(signer->Sign("message")->size(), 64u);
  EXPECT_EQ(*signer->Sign("message"), *signer->Sign("message"));
}

TEST(Sm2, VerifiesTheExampleOfTheStandard) {
  const auto verifier =
      MakeVerifier(KeyAlg::kSm2, absl::HexStringToBytes(std::string(kSm2SpkiPrefix) + kExamplePoint));
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const std::string signature = absl::HexStringToBytes(kExampleSignature);
  EXPECT_TRUE((*verifier)->Verify("message digest", signature).ok());
  EXPECT_TRUE(Refused(**verifier, "message digesu", signature));
}

TEST(Sm2, PointOffTheCurveIsConfigInvalid) {
  std::string point = kExamplePoint;
  point.back() = '4';
  const std::string spki = absl::HexStringToBytes(std::string(kSm2SpkiPrefix) + point);
  EXPECT_TRUE(HasReason(MakeVerifier(KeyAlg::kSm2, spki).status(), Reason::CONFIG_INVALID));
}

// Signs with OpenSSL under the given user id, beside our own code.
std::string SignWithId(const Signer& signer, std::string_view message, std::string_view id) {
  const std::string pem = *PrivateKeyPem(signer);
  const internal::UniqueBio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const internal::UniquePkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  const internal::UniqueMdCtx ctx(EVP_MD_CTX_new());
  std::string signature(128, '\0');
  size_t size = signature.size();
  EVP_PKEY_CTX* key_context = nullptr;
  EXPECT_EQ(EVP_DigestSignInit_ex(ctx.get(), &key_context, "SM3", nullptr, nullptr, key.get(), nullptr), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set1_id(key_context, id.data(), static_cast<int>(id.size())), 1);
  EXPECT_EQ(EVP_DigestSign(ctx.get(), internal::Bytes(signature.data()), &size, internal::Bytes(message),
                           message.size()),
            1);
  signature.resize(size);
  return signature;
}

TEST(Sm2, VerifiesOnlyUnderTheStandardUserId) {
  const auto signer = Generate(KeyAlg::kSm2);
  const auto verifier = signer->verifier();
  EXPECT_TRUE(verifier->Verify("message", SignWithId(*signer, "message", "1234567812345678")).ok());
  EXPECT_TRUE(Refused(*verifier, "message", SignWithId(*signer, "message", "")));
  EXPECT_TRUE(Refused(*verifier, "message", SignWithId(*signer, "message", "ALICE123@YAHOO.COM")));
}

// Enough of them that some have an r or an s with leading zero bytes, which their DER leaves out.
TEST(Sm2, EverySignatureIsOneThatOpenSslAccepts) {
  const auto signer = Generate(KeyAlg::kSm2);
  const auto verifier = signer->verifier();
  size_t shortest = 72;
  for (int i = 0; i < 1500; ++i) {
    const std::string message = "message " + std::to_string(i);
    const std::string signature = *signer->Sign(message);
    ASSERT_TRUE(verifier->Verify(message, signature).ok()) << i;
    shortest = std::min(shortest, signature.size());
  }
  EXPECT_LT(shortest, 70u);
}

TEST(Sm2, TwoSignaturesOfOneMessageDiffer) {
  const auto signer = Generate(KeyAlg::kSm2);
  EXPECT_NE(*signer->Sign("message"), *signer->Sign("message"));
}

TEST_F(SignerFiles, LoadsWhatWasWritten) {
  for (const KeyAlg alg : {KeyAlg::kEd25519, KeyAlg::kSm2}) {
    const auto signer = Generate(alg);
    const auto loaded = LoadSigner(Write("key.pem", *PrivateKeyPem(*signer)));
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ((*loaded)->alg(), alg);
    EXPECT_TRUE(signer->verifier()->Verify("message", *(*loaded)->Sign("message")).ok());
  }
}

TEST_F(SignerFiles, WiderModesAreConfigInvalid) {
  const std::string pem = *PrivateKeyPem(*Generate(KeyAlg::kEd25519));
  for (const mode_t mode : {0640, 0604, 0644, 0700, 0620}) {
    const std::string path = Write("key.pem", pem, mode);
    EXPECT_TRUE(HasReason(LoadSigner(path).status(), Reason::CONFIG_INVALID)) << std::oct << mode;
  }
  EXPECT_TRUE(LoadSigner(Write("key.pem", pem, 0400)).ok());
}

TEST_F(SignerFiles, WhatIsNotAnUnencryptedKeyOfOursIsConfigInvalid) {
  const auto invalid = [](const std::string& path) {
    return HasReason(LoadSigner(path).status(), Reason::CONFIG_INVALID);
  };
  EXPECT_TRUE(invalid(Path("absent.pem")));
  EXPECT_TRUE(invalid(folder_));
  EXPECT_TRUE(invalid(Write("empty.pem", "")));
  EXPECT_TRUE(invalid(Write("text.pem", "not a key")));
  EXPECT_TRUE(invalid(Write("long.pem", std::string(20'000, 'x'))));
  ASSERT_TRUE(Run("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.pem"));
  EXPECT_TRUE(invalid(Write("rsa.pem", Read("rsa.pem"))));
  Write("key.pem", *PrivateKeyPem(*Generate(KeyAlg::kSm2)));
  ASSERT_TRUE(Run("openssl pkcs8 -topk8 -in key.pem -out enc.pem -passout pass:secret -v2 aes-256-cbc"));
  EXPECT_TRUE(invalid(Write("enc.pem", Read("enc.pem"))));
}

TEST_F(SignerFiles, OpensslCommandVerifiesOurSm2) {
  const auto signer = Generate(KeyAlg::kSm2);
  Write("key.pem", *PrivateKeyPem(*signer));
  Write("message", "what was said");
  Write("signature", *signer->Sign("what was said"));
  ASSERT_TRUE(Run("openssl pkey -in key.pem -pubout -out pub.pem")) << Read("out.txt");
  const std::string verify =
      "openssl dgst -sm3 -verify pub.pem -signature signature -sigopt distid:1234567812345678 message";
  EXPECT_TRUE(Run(verify)) << Read("out.txt");
  Write("message", "what was not");
  EXPECT_FALSE(Run(verify));
}

TEST_F(SignerFiles, WeVerifySm2OfTheOpensslCommand) {
  Write("message", "what was said");
  ASSERT_TRUE(
      Run("openssl genpkey -algorithm SM2 -out key.pem && chmod 600 key.pem && "
          "openssl pkey -in key.pem -pubout -outform DER -out pub.der && "
          "openssl dgst -sm3 -sign key.pem -sigopt distid:1234567812345678 -out by_dgst message && "
          "openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey key.pem "
          "-in message -out by_pkeyutl"))
      << Read("out.txt");
  const auto verifier = MakeVerifier(KeyAlg::kSm2, Read("pub.der"));
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_TRUE((*verifier)->Verify("what was said", Read("by_dgst")).ok());
  EXPECT_TRUE((*verifier)->Verify("what was said", Read("by_pkeyutl")).ok());
  const auto loaded = LoadSigner(Path("key.pem"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->verifier()->public_bytes(), Read("pub.der"));
}

TEST_F(SignerFiles, Ed25519AgreesWithTheOpensslCommand) {
  const auto signer = Generate(KeyAlg::kEd25519);
  Write("key.pem", *PrivateKeyPem(*signer));
  Write("message", "what was said");
  ASSERT_TRUE(Run("openssl pkeyutl -sign -rawin -inkey key.pem -in message -out signature"))
      << Read("out.txt");
  EXPECT_EQ(Read("signature"), *signer->Sign("what was said"));
}

TEST_F(SignerFiles, HashesAgreeWithTheOpensslCommand) {
  const std::string message(100'000, 'm');
  Write("message", message);
  ASSERT_TRUE(
      Run("openssl dgst -sm3 -binary -out sm3 message && openssl dgst -sha256 -binary -out sha256 message"));
  EXPECT_EQ(Read("sm3"), View(Hash(HashAlg::kSm3, {message})));
  EXPECT_EQ(Read("sha256"), View(Hash(HashAlg::kSha256, {message})));
}

}  // namespace
}  // namespace chuanyu::crypto
