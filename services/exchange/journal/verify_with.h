// VerifyLog with a look at every record on the way. Private to verify*.cc.
#pragma once

#include "absl/status/statusor.h"
#include "services/exchange/journal/log_verifier.h"
#include "services/exchange/journal/verify.h"

namespace chuanyu::exchange {

absl::StatusOr<LogReport> VerifyLogWith(const LogToVerify& log, const RecordVisitor& visitor);

}  // namespace chuanyu::exchange
