#include "common/crypto/hash.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace chuanyu::crypto {
namespace {

std::string HashHex(HashAlg alg, std::initializer_list<std::string_view> parts) {
  return HexEncode(View(Hash(alg, parts)));
}

// GB/T 32905-2016 appendix A.1.
TEST(Hash, Sm3OfAbcIsTheStandardsExample) {
  EXPECT_EQ(HashHex(HashAlg::kSm3, {"abc"}),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

// FIPS 180-2 appendix B.1, and the empty string.
TEST(Hash, Sha256OfAbcIsTheStandardsExample) {
  EXPECT_EQ(HashHex(HashAlg::kSha256, {"abc"}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashHex(HashAlg::kSha256, {}),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, DoesNotDependOnHowTheMessageIsCutIntoParts) {
  for (const HashAlg alg : {HashAlg::kSha256, HashAlg::kSm3}) {
    EXPECT_EQ(HashHex(alg, {"abc"}), HashHex(alg, {"a", "", "b", "c"}));
    EXPECT_NE(HashHex(alg, {"abc"}), HashHex(alg, {"ab"}));
  }
}

TEST(Hash, AlternatingAlgorithmsDoNotDisturbEachOther) {
  const std::string sm3 = HashHex(HashAlg::kSm3, {"x"});
  const std::string sha = HashHex(HashAlg::kSha256, {"x"});
  EXPECT_NE(sm3, sha);
  EXPECT_EQ(HashHex(HashAlg::kSm3, {"x"}), sm3);
  EXPECT_EQ(HashHex(HashAlg::kSha256, {"x"}), sha);
}

TEST(Hash, ManyThreadsGetTheSameDigest) {
  const std::string want = HashHex(HashAlg::kSm3, {"record"});
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&count, &want] {
      for (int i = 0; i < 500; ++i) count += HashHex(HashAlg::kSm3, {"rec", "ord"}) != want;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Hmac, KnownAnswers) {
  EXPECT_EQ(HexEncode(View(Hmac(HashAlg::kSm3, "key", {"abc"}))),
            "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
  // RFC 4231 test case 2.
  EXPECT_EQ(HexEncode(View(Hmac(HashAlg::kSha256, "Jefe", {"what do ya want ", "for nothing?"}))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, EmptyKeyIsAKeyAndNotTheOneOfTheCallBefore) {
  const Digest keyed = Hmac(HashAlg::kSha256, "key", {"abc"});
  const Digest empty = Hmac(HashAlg::kSha256, std::string_view(), {"abc"});
  EXPECT_NE(keyed, empty);
  EXPECT_EQ(HexEncode(View(Hmac(HashAlg::kSha256, "", {}))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTimeEqual, ComparesContentAndLength) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

TEST(Digest, RoundTripsThroughBytes) {
  const Digest digest = Hash(HashAlg::kSm3, {"abc"});
  EXPECT_EQ(DigestFrom(View(digest)), digest);
}

}  // namespace
}  // namespace chuanyu::crypto
