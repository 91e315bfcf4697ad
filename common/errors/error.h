// Every error of Chuanyu: an absl::Status whose machine-readable reason comes from one catalogue.
//
//   return MakeError(Reason::ID_CHECK, {.field = "members[1].person.doc_no"});
//
// The reason and the field paths travel as a status payload inside the process and as google.rpc.ErrorInfo,
// BadRequest and LocalizedMessage on the wire (common/rpc/error_details.h). A detail is written by us for an
// operator: it never holds a name, an ID number, an address or an account. Thread-safe: plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace chuanyu {

enum class Reason {
#define CHUANYU_REASON(name, code, zh) name,
#include "common/errors/reasons.def"
#undef CHUANYU_REASON
};

struct ErrorDetail {
  std::string field = "";   // path of the offending field, e.g. "household.members[1].doc_no"; empty if none
  std::string detail = "";  // English, for operators; no data of a person
};

absl::Status MakeError(Reason reason, ErrorDetail detail = {});

// The reason that MakeError put in; nullopt for statuses made elsewhere.
std::optional<Reason> ReasonOf(const absl::Status& status);
bool HasReason(const absl::Status& status, Reason reason);
// The field path given to MakeError, or "".
std::string FieldOf(const absl::Status& status);

std::string_view ReasonName(Reason reason);    // "ID_CHECK"
std::string_view ReasonTextZh(Reason reason);  // zh-CN text for people
absl::StatusCode ReasonCode(Reason reason);    // the canonical gRPC code
std::optional<Reason> ParseReason(std::string_view name);
const std::vector<Reason>& AllReasons();  // in catalogue order

}  // namespace chuanyu
