#include "services/family_economy/rules/notes_shown.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"

namespace chuanyu::family_economy {
namespace {

struct Note {
  std::string field;
  std::string writer;  // empty: not known
  std::string* text;
};

// Who did any of `kinds`, in order.
std::vector<std::string> Actors(const v1::Verification& verification,
                                std::initializer_list<v1::CaseEventKind> kinds) {
  std::vector<std::string> actors;
  for (const v1::CaseEvent& event : verification.events()) {
    if (std::find(kinds.begin(), kinds.end(), event.kind()) != kinds.end()) actors.push_back(event.actor());
  }
  return actors;
}

std::string Last(const std::vector<std::string>& actors) { return actors.empty() ? "" : actors.back(); }

std::string Only(const std::vector<std::string>& actors) {
  const bool one = std::all_of(actors.begin(), actors.end(),
                               [&](const std::string& actor) { return actor == actors.front(); });
  return actors.empty() || !one ? "" : actors.front();
}

void AddEconomy(const std::string& field, const std::string& writer, v1::HouseholdEconomy* economy,
                std::vector<Note>* notes) {
  for (int at = 0; at < economy->settlements_size(); ++at) {
    notes->push_back({.field = absl::StrCat(field, ".settlements[", at, "].note"),
                      .writer = writer,
                      .text = economy->mutable_settlements(at)->mutable_note()});
  }
}

std::vector<Note> FindNotes(v1::Verification* verification) {
  const std::vector<std::string> deciders = Actors(*verification, {v1::CASE_EVENT_KIND_DECIDED});
  const std::vector<std::string> enterers =
      Actors(*verification, {v1::CASE_EVENT_KIND_CREATED, v1::CASE_EVENT_KIND_PROPOSED});
  std::vector<Note> notes;
  if (verification->has_review()) {
    notes.push_back({.field = "review.note",
                     .writer = Last(Actors(*verification, {v1::CASE_EVENT_KIND_REVIEW_REQUESTED})),
                     .text = verification->mutable_review()->mutable_note()});
  }
  if (verification->has_decision()) {
    notes.push_back({.field = "decision.note",
                     .writer = Last(deciders),
                     .text = verification->mutable_decision()->mutable_note()});
  }
  if (verification->has_economy()) {
    AddEconomy("economy", Last(enterers), verification->mutable_economy(), &notes);
  }
  size_t decided = 0;
  for (int at = 0; at < verification->earlier_reports_size(); ++at) {
    v1::EarlierReport& earlier = *verification->mutable_earlier_reports(at);
    const std::string field = absl::StrCat("earlier_reports[", at, "].");
    if (earlier.has_decision()) {
      notes.push_back({.field = field + "decision.note",
                       .writer = decided < deciders.size() ? deciders[decided] : "",
                       .text = earlier.mutable_decision()->mutable_note()});
      ++decided;
    }
    if (earlier.has_economy()) {
      AddEconomy(field + "economy", Only(enterers), earlier.mutable_economy(), &notes);
    }
  }
  std::erase_if(notes, [](const Note& note) { return note.text->empty(); });
  return notes;
}

}  // namespace

void MaskNotes(const std::string& caller, v1::Verification* verification) {
  for (const Note& note : FindNotes(verification)) {
    if (note.writer.empty() || note.writer != caller) *note.text = kMaskedNote;
  }
}

void ClearNotes(v1::Verification* verification) {
  for (const Note& note : FindNotes(verification)) note.text->clear();
}

std::vector<v1::WrittenNote> NotesOf(const v1::Verification& verification) {
  v1::Verification copy = verification;
  std::vector<v1::WrittenNote> out;
  for (const Note& note : FindNotes(&copy)) {
    v1::WrittenNote& one = out.emplace_back();
    one.set_field(note.field);
    one.set_text(*note.text);
  }
  return out;
}

}  // namespace chuanyu::family_economy
