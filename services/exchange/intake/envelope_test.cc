#include "services/exchange/intake/envelope.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/base/uuid.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

constexpr int64_t kNow = 1'773'100'800;  // 2026-03-10 in Shanghai

absl::Time Now() { return absl::FromUnixSeconds(kNow); }

v1::Submission Good() {
  v1::Submission submission;
  v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(UuidV7Generator().Next(kNow * 1000));
  envelope.set_idempotency_key("case-1:household");
  envelope.set_correlation_id("case-1");
  envelope.set_operation("/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus");
  envelope.set_to_region("510000");
  envelope.set_purpose("P-DIBAO");
  envelope.set_legal_basis("社会救助暂行办法§58");
  envelope.set_authorization_no("SQ-2026-0001");
  envelope.mutable_sent_at()->set_seconds(kNow - 1);
  envelope.mutable_deadline()->set_seconds(kNow + 3600);
  envelope.set_subject_count(2);
  submission.set_payload("synthetic");
  return submission;
}

absl::StatusOr<v1::JournalRecord> Record(const v1::Submission& submission) {
  return ToRecord(submission, {"500000", "county/platform"}, "500000", Now());
}

TEST(Envelope, AGoodOneBecomesTheRecordThatWillStandInTheJournal) {
  const v1::Submission submission = Good();
  const auto record = Record(submission);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->kind(), v1::RECORD_KIND_REQUEST_SENT);
  EXPECT_EQ(record->request_id(), submission.envelope().request_id());
  EXPECT_EQ(record->from_region(), "500000");
  EXPECT_EQ(record->from_system(), "county/platform");
  EXPECT_EQ(record->to_region(), "510000");
  EXPECT_EQ(record->idempotency_key(), "case-1:household");
  EXPECT_EQ(record->legal_basis(), "社会救助暂行办法§58");
  EXPECT_EQ(record->sent_at_ms(), (kNow - 1) * 1000);
  EXPECT_EQ(record->deadline_ms(), (kNow + 3600) * 1000);
  EXPECT_EQ(record->subject_count(), 2u);
}

struct BadCase {
  const char* name;
  std::function<void(v1::Submission&)> spoil;
  Reason reason;
  const char* field;
};

