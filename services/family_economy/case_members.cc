// Who is in the checks of CaseStore, and what is known of them from outside the registers.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/life_events.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kPrefixDigits = 24;
constexpr size_t kPrefixesPerQuery = 500;

std::string EventSealName(const std::string& person, int64_t sequence) {
  return absl::StrCat("life-event/", person, "/", sequence);
}

}  // namespace

absl::Status CaseStore::HoldApplicants(sql::Session& session,
                                       const std::vector<crypto::BlindIndex>& applicants,
                                       const std::string& number, absl::Time now) {
  if (applicants.empty()) return absl::OkStatus();
  std::vector<std::string> persons;
  for (const crypto::BlindIndex& applicant : applicants) persons.push_back(applicant.ToHex());
  sql::Binds binds = {{"now", absl::ToUnixMillis(now)}};
  const std::string list = sql::BindList(persons, &binds);
  CHUANYU_RETURN_IF_ERROR(session.Write(
      absl::StrCat("DELETE FROM fe_applicant WHERE until_ms <= :now AND person IN (", list, ")"), binds));
  std::string rows;
  binds = {{"no", number}, {"until", absl::ToUnixMillis(now + options_.application_lasts)}};
  for (size_t i = 0; i < persons.size(); ++i) {
    absl::StrAppend(&rows, i == 0 ? "" : ", ", "(:p", i, ", :no, :until)");
    binds[absl::StrCat("p", i)] = persons[i];
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result held,
      session.Query("INSERT INTO fe_applicant (person, verification_no, until_ms) VALUES " + rows +
                        " ON CONFLICT DO NOTHING RETURNING person",
                    binds));
  std::set<std::string> ours;
  for (const sql::Row& row : held.rows) ours.insert(sql::TextOf(row[0]));
  for (size_t i = 0; i < persons.size(); ++i) {
    if (ours.erase(persons[i]) > 0) continue;
    return MakeError(Reason::DUP_ACTIVE_APPLICATION, {.field = absl::StrCat("household.members[", i, "]")});
  }
  return absl::OkStatus();
}

// One statement for all: a household is filed while somebody waits.
absl::Status CaseStore::InsertMembers(sql::Session& session, const std::vector<IndexedMember>& members,
                                      const std::string& number) {
  if (members.empty()) return absl::OkStatus();
  std::string rows;
  sql::Binds binds = {{"no", number}};
  for (size_t i = 0; i < members.size(); ++i) {
    absl::StrAppend(&rows, i == 0 ? "" : ", ", "(:p", i, ", :no, :m", i, ")");
    binds[absl::StrCat("p", i)] = members[i].person.ToHex();
    binds[absl::StrCat("m", i)] = members[i].member_id;
  }
  return session.Write(
      "INSERT INTO fe_member (person, verification_no, member_id) VALUES " + rows + " ON CONFLICT DO NOTHING",
      binds);
}

// Columns person, sequence, sealed.
absl::StatusOr<v1::MemberLifeEvent> CaseStore::OpenLifeEvent(const sql::Row& row) const {
  const std::string name = EventSealName(sql::TextOf(row[0]), sql::IntOf(row[1]));
  CHUANYU_ASSIGN_OR_RETURN(const std::string bytes, crypto::OpenText(sealer_, sql::TextOf(row[2]), name));
  v1::MemberLifeEvent event;
  if (!event.ParseFromString(bytes)) return MakeError(Reason::INTERNAL, {.detail = "a stored life event"});
  return event;
}

// Under the lock that Create has taken (NextSequence): an event that is applied at the same moment comes
// before this check or finds its members.
absl::Status CaseStore::AddKnownEvents(sql::Session& session, const std::vector<IndexedMember>& members,
                                       v1::Verification* verification) {
  if (members.empty()) return absl::OkStatus();
  std::multimap<std::string, std::string> ids;
  std::vector<std::string> indexes;
  for (const IndexedMember& member : members) {
    indexes.push_back(member.person.ToHex());
    ids.emplace(indexes.back(), member.member_id);
  }
  sql::Binds binds;
  const std::string persons = sql::BindList(indexes, &binds);
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result known,
                           session.Query("SELECT person, sequence, sealed FROM fe_life_event WHERE person IN "
                                         "(" +
                                             persons + ") ORDER BY sequence",
                                         binds));
  for (const sql::Row& row : known.rows) {
    CHUANYU_ASSIGN_OR_RETURN(v1::MemberLifeEvent event, OpenLifeEvent(row));
    const auto [first, last] = ids.equal_range(sql::TextOf(row[0]));
    for (auto member = first; member != last; ++member) {
      event.set_member_id(member->second);
      AddKnownLifeEvent(event, verification);
    }
  }
  return absl::OkStatus();
}

