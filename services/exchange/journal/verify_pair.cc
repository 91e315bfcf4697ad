// That two regions' logs tell the same story.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "services/exchange/journal/verify.h"
#include "services/exchange/journal/verify_with.h"

namespace chuanyu::exchange {
namespace {

// A message as one of the two logs has it, reduced to what must agree.
struct Message {
  uint64_t index = 0;  // in the sender's log
  v1::RecordKind kind = v1::RECORD_KIND_UNSPECIFIED;
  crypto::Digest digest{};  // of request id and commitment
  uint64_t place = 0;       // of the record in its own log
};

struct Traffic {
  std::vector<Message> sent;      // to the other region, by place in this log
  std::vector<Message> received;  // from the other region's log
};

// "500000" of "500000.chuanyu/node1".
std::string_view RegionOf(std::string_view origin) { return origin.substr(0, origin.find('.')); }

crypto::Digest DigestOf(const v1::JournalRecord& record) {
  return crypto::Hash(crypto::HashAlg::kSha256, {record.request_id(), "\n", record.commitment()});
}

// The region that a record of this log travels to; empty when it stays.
std::string_view Addressee(const v1::JournalRecord& record) {
  if (!record.peer_origin().empty()) return {};
  if (record.kind() == v1::RECORD_KIND_REQUEST_SENT) return record.to_region();
  if (record.kind() == v1::RECORD_KIND_ANSWER_SENT) return record.from_region();
  return {};
}

RecordVisitor Collect(const std::string& other_origin, Traffic& traffic) {
  return [&traffic, other_origin](const v1::JournalRecord& record) {
    if (Addressee(record) == RegionOf(other_origin)) {
      traffic.sent.push_back({record.sequence(), record.kind(), DigestOf(record), record.sequence()});
    } else if (record.peer_origin() == other_origin) {
      traffic.received.push_back({record.peer_index(), record.kind(), DigestOf(record), record.sequence()});
    }
  };
}

// What the receiver may have made of a message: taken it in, or refused it at its border.
bool Matches(v1::RecordKind sent, v1::RecordKind received) {
  if (received == v1::RECORD_KIND_REFUSED) return true;
  return sent == v1::RECORD_KIND_REQUEST_SENT ? received == v1::RECORD_KIND_REQUEST_RECEIVED
                                              : received == v1::RECORD_KIND_ANSWER_RECEIVED;
}

bool IsMessage(v1::RecordKind received) {
  return received == v1::RECORD_KIND_REQUEST_RECEIVED || received == v1::RECORD_KIND_ANSWER_RECEIVED;
}

void Fail(LogCheck& check, const std::string& failure, const std::string& origin, uint64_t place) {
  if (!check.ok) return;
  check.ok = false;
  check.failure = failure;
  check.place = origin + ", record " + std::to_string(place);
}

// Both directions of one sender's messages: what arrived, and whether it was sent.
struct Comparison {
  LogCheck arrived;
  LogCheck genuine;
};

Comparison CompareTraffic(const LogReport& sender, const std::vector<Message>& sent,
                          const LogReport& receiver, std::vector<Message> received) {
  // The size of the sender's log that the receiver cosigned.
  const auto cosigned_by = sender.cosigned.find(receiver.origin);
  const uint64_t cosigned = cosigned_by == sender.cosigned.end() ? 0 : cosigned_by->second;
  const auto by_index = [](const Message& a, const Message& b) { return a.index < b.index; };
  std::stable_sort(received.begin(), received.end(), by_index);
  LogCheck arrived{.id = "counterparts",
                   .text = "Every message of " + sender.origin + " that " + receiver.origin +
                           " acknowledged is in its log, unchanged"};
  LogCheck genuine{
      .id = "origins",
      .text = "Every message that " + receiver.origin + " received stands in the log of " + sender.origin};
  const uint64_t last_received = received.empty() ? 0 : received.back().index;
  for (const Message& message : sent) {
    if (message.index >= cosigned) continue;
    ++arrived.count;
    const auto [begin, end] = std::equal_range(received.begin(), received.end(), message, by_index);
    const auto match = std::find_if(
        begin, end, [&](const Message& candidate) { return Matches(message.kind, candidate.kind); });
    if (match == end) {
      const bool beyond = received.empty() || message.index > last_received;
      Fail(arrived,
           beyond
               ? "the log of " + receiver.origin +
                     " ends before it: this copy is older than what was acknowledged, or its end is missing"
               : "no counterpart in the log of " + receiver.origin,
           sender.origin, message.place);
    } else if (match->digest != message.digest && match->kind != v1::RECORD_KIND_REFUSED) {
      Fail(arrived, "its counterpart has another request or content", receiver.origin, match->place);
    }
  }
  for (const Message& message : received) {
    // What arrived after the sender's log was copied cannot be compared.
    if (!IsMessage(message.kind) || message.index >= sender.size) continue;
    ++genuine.count;
    const auto [begin, end] = std::equal_range(sent.begin(), sent.end(), message, by_index);
    const bool known = std::any_of(begin, end, [&](const Message& candidate) {
      return candidate.digest == message.digest && Matches(candidate.kind, message.kind);
    });
    if (!known) Fail(genuine, "no such message was sent", receiver.origin, message.place);
  }
  return {std::move(arrived), std::move(genuine)};
}

}  // namespace

absl::StatusOr<PairReport> VerifyLogPair(const LogToVerify& first, const LogToVerify& second) {
  Traffic of_first;
  Traffic of_second;
  PairReport report;
  CHUANYU_ASSIGN_OR_RETURN(report.first, VerifyLogWith(first, Collect(second.trust.origin, of_first)));
  CHUANYU_ASSIGN_OR_RETURN(report.second, VerifyLogWith(second, Collect(first.trust.origin, of_second)));
  Comparison there = CompareTraffic(report.first, of_first.sent, report.second, of_second.received);
  Comparison back = CompareTraffic(report.second, of_second.sent, report.first, of_first.received);
  if (!back.arrived.ok) {
    // Running nodes: the first log was read before the second, which goes on to what the first acknowledged
    // meanwhile. Read again, it has all of that, or lacks it.
    Traffic later;
    CHUANYU_ASSIGN_OR_RETURN(LogReport again, VerifyLogWith(first, Collect(second.trust.origin, later)));
    back = CompareTraffic(report.second, of_second.sent, again, std::move(later.received));
    if (!again.ok()) report.first = std::move(again);
  }
  report.between = {std::move(there.arrived), std::move(there.genuine), std::move(back.arrived),
                    std::move(back.genuine)};
  return report;
}

bool PairReport::ok() const {
  return first.ok() && second.ok() &&
         std::all_of(between.begin(), between.end(), [](const LogCheck& check) { return check.ok; });
}

}  // namespace chuanyu::exchange
