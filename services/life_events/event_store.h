// The life events that a region knows, in SQL: persons sealed, found by blind index.
//
// Taking an event in is one transaction with the message that tells the other region of it (common/outbox): a
// crash leaves both or neither. An event is known by person, kind, day and source, whoever told it, so that
// the same death from both regions, or twice from one, is one event. Sequences are given under a lock that is
// held until the transaction ends: a reader never sees one appear before another that it has passed. Each
// region that reports an event by itself has its own statement of it, with a revision that goes up when its
// source takes it back or reports it anew, so that messages that overtake each other do no harm; what is
// known follows from all of them (standing.h). When that changes, the event moves to the end and is read once
// more. A person moves once a day: where to is what the event says, not what it is known by, so that two
// reports that contradict each other are not two moves. Thread-safe; blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/outbox/outbox_store.h"
#include "common/sql/sql.h"
#include "services/life_events/event.h"
#include "services/life_events/standing.h"

namespace chuanyu::life_events {

inline constexpr char kTellOperation[] = "/chuanyu.life_events.v1.LifeEventsProvider/TellEvent";
// 动态监测 (domain page §3.7): who receives assistance is followed.
inline constexpr char kPurpose[] = "P-MONITOR";

class EventStore {
 public:
  // What the store is told about an event besides itself.
  struct Origin {
    std::string region;                  // whose system reported it
    bool own = false;                    // by a feed of this region: it has a number of its own there
    std::vector<std::string> tell = {};  // regions to tell when it is new, or changed
    int64_t revision = 0;                // of what another region told, see TellEventRequest
  };

  // Brings the tables up to date. All outlive the store.
  static absl::StatusOr<std::unique_ptr<EventStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                          const crypto::BlindIndexer& indexer,
                                                          OutboxStore& outbox);

  // All in one transaction; an outcome for each, in order: whether it was known before, or
  // IDEMPOTENCY_CONFLICT when the feed's own number was reported with other content, or another move of that
  // day is known that was reported here or by a region that knows it better. Of a feed that takes an event
  // back also CASE_NOT_FOUND when there is none, ORG_NOT_COMPETENT when only another region reported it.
  absl::StatusOr<std::vector<absl::StatusOr<bool>>> Take(const std::vector<ParsedEvent>& events,
                                                         const Origin& origin, absl::Time now);

  // Events of `kinds` after the sequence, at most `limit` of any kind looked at.
  absl::StatusOr<v1::ReadEventsResponse> Read(int64_t after, int limit, const std::set<int>& kinds);

  // The answer to a message to another region has arrived.
  absl::Status Told(const std::string& request_id);

 private:
  EventStore(sql::Pool& pool, const crypto::Sealer& sealer, const crypto::BlindIndexer& indexer,
             OutboxStore& outbox)
      : pool_(pool), sealer_(sealer), indexer_(indexer), outbox_(outbox) {}

  // What is stored under a person, kind, day and source; a seq of 0 when nothing is.
  struct Stored {
    std::string person;  // blind index
    int64_t seq = 0;
    v1::KnownEvent known;
    Reports reports;
  };
  absl::StatusOr<bool> TakeOne(sql::Session& session, const ParsedEvent& parsed, const Origin& origin,
                               absl::Time now);
  absl::StatusOr<bool> TakeOwn(sql::Session& session, const ParsedEvent& parsed, const Origin& origin,
                               absl::Time now, Stored stored);
  absl::StatusOr<bool> TakeTold(sql::Session& session, const ParsedEvent& parsed, const Origin& origin,
                                absl::Time now, Stored stored);
  // What `region` says now, stored. Whether something else is known by it than before.
  absl::StatusOr<bool> State(sql::Session& session, const ParsedEvent& parsed, const std::string& region,
                             int64_t revision, absl::Time now, Stored* stored);
  // MAC of what two reports under one number must have in common.
  std::string ContentOf(const std::string& person, const v1::LifeEvent& event) const;
  absl::StatusOr<bool> IsRepeat(sql::Session& session, const v1::LifeEvent& event,
                                const std::string& content);
  absl::StatusOr<Stored> Find(sql::Session& session, const std::string& person, const v1::LifeEvent& event);
  absl::StatusOr<int64_t> NextSequence(sql::Session& session);
  // Whether another event of its kind about the person stands.
  absl::StatusOr<bool> OthersStand(sql::Session& session, const Stored& stored, v1::LifeEventKind kind);
  // `known`, under its sequence, in the place of what was stored.
  absl::Status Put(sql::Session& session, const Stored& stored, const v1::KnownEvent& known);
  absl::Status Tell(sql::Session& session, const v1::LifeEvent& event, int64_t seq, int64_t revision,
                    const std::vector<std::string>& regions, absl::Time now);
  absl::StatusOr<v1::KnownEvent> Open(const sql::Value& sealed, int64_t seq) const;

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  const crypto::BlindIndexer& indexer_;
  OutboxStore& outbox_;
};

}  // namespace chuanyu::life_events
