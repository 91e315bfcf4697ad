// What the sections of a frame mean (frame.h has their bytes). Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

// First section of every segment file.
struct SegmentInfo {
  uint32_t number = 0;
  uint64_t previous_bytes = 0;  // length of the segment before, 0 for the first
  int64_t last_time_us = 0;     // of the last record before, so that time stays monotonic
};
std::string EncodeSegmentInfo(const SegmentInfo& info);
std::optional<SegmentInfo> DecodeSegmentInfo(std::string_view content);

std::string EncodeWitness(const WitnessState& witness);
std::optional<WitnessState> DecodeWitness(std::string_view content);

std::string EncodeCosigned(uint64_t size, std::string_view note);

// Size and root as a note says them; no signature is checked. BAD_REQUEST when it is not a checkpoint of
// `origin`.
absl::StatusOr<SignedCheckpoint> ParseCheckpointNote(std::string_view note, std::string_view origin);
// The same for the content of a kCosigned section.
absl::StatusOr<SignedCheckpoint> DecodeCosigned(std::string_view content, std::string_view origin);

// Content of log.json. Canonical, so that comparing the text compares the parameters.
std::string LogParameters(std::string_view origin, crypto::HashAlg tree_hash);

// "3:1234:567".
PayloadLocation FormatLocation(uint32_t segment, uint64_t offset, uint64_t length);
struct ParsedLocation {
  uint32_t segment = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
};
std::optional<ParsedLocation> ParseLocation(std::string_view location);

}  // namespace chuanyu::exchange