// 500103199003074514 is a synthetic number of the ID form.
const BadCase kBadCases[] = {
    {"no request id", [](auto& s) { s.mutable_envelope()->clear_request_id(); }, Reason::BAD_REQUEST,
     "envelope.request_id"},
    {"UUIDv4", [](auto& s) { s.mutable_envelope()->set_request_id("017f22e2-79b0-4cc3-98c4-dc0c0c07398f"); },
     Reason::BAD_REQUEST, "envelope.request_id"},
    {"upper case",
     [](auto& s) { s.mutable_envelope()->set_request_id("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"); },
     Reason::BAD_REQUEST, "envelope.request_id"},
    {"request id from the future",
     [](auto& s) { s.mutable_envelope()->set_request_id(UuidV7Generator().Next((kNow + 301) * 1000)); },
     Reason::MSG_CLOCK_SKEW, "envelope.request_id"},
    {"long key", [](auto& s) { s.mutable_envelope()->set_idempotency_key(std::string(65, 'a')); },
     Reason::BAD_REQUEST, "envelope.idempotency_key"},
    {"key with a space", [](auto& s) { s.mutable_envelope()->set_idempotency_key("a b"); },
     Reason::BAD_REQUEST, "envelope.idempotency_key"},
    {"key with an ID number",
     [](auto& s) { s.mutable_envelope()->set_idempotency_key("k-500103199003074514"); }, Reason::BAD_REQUEST,
     "envelope.idempotency_key"},
    {"correlation with an ID number",
     [](auto& s) { s.mutable_envelope()->set_correlation_id("50010319900307451x"); }, Reason::BAD_REQUEST,
     "envelope.correlation_id"},
    {"correlation in Chinese", [](auto& s) { s.mutable_envelope()->set_correlation_id("案件"); },
     Reason::BAD_REQUEST, "envelope.correlation_id"},
    {"no operation", [](auto& s) { s.mutable_envelope()->clear_operation(); }, Reason::BAD_REQUEST,
     "envelope.operation"},
    {"operation without method", [](auto& s) { s.mutable_envelope()->set_operation("/a.B/"); },
     Reason::BAD_REQUEST, "envelope.operation"},
    {"operation with three parts", [](auto& s) { s.mutable_envelope()->set_operation("/a/b/c"); },
     Reason::BAD_REQUEST, "envelope.operation"},
    {"operation not a path", [](auto& s) { s.mutable_envelope()->set_operation("a.B/C"); },
     Reason::BAD_REQUEST, "envelope.operation"},
    {"long operation", [](auto& s) { s.mutable_envelope()->set_operation("/a/" + std::string(200, 'b')); },
     Reason::BAD_REQUEST, "envelope.operation"},
    {"no region", [](auto& s) { s.mutable_envelope()->clear_to_region(); }, Reason::BAD_REQUEST,
     "envelope.to_region"},
    {"region of letters", [](auto& s) { s.mutable_envelope()->set_to_region("sichua"); }, Reason::BAD_REQUEST,
     "envelope.to_region"},
    {"own region", [](auto& s) { s.mutable_envelope()->set_to_region("500000"); }, Reason::BAD_REQUEST,
     "envelope.to_region"},
    {"no purpose", [](auto& s) { s.mutable_envelope()->clear_purpose(); }, Reason::BAD_REQUEST,
     "envelope.purpose"},
    {"no legal basis", [](auto& s) { s.mutable_envelope()->clear_legal_basis(); }, Reason::BAD_REQUEST,
     "envelope.legal_basis"},
    {"long legal basis", [](auto& s) { s.mutable_envelope()->set_legal_basis(std::string(129, 'a')); },
     Reason::BAD_REQUEST, "envelope.legal_basis"},
    {"legal basis with an ID number",
     [](auto& s) { s.mutable_envelope()->set_legal_basis("依据500103199003074514"); }, Reason::BAD_REQUEST,
     "envelope.legal_basis"},
    {"authorisation with an ID number",
     [](auto& s) { s.mutable_envelope()->set_authorization_no("500103199003074514"); }, Reason::BAD_REQUEST,
     "envelope.authorization_no"},
    {"no sent_at", [](auto& s) { s.mutable_envelope()->clear_sent_at(); }, Reason::BAD_REQUEST,
     "envelope.sent_at"},
    {"sent_at with bad nanos", [](auto& s) { s.mutable_envelope()->mutable_sent_at()->set_nanos(-1); },
     Reason::DATE_INVALID, "envelope.sent_at"},
    {"sent_at too early", [](auto& s) { s.mutable_envelope()->mutable_sent_at()->set_seconds(kNow - 301); },
     Reason::MSG_CLOCK_SKEW, "envelope.sent_at"},
    {"sent_at too late", [](auto& s) { s.mutable_envelope()->mutable_sent_at()->set_seconds(kNow + 301); },
     Reason::MSG_CLOCK_SKEW, "envelope.sent_at"},
    {"no deadline", [](auto& s) { s.mutable_envelope()->clear_deadline(); }, Reason::BAD_REQUEST,
     "envelope.deadline"},
    {"deadline before 1970", [](auto& s) { s.mutable_envelope()->mutable_deadline()->set_seconds(-1); },
     Reason::DATE_INVALID, "envelope.deadline"},
    {"deadline passed", [](auto& s) { s.mutable_envelope()->mutable_deadline()->set_seconds(kNow); },
     Reason::DEADLINE_PASSED, "envelope.deadline"},
    {"deadline far away",
     [](auto& s) { s.mutable_envelope()->mutable_deadline()->set_seconds(kNow + 367 * 86400); },
     Reason::BAD_REQUEST, "envelope.deadline"},
    {"large payload", [](auto& s) { s.set_payload(std::string(kMaxPayloadBytes + 1, 'p')); },
     Reason::PAYLOAD_TOO_LARGE, "payload"},
};

TEST(Envelope, EveryBadFieldIsNamedWithItsReason) {
  for (const BadCase& bad : kBadCases) {
    v1::Submission submission = Good();
    bad.spoil(submission);
    const absl::Status status = Record(submission).status();
    EXPECT_TRUE(HasReason(status, bad.reason)) << bad.name << ": " << status;
    EXPECT_EQ(FieldOf(status), bad.field) << bad.name;
  }
}

TEST(Envelope, LimitsThemselvesAreAllowed) {
  v1::Submission submission = Good();
  submission.mutable_envelope()->set_idempotency_key(std::string(64, 'a'));
  submission.mutable_envelope()->set_legal_basis(std::string(128, 'a'));
  submission.mutable_envelope()->mutable_sent_at()->set_seconds(kNow - 300);
  submission.set_payload(std::string(kMaxPayloadBytes, 'p'));
  EXPECT_TRUE(Record(submission).ok()) << Record(submission).status();
}

}  // namespace
}  // namespace chuanyu::exchange
