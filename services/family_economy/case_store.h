// The checks of this region in SQL. A check is one sealed Verification (household, authorisation, results)
// beside the few columns that are searched; persons are found by blind index, so the database alone tells
// nothing about anybody.
//
// Life of a check: Create writes it together with its questions to other regions, each under a fresh exchange
// request id, before anything is submitted (a crash in between leaves questions that Unsubmitted finds at the
// next start). Everything later goes through Change, which is one transaction. Thread-safe; everything
// blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/family_economy.pb.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/merkle/note_key.h"
#include "common/outbox/outbox_store.h"
#include "common/sql/sql.h"
#include "services/family_economy/case_types.h"

namespace chuanyu::family_economy {

// What the exchange takes at most between a question and the deadline of its check.
inline constexpr absl::Duration kLongestCheck = absl::Hours(24 * 366);
// A check is decided after its deadline, too: so much longer is known by which question another region's was
// met, for its end. As long as a new application holds its members.
inline constexpr absl::Duration kEndComesWithin = absl::Hours(24 * 90);

class CaseStore {
 public:
  struct Options {
    // How long a new application keeps its members from being in another one. Deciding takes at most 45
    // working days (民发〔2021〕57号); 90 days hold those even around the longest holidays. Ends earlier with
    // the check when that is expired, rejected, cancelled, revoked or archived.
    absl::Duration application_lasts = absl::Hours(24 * 90);
    // Sign each report when it is made, in this order (report_signature.h); none: reports are not signed.
    std::vector<merkle::NoteSigner> report_signers;
    // How many days after the day on which it was made a report should be decided on at the latest; 0: no
    // rule (none was found for either region).
    int report_valid_days = 0;
    // What is proposed about a check whose economy was entered (rules/proposal.h); must not block. Without it
    // nothing is proposed.
    std::function<v1::Proposal(const v1::Verification&)> propose;
    // Sets what follows for the days to come from a check as it is now (rules/review_plan.h,
    // rules/procedure.h), before it is stored; must not block. Without it nothing does.
    std::function<void(v1::Verification*)> plan;
    // Where other regions are told that a check which they know of is over; outlives the store. Without it
    // they are not, and go by its deadline.
    OutboxStore* ends = nullptr;
    // Own, 6 digits; required with `ends`.
    std::string region = "";
  };

  // Brings the tables up to date. `pool` and `sealer` outlive the store.
  static absl::StatusOr<std::unique_ptr<CaseStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                         const Options& options);

  // The check under this key; nothing when there is none; IDEMPOTENCY_CONFLICT when its body was another.
  absl::StatusOr<std::optional<v1::Verification>> Find(const RequestKey& key, const BodyMac& body);

  // Stores a check and gives it its number; a check that is there already under the key is returned as it is.
  // IDEMPOTENCY_CONFLICT as above; DUP_ACTIVE_APPLICATION, naming the member, when one of `applicants` is in
  // another open application. AUTH_REVOKED or AUTH_EXPIRED when the authorisation has ended here; AUTH_SCOPE
  // when its number was used for other members or another document, or for another new application: each
  // needs its own (domain page §4.1). STALE_VERSION when the members of the household were changed under a
  // later authorisation. Otherwise members and relations are frozen in household.version; open checks of the
  // household as it was before get the event HOUSEHOLD_CHANGED.
  absl::StatusOr<v1::Verification> Create(const NewCase& new_case);

  // CASE_NOT_FOUND when there is none, or it is another organisation's.
  absl::StatusOr<v1::Verification> Get(const std::string& org, const std::string& verification_no);

