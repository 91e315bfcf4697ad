#include "services/exchange/intake/answers.h"

#include <utility>

#include "common/errors/error.h"
#include "common/rpc/status_proto.h"

namespace chuanyu::exchange {

v1::Answer AnswerFrom(const DurableRecord& record) {
  v1::Answer answer;
  answer.set_request_id(record.record.request_id());
  answer.set_journal_index(record.record.sequence());
  if (record.record.kind() == v1::RECORD_KIND_EXPIRED) {
    *answer.mutable_status() = rpc::StatusToProto(MakeError(Reason::DEADLINE_PASSED));
  } else if (record.record.outcome() == "OK") {
    answer.set_payload(record.payload);
  } else if (!answer.mutable_status()->ParseFromString(record.payload) || answer.status().code() == 0) {
    // The peer's record names the reason even when its text cannot be read.
    const Reason reason = ParseReason(record.record.outcome()).value_or(Reason::INTERNAL);
    *answer.mutable_status() = rpc::StatusToProto(MakeError(reason));
  }
  return answer;
}

absl::StatusOr<v1::Answer> ReadAnswer(Journal& journal, std::string_view location) {
  const absl::StatusOr<DurableRecord> record = journal.ReadAt(location);
  if (record.ok()) return AnswerFrom(*record);
  if (!HasReason(record.status(), Reason::PAYLOAD_ERASED)) return record.status();
  const absl::StatusOr<DurableRecord> bare = journal.ReadRecordAt(location);
  if (!bare.ok()) return bare.status();
  v1::Answer answer;
  answer.set_request_id(bare->record.request_id());
  answer.set_journal_index(bare->record.sequence());
  *answer.mutable_status() = rpc::StatusToProto(MakeError(Reason::PAYLOAD_ERASED));
  return answer;
}

v1::Answer EndedAnswer(std::string_view request_id, v1::RequestState state) {
  v1::Answer answer;
  answer.set_request_id(std::string(request_id));
  if (state == v1::REQUEST_STATE_EXPIRED) {
    *answer.mutable_status() = rpc::StatusToProto(MakeError(Reason::DEADLINE_PASSED));
  } else if (state == v1::REQUEST_STATE_CANCELLED || state == v1::REQUEST_STATE_REJECTED) {
    *answer.mutable_status() =
        rpc::StatusToProto(MakeError(Reason::STATE_CONFLICT, {.detail = "withdrawn or refused"}));
  }
  return answer;
}

}  // namespace chuanyu::exchange
