#include "services/exchange/journal/sections.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/text.h"
#include "services/exchange/journal/frame.h"

namespace chuanyu::exchange {
namespace {

// A length in 4 bytes and as many bytes, off the front of `rest`.
std::optional<std::string_view> TakeString(std::string_view& rest) {
  if (rest.size() < 4) return std::nullopt;
  const uint32_t length = GetFixed32(rest);
  if (rest.size() - 4 < length) return std::nullopt;
  const std::string_view taken = rest.substr(4, length);
  rest.remove_prefix(4 + length);
  return taken;
}

void PutString(std::string& out, std::string_view value) {
  PutFixed32(out, static_cast<uint32_t>(value.size()));
  out.append(value);
}

}  // namespace

std::string EncodeSegmentInfo(const SegmentInfo& info) {
  std::string out;
  PutFixed32(out, info.number);
  PutFixed64(out, info.previous_bytes);
  PutFixed64(out, static_cast<uint64_t>(info.last_time_us));
  return out;
}

std::optional<SegmentInfo> DecodeSegmentInfo(std::string_view content) {
  if (content.size() != 20) return std::nullopt;
  return SegmentInfo{.number = GetFixed32(content),
                     .previous_bytes = GetFixed64(content.substr(4)),
                     .last_time_us = static_cast<int64_t>(GetFixed64(content.substr(12)))};
}

std::string EncodeWitness(const WitnessState& witness) {
  std::string out;
  PutString(out, witness.origin);
  PutString(out, witness.frontier.Serialise());
  PutString(out, witness.note);
  return out;
}

std::optional<WitnessState> DecodeWitness(std::string_view content) {
  const auto origin = TakeString(content);
  const auto frontier = origin.has_value() ? TakeString(content) : std::nullopt;
  const auto note = frontier.has_value() ? TakeString(content) : std::nullopt;
  if (!note.has_value() || !content.empty()) return std::nullopt;
  absl::StatusOr<merkle::Frontier> parsed = merkle::Frontier::Parse(*frontier);
  if (!parsed.ok()) return std::nullopt;
  return WitnessState{std::string(*origin), *std::move(parsed), std::string(*note)};
}

std::string EncodeCosigned(uint64_t size, std::string_view note) {
  std::string out;
  PutFixed64(out, size);
  return out.append(note);
}

absl::StatusOr<SignedCheckpoint> ParseCheckpointNote(std::string_view note, std::string_view origin) {
  CHUANYU_ASSIGN_OR_RETURN(const merkle::Note parsed, merkle::ParseNote(note));
  CHUANYU_ASSIGN_OR_RETURN(const merkle::Checkpoint checkpoint, merkle::ParseCheckpointBody(parsed.text));
  if (checkpoint.origin != origin) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "a checkpoint of another log"});
  }
  return SignedCheckpoint{checkpoint.head.size, checkpoint.head.root, std::string(note)};
}

absl::StatusOr<SignedCheckpoint> DecodeCosigned(std::string_view content, std::string_view origin) {
  if (content.size() < 8) return MakeError(Reason::BAD_REQUEST, {.detail = "no size"});
  CHUANYU_ASSIGN_OR_RETURN(SignedCheckpoint cosigned, ParseCheckpointNote(content.substr(8), origin));
  if (cosigned.size != GetFixed64(content)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "the note is of another size"});
  }
  return cosigned;
}

std::string LogParameters(std::string_view origin, crypto::HashAlg tree_hash) {
  const char* hash = tree_hash == crypto::HashAlg::kSm3 ? "sm3" : "sha256";
  return "{\"version\": 1, \"origin\": \"" + std::string(origin) + "\", \"tree_hash\": \"" + hash + "\"}\n";
}

PayloadLocation FormatLocation(uint32_t segment, uint64_t offset, uint64_t length) {
  std::string out = std::to_string(segment);
  return out.append(":").append(std::to_string(offset)).append(":").append(std::to_string(length));
}

std::optional<ParsedLocation> ParseLocation(std::string_view location) {
  const size_t first = location.find(':');
  const size_t second = location.find(':', first == std::string_view::npos ? first : first + 1);
  if (location.size() > 64 || second == std::string_view::npos) return std::nullopt;
  const auto segment = merkle::ParseDecimal(location.substr(0, first));
  const auto offset = merkle::ParseDecimal(location.substr(first + 1, second - first - 1));
  const auto length = merkle::ParseDecimal(location.substr(second + 1));
  if (!segment.has_value() || !offset.has_value() || !length.has_value()) return std::nullopt;
  if (*segment > UINT32_MAX || *offset > INT64_MAX || *length > kMaxFrameBody) return std::nullopt;
  return ParsedLocation{static_cast<uint32_t>(*segment), *offset, *length};
}

}  // namespace chuanyu::exchange