absl::Status CaseStore::KeepLifeEvent(sql::Session& session, const KnownLifeEvent& known) {
  const std::string person = known.person.ToHex();
  CHUANYU_ASSIGN_OR_RETURN(
      const std::string sealed,
      crypto::SealText(sealer_, known.event.SerializeAsString(), EventSealName(person, known.sequence)));
  return session.Write(
      "INSERT INTO fe_life_event (person, sequence, prefix, sealed) VALUES "
      "(:person, :sequence, :prefix, :sealed) ON CONFLICT DO NOTHING",
      {{"person", person},
       {"sequence", known.sequence},
       {"prefix", person.substr(0, kPrefixDigits)},
       {"sealed", sealed}});
}

absl::Status CaseStore::ForgetLifeEvent(sql::Session& session, const KnownLifeEvent& known) {
  const std::string person = known.person.ToHex();
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT person, sequence, sealed FROM fe_life_event WHERE person = :person",
                    {{"person", person}}));
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::MemberLifeEvent event, OpenLifeEvent(row));
    if (!IsSameLifeEvent(event, known.event)) continue;
    CHUANYU_RETURN_IF_ERROR(
        session.Write("DELETE FROM fe_life_event WHERE person = :person AND sequence = :sequence",
                      {{"person", person}, {"sequence", sql::IntOf(row[1])}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> CaseStore::TakeLifeEvent(sql::Session& session,
                                                                  const KnownLifeEvent& known, absl::Time now,
                                                                  RecordFn change) {
  // Takes the lock of Create, see AddKnownEvents.
  CHUANYU_RETURN_IF_ERROR(LockCreate(session));
  CHUANYU_RETURN_IF_ERROR(known.event.withdrawn() ? ForgetLifeEvent(session, known)
                                                  : KeepLifeEvent(session, known));
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result checks,
      session.Query("SELECT verification_no, member_id FROM fe_member WHERE person = :person ORDER BY "
                    "verification_no",
                    {{"person", known.person.ToHex()}}));
  std::vector<std::string> changed;
  for (const sql::Row& row : checks.rows) {
    v1::MemberLifeEvent event = known.event;
    event.set_member_id(sql::TextOf(row[1]));
    bool taken = false;
    CHUANYU_RETURN_IF_ERROR(ApplyIn(session, sql::TextOf(row[0]), now, [&](v1::Verification* check) {
                              taken = change(event, check);
                              return taken;
                            }).status());
    if (taken) changed.push_back(sql::TextOf(row[0]));
  }
  return changed;
}

absl::StatusOr<std::multimap<std::string, v1::MemberLifeEvent>> CaseStore::LifeEventsOf(
    sql::Session& session, const std::vector<std::string>& prefixes) const {
  std::multimap<std::string, v1::MemberLifeEvent> out;
  for (size_t begin = 0; begin < prefixes.size(); begin += kPrefixesPerQuery) {
    const auto first = prefixes.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        prefixes.begin() + static_cast<std::ptrdiff_t>(std::min(prefixes.size(), begin + kPrefixesPerQuery));
    sql::Binds binds;
    const std::string page = sql::BindList({first, last}, &binds);
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT person, sequence, sealed, prefix FROM fe_life_event WHERE prefix IN (", page,
                         ") ORDER BY sequence"),
            binds));
    for (const sql::Row& row : found.rows) {
      CHUANYU_ASSIGN_OR_RETURN(v1::MemberLifeEvent event, OpenLifeEvent(row));
      out.emplace(sql::TextOf(row[3]), std::move(event));
    }
  }
  return out;
}

absl::StatusOr<int> CaseStore::IndexMembers(int limit, IndexFn index) {
  int done = 0;
  CHUANYU_RETURN_IF_ERROR(pool_.Transact([&](sql::Session& session) -> absl::Status {
    done = 0;
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result old,
        session.Query(absl::StrCat("SELECT verification_no FROM fe_case WHERE indexed = 0 AND erased = 0 "
                                   "LIMIT ",
                                   limit)));
    for (const sql::Row& row : old.rows) {
      const std::string number = sql::TextOf(row[0]);
      CHUANYU_ASSIGN_OR_RETURN(const v1::Verification check, Load(session, number));
      CHUANYU_RETURN_IF_ERROR(InsertMembers(session, index(check), number));
      CHUANYU_RETURN_IF_ERROR(
          session.Write("UPDATE fe_case SET indexed = 1 WHERE verification_no = :no", {{"no", number}}));
      ++done;
    }
    return absl::OkStatus();
  }));
  return done;
}

}  // namespace chuanyu::family_economy
