// Answers as their askers get them, made from what stands in the journal. Pure but for the journal read.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

// The record that answers a request (ANSWER_RECEIVED, or EXPIRED) as v1::Answer.
v1::Answer AnswerFrom(const DurableRecord& record);

// The same from a place in the journal. An answer whose payload was erased comes with PAYLOAD_ERASED as its
// status: the asker then knows that there was one. Blocks for a disk read.
absl::StatusOr<v1::Answer> ReadAnswer(Journal& journal, std::string_view location);

// What stands in place of an answer of a request that expired or was cancelled; a status with code 0
// otherwise.
v1::Answer EndedAnswer(std::string_view request_id, v1::RequestState state);

}  // namespace chuanyu::exchange
