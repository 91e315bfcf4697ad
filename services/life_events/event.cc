#include "services/life_events/event.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::life_events {
namespace {

absl::Status BadDate(const std::string& field, const std::string& detail) {
  return MakeError(Reason::DATE_INVALID, {.field = field + ".date", .detail = detail});
}

// Well-formed only: the other place may be anywhere, and its node knows its own divisions.
absl::Status CheckMove(const v1::LifeEvent& event, const std::string& field) {
  const bool moves = event.kind() == v1::LIFE_EVENT_KIND_HUKOU_MOVE;
  if (moves != event.has_hukou_move()) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = field, .detail = moves ? "is missing" : "belongs to a move of the 户籍"});
  }
  if (!moves) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode from,
                           DivisionCode::Parse(event.hukou_move().from().code(), field + ".from"));
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode to,
                           DivisionCode::Parse(event.hukou_move().to().code(), field + ".to"));
  return from != to ? absl::OkStatus()
                    : MakeError(Reason::BAD_REQUEST, {.field = field + ".to", .detail = "is where it was"});
}

}  // namespace

absl::StatusOr<ParsedEvent> ParseEvent(const v1::LifeEvent& event, Date today, const DivisionTable& divisions,
                                       const std::string& field) {
  ParsedEvent out{.event = event};
  CHUANYU_ASSIGN_OR_RETURN(out.person,
                           ParsePerson(event.person(), today, divisions, field + ".person", &out.warnings));
  if (!out.person.document) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = field + ".person.doc_type", .detail = "a person without a number"});
  }
  if (event.kind() == v1::LIFE_EVENT_KIND_UNSPECIFIED || !v1::LifeEventKind_IsValid(event.kind())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".kind"});
  }
  if (event.source() == v1::LIFE_EVENT_SOURCE_UNSPECIFIED || !v1::LifeEventSource_IsValid(event.source())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field + ".source"});
  }
  CHUANYU_RETURN_IF_ERROR(CheckMove(event, field + ".hukou_move"));
  CHUANYU_ASSIGN_OR_RETURN(const Date date, ParseDate(event.date().value(), field + ".date"));
  if (date > today) return BadDate(field, "in the future");
  const std::optional<Date> born = out.person.document->birth_date();
  if (born && date < *born) return BadDate(field, "before the person was born");
  if (!IsToken(event.source_event_id(), 64, ".")) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = field + ".source_event_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  *out.event.mutable_person() = out.person.ToProto();
  return out;
}

}  // namespace chuanyu::life_events
