#include "services/exchange/intake/envelope.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/identity/id_number_like.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxToken = 64;
constexpr size_t kMaxLegalBasis = 128;
constexpr size_t kMaxOperation = 200;

absl::Status Bad(std::string_view field, std::string_view detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = std::string(field), .detail = std::string(detail)});
}

bool IsToken(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '/';
  });
}

bool IsRegion(std::string_view text) {
  return text.size() == 6 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// "/package.Service/Method"
bool IsMethodPath(std::string_view text) {
  if (text.size() < 4 || text.size() > kMaxOperation || text.front() != '/' || !IsToken(text)) return false;
  const size_t slash = text.find('/', 1);
  return slash != std::string_view::npos && slash > 1 && slash + 1 < text.size() &&
         text.find('/', slash + 1) == std::string_view::npos;
}

absl::Status CheckToken(std::string_view value, std::string_view field, bool required) {
  if (required && value.empty()) return Bad(field, "required");
  if (value.size() > kMaxToken) return Bad(field, "longer than 64 characters");
  if (!IsToken(value)) return Bad(field, "only letters, digits and -_.:/ are allowed");
  if (LooksLikeIdNumber(value)) return Bad(field, "looks like an ID number; envelope fields are not sealed");
  return absl::OkStatus();
}

absl::Status CheckEnvelope(const v1::Envelope& envelope, std::string_view own_region) {
  if (!IsUuidV7(envelope.request_id())) return Bad("envelope.request_id", "not a UUIDv7");
  CHUANYU_RETURN_IF_ERROR(CheckToken(envelope.idempotency_key(), "envelope.idempotency_key", false));
  CHUANYU_RETURN_IF_ERROR(CheckToken(envelope.correlation_id(), "envelope.correlation_id", false));
  CHUANYU_RETURN_IF_ERROR(CheckToken(envelope.purpose(), "envelope.purpose", true));
  CHUANYU_RETURN_IF_ERROR(CheckToken(envelope.authorization_no(), "envelope.authorization_no", false));
  if (!IsMethodPath(envelope.operation())) return Bad("envelope.operation", "not a gRPC method path");
  if (!IsRegion(envelope.to_region())) return Bad("envelope.to_region", "not a 6-digit region code");
  if (envelope.to_region() == own_region) return Bad("envelope.to_region", "is this node's own region");
  if (envelope.legal_basis().empty()) return Bad("envelope.legal_basis", "required");
  if (envelope.legal_basis().size() > kMaxLegalBasis)
    return Bad("envelope.legal_basis", "longer than 128 bytes");
  if (LooksLikeIdNumber(envelope.legal_basis()))
    return Bad("envelope.legal_basis", "looks like an ID number");
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ParseTimestamp(bool present, const google::protobuf::Timestamp& value,
                                          std::string_view field) {
  if (!present) return Bad(field, "required");
  constexpr int64_t kYear9999 = 253402300799;
  if (value.seconds() < 0 || value.seconds() > kYear9999 || value.nanos() < 0 ||
      value.nanos() > 999'999'999) {
    return MakeError(Reason::DATE_INVALID, {.field = std::string(field)});
  }
  return absl::FromUnixSeconds(value.seconds()) + absl::Nanoseconds(value.nanos());
}

}  // namespace

absl::Status CheckSkew(absl::Time theirs, absl::Time now, std::string_view field) {
  if (absl::AbsDuration(theirs - now) <= kMaxClockSkew) return absl::OkStatus();
  return MakeError(Reason::MSG_CLOCK_SKEW, {.field = std::string(field)});
}

absl::StatusOr<v1::JournalRecord> ToRecord(const v1::Submission& submission, const Submitter& submitter,
                                           std::string_view own_region, absl::Time now) {
  const v1::Envelope& envelope = submission.envelope();
  CHUANYU_RETURN_IF_ERROR(CheckEnvelope(envelope, own_region));
  if (submission.payload().size() > kMaxPayloadBytes) {
    return MakeError(Reason::PAYLOAD_TOO_LARGE, {.field = "payload"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const absl::Time sent_at,
                           ParseTimestamp(envelope.has_sent_at(), envelope.sent_at(), "envelope.sent_at"));
  CHUANYU_RETURN_IF_ERROR(CheckSkew(sent_at, now, "envelope.sent_at"));
  // An id from the future could not be told from a replayed one later (RecentIds).
  if (absl::FromUnixMillis(UuidV7Millis(envelope.request_id())) > now + kMaxClockSkew) {
    return MakeError(Reason::MSG_CLOCK_SKEW, {.field = "envelope.request_id"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const absl::Time deadline,
                           ParseTimestamp(envelope.has_deadline(), envelope.deadline(), "envelope.deadline"));
  if (deadline <= now) return MakeError(Reason::DEADLINE_PASSED, {.field = "envelope.deadline"});
  if (deadline > now + kMaxDeadline) return Bad("envelope.deadline", "more than 366 days ahead");

  v1::JournalRecord record;
  record.set_kind(v1::RECORD_KIND_REQUEST_SENT);
  record.set_request_id(envelope.request_id());
  record.set_idempotency_key(envelope.idempotency_key());
  record.set_correlation_id(envelope.correlation_id());
  record.set_from_region(submitter.region);
  record.set_from_system(submitter.system);
  record.set_to_region(envelope.to_region());
  record.set_operation(envelope.operation());
  record.set_purpose(envelope.purpose());
  record.set_legal_basis(envelope.legal_basis());
  record.set_authorization_no(envelope.authorization_no());
  record.set_subject_count(envelope.subject_count());
  record.set_sent_at_ms(absl::ToUnixMillis(sent_at));
  record.set_deadline_ms(absl::ToUnixMillis(deadline));
  return record;
}

}  // namespace chuanyu::exchange
