// The questions that RedisTracker answers: nothing here changes a request.
#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "services/exchange/tracker/ids.h"
#include "services/exchange/tracker/redis_tracker.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxPage = 1024;
constexpr int kFirstSteps = 12;
constexpr int kSteps = 36;

int64_t ToInt(const std::string& text) { return std::strtoll(text.c_str(), nullptr, 10); }

// A row of texts, all `count` of them; nullptr when Redis answered anything else.
const std::vector<redis::Reply>* Row(const redis::Reply& reply, size_t count) {
  const std::vector<redis::Reply>* const fields = reply.array();
  if (fields == nullptr || fields->size() != count) return nullptr;
  for (const redis::Reply& field : *fields) {
    if (field.text() == nullptr) return nullptr;
  }
  return fields;
}

// Where a page ended: "<score>|<id in text>".
struct PageEnd {
  std::string score = "0";
  std::string id;  // packed; empty for the first page
};

absl::StatusOr<PageEnd> ParseToken(std::string_view token) {
  if (token.empty()) return PageEnd();
  const size_t bar = token.find('|');
  const std::optional<std::string> id =
      bar == std::string_view::npos ? std::nullopt : PackId(token.substr(bar + 1));
  const std::string score(token.substr(0, bar));
  if (!id || score.empty() || score.find_first_not_of("0123456789") != std::string::npos) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_token"});
  }
  return PageEnd{score, *id};
}

// A score as Redis writes it: ms since 1970 are whole numbers below 2^53.
int64_t Score(const std::string& text) { return static_cast<int64_t>(std::strtod(text.c_str(), nullptr)); }

// "<event>|<ms>|<attempt>|<detail>"
std::optional<TimelineStep> ParseStep(const std::string& text, Direction direction) {
  const size_t first = text.find('|');
  const size_t second = text.find('|', first + 1);
  const size_t third = text.find('|', second + 1);
  if (first != 1 || second == std::string::npos || third == std::string::npos) return std::nullopt;
  const std::optional<Event> event = EventOf(text[0]);
  if (!event) return std::nullopt;
  const bool received = *event == Event::kSubmitted && direction == Direction::kIn;
  return TimelineStep{.at_ms = ToInt(text.substr(2, second - 2)),
                      .event = received ? "RECEIVED" : std::string(EventName(*event)),
                      .attempt = static_cast<uint32_t>(ToInt(text.substr(second + 1, third - second - 1))),
                      .detail = text.substr(third + 1)};
}

// Field of step number `step` from 0, as in tracker_apply.lua.
int StepField(int64_t step) {
  if (step < kFirstSteps) return static_cast<int>(step);
  return kFirstSteps + static_cast<int>((step - kFirstSteps) % (kSteps - kFirstSteps));
}

}  // namespace

absl::StatusOr<std::vector<DueRequest>> RedisTracker::ExpireDue(int64_t now_ms, size_t max) {
  redis::Command command = Call("cy_due");
  command.insert(command.end(), {std::to_string(now_ms), std::to_string(std::min(max, kMaxPage))});
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr) return redis::UnexpectedReply("cy_due");
  std::vector<DueRequest> due;
  for (const redis::Reply& row : *reply.array()) {
    const std::vector<redis::Reply>* const fields = Row(row, 4);
    if (fields == nullptr) return redis::UnexpectedReply("cy_due");
    const std::optional<Direction> direction = DirectionOf((*(*fields)[1].text())[0]);
    const std::optional<State> state = StateOf((*(*fields)[2].text())[0]);
    if (!direction || !state) return redis::UnexpectedReply("cy_due");
    due.push_back({UnpackId(*(*fields)[0].text()), *direction, *state, *(*fields)[3].text()});
  }
  return due;
}

absl::StatusOr<std::vector<std::optional<IdempotentHit>>> RedisTracker::FindIdempotent(
    std::span<const IdempotencyRef> refs) {
  std::vector<std::optional<IdempotentHit>> hits;
  if (refs.empty()) return hits;
  redis::Command command = Call("cy_find");
  for (const IdempotencyRef& ref : refs) {
    command.insert(command.end(), {ref.caller, ref.key, PackId(ref.key).value_or("")});
  }
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr || reply.array()->size() != refs.size())
    return redis::UnexpectedReply("cy_find");
  for (const redis::Reply& row : *reply.array()) {
    if (row.array() != nullptr && row.array()->empty()) {
      hits.emplace_back();
      continue;
    }
    const std::vector<redis::Reply>* const fields = Row(row, 7);
    const std::optional<State> state = fields == nullptr ? std::nullopt : StateOf((*(*fields)[1].text())[0]);
    if (!state) return redis::UnexpectedReply("cy_find");
    const auto text = [&](size_t i) -> const std::string& { return *(*fields)[i].text(); };
    hits.push_back(IdempotentHit{.request_id = UnpackId(text(0)),
                                 .body_mac = text(2),
                                 .state = *state,
                                 .location = text(3),
                                 .answer_location = text(4),
                                 .outcome = text(5),
                                 .journal_index = static_cast<uint64_t>(ToInt(text(6)))});
  }
  return hits;
}