  // A page of an organisation's checks, newest first. `before`: sequence of the last one of the page before,
  // 0 for the first page.
  struct ListFilter {
    v1::VerificationState state = v1::VERIFICATION_STATE_UNSPECIFIED;  // UNSPECIFIED: all
    std::string assist_type = "";                                      // empty: all
    absl::Time created_from = absl::InfinitePast();                    // included
    absl::Time created_before = absl::InfiniteFuture();                // not included
    std::string review_due_by = "";                                    // "2026-11-30", included; empty: all
    v1::BatchTier review_tier = v1::BATCH_TIER_UNSPECIFIED;            // UNSPECIFIED: all
    cases::v1::DeadlineLight light = cases::v1::DEADLINE_LIGHT_UNSPECIFIED;  // on `today`; UNSPECIFIED: all
    Date today;
  };
  struct Page {
    std::vector<v1::VerificationSummary> checks;
    int64_t next_before = 0;  // 0 after the last page
  };
  absl::StatusOr<Page> List(const std::string& org, const ListFilter& filter, int page_size, int64_t before);
  // How many there are in each state under each light on `today`; of all organisations when `org` is empty.
  absl::StatusOr<std::vector<v1::OverviewLine>> CountByLight(const std::string& org, Date today);

  // Loads a check, applies `change` and stores it with the next version when `change` returns true. The check
  // as it is then. `change` runs again when somebody else changed the check in between. CASE_NOT_FOUND.
  using ChangeFn = absl::FunctionRef<bool(v1::Verification*)>;
  absl::StatusOr<v1::Verification> Change(const std::string& verification_no, absl::Time now,
                                          ChangeFn change);

  // The check that an act was done on, as it is now; nothing when the key is new. IDEMPOTENCY_CONFLICT.
  absl::StatusOr<std::optional<v1::Verification>> FindAct(const RequestKey& key, const BodyMac& body);

  // Applies `change` in one transaction with the memory of the act, so that it happens once; a repeat changes
  // nothing. Stores `questions` with it. CASE_NOT_FOUND; IDEMPOTENCY_CONFLICT; STALE_VERSION when the check
  // has another version than the caller has seen; the error of `change`, and then nothing is stored.
  using ActFn = absl::FunctionRef<absl::Status(v1::Verification*)>;
  absl::StatusOr<v1::Verification> Perform(const ActOn& act, const Questions& questions, ActFn change);

  // As Perform, but ends the authorisation of the check with it, and `change` (false: leave this one alone)
  // is applied to every check of the organisation under that authorisation. STATE_CONFLICT when it was
  // revoked before.
  struct Revocation {
    v1::Verification verification;
    std::vector<std::string> others;  // numbers
  };
  absl::StatusOr<Revocation> Revoke(const ActOn& act, ChangeFn change);

  // In the caller's transaction: keeps what is known of a person (forgets what was taken back) and applies
  // `change` (false: leave this one alone) to every check that has this person as a member; `member` is
  // filled in. The numbers of those that changed. STALE_VERSION when somebody else changed one in between:
  // roll back and run again.
  using RecordFn = absl::FunctionRef<bool(const v1::MemberLifeEvent& member, v1::Verification*)>;
  absl::StatusOr<std::vector<std::string>> TakeLifeEvent(sql::Session& session, const KnownLifeEvent& known,
                                                         absl::Time now, RecordFn change);
  // STALE_VERSION when other members were declared of the household since this check was filed (CheckFrozen).
  absl::Status CheckHousehold(const std::string& verification_no);

  // Another region asks about a person for a check of its own: notes it in every open check of that person
  // here, and for those that are filed while it lasts. `then` runs in the same transaction, with the kinds of
  // the open checks; again when somebody else changed one in between.
  struct Met {
    std::vector<v1::VerificationType> open;  // kinds of the open checks here, each once
    std::vector<std::string> changed;        // numbers of those that learnt of it now
  };
  using MetFn = absl::FunctionRef<absl::Status(sql::Session&, const std::vector<v1::VerificationType>& open)>;
  absl::StatusOr<Met> Meet(const ForeignCheck& foreign, const std::string& own_region, absl::Time now,
                           MetFn then);

  // Another region tells that checks of its own are over, each by the question through which the two regions
  // learnt of it: one that was asked here, or one that this region asked. In any order with the question or
  // its answer, and any number of times. The numbers of the checks here that changed.
  absl::StatusOr<std::vector<std::string>> TakeCheckEnds(const std::string& region,
                                                         const std::vector<v1::CheckEnd>& ends,
                                                         absl::Time now);

