// Synthetic events for the tests of this folder. P16 of the domain page, with an old 邻水 code.
#pragma once

#include <string>

#include "services/life_events/event.h"

namespace chuanyu::life_events {

inline constexpr char kP16[] = "513031194808159926";
inline constexpr char kP02[] = "511623198706239924";

inline const DivisionTable& TestDivisions() {
  static const auto* const table =
      new DivisionTable(DivisionTable::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions",
                                            {.codes = {{"LIANGJIANG", "500199"}}})
                            .value());
  return *table;
}

inline v1::LifeEvent Death(const std::string& number, const std::string& date, const std::string& id) {
  v1::LifeEvent event;
  event.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  event.mutable_person()->set_doc_no(number);
  event.mutable_person()->set_name("李测壬");
  event.set_kind(v1::LIFE_EVENT_KIND_DEATH);
  event.mutable_date()->set_value(date);
  event.set_source(v1::LIFE_EVENT_SOURCE_FUNERAL);
  event.set_source_event_id(id);
  return event;
}

// From 邻水 to 北碚, as the police report it.
inline v1::LifeEvent Move(const std::string& number, const std::string& date, const std::string& id,
                          const std::string& to = "500109") {
  v1::LifeEvent event = Death(number, date, id);
  event.set_kind(v1::LIFE_EVENT_KIND_HUKOU_MOVE);
  event.set_source(v1::LIFE_EVENT_SOURCE_POLICE);
  event.mutable_hukou_move()->mutable_from()->set_code("511623");
  event.mutable_hukou_move()->mutable_to()->set_code(to);
  return event;
}

inline v1::LifeEvent Withdrawal(v1::LifeEvent event) {
  event.set_withdraws(true);
  return event;
}

inline const Date kToday(2026, 11, 26);

}  // namespace chuanyu::life_events
