// What is taken in and what is not; one row a rule. Synthetic persons.
#include "services/life_events/event.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/life_events/events_testing.h"

namespace chuanyu::life_events {
namespace {

std::string OutcomeOf(const v1::LifeEvent& event) {
  const auto parsed = ParseEvent(event, kToday, TestDivisions(), "events[3]");
  if (parsed.ok()) return "OK";
  return std::string(ReasonName(ReasonOf(parsed.status()).value_or(Reason::INTERNAL))) + " " +
         FieldOf(parsed.status());
}

TEST(LifeEvent, IsTakenWithAnAbolishedAddressCodeAndAWarning) {
  const auto parsed = ParseEvent(Death(kP16, "2026-11-26", "BZ-1"), kToday, TestDivisions(), "event");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_FALSE(parsed->warnings.empty());
  EXPECT_EQ(parsed->person.Key().second, kP16);
}

TEST(LifeEvent, IsRefusedForEachThingThatIsWrong) {
  struct Row {
    void (*spoil)(v1::LifeEvent&);
    const char* outcome;
  };
  const Row rows[] = {
      {[](v1::LifeEvent& e) { e.mutable_person()->set_doc_no("513031194808159927"); },
       "ID_CHECK events[3].person.doc_no"},
      {[](v1::LifeEvent& e) { e.mutable_person()->set_doc_no("5130311948"); },
       "ID_LENGTH events[3].person.doc_no"},
      {[](v1::LifeEvent& e) { e.mutable_person()->set_doc_no("511623202302302463"); },
       "ID_BIRTHDATE events[3].person.doc_no"},
      {[](v1::LifeEvent& e) { e.mutable_person()->set_sex(type::v1::SEX_MALE); },
       "ID_SEX_MISMATCH events[3].person.doc_no"},
      {[](v1::LifeEvent& e) { e.clear_person(); }, "BAD_REQUEST events[3].person.name"},
      {[](v1::LifeEvent& e) {
         e.mutable_person()->set_doc_type(type::v1::DOC_TYPE_NONE);
         e.mutable_person()->clear_doc_no();
         e.mutable_person()->set_person_ref("ref-1");
       },
       "BAD_REQUEST events[3].person.doc_type"},
      {[](v1::LifeEvent& e) { e.clear_kind(); }, "CODE_UNKNOWN events[3].kind"},
      {[](v1::LifeEvent& e) { e.set_kind(static_cast<v1::LifeEventKind>(99)); },
       "CODE_UNKNOWN events[3].kind"},
      {[](v1::LifeEvent& e) { e.clear_source(); }, "CODE_UNKNOWN events[3].source"},
      {[](v1::LifeEvent& e) { e.clear_date(); }, "DATE_INVALID events[3].date"},
      {[](v1::LifeEvent& e) { e.mutable_date()->set_value("2026-02-30"); }, "DATE_INVALID events[3].date"},
      {[](v1::LifeEvent& e) { e.mutable_date()->set_value("2026-11-27"); }, "DATE_INVALID events[3].date"},
      {[](v1::LifeEvent& e) { e.mutable_date()->set_value("1948-08-14"); }, "DATE_INVALID events[3].date"},
      {[](v1::LifeEvent& e) { e.clear_source_event_id(); }, "BAD_REQUEST events[3].source_event_id"},
      {[](v1::LifeEvent& e) { e.set_source_event_id(kP16); }, "BAD_REQUEST events[3].source_event_id"},
  };
  for (const Row& row : rows) {
    v1::LifeEvent event = Death(kP16, "2026-11-25", "BZ-1");
    ASSERT_EQ(OutcomeOf(event), "OK");
    row.spoil(event);
    EXPECT_EQ(OutcomeOf(event), row.outcome);
  }
}

TEST(LifeEvent, AMoveOfTheHukouSaysFromWhereToWhere) {
  struct Row {
    void (*spoil)(v1::LifeEvent&);
    const char* outcome;
  };
  const Row rows[] = {
      {[](v1::LifeEvent&) {}, "OK"},
      {[](v1::LifeEvent& e) { e.mutable_hukou_move()->mutable_to()->set_code("440103001"); }, "OK"},
      {[](v1::LifeEvent& e) { e.clear_hukou_move(); }, "BAD_REQUEST events[3].hukou_move"},
      {[](v1::LifeEvent& e) { e.set_kind(v1::LIFE_EVENT_KIND_DEATH); }, "BAD_REQUEST events[3].hukou_move"},
      {[](v1::LifeEvent& e) { e.mutable_hukou_move()->clear_from(); },
       "CODE_UNKNOWN events[3].hukou_move.from"},
      {[](v1::LifeEvent& e) { e.mutable_hukou_move()->mutable_to()->set_code("5001"); },
       "CODE_UNKNOWN events[3].hukou_move.to"},
      {[](v1::LifeEvent& e) { e.mutable_hukou_move()->mutable_to()->set_code("511623"); },
       "BAD_REQUEST events[3].hukou_move.to"},
  };
  for (const Row& row : rows) {
    v1::LifeEvent event = Move(kP16, "2026-11-25", "GA-1");
    row.spoil(event);
    EXPECT_EQ(OutcomeOf(event), row.outcome);
  }
}

TEST(LifeEvent, MayBeTheDayOfBirth) { EXPECT_EQ(OutcomeOf(Death(kP16, "1948-08-15", "BZ-1")), "OK"); }

}  // namespace
}  // namespace chuanyu::life_events