  // In the caller's transaction: what is known of these persons, by the first 24 hex digits of their index.
  absl::StatusOr<std::multimap<std::string, v1::MemberLifeEvent>> LifeEventsOf(
      sql::Session& session, const std::vector<std::string>& prefixes) const;
  // Makes checks from before there was an index of members known to it, at most `limit`; how many. `index`
  // reads the members of a check.
  using IndexFn = absl::FunctionRef<std::vector<IndexedMember>(const v1::Verification&)>;
  absl::StatusOr<int> IndexMembers(int limit, IndexFn index);

  // Questions that nobody has answered, due first first, after the one at (`after_due`, `after_id`).
  struct OpenFilter {
    std::string org = "";  // empty: of all organisations
    std::string region = "";
    absl::Time due_before = absl::InfiniteFuture();
  };
  absl::StatusOr<std::vector<v1::OpenQuestionView>> OpenQuestions(const OpenFilter& filter,
                                                                  int64_t after_due_ms,
                                                                  const std::string& after_id, int limit);
  // The organisation that a check belongs to; CASE_NOT_FOUND.
  absl::StatusOr<std::string> OrgOf(const std::string& verification_no);

  // Questions that the exchange node must be told to withdraw, at most `limit`.
  absl::StatusOr<std::vector<std::string>> ToWithdraw(int limit);
  // It was told.
  absl::Status Withdrawn(const std::string& request_id);

  // The number of the check that an exchange request belongs to; CASE_NOT_FOUND.
  absl::StatusOr<std::string> CaseOfQuestion(const std::string& request_id);

  // Questions without receipt and without answer, by request id, after `after`; at most `limit`.
  absl::StatusOr<std::vector<OpenQuestion>> Unsubmitted(const std::string& after, int limit);

  // The versions of these checks, by number; checks that are not there are left out.
  absl::StatusOr<std::map<std::string, int64_t>> Versions(const std::vector<std::string>& numbers);

  // Numbers of checks that wait for nothing, were changed last before `before` and still hold persons; oldest
  // first, at most `limit`.
  absl::StatusOr<std::vector<std::string>> KeptSince(absl::Time before, int limit);
  // Forgets who was in an application that has ended by time (Options::application_lasts), also when its
  // check never came to an end, and other regions' checks that are over; at most `limit` persons of each. How
  // many applicants.
  absl::StatusOr<int64_t> ReleaseApplicants(absl::Time now, int limit);

  // Numbers of checks in which something is due: a reminder, a time limit, a first report, the deadline; at
  // most `limit`. See NextWake.
  absl::StatusOr<std::vector<std::string>> Due(absl::Time now, int limit);

 private:
  CaseStore(sql::Pool& pool, const crypto::Sealer& sealer, const Options& options)
      : pool_(pool), sealer_(sealer), options_(options) {}

