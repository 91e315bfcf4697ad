#include "common/case_service/case_desk.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chuanyu/cases/v1/claim.pb.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "common/service/keys.h"

namespace chuanyu {
namespace {

// Of one message: it is taken in, and answered, in one transaction, and whoever books waits behind it.
constexpr int kMostFurther = 39;

}  // namespace

CaseDesk::CaseDesk(CaseConfig config, CaseItem item, const Clock& clock)
    : config_(std::move(config)),
      item_(std::move(item)),
      closed_(item_.tables),
      untold_(item_.tables, kUntold),
      accounts_(item_.tables, kAccounts),
      clock_(clock) {}

void CaseDesk::Attach(std::function<void(const std::string& topic)> changed, std::function<void()> wake) {
  changed_ = std::move(changed);
  wake_ = std::move(wake);
}

absl::Status CaseDesk::LoadRules() {
  CHUANYU_ASSIGN_OR_RETURN(divisions_, DivisionTable::Load(config_.divisions, config_.division_options));
  CHUANYU_ASSIGN_OR_RETURN(calendar_, LoadWorkCalendar(config_.calendar));
  CHUANYU_ASSIGN_OR_RETURN(flow_, cases::Flow::Load(config_.flow, item_.flow));
  return absl::OkStatus();
}

absl::Status CaseDesk::Open() {
  CHUANYU_RETURN_IF_ERROR(LoadRules());
  CHUANYU_ASSIGN_OR_RETURN(sealer_, LoadSealer(config_.kek, item_.seal_name));
  CHUANYU_ASSIGN_OR_RETURN(own_indexer_, LoadIndexer(config_.index_key));
  CHUANYU_ASSIGN_OR_RETURN(claim_indexer_, LoadIndexer(config_.claim_key));
  CHUANYU_ASSIGN_OR_RETURN(pool_, sql::Pool::Open({.url = config_.store_url, .join_transactions = true}));
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(*pool_, item_.name, item_.migrations()));
  rows_.emplace(item_.tables, *sealer_);
  CHUANYU_ASSIGN_OR_RETURN(outbox_, OutboxStore::Open(*pool_, *sealer_, item_.name));
  CHUANYU_ASSIGN_OR_RETURN(
      claims_, uniqueness::ClaimStore::Open(
                   *pool_, {.item = item_.name,
                            .own_region = config_.region,
                            .peers = config_.peer_regions,
                            .tell = [this](sql::Session& session, const uniqueness::ClaimMessage& message) {
                              return TellClaim(session, message);
                            }}));
  return absl::OkStatus();
}

absl::Status CaseDesk::TellClaim(sql::Session& session, const uniqueness::ClaimMessage& message) const {
  const std::string subject = absl::HexStringToBytes(message.subject.hex);
  if (message.kind == uniqueness::ClaimMessage::Kind::kClaim) {
    cases::v1::FurtherClaim claim;
    claim.set_claim_id(message.claim_id);
    claim.set_subject(subject);
    *claim.mutable_accepted_at() = TimestampOf(absl::FromUnixMillis(message.accepted_at_ms));
    return session.AtCommit(
        "claims/" + message.to_region, claim.SerializeAsString(),
        [this, to = message.to_region](sql::Session& last, const std::vector<std::string>& claims) {
          return SendClaims(last, to, claims);
        });
  }
  cases::v1::ReleaseSubjectRequest request;
  request.set_claim_id(message.claim_id);
  request.set_subject(subject);
  request.set_key_id(config_.claim_key_id);
  return Send(session, message.to_region, "ReleaseSubject", message.claim_id, request);
}

