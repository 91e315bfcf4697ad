#include "services/exchange/journal/frame.h"

#include <initializer_list>
#include <utility>

#include "services/exchange/journal/crc32c.h"

namespace chuanyu::exchange {
namespace {

constexpr uint16_t kVersion = 1;
constexpr size_t kHeaderCrcOffset = kFrameHeaderBytes - 4;

template <typename T>
void Put(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

template <typename T>
T Get(std::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(static_cast<uint8_t>(bytes[i])) << (8 * i)));
  }
  return value;
}

}  // namespace

void PutFixed32(std::string& out, uint32_t value) { Put(out, value); }
void PutFixed64(std::string& out, uint64_t value) { Put(out, value); }
uint32_t GetFixed32(std::string_view bytes) { return Get<uint32_t>(bytes); }
uint64_t GetFixed64(std::string_view bytes) { return Get<uint64_t>(bytes); }

size_t FrameBuilder::Add(SectionTag tag, std::initializer_list<std::string_view> parts) {
  const size_t offset = bytes_.size();
  uint32_t length = 0;
  uint32_t crc = 0;
  for (const std::string_view part : parts) {
    length += static_cast<uint32_t>(part.size());
    crc = Crc32c(part, crc);
  }
  bytes_.push_back(static_cast<char>(tag));
  bytes_.append(3, '\0');
  Put(bytes_, length);
  Put(bytes_, crc);
  for (const std::string_view part : parts) bytes_.append(part);
  return offset;
}

std::string FrameBuilder::Finish(FrameHeader header) && {
  const std::string_view body = std::string_view(bytes_).substr(kFrameHeaderBytes);
  std::string head(kFrameMagic);
  Put(head, kVersion);
  Put(head, uint16_t{0});
  Put(head, static_cast<uint32_t>(body.size()));
  Put(head, header.records);
  Put(head, header.number);
  Put(head, header.first_index);
  Put(head, Crc32c(body));
  Put(head, Crc32c(head));
  bytes_.replace(0, kFrameHeaderBytes, head);
  bytes_.append(kFrameTrailer);
  return std::move(bytes_);
}

std::optional<FrameHeader> ParseFrameHeader(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes || !bytes.starts_with(kFrameMagic)) return std::nullopt;
  if (Get<uint32_t>(bytes.substr(kHeaderCrcOffset)) != Crc32c(bytes.substr(0, kHeaderCrcOffset))) {
    return std::nullopt;
  }
  if (Get<uint16_t>(bytes.substr(4)) != kVersion || Get<uint16_t>(bytes.substr(6)) != 0) return std::nullopt;
  const FrameHeader header = {.body_length = Get<uint32_t>(bytes.substr(8)),
                              .records = Get<uint32_t>(bytes.substr(12)),
                              .number = Get<uint64_t>(bytes.substr(16)),
                              .first_index = Get<uint64_t>(bytes.substr(24)),
                              .body_crc = Get<uint32_t>(bytes.substr(32))};
  if (header.body_length > kMaxFrameBody) return std::nullopt;
  return header;
}

std::optional<std::string_view> FrameBody(const FrameHeader& header, std::string_view bytes) {
  if (bytes.size() < header.frame_bytes()) return std::nullopt;
  const std::string_view body = bytes.substr(kFrameHeaderBytes, header.body_length);
  const std::string_view trailer = bytes.substr(kFrameHeaderBytes + header.body_length, kFrameTrailerBytes);
  if (trailer != kFrameTrailer || Crc32c(body) != header.body_crc) return std::nullopt;
  return body;
}

namespace {

// Takes one section off the front of `rest`.
std::optional<Section> TakeSection(std::string_view& rest) {
  if (rest.size() < kSectionHeaderBytes) return std::nullopt;
  const uint8_t tag = static_cast<uint8_t>(rest[0]);
  if (tag < static_cast<uint8_t>(SectionTag::kSegment) || tag > static_cast<uint8_t>(SectionTag::kRecord)) {
    return std::nullopt;
  }
  if (rest.substr(1, 3) != std::string_view("\0\0\0", 3)) return std::nullopt;
  const uint32_t length = Get<uint32_t>(rest.substr(4));
  const uint32_t crc = Get<uint32_t>(rest.substr(8));
  if (rest.size() - kSectionHeaderBytes < length) return std::nullopt;
  const Section section{static_cast<SectionTag>(tag), rest.substr(kSectionHeaderBytes, length)};
  if (Crc32c(section.content) != crc) return std::nullopt;
  rest.remove_prefix(kSectionHeaderBytes + length);
  return section;
}

}  // namespace

bool ParseSections(const FrameHeader& header, std::string_view body, std::vector<Section>& sections) {
  sections.clear();
  uint64_t records = 0;
  for (std::string_view rest = body; !rest.empty();) {
    const uint64_t offset = body.size() - rest.size();
    std::optional<Section> section = TakeSection(rest);
    if (!section.has_value()) return false;
    section->offset = offset;
    if (section->tag == SectionTag::kRecord) ++records;
    sections.push_back(*section);
  }
  return records == header.records;
}

std::optional<Section> ParseSection(std::string_view bytes) {
  const std::optional<Section> section = TakeSection(bytes);
  return bytes.empty() ? section : std::nullopt;
}

std::optional<RecordContent> ParseRecordContent(std::string_view content) {
  if (content.size() < 4) return std::nullopt;
  const uint32_t length = GetFixed32(content);
  content.remove_prefix(4);
  if (length > content.size()) return std::nullopt;
  return RecordContent{content.substr(0, length), content.substr(length)};
}

}  // namespace chuanyu::exchange
