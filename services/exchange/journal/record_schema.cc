#include "services/exchange/journal/record_schema.h"

#include <algorithm>

namespace chuanyu::exchange {
namespace {

constexpr size_t kCommitmentBytes = 32;
constexpr size_t kMaxLegalBasisBytes = 128;
constexpr size_t kMaxIdempotencyKeyBytes = 256;  // 64 characters

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHexDigit(text[i])) return false;
  }
  return true;
}

bool IsRegion(std::string_view text) {
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Records that belong to a request on its way between two regions.
bool IsExchange(v1::RecordKind kind) {
  switch (kind) {
    case v1::RECORD_KIND_REQUEST_SENT:
    case v1::RECORD_KIND_REQUEST_RECEIVED:
    case v1::RECORD_KIND_ANSWER_SENT:
    case v1::RECORD_KIND_ANSWER_RECEIVED:
      return true;
    default:
      return false;
  }
}

const char* CheckExchange(const v1::JournalRecord& record) {
  if (record.request_id().empty()) return "no request id";
  if (record.from_region().empty() || record.to_region().empty()) return "no region that asked or answers";
  const bool received =
      record.kind() == v1::RECORD_KIND_REQUEST_RECEIVED || record.kind() == v1::RECORD_KIND_ANSWER_RECEIVED;
  if (received && record.peer_origin().empty())
    return "a received message without its place in the peer's log";
  return "";
}

const char* CheckFields(const v1::JournalRecord& record, uint64_t index) {
  if (record.sequence() != index) return "the sequence is not the place in the log";
  if (record.time_us() <= 0) return "no time";
  if (record.kind() == v1::RECORD_KIND_UNSPECIFIED || !v1::RecordKind_IsValid(record.kind())) {
    return "unknown kind";
  }
  if (!record.request_id().empty() && !IsUuid(record.request_id())) return "the request id is not a UUID";
  for (const std::string* region : {&record.from_region(), &record.to_region()}) {
    if (!region->empty() && !IsRegion(*region)) return "a region is not a 6-digit code";
  }
  if (!record.operation().empty() && record.operation()[0] != '/')
    return "the operation is not a method path";
  if (record.legal_basis().size() > kMaxLegalBasisBytes) return "the legal basis is over 128 bytes";
  if (!record.commitment().empty() && record.commitment().size() != kCommitmentBytes) {
    return "the commitment is not 32 bytes";
  }
  if (!v1::Role_IsValid(record.actor_role())) return "unknown role";
  if (record.idempotency_key().size() > kMaxIdempotencyKeyBytes) return "the idempotency key is too long";
  return IsExchange(record.kind()) ? CheckExchange(record) : "";
}

}  // namespace

std::string CheckRecord(std::string_view bytes, uint64_t index, v1::JournalRecord& record) {
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "not a journal record";
  // Something the schema does not know could hide a person.
  if (!record.GetReflection()->GetUnknownFields(record).empty()) return "unknown field";
  if (record.ByteSizeLong() != bytes.size()) return "not in the one spelling of its content";
  return CheckFields(record, index);
}

}  // namespace chuanyu::exchange
