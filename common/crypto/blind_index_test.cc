#include "common/crypto/blind_index.h"

#include "absl/hash/hash.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::crypto {
namespace {

const char kKey[] = "blind index key, for tests only!";  // 32 bytes

// A synthetic number: sequence 991 is not issued (acceptance person P01).
constexpr DocumentKey kDocument = {.type = 1, .number = "500112198504129912"};

std::unique_ptr<BlindIndexer> Make(std::string_view key = kKey) {
  auto indexer = BlindIndexer::Create(key);
  EXPECT_TRUE(indexer.ok()) << indexer.status();
  return std::move(indexer).value();
}

TEST(BlindIndexer, IsHmacSm3OfTypeAndNumber) {
  const BlindIndex index = Make()->Index(kDocument);
  EXPECT_EQ(index.bytes(), View(Hmac(HashAlg::kSm3, kKey, {"\x01", kDocument.number})));
  EXPECT_NE(index.bytes(), View(Hash(HashAlg::kSm3, {"\x01", kDocument.number})));
}

TEST(BlindIndexer, SameDocumentGivesTheSameIndexAgain) {
  const auto indexer = Make();
  EXPECT_EQ(indexer->Index(kDocument), indexer->Index(kDocument));
  EXPECT_EQ(indexer->Index(kDocument), Make()->Index(kDocument));
}

TEST(BlindIndexer, DiffersByTypeNumberAndKey) {
  const BlindIndex index = Make()->Index(kDocument);
  EXPECT_NE(index, Make()->Index({.type = 2, .number = kDocument.number}));
  EXPECT_NE(index, Make()->Index({.type = 1, .number = "500112198504129913"}));
  EXPECT_NE(index, Make("Another index key, for tests only")->Index(kDocument));
}

TEST(BlindIndexer, ShortKeyIsConfigInvalid) {
  EXPECT_TRUE(HasReason(BlindIndexer::Create("short").status(), Reason::CONFIG_INVALID));
}

TEST(BlindIndex, PrefixIsTheFirstEightHexDigits) {
  const BlindIndex index = Make()->Index(kDocument);
  EXPECT_EQ(index.prefix().size(), 8u);
  EXPECT_EQ(index.ToHex().substr(0, 8), index.prefix());
  EXPECT_EQ(index.ToHex().size(), 64u);
}

TEST(BlindIndex, ReadsBackFromBytes) {
  const BlindIndex index = Make()->Index(kDocument);
  EXPECT_EQ(*BlindIndex::FromBytes(index.bytes()), index);
  EXPECT_TRUE(HasReason(BlindIndex::FromBytes("short").status(), Reason::BAD_REQUEST));
  const absl::Hash<BlindIndex> hash;
  EXPECT_EQ(hash(index), hash(*BlindIndex::FromBytes(index.bytes())));
  EXPECT_NE(hash(index), hash(Make()->Index({.type = 2, .number = "x"})));
}

}  // namespace
}  // namespace chuanyu::crypto
