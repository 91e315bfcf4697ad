#include "services/exchange/journal/frame.h"

#include <gtest/gtest.h>

#include "services/exchange/journal/crc32c.h"
#include "services/exchange/journal/sections.h"

namespace chuanyu::exchange {
namespace {

TEST(Crc32c, GivesTheVectorsOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Crc32c, TableAndInstructionAgreeAtEveryLengthAndSplit) {
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(Crc32c(bytes), Crc32cByTable(bytes));
    EXPECT_EQ(Crc32c(bytes.substr(i / 2), Crc32c(bytes.substr(0, i / 2))), Crc32c(bytes));
    bytes.push_back(static_cast<char>(i * 37));
  }
}

std::string TwoSections() {
  FrameBuilder builder;
  builder.Add(SectionTag::kCheckpoint, {"note"});
  std::string length;
  PutFixed32(length, 6);
  builder.Add(SectionTag::kRecord, {length, "record", "sealed"});
  return std::move(builder).Finish({.records = 1, .number = 7, .first_index = 41});
}

TEST(Frame, ReadsBackWhatWasBuilt) {
  const std::string frame = TwoSections();
  const auto header = ParseFrameHeader(frame);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->number, 7u);
  EXPECT_EQ(header->first_index, 41u);
  EXPECT_EQ(header->frame_bytes(), frame.size());
  std::vector<Section> sections;
  ASSERT_TRUE(ParseSections(*header, *FrameBody(*header, frame), sections));
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].content, "note");
  const auto content = ParseRecordContent(sections[1].content);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->record, "record");
  EXPECT_EQ(content->sealed, "sealed");
  EXPECT_EQ(ParseSection(std::string_view(frame).substr(kFrameHeaderBytes + sections[1].offset,
                                                        kSectionHeaderBytes + sections[1].content.size()))
                ->content,
            sections[1].content);
}

TEST(Frame, EveryChangedOrMissingByteIsNoticed) {
  const std::string frame = TwoSections();
  for (size_t i = 0; i < frame.size(); ++i) {
    std::string changed = frame;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    const auto header = ParseFrameHeader(changed);
    EXPECT_TRUE(!header.has_value() || !FrameBody(*header, changed).has_value()) << i;
    const std::string cut = frame.substr(0, i);
    const auto cut_header = ParseFrameHeader(cut);
    EXPECT_TRUE(!cut_header.has_value() || !FrameBody(*cut_header, cut).has_value()) << i;
  }
}

TEST(Frame, SectionsMustFillTheBodyAndMatchTheCount) {
  FrameBuilder builder;
  builder.Add(SectionTag::kRecord, {std::string(4, '\0')});
  std::string frame = std::move(builder).Finish({.records = 2});
  const auto header = ParseFrameHeader(frame);
  ASSERT_TRUE(header.has_value());
  std::vector<Section> sections;
  EXPECT_FALSE(ParseSections(*header, *FrameBody(*header, frame), sections));
  EXPECT_FALSE(ParseSections({.records = 0}, "short", sections));
  EXPECT_FALSE(ParseSections({.records = 0}, std::string(12, '\0'), sections)) << "tag 0";
  EXPECT_TRUE(ParseSections({.records = 0}, "", sections));
}

TEST(Sections, DecodeWhatWasEncodedAndNothingElse) {
  const SegmentInfo info{.number = 3, .previous_bytes = 1ull << 40, .last_time_us = 1'773'100'800'000'000};
  const auto decoded = DecodeSegmentInfo(EncodeSegmentInfo(info));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->previous_bytes, info.previous_bytes);
  EXPECT_EQ(decoded->last_time_us, info.last_time_us);
  EXPECT_FALSE(DecodeSegmentInfo("short").has_value());

  WitnessState witness{"510000.chuanyu/node1", merkle::Frontier(crypto::HashAlg::kSm3), "note"};
  witness.frontier.Append(crypto::Digest{});
  const std::string bytes = EncodeWitness(witness);
  const auto back = DecodeWitness(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->origin, witness.origin);
  EXPECT_EQ(back->frontier, witness.frontier);
  EXPECT_EQ(back->note, "note");
  for (size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(DecodeWitness(bytes.substr(0, i)).has_value()) << i;
  EXPECT_FALSE(DecodeWitness(bytes + "x").has_value());
}

}  // namespace
}  // namespace chuanyu::exchange
