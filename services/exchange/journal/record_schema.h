// What every record of a log must look like, whoever wrote it (journal page §1). Pure.
#pragma once

#include <string>
#include <string_view>

#include "chuanyu/exchange/v1/journal.pb.h"

namespace chuanyu::exchange {

// Parses `bytes` into `record`, which is reused, and returns what is wrong with it, or "".
std::string CheckRecord(std::string_view bytes, uint64_t index, v1::JournalRecord& record);

}  // namespace chuanyu::exchange
