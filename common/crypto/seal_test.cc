#include "common/crypto/seal.h"

#include <set>

#include "absl/strings/escaping.h"
#include "common/crypto/evp.h"
#include "common/crypto/hash.h"
#include "common/crypto/key_wrap.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::crypto {
namespace {

const char kKey[] = "0123456789abcdef0123456789abcdef0123456789abcdef";  // 48 bytes, for tests only

std::unique_ptr<Sealer> Make(SealSuite suite, std::string_view key = kKey, std::string_view key_id = "k1") {
  auto sealer = Sealer::Create(suite, key, key_id);
  EXPECT_TRUE(sealer.ok()) << sealer.status();
  return std::move(sealer).value();
}

class EverySuite : public testing::TestWithParam<SealSuite> {};
INSTANTIATE_TEST_SUITE_P(Seal, EverySuite, testing::Values(SealSuite::kSm4CtrHmacSm3, SealSuite::kAes256Gcm));

TEST_P(EverySuite, OpensWhatItSealed) {
  const auto sealer = Make(GetParam());
  for (const size_t size : {0, 1, 15, 16, 17, 1000, 100'000}) {
    const std::string plaintext(size, 'p');
    const auto sealed = sealer->Seal(plaintext, "ad");
    ASSERT_TRUE(sealed.ok());
    EXPECT_EQ((*sealed)[0], static_cast<char>(GetParam()));
    const auto opened = sealer->Open(*sealed, "ad");
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, plaintext);
  }
}

TEST_P(EverySuite, HidesThePlaintextAndNeverRepeats) {
  const auto sealer = Make(GetParam());
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::string sealed = *sealer->Seal("the same plaintext", "");
    EXPECT_EQ(sealed.find("same"), std::string::npos);
    EXPECT_TRUE(seen.insert(sealed).second);
  }
}

TEST_P(EverySuite, RefusesEveryChangedBit) {
  const auto sealer = Make(GetParam());
  const std::string sealed = *sealer->Seal("plaintext", "ad");
  for (size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string changed = sealed;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    const auto opened = sealer->Open(changed, "ad");
    ASSERT_TRUE(HasReason(opened.status(), Reason::SIG_INVALID)) << "bit " << i;
  }
}

TEST_P(EverySuite, RefusesEveryTruncationAndExtension) {
  const auto sealer = Make(GetParam());
  const std::string sealed = *sealer->Seal("plaintext", "ad");
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_TRUE(HasReason(sealer->Open(sealed.substr(0, size), "ad").status(), Reason::SIG_INVALID));
  }
  EXPECT_TRUE(HasReason(sealer->Open(sealed + "x", "ad").status(), Reason::SIG_INVALID));
}

TEST_P(EverySuite, BindsAssociatedDataKeyAndKeyId) {
  const std::string sealed = *Make(GetParam())->Seal("plaintext", "ad");
  const auto refused = [&](const Sealer& sealer, std::string_view ad) {
    return HasReason(sealer.Open(sealed, ad).status(), Reason::SIG_INVALID);
  };
  EXPECT_TRUE(refused(*Make(GetParam()), "AD"));
  EXPECT_TRUE(refused(*Make(GetParam()), ""));
  EXPECT_TRUE(refused(*Make(GetParam(), kKey, "k2"), "ad"));
  std::string other = kKey;
  other[20] ^= 1;  // of the MAC key for SM4, of the cipher key for AES
  EXPECT_TRUE(refused(*Make(GetParam(), other), "ad"));
}

// Moving a byte from the key id to the associated data must not give the same seal.
TEST_P(EverySuite, KeyIdAndAssociatedDataCannotShift) {
  const std::string sealed = *Make(GetParam(), kKey, "k1")->Seal("plaintext", "23");
  EXPECT_FALSE(Make(GetParam(), kKey, "k12")->Open(sealed, "3").ok());
}

TEST(Seal, SuitesDoNotOpenEachOther) {
  const std::string sealed = *Make(SealSuite::kSm4CtrHmacSm3)->Seal("a longer plaintext", "ad");
  EXPECT_TRUE(HasReason(Make(SealSuite::kAes256Gcm)->Open(sealed, "ad").status(), Reason::SIG_INVALID));
}

