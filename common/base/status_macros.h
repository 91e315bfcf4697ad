// Early return on error, so that the good path reads straight down.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define CHUANYU_RETURN_IF_ERROR(expr)                                                         \
  do {                                                                                        \
    if (absl::Status chuanyu_status_ = (expr); !chuanyu_status_.ok()) return chuanyu_status_; \
  } while (false)

#define CHUANYU_CONCAT_INNER_(a, b) a##b
#define CHUANYU_CONCAT_(a, b) CHUANYU_CONCAT_INNER_(a, b)

// CHUANYU_ASSIGN_OR_RETURN(auto x, MayFail());
#define CHUANYU_ASSIGN_OR_RETURN(lhs, expr) \
  CHUANYU_ASSIGN_OR_RETURN_IMPL_(CHUANYU_CONCAT_(chuanyu_statusor_, __LINE__), lhs, expr)
#define CHUANYU_ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                                   \
  if (!tmp.ok()) return std::move(tmp).status();       \
  lhs = std::move(tmp).value()
