#include "common/errors/error.h"

#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace chuanyu {
namespace {

// Debian's Abseil is built with its own string_view, which does not convert from std::string_view.
constexpr absl::string_view kReasonUrl = "chuanyu/reason";
constexpr absl::string_view kFieldUrl = "chuanyu/field";

struct Entry {
  Reason reason;
  std::string_view name;
  absl::StatusCode code;
  std::string_view zh;
};

constexpr Entry kCatalogue[] = {
#define CHUANYU_REASON(name, code, zh) {Reason::name, #name, absl::StatusCode::code, zh},
#include "common/errors/reasons.def"
#undef CHUANYU_REASON
};

const Entry& Find(Reason reason) { return kCatalogue[static_cast<size_t>(reason)]; }

}  // namespace

absl::Status MakeError(Reason reason, ErrorDetail detail) {
  const Entry& entry = Find(reason);
  std::string message(entry.name);
  if (!detail.field.empty()) absl::StrAppend(&message, " at ", detail.field);
  if (!detail.detail.empty()) absl::StrAppend(&message, ": ", detail.detail);
  absl::Status status(entry.code, message);
  status.SetPayload(kReasonUrl, absl::Cord(std::string(entry.name)));
  if (!detail.field.empty()) status.SetPayload(kFieldUrl, absl::Cord(detail.field));
  return status;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  if (!payload) return std::nullopt;
  return ParseReason(std::string(*payload));
}

bool HasReason(const absl::Status& status, Reason reason) { return ReasonOf(status) == reason; }

std::string FieldOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kFieldUrl);
  return payload ? std::string(*payload) : std::string();
}

std::string_view ReasonName(Reason reason) { return Find(reason).name; }
std::string_view ReasonTextZh(Reason reason) { return Find(reason).zh; }
absl::StatusCode ReasonCode(Reason reason) { return Find(reason).code; }

std::optional<Reason> ParseReason(std::string_view name) {
  for (const Entry& entry : kCatalogue) {
    if (entry.name == name) return entry.reason;
  }
  return std::nullopt;
}

const std::vector<Reason>& AllReasons() {
  static const auto* all = [] {
    auto* reasons = new std::vector<Reason>;
    for (const Entry& entry : kCatalogue) reasons->push_back(entry.reason);
    return reasons;
  }();
  return *all;
}

}  // namespace chuanyu