  absl::StatusOr<std::optional<v1::Verification>> FindIn(sql::Session& session, const RequestKey& key,
                                                         const BodyMac& body);
  // Takes the lock of Create until the transaction ends.
  static absl::Status LockCreate(sql::Session& session);
  absl::StatusOr<v1::Verification> Load(sql::Session& session, const std::string& verification_no);
  absl::Status HoldApplicants(sql::Session& session, const std::vector<crypto::BlindIndex>& applicants,
                              const std::string& number, absl::Time now);
  // The authorisation has not ended by another check under it: AUTH_REVOKED, AUTH_EXPIRED.
  absl::Status CheckNotEnded(sql::Session& session, const std::string& org, const std::string& auth_no);
  absl::Status InsertMembers(sql::Session& session, const std::vector<IndexedMember>& members,
                             const std::string& number);
  absl::Status AddKnownEvents(sql::Session& session, const std::vector<IndexedMember>& members,
                              v1::Verification* verification);
  absl::StatusOr<v1::MemberLifeEvent> OpenLifeEvent(const sql::Row& row) const;
  absl::Status KeepLifeEvent(sql::Session& session, const KnownLifeEvent& known);
  absl::Status ForgetLifeEvent(sql::Session& session, const KnownLifeEvent& known);
  absl::Status AddForeignChecks(sql::Session& session, const std::vector<IndexedMember>& members,
                                absl::Time now, v1::Verification* verification);
  absl::StatusOr<Met> MeetIn(sql::Session& session, const ForeignCheck& foreign,
                             const std::string& own_region, absl::Time now);
  absl::StatusOr<bool> KeepForeign(sql::Session& session, const ForeignCheck& foreign);
  absl::StatusOr<std::set<v1::VerificationType>> OpenKindsOf(sql::Session& session, const std::string& person,
                                                             const std::string& but);
  absl::Status TakeEndOfAsker(sql::Session& session, const std::string& region, const v1::CheckEnd& end,
                              absl::Time now, std::set<std::string>* changed);
  absl::Status TakeEndOfAsked(sql::Session& session, const std::string& region,
                              const std::string& verification_no, const v1::CheckEnd& end, absl::Time now,
                              std::set<std::string>* changed);
  // Puts into Options::ends that a check is over which other regions know of.
  absl::Status TellEnds(sql::Session& session, const v1::Verification& before, absl::Time now);
  absl::Status AddEndsToldInAnswers(sql::Session& session, const v1::Verification& before,
                                    std::map<std::string, std::vector<v1::CheckEnd>>* ends);
  absl::StatusOr<std::optional<HouseholdVersion>> NewestHousehold(sql::Session& session,
                                                                  const std::string& org,
                                                                  const std::string& household_id);
  absl::StatusOr<HouseholdVersion> FreezeHousehold(sql::Session& session, const NewCase& new_case,
                                                   const std::string& authorised);
  absl::Status TellChecksBefore(sql::Session& session, const NewCase& new_case, const HouseholdVersion& now);
  absl::Status CheckHouseholdIn(sql::Session& session, const std::string& verification_no);
  // Refuses whoever may not be in it, and adds what is known of those who are. The household as it is frozen.
  absl::StatusOr<HouseholdVersion> Admit(sql::Session& session, const NewCase& new_case,
                                         v1::Verification* verification);
  absl::Status Insert(sql::Session& session, const NewCase& new_case, int64_t sequence,
                      const HouseholdVersion& household, const v1::Verification& verification);
  absl::Status InsertQuestions(sql::Session& session, const Questions& questions,
                               const v1::Verification& verification);
  // members_mac that it was used for before; empty when it is new.
  absl::StatusOr<std::string> BindAuthorization(sql::Session& session, const NewCase& new_case,
                                                const std::string& number);
  // Adds the proposal and the signature to a report that has neither yet. In the transaction that stores it:
  // a report is never seen without them.
  absl::Status FinishReport(v1::Verification* verification) const;
  absl::Status Save(sql::Session& session, const v1::Verification& before, const v1::Verification& after);
  absl::Status SaveQuestions(sql::Session& session, const v1::Verification& before,
                             const v1::Verification& after);
  // By which check the household is looked at again.
  absl::Status SaveReview(sql::Session& session, const v1::Verification& before,
                          const v1::Verification& after);
  // Runs `work` again when somebody else changed the check in between.
  absl::Status TransactUntilFresh(absl::FunctionRef<absl::Status(sql::Session&)> work);
  // True when the act was done before.
  absl::StatusOr<bool> Remember(sql::Session& session, const ActOn& act);
  absl::StatusOr<v1::Verification> LoadFor(sql::Session& session, const ActOn& act);
  absl::StatusOr<v1::Verification> PerformIn(sql::Session& session, const ActOn& act,
                                             const Questions& questions, ActFn change);
  absl::Status RevokeIn(sql::Session& session, const ActOn& act, const std::string& auth_no, ChangeFn change);
  // The check as it is then. Without `now` the change is no work on the check, which would put off the day
  // on which its persons are erased.
  absl::StatusOr<v1::Verification> ApplyIn(sql::Session& session, const std::string& number,
                                           std::optional<absl::Time> now, ChangeFn change);

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  const Options options_;
};

// What binds a sealed question to its row.
inline std::string QuestionSealName(const std::string& request_id) { return "question/" + request_id; }

}  // namespace chuanyu::family_economy
