// Fuzz target: the bytes of a segment file. Whatever they are, parsing ends without a fault, and what is
// accepted is written back to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "services/exchange/journal/frame.h"
#include "services/exchange/journal/sections.h"

namespace {

using namespace chuanyu::exchange;  // NOLINT

void Require(bool ok) {
  if (!ok) std::abort();
}

void DecodeAnyway(std::string_view bytes) {
  (void)DecodeSegmentInfo(bytes);
  if (const auto witness = DecodeWitness(bytes); witness.has_value())
    Require(EncodeWitness(*witness) == bytes);
  (void)DecodeCosigned(bytes, "500000.chuanyu/node1");
  if (const auto place = ParseLocation(bytes); place.has_value()) {
    Require(FormatLocation(place->segment, place->offset, place->length) == bytes);
  }
  if (const auto content = ParseRecordContent(bytes); content.has_value()) {
    Require(content->record.size() + content->sealed.size() + 4 == bytes.size());
  }
  (void)ParseSection(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  DecodeAnyway(input);
  // The input as a body: checksums would keep the fuzzer out of the parser.
  std::vector<Section> sections;
  (void)ParseSections({.records = 0}, input, sections);
  // As it would be on disk.
  const auto header = ParseFrameHeader(input);
  if (header.has_value()) {
    const auto body = FrameBody(*header, input);
    if (body.has_value() && ParseSections(*header, *body, sections)) {
      FrameBuilder builder;
      for (const Section& section : sections) builder.Add(section.tag, {section.content});
      Require(std::move(builder).Finish(*header) == input.substr(0, header->frame_bytes()));
    }
  }
  // And as the content of a section with right checksums.
  FrameBuilder builder;
  builder.Add(SectionTag::kWitness, {input});
  const std::string frame = std::move(builder).Finish({.number = 1});
  const auto built = ParseFrameHeader(frame);
  Require(built.has_value() && ParseSections(*built, *FrameBody(*built, frame), sections));
  Require(sections.size() == 1 && sections[0].content == input);
  DecodeAnyway(sections[0].content);
  return 0;
}
