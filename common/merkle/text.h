// The small encodings that notes, checkpoints and proofs share, each accepting exactly one spelling of a
// value, because signatures are over the text. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chuanyu::merkle {

// RFC 4648 §4 with padding.
std::string Base64Encode(std::string_view bytes);
// nullopt for anything Base64Encode would not have written: spaces, missing padding, stray bits.
std::optional<std::string> Base64Decode(std::string_view text);

// ASCII decimal without sign or leading zero, at most 2^64 - 1.
std::optional<uint64_t> ParseDecimal(std::string_view text);

// Valid UTF-8 (no overlong forms, no surrogates) without ASCII control characters other than newline.
bool IsNoteText(std::string_view text);
// A key name of signed-note: not empty, valid UTF-8, no Unicode space, no control character, no plus sign.
bool IsKeyName(std::string_view name);

void AppendBigEndian64(std::string& out, uint64_t value);
// `bytes` holds at least 8.
uint64_t ReadBigEndian64(std::string_view bytes);

// Cuts the text up to the next newline off `rest`, without the newline; nullopt when there is no newline.
std::optional<std::string_view> TakeLine(std::string_view& rest);

}  // namespace chuanyu::merkle