absl::StatusOr<std::optional<TrackedRequest>> RedisTracker::Get(std::string_view request_id) {
  const std::optional<std::string> id = PackId(request_id);
  if (!id) return std::nullopt;
  redis::Command command = Call("cy_get");
  command.push_back(*id);
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr) return redis::UnexpectedReply("cy_get");
  if (reply.array()->empty()) return std::nullopt;
  const std::vector<redis::Reply>* const pairs = Row(reply, reply.array()->size());
  if (pairs == nullptr) return redis::UnexpectedReply("cy_get");
  const auto field = [&](std::string_view name) -> std::string {
    for (size_t i = 0; i + 1 < pairs->size(); i += 2) {
      if (*(*pairs)[i].text() == name) return *(*pairs)[i + 1].text();
    }
    return "";
  };
  const std::optional<State> state = StateOf((field("s") + "?")[0]);
  const std::optional<Direction> direction = DirectionOf((field("d") + "?")[0]);
  if (!state || !direction) return redis::UnexpectedReply("cy_get");
  TrackedRequest request{.request_id = std::string(request_id),
                         .direction = *direction,
                         .state = *state,
                         .caller = field("c"),
                         .peer_region = field("p"),
                         .operation = field("o"),
                         .submitted_ms = ToInt(field("t")),
                         .deadline_ms = ToInt(field("D")),
                         .body_mac = field("m"),
                         .location = field("l"),
                         .answer_location = field("a"),
                         .outcome = field("u"),
                         .worker = field("w"),
                         .journal_index = static_cast<uint64_t>(ToInt(field("j"))),
                         .attempts = static_cast<uint32_t>(ToInt(field("n"))),
                         .steps = static_cast<uint64_t>(ToInt(field("q")))};
  const auto steps = static_cast<int64_t>(request.steps);
  for (int64_t step = 0; step < steps; ++step) {
    if (step >= kFirstSteps && step < steps - (kSteps - kFirstSteps)) continue;  // overwritten by a later one
    if (auto parsed = ParseStep(field(std::to_string(StepField(step))), *direction)) {
      request.timeline.push_back(*std::move(parsed));
    }
  }
  return request;
}

absl::StatusOr<UndeliveredPage> RedisTracker::Undelivered(std::string_view caller, size_t max,
                                                          std::string_view page_token) {
  CHUANYU_ASSIGN_OR_RETURN(const PageEnd end, ParseToken(page_token));
  const size_t count = std::min(max, kMaxPage);
  redis::Command command = Call("cy_undelivered");
  command.insert(command.end(), {std::string(caller), end.score, end.id, std::to_string(count)});
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr) return redis::UnexpectedReply("cy_undelivered");
  UndeliveredPage page;
  std::string last;
  for (const redis::Reply& row : *reply.array()) {
    const std::vector<redis::Reply>* const fields = Row(row, 4);
    if (fields == nullptr) return redis::UnexpectedReply("cy_undelivered");
    const std::string id = UnpackId(*(*fields)[0].text());
    last = std::to_string(Score(*(*fields)[1].text())) + "|" + id;
    page.answers.push_back({id, *(*fields)[2].text(), *(*fields)[3].text()});
  }
  if (page.answers.size() == count) page.next_page_token = last;
  return page;
}

absl::StatusOr<std::vector<StateCount>> RedisTracker::Counts() {
  std::vector<redis::Command> commands;
  std::vector<StateCount> counts;
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    for (const State state : kAllStates) {
      const std::string code = std::string() + DirectionCode(direction) + StateCode(state);
      commands.push_back(IsTerminal(state) ? redis::Command{"HGET", prefix_ + "cnt", code}
                                           : redis::Command{"ZCARD", prefix_ + "z" + code});
      counts.push_back({direction, state});
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<redis::Reply> replies, reads_.Pipeline(commands));
  for (size_t i = 0; i < replies.size(); ++i) {
    CHUANYU_RETURN_IF_ERROR(redis::StatusOf(replies[i]));
    if (const int64_t* const count = replies[i].integer()) counts[i].count = static_cast<uint64_t>(*count);
    if (const std::string* const text = replies[i].text())
      counts[i].count = static_cast<uint64_t>(ToInt(*text));
  }
  std::erase_if(counts, [](const StateCount& count) { return count.count == 0; });
  return counts;
}

absl::StatusOr<std::optional<OldestRequest>> RedisTracker::Oldest(Direction direction, State state) {
  CHUANYU_ASSIGN_OR_RETURN(const ListPage page, List(direction, state, 1, ""));
  if (page.requests.empty()) return std::nullopt;
  const ListedRequest& first = page.requests.front();
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<TrackedRequest> request, Get(first.request_id));
  if (!request) return std::nullopt;  // ended and forgotten meanwhile
  return OldestRequest{first.request_id, request->submitted_ms, first.order_ms};
}

absl::StatusOr<ListPage> RedisTracker::List(Direction direction, State state, size_t max,
                                            std::string_view page_token) {
  CHUANYU_ASSIGN_OR_RETURN(const PageEnd end, ParseToken(page_token));
  const size_t count = std::min(max, kMaxPage);
  redis::Command command = Call("cy_list");
  command.insert(command.end(), {StateSet(direction, state), end.score, end.id, std::to_string(count)});
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr) return redis::UnexpectedReply("cy_list");
  const std::vector<redis::Reply>* const rows = Row(reply, reply.array()->size());
  if (rows == nullptr) return redis::UnexpectedReply("cy_list");
  ListPage page;
  for (size_t i = 0; i + 1 < rows->size(); i += 2) {
    page.requests.push_back({UnpackId(*(*rows)[i].text()), Score(*(*rows)[i + 1].text())});
  }
  if (page.requests.size() == count && count > 0) {
    const ListedRequest& last = page.requests.back();
    page.next_page_token = std::to_string(last.order_ms) + "|" + last.request_id;
  }
  return page;
}

}  // namespace chuanyu::exchange
