#include "services/elderly_care/map.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "services/elderly_care/rules/public_entry.h"

namespace chuanyu::elderly_care {
namespace {

// A clerk waits: domain page §3.11, sync.
constexpr absl::Duration kAnswerWithin = absl::Seconds(5);
constexpr int kPage = 200;  // entries a message, and a look of a watcher
constexpr char kScope[] = "map";

absl::Status CheckPurpose(const std::string& purpose) {
  if (purpose == kSubsidyPurpose || purpose == kPurpose) return absl::OkStatus();
  return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
}

}  // namespace

absl::Status Map::Publish(sql::Session& session, const StoredFiling& stored, CaseDesk::Topics* topics) const {
  auto entry = PublicOf(stored.application);
  if (!entry || !desk_.DecidesHere(stored.application)) return absl::OkStatus();
  // Of this service's own key: the same as long as the filing lives, and nobody can tell which filing it is.
  entry->set_entry_id(desk_.own_indexer()
                          .Index({.type = 0, .number = "map\n" + stored.application.application_no()})
                          .ToHex());
  CHUANYU_ASSIGN_OR_RETURN(const auto before, desk_.store().FindEntry(session, entry->entry_id()));
  if (before ? TellsTheSame(*before, *entry) : !entry->shown()) return absl::OkStatus();
  entry->set_region(desk_.own_region());
  entry->set_version(stored.application.version() + 1);
  *entry->mutable_stated_at() = TimestampOf(desk_.clock().Now());
  CHUANYU_RETURN_IF_ERROR(desk_.store().SaveEntry(session, *entry));
  topics->push_back(kMapTopic);
  v1::MapChangedRequest message;
  *message.add_entries() = *entry;
  CHUANYU_ASSIGN_OR_RETURN(const auto regions, desk_.store().Subscribers(session));
  for (const std::string& region : regions) {
    CHUANYU_RETURN_IF_ERROR(
        desk_.Send(session, region, kMapChanged, stored.application.application_no(), message, kMapPurpose));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListInstitutionsResponse> Map::List(const v1::ListInstitutionsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), kScope, request.page_token()));
  std::vector<v1::MapChange> found;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(found, desk_.store().Shown(session, before, size + 1));
    return absl::OkStatus();
  }));
  v1::ListInstitutionsResponse response;
  for (const v1::MapChange& change : found) {
    if (response.entries_size() == size) {
      const int64_t last = found[size - 1].sequence();
      response.set_next_page_token(PageToken(desk_.own_indexer(), kScope, last));
      break;
    }
    *response.add_entries() = change.entry();
  }
  return response;
}

absl::StatusOr<std::vector<v1::MapChange>> Map::Changes(int64_t after) const {
  std::vector<v1::MapChange> out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, desk_.store().Changes(session, after, kPage));
    return absl::OkStatus();
  }));
  return out;
}

absl::Status Map::Versions(sql::Session& session, const std::vector<std::string>& topics,
                           std::map<std::string, int64_t>* versions) const {
  if (std::find(topics.begin(), topics.end(), kMapTopic) == topics.end()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN((*versions)[kMapTopic], desk_.store().LastChange(session));
  return absl::OkStatus();
}

absl::Status Map::Subscribe(const v1::SubscribeMapRequest& request) const {
  const std::string& region = request.region().code();
  if (!desk_.config().peer_regions.contains(region)) {
    return MakeError(Reason::PEER_UNAVAILABLE, {.field = "region", .detail = "no region that is reached"});
  }
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) {
    return desk_.Send(session, region, kSendMap, kScope, v1::SendMapRequest(), kMapPurpose);
  });
}

absl::Status Map::SendAll(const std::string& from, const std::string& purpose) const {
  if (purpose != kMapPurpose) return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  // With the subscription in one transaction: what changes after this is told by itself.
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(desk_.store().Subscribe(session, from));
    int64_t after = 0;
    while (true) {
      CHUANYU_ASSIGN_OR_RETURN(const auto changes, desk_.store().Changes(session, after, kPage));
      if (changes.empty()) return absl::OkStatus();
      after = changes.back().sequence();
      // Also what was taken off: who has subscribed before may show it still.
      v1::MapChangedRequest message;
      for (const v1::MapChange& change : changes) {
        if (change.entry().region() == desk_.own_region()) *message.add_entries() = change.entry();
      }
      if (message.entries().empty()) continue;
      CHUANYU_RETURN_IF_ERROR(desk_.Send(session, from, kMapChanged, kScope, message, kMapPurpose));
    }
  });
}

absl::Status Map::Take(const std::string& from, const std::string& purpose,
                       const v1::MapChangedRequest& request) const {
  if (purpose != kMapPurpose) return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    for (const v1::PublicEntry& entry : request.entries()) {
      if (entry.region() != from || entry.entry_id().empty() || entry.entry_id().size() > 64) {
        return MakeError(Reason::BAD_REQUEST, {.field = "entries"});
      }
      CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindEntry(session, entry.entry_id()));
      if (known && known->region() != from) return MakeError(Reason::BAD_REQUEST, {.field = "entries"});
      if (known && known->version() >= entry.version()) continue;  // a repeat, or overtaken
      CHUANYU_RETURN_IF_ERROR(desk_.store().SaveEntry(session, entry));
    }
    topics->push_back(kMapTopic);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::QueryStatusResponse> Map::Status(const std::string& purpose,
                                                    const std::string& filing_no) const {
  CHUANYU_RETURN_IF_ERROR(CheckPurpose(purpose));
  v1::QueryStatusResponse response;
  response.set_filing_no(filing_no);
  response.set_status(v1::FILING_STATUS_NONE);
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto number, desk_.store().FindReceipt(session, filing_no));
    if (!number) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const StoredFiling stored, desk_.store().Load(session, *number));
    response.set_status(StatusOf(stored.application.state()));
    return absl::OkStatus();
  }));
  return response;
}

void Map::Check(const v1::CheckStatusRequest& request, Done done) const {
  const absl::Status allowed = CheckPurpose(request.purpose());
  if (!allowed.ok()) return done(allowed);
  const auto respond =
      [](absl::StatusOr<v1::QueryStatusResponse> answer) -> absl::StatusOr<v1::CheckStatusResponse> {
    if (!answer.ok()) return answer.status();
    v1::CheckStatusResponse response;
    response.set_filing_no(answer->filing_no());
    response.set_status(answer->status());
    return response;
  };
  const std::string& region = request.region().code();
  if (region == desk_.own_region()) return done(respond(Status(request.purpose(), request.filing_no())));
  if (!desk_.config().peer_regions.contains(region)) {
    return done(
        MakeError(Reason::PEER_UNAVAILABLE, {.field = "region", .detail = "no region that is reached"}));
  }
  v1::QueryStatusRequest question;
  question.set_filing_no(request.filing_no());
  sender_->Ask({.to_region = region,
                .operation = desk_.Operation(kQueryStatus),
                .purpose = request.purpose(),
                .payload = question.SerializeAsString()},
               kAnswerWithin, [done = std::move(done), respond](absl::StatusOr<std::string> payload) {
                 if (HasReason(payload.status(), Reason::DEADLINE_PASSED)) {
                   return done(MakeError(Reason::PEER_UNAVAILABLE, {.detail = "no answer yet"}));
                 }
                 if (!payload.ok()) return done(payload.status());
                 v1::QueryStatusResponse answer;
                 if (!answer.ParseFromString(*payload)) {
                   return done(MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"}));
                 }
                 done(respond(answer));
               });
}

}  // namespace chuanyu::elderly_care