TEST(Seal, KeyOfAnotherLengthIsConfigInvalid) {
  EXPECT_TRUE(
      HasReason(Sealer::Create(SealSuite::kSm4CtrHmacSm3, "short", "k").status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(
      HasReason(Sealer::Create(static_cast<SealSuite>(9), kKey, "k").status(), Reason::CONFIG_INVALID));
}

// The layout the header promises, computed a second time from HMAC-SM3 alone: suite ‖ IV ‖ ciphertext ‖ tag,
// the tag over the framed key id and associated data and everything before it, under bytes 16 to 48 of the
// key.
TEST(Seal, Sm4TagIsHmacSm3OverContextAndEverythingBefore) {
  const std::string sealed = *Make(SealSuite::kSm4CtrHmacSm3)->Seal("plaintext", "ad");
  ASSERT_EQ(sealed.size(), 1 + 16 + 9 + 32u);
  const std::string_view body = std::string_view(sealed).substr(0, sealed.size() - 32);
  const std::string length("\0\0\0\0\0\0\0\x02", 8);
  const Digest tag =
      Hmac(HashAlg::kSm3, std::string_view(kKey).substr(16), {length, "k1", length, "ad", body});
  EXPECT_EQ(HexEncode(View(tag)), HexEncode(std::string_view(sealed).substr(body.size())));
}

// GB/T 32907-2016 appendix A.1: one ECB block. The counter block that encrypts to the known answer, so that
// XOR with zeroes shows the raw block cipher under the counter mode that is used here.
TEST(Seal, Sm4CtrKeystreamIsTheStandardsExample) {
  const std::string key = absl::HexStringToBytes("0123456789abcdeffedcba9876543210");
  const std::string zeroes(16, '\0');
  std::string out(16, '\0');
  const internal::UniqueCipherCtx ctx(EVP_CIPHER_CTX_new());
  int written = 0;
  ASSERT_EQ(EVP_EncryptInit_ex2(ctx.get(), internal::FetchedSm4Ctr(), internal::Bytes(key),
                                internal::Bytes(key), nullptr),
            1);
  ASSERT_EQ(EVP_EncryptUpdate(ctx.get(), internal::Bytes(out.data()), &written, internal::Bytes(zeroes), 16),
            1);
  EXPECT_EQ(HexEncode(out), "681edf34d206965e86b3e94f536e4246");
}

TEST(KeyWrap, UnwrapsUnderTheSameKekAndNameOnly) {
  const auto kek = Make(SealSuite::kSm4CtrHmacSm3);
  const std::string data_key = *NewDataKey();
  ASSERT_EQ(data_key.size(), kSealKeyBytes);
  const std::string wrapped = *WrapKey(*kek, {"2026-03-10/A-1"}, data_key);
  EXPECT_EQ(*UnwrapKey(*kek, {"2026-03-10/A-1"}, wrapped), data_key);
  EXPECT_TRUE(HasReason(UnwrapKey(*kek, {"2026-03-11/A-1"}, wrapped).status(), Reason::SIG_INVALID));
  const auto other = Make(SealSuite::kSm4CtrHmacSm3, kKey, "k2");
  EXPECT_TRUE(HasReason(UnwrapKey(*other, {"2026-03-10/A-1"}, wrapped).status(), Reason::SIG_INVALID));
}

TEST(KeyWrap, PayloadSealedUnderTheKekIsNotAKey) {
  const auto kek = Make(SealSuite::kSm4CtrHmacSm3);
  const std::string payload = *kek->Seal(std::string(kSealKeyBytes, 'x'), "n");
  EXPECT_TRUE(HasReason(UnwrapKey(*kek, {"n"}, payload).status(), Reason::SIG_INVALID));
  EXPECT_TRUE(HasReason(WrapKey(*kek, {"n"}, "short").status(), Reason::BAD_REQUEST));
}

TEST(RandomBytes, HasTheLengthAskedForAndDiffers) {
  EXPECT_EQ(RandomBytes(0)->size(), 0u);
  EXPECT_EQ(RandomBytes(5000)->size(), 5000u);
  EXPECT_NE(*RandomBytes(32), *RandomBytes(32));
}

TEST(Cleanse, EmptiesTheSecret) {
  std::string secret = "a secret";
  Cleanse(secret);
  EXPECT_TRUE(secret.empty());
}

}  // namespace
}  // namespace chuanyu::crypto