absl::Status CaseDesk::SendClaims(sql::Session& session, const std::string& to_region,
                                  const std::vector<std::string>& claims) const {
  for (size_t at = 0; at < claims.size();) {
    cases::v1::FurtherClaim first;
    if (!first.ParseFromString(claims[at++])) return MakeError(Reason::INTERNAL);
    cases::v1::ClaimSubjectRequest request;
    request.set_claim_id(first.claim_id());
    request.set_subject(first.subject());
    request.set_key_id(config_.claim_key_id);
    *request.mutable_accepted_at() = first.accepted_at();
    for (; at < claims.size() && request.further_size() < kMostFurther; ++at) {
      if (!request.add_further()->ParseFromString(claims[at])) return MakeError(Reason::INTERNAL);
    }
    CHUANYU_RETURN_IF_ERROR(outbox_
                                ->Add(session,
                                      {.to_region = to_region,
                                       .operation = Operation("ClaimSubject"),
                                       .purpose = item_.purpose,
                                       .correlation_id = request.claim_id(),
                                       .payload = request.SerializeAsString(),
                                       .subjects = 1 + static_cast<uint32_t>(request.further_size())},
                                      clock_.Now())
                                .status());
  }
  return absl::OkStatus();
}

absl::Status CaseDesk::Transact(Work work) const {
  Topics topics;
  CHUANYU_RETURN_IF_ERROR(pool_->Transact([&](sql::Session& session) -> absl::Status {
    topics.clear();
    CHUANYU_RETURN_IF_ERROR(rows_->Lock(session));
    return work(session, &topics);
  }));
  Changed(topics);
  return absl::OkStatus();
}

void CaseDesk::Changed(const Topics& topics) const {
  for (const std::string& topic : topics) changed_(topic);
  wake_();
}

std::string CaseDesk::SubjectOf(const Person& person, const std::string& scope) const {
  const auto [type, number] = person.Key();
  const std::string scoped = scope.empty() ? number : absl::StrCat(scope, "/", number);
  return claim_indexer_->Index({.type = type, .number = scoped}).ToHex();
}

std::string CaseDesk::SubjectOf(std::string_view kind, std::string_view id) const {
  // Type 0 is no kind of document.
  return claim_indexer_->Index({.type = 0, .number = std::string(kind) + "\n" + std::string(id)}).ToHex();
}

absl::StatusOr<std::string> CaseDesk::ReadSubject(const std::string& bytes, const std::string& key_id) const {
  if (key_id != config_.claim_key_id) return MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
  CHUANYU_ASSIGN_OR_RETURN(const crypto::BlindIndex index, crypto::BlindIndex::FromBytes(bytes));
  return index.ToHex();
}

absl::StatusOr<ActKey> CaseDesk::KeyOf(const std::string& org, const std::string& request_id,
                                       const google::protobuf::Message& request) const {
  if (!IsToken(request_id, 64, ".")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  // The name of the message first: the same fields in another act are another body. Type 0 is no kind of
  // document, so this is never the index of a person.
  const std::string body = request.GetDescriptor()->full_name() + "\n" + request.SerializeAsString();
  return ActKey{.org = org,
                .request_id = request_id,
                .body_mac = own_indexer_->Index({.type = 0, .number = body}).ToHex()};
}

std::string CaseDesk::Operation(const std::string& method) const {
  return absl::StrCat("/", item_.provider, "/", method);
}

std::string CaseDesk::NumberOf(const std::string& letter, const std::string& county, int64_t sequence) const {
  const std::string& region = config_.region;
  const std::string prefix = region == "500000" ? "CQ" : region == "510000" ? "SC" : region;
  const Date today = Today();
  return absl::StrFormat("%s-%s-%s-%04d%02d%02d-%08d", prefix, letter, county, today.year(), today.month(),
                         today.day(), sequence);
}

absl::StatusOr<std::string> CaseDesk::WindowCounty(const type::v1::DivisionCode& division,
                                                   const std::string& field) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string region, RegionOf(division, Today(), *divisions_, field));
  if (region != config_.region) return MakeError(Reason::ORG_NOT_COMPETENT, {.field = field});
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode code, DivisionCode::Parse(division.code()));
  const auto competent = divisions_->CompetentCounty(code, Today());
  return competent.ok() ? competent->str() : code.County().str();
}

absl::Status CaseDesk::Send(sql::Session& session, const std::string& to_region, const std::string& method,
                            const std::string& correlation_id, const google::protobuf::Message& message,
                            const std::string& purpose) const {
  return outbox_
      ->Add(session,
            {.to_region = to_region,
             .operation = Operation(method),
             .purpose = purpose.empty() ? item_.purpose : purpose,
             .correlation_id = correlation_id,
             .payload = message.SerializeAsString()},
            clock_.Now())
      .status();
}

}  // namespace chuanyu
