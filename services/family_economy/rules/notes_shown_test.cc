#include "services/family_economy/rules/notes_shown.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;

constexpr char kPlatform[] = "county/platform";
constexpr char kWindow[] = "county/window";

void AddEvent(v1::CaseEventKind kind, const std::string& actor, v1::Verification* check) {
  v1::CaseEvent& event = *check->add_events();
  event.set_kind(kind);
  event.set_actor(actor);
}

// The platform filed and proposed, the window decided; then a review, a proposal and a decision of the
// window's.
v1::Verification Noted() {
  v1::Verification check;
  AddEvent(v1::CASE_EVENT_KIND_CREATED, kPlatform, &check);
  AddEvent(v1::CASE_EVENT_KIND_PROPOSED, kPlatform, &check);
  AddEvent(v1::CASE_EVENT_KIND_DECIDED, kWindow, &check);
  AddEvent(v1::CASE_EVENT_KIND_REVIEW_REQUESTED, kPlatform, &check);
  AddEvent(v1::CASE_EVENT_KIND_REVIEW_STARTED, "", &check);
  AddEvent(v1::CASE_EVENT_KIND_PROPOSED, kPlatform, &check);
  AddEvent(v1::CASE_EVENT_KIND_DECIDED, kPlatform, &check);
  v1::EarlierReport& earlier = *check.add_earlier_reports();
  earlier.mutable_decision()->set_note("first decision");
  earlier.mutable_economy()->add_settlements()->set_note("first settlement");
  check.mutable_review()->set_note("contested");
  check.mutable_decision()->set_note("second decision");
  check.mutable_economy()->add_settlements()->set_note("second settlement");
  check.mutable_economy()->add_settlements();  // without words
  return check;
}

std::vector<std::string> TextsOf(const v1::Verification& check) {
  std::vector<std::string> texts;
  for (const v1::WrittenNote& note : NotesOf(check)) texts.push_back(note.field() + ": " + note.text());
  return texts;
}

TEST(Notes, AreAllFoundWithTheirPlaces) {
  EXPECT_THAT(TextsOf(Noted()),
              ElementsAre("review.note: contested", "decision.note: second decision",
                          "economy.settlements[0].note: second settlement",
                          "earlier_reports[0].decision.note: first decision",
                          "earlier_reports[0].economy.settlements[0].note: first settlement"));
}

TEST(Notes, AreShownToTheSystemThatWroteThem) {
  v1::Verification check = Noted();
  MaskNotes(kPlatform, &check);
  EXPECT_THAT(
      TextsOf(check),
      ElementsAre("review.note: contested", "decision.note: second decision",
                  "economy.settlements[0].note: second settlement", "earlier_reports[0].decision.note: ***",
                  "earlier_reports[0].economy.settlements[0].note: first settlement"));
  check = Noted();
  MaskNotes(kWindow, &check);
  EXPECT_THAT(TextsOf(check),
              ElementsAre("review.note: ***", "decision.note: ***", "economy.settlements[0].note: ***",
                          "earlier_reports[0].decision.note: first decision",
                          "earlier_reports[0].economy.settlements[0].note: ***"));
  EXPECT_EQ(check.economy().settlements(1).note(), "") << "there is nothing to mask";
}

// Two systems have entered economies: whose the earlier one was is not recorded.
TEST(Notes, OfWhomIsNotKnownAreShownToNobody) {
  v1::Verification check = Noted();
  check.mutable_events(5)->set_actor(kWindow);
  v1::Verification window = check;
  MaskNotes(kWindow, &window);
  EXPECT_EQ(window.economy().settlements(0).note(), "second settlement");
  EXPECT_EQ(window.earlier_reports(0).economy().settlements(0).note(), kMaskedNote);
  MaskNotes(kPlatform, &check);
  EXPECT_EQ(check.economy().settlements(0).note(), kMaskedNote);
  EXPECT_EQ(check.earlier_reports(0).economy().settlements(0).note(), kMaskedNote);
  v1::Verification nobody = Noted();
  nobody.clear_events();
  MaskNotes("", &nobody);
  EXPECT_EQ(nobody.decision().note(), kMaskedNote);
}

TEST(Notes, AreCleared) {
  v1::Verification check = Noted();
  ClearNotes(&check);
  EXPECT_THAT(TextsOf(check), ElementsAre());
  EXPECT_TRUE(check.has_decision());
}

}  // namespace
}  // namespace chuanyu::family_economy
