// CRC-32C (Castagnoli, RFC 3720 §B.4): finds torn and rotten bytes in segment files. It is no defence against
// a person; that is what the tree and its signatures are for. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace chuanyu::exchange {

// `crc` is the result for the bytes before, 0 at the start.
uint32_t Crc32c(std::string_view bytes, uint32_t crc = 0);

// The same by table, for machines without the instruction; the test compares both.
uint32_t Crc32cByTable(std::string_view bytes, uint32_t crc = 0);

}  // namespace chuanyu::exchange
