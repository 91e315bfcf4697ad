#include "common/uniqueness/claim.h"

#include "gtest/gtest.h"

namespace chuanyu::uniqueness {
namespace {

constexpr char kChongqing[] = "500000";
constexpr char kSichuan[] = "510000";

TEST(Claim, IsPendingUntilTheOtherRegionHasGrantedIt) {
  ClaimBook book;
  EXPECT_FALSE(book.Open("a", kChongqing, 100, {kSichuan}).has_value());
  EXPECT_EQ(book.Find("a")->state, ClaimState::kPending);
  EXPECT_TRUE(book.OnReply("a", kSichuan, {.granted = true}));
  EXPECT_EQ(book.Find("a")->state, ClaimState::kConfirmed);
  EXPECT_FALSE(book.OnReply("a", kSichuan, {.granted = true})) << "a duplicate";
}

TEST(Claim, SecondInOneRegionIsToldWhereAndWhen) {
  ClaimBook book;
  ASSERT_FALSE(book.Open("a", kChongqing, 100, {kSichuan}).has_value());
  EXPECT_EQ(book.Open("b", kChongqing, 200, {kSichuan}), (Holder{kChongqing, 100}));
  EXPECT_EQ(book.Find("b"), nullptr);
  EXPECT_FALSE(book.Open("a", kChongqing, 100, {kSichuan}).has_value()) << "a repeat of the first";
}

TEST(Claim, OfTheOtherRegionIsHeldAndKeepsOwnOnesOut) {
  ClaimBook book;
  EXPECT_TRUE(book.OnClaim("s", kSichuan, 100).granted);
  EXPECT_TRUE(book.OnClaim("s", kSichuan, 100).granted) << "a duplicate";
  EXPECT_EQ(book.Open("c", kChongqing, 50, {kSichuan}), (Holder{kSichuan, 100}));
  book.OnRelease("s", kSichuan);
  EXPECT_FALSE(book.Open("c", kChongqing, 200, {kSichuan}).has_value());
}

TEST(Claim, TheEarlierOneWinsOnBothSides) {
  ClaimBook chongqing;
  ClaimBook sichuan;
  ASSERT_FALSE(chongqing.Open("c", kChongqing, 100, {kSichuan}).has_value());
  ASSERT_FALSE(sichuan.Open("s", kSichuan, 101, {kChongqing}).has_value());
  const Reply to_sichuan = chongqing.OnClaim("s", kSichuan, 101);
  EXPECT_FALSE(to_sichuan.granted);
  EXPECT_EQ(to_sichuan.holder, (Holder{kChongqing, 100}));
  EXPECT_TRUE(sichuan.OnClaim("c", kChongqing, 100).granted);
  EXPECT_EQ(sichuan.Find("s")->state, ClaimState::kRefused);
  EXPECT_EQ(sichuan.Find("s")->holder, (Holder{kChongqing, 100}));
  EXPECT_FALSE(sichuan.OnReply("s", kChongqing, to_sichuan)) << "it knew";
  EXPECT_TRUE(chongqing.OnReply("c", kSichuan, {.granted = true}));
  EXPECT_EQ(chongqing.OpenOne()->state, ClaimState::kConfirmed);
}

TEST(Claim, AtTheSameInstantTheRegionDecides) {
  ClaimBook sichuan;
  ASSERT_FALSE(sichuan.Open("s", kSichuan, 100, {kChongqing}).has_value());
  EXPECT_TRUE(sichuan.OnClaim("c", kChongqing, 100).granted);
  ClaimBook chongqing;
  ASSERT_FALSE(chongqing.Open("c", kChongqing, 100, {kSichuan}).has_value());
  EXPECT_FALSE(chongqing.OnClaim("s", kSichuan, 100).granted);
}

TEST(Claim, ConfirmedOneGivesWayToNobody) {
  ClaimBook book;
  ASSERT_FALSE(book.Open("c", kChongqing, 100, {kSichuan}).has_value());
  ASSERT_TRUE(book.OnReply("c", kSichuan, {.granted = true}));
  EXPECT_FALSE(book.OnClaim("s", kSichuan, 1).granted);
}

TEST(Claim, ReleaseThatComesFirstIsRemembered) {
  ClaimBook book;
  book.OnRelease("s", kSichuan);
  const Reply reply = book.OnClaim("s", kSichuan, 100);
  EXPECT_FALSE(reply.granted);
  EXPECT_FALSE(reply.holder.has_value());
  EXPECT_EQ(book.OpenOne(), nullptr);
}

// A case ends and the next one about the person begins in the same region; the messages overtake each other.
TEST(Claim, TheNextOneOfARegionDoesNotWaitForTheReleaseOfItsFormerOne) {
  ClaimBook book;
  ASSERT_TRUE(book.OnClaim("a", kSichuan, 100).granted);
  EXPECT_TRUE(book.OnClaim("b", kSichuan, 200).granted);
  EXPECT_EQ(book.Find("a")->state, ClaimState::kReleased);
  EXPECT_FALSE(book.OnClaim("a", kSichuan, 100).granted) << "a late duplicate";
  book.OnRelease("a", kSichuan);
  ASSERT_NE(book.OpenOne(), nullptr);
  EXPECT_EQ(book.OpenOne()->id, "b");
  EXPECT_FALSE(book.OnClaim("earlier", kSichuan, 50).granted) << "it has ended there";
  EXPECT_EQ(book.OpenOne()->id, "b");
}

TEST(Claim, WithoutOtherRegionsIsConfirmedAtOnce) {
  ClaimBook book;
  ASSERT_FALSE(book.Open("c", kChongqing, 100, {}).has_value());
  EXPECT_EQ(book.OpenOne()->state, ClaimState::kConfirmed);
  EXPECT_TRUE(book.Release("c"));
  EXPECT_FALSE(book.Release("c"));
}

}  // namespace
}  // namespace chuanyu::uniqueness
