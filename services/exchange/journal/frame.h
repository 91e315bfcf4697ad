// The bytes of a segment file: frames, and sections inside a frame. Pure functions; thread-safe.
//
//   segment = frame*, then zeros that were reserved ahead
//   frame   = header (40 bytes) ‖ body ‖ trailer (4 bytes)
//   body    = section*
//   section = tag (1) ‖ three zeros ‖ length (4) ‖ CRC-32C of the content (4) ‖ content
//
//   header  = magic (4) ‖ version (2) ‖ zero (2) ‖ body length (4) ‖ records (4) ‖ frame number (8)
//             ‖ index of the first record (8) ‖ CRC-32C of the body (4) ‖ CRC-32C of the header so far (4)
//
// All numbers are little-endian. One write to the disk is one frame, so a frame is there whole or not at all,
// and nothing was ever written after a torn one. Magic and trailer hold bytes that occur in no UTF-8 text, so
// no text in a record can look like a frame. The section's own checksum lets one record be read alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chuanyu::exchange {

inline constexpr size_t kFrameHeaderBytes = 40;
inline constexpr size_t kFrameTrailerBytes = 4;
inline constexpr size_t kSectionHeaderBytes = 12;
inline constexpr uint32_t kMaxFrameBody = 1u << 30;
inline constexpr std::string_view kFrameMagic =
    "\x89\xff"
    "CY";
inline constexpr std::string_view kFrameTrailer =
    "\x8a\xff"
    "YC";

struct FrameHeader {
  uint32_t body_length = 0;
  uint32_t records = 0;
  uint64_t number = 0;       // +1 with every frame of the log, over all segments
  uint64_t first_index = 0;  // size of the log before this frame
  uint32_t body_crc = 0;

  size_t frame_bytes() const { return kFrameHeaderBytes + body_length + kFrameTrailerBytes; }
};

enum class SectionTag : uint8_t {
  kSegment = 1,     // first in every segment: number (4), bytes of the segment before (8), time (8)
  kFrontier = 2,    // in a segment's first frame: the tree before it
  kWitness = 3,     // what we know of a peer's log
  kCheckpoint = 4,  // our signed note of first_index
  kCosigned = 5,    // size (8), our note of that size with cosignatures
  kRecord = 6,      // length of the record (4), the leaf, the sealed payload
};

struct Section {
  SectionTag tag = SectionTag::kRecord;
  std::string_view content;
  uint64_t offset = 0;  // of the section's header, from the start of the body
};

// Builds one frame in one buffer, which is what goes to the disk.
class FrameBuilder {
 public:
  FrameBuilder() : bytes_(kFrameHeaderBytes, '\0') {}
  void Reserve(size_t bytes) { bytes_.reserve(kFrameHeaderBytes + bytes + kFrameTrailerBytes); }
  // The content is the concatenation of `parts`. Returns the section's offset from the start of the frame.
  size_t Add(SectionTag tag, std::initializer_list<std::string_view> parts);
  size_t body_length() const { return bytes_.size() - kFrameHeaderBytes; }
  // body_length and body_crc of `header` are filled in.
  std::string Finish(FrameHeader header) &&;

 private:
  std::string bytes_;
};

// nullopt unless magic, version and checksum of the header are right. `bytes` may be longer than a header.
std::optional<FrameHeader> ParseFrameHeader(std::string_view bytes);

// The body of a whole and undamaged frame at the start of `bytes`; nullopt otherwise.
std::optional<std::string_view> FrameBody(const FrameHeader& header, std::string_view bytes);

// False when the body is not a list of known sections with right checksums, or holds another number of
// records than the header says. `sections` is reused.
bool ParseSections(const FrameHeader& header, std::string_view body, std::vector<Section>& sections);

// One section, as a location names it; nullopt when damaged or when `bytes` is not exactly one section.
std::optional<Section> ParseSection(std::string_view bytes);

struct RecordContent {
  std::string_view record;
  std::string_view sealed;  // empty when there is no payload
};
std::optional<RecordContent> ParseRecordContent(std::string_view content);

// Numbers in the bytes of sections.
void PutFixed32(std::string& out, uint32_t value);
void PutFixed64(std::string& out, uint64_t value);
// `bytes` is at least 4 or 8 long.
uint32_t GetFixed32(std::string_view bytes);
uint64_t GetFixed64(std::string_view bytes);

}  // namespace chuanyu::exchange
