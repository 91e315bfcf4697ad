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
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/family_economy.pb.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/seal.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

// Under which a check was submitted: the organisation of the caller's certificate and the id it chose.
struct RequestKey {
  std::string org;
  std::string request_id;
};

// Tells two bodies under one request id apart: keyed, because a plain hash of a body about known persons
// could be found by trying.
struct BodyMac {
  std::string hex;
};

// A check before it has a number.
struct NewCase {
  RequestKey key;
  BodyMac body;
  v1::Verification verification;  // state and remote_queries set, no number, no times
  std::vector<std::pair<std::string, std::string>> questions;  // exchange request id, serialised question
  std::vector<crypto::BlindIndex> applicants;  // members, when this is a new application; else empty
  std::string region;                          // own, 6 digits
  std::string county;                          // of the number
  Date today;
  absl::Time now;
};

// A question that the exchange node has not acknowledged, and the check it belongs to.
struct OpenQuestion {
  std::string request_id;
  std::string payload;
  v1::Verification verification;
};

class CaseStore {
 public:
  struct Options {
    // How long a new application keeps its members from being in another one. Deciding takes at most 45
    // working days (民发〔2021〕57号); 90 days hold those even around the longest holidays. Ends earlier with
    // the check when that is expired, rejected, cancelled, revoked or archived.
    absl::Duration application_lasts = absl::Hours(24 * 90);
  };

  // Brings the tables up to date. `pool` and `sealer` outlive the store.
  static absl::StatusOr<std::unique_ptr<CaseStore>> Open(sql::Pool& pool, const crypto::Sealer& sealer,
                                                         const Options& options);

  // The check under this key; nothing when there is none; IDEMPOTENCY_CONFLICT when its body was another.
  absl::StatusOr<std::optional<v1::Verification>> Find(const RequestKey& key, const BodyMac& body);

  // Stores a check and gives it its number; a check that is there already under the key is returned as it is.
  // IDEMPOTENCY_CONFLICT as above; DUP_ACTIVE_APPLICATION, naming the member, when one of `applicants` is in
  // another open application.
  absl::StatusOr<v1::Verification> Create(const NewCase& new_case);

  // CASE_NOT_FOUND when there is none, or it is another organisation's.
  absl::StatusOr<v1::Verification> Get(const std::string& org, const std::string& verification_no);

  // A page of an organisation's checks, newest first. `before`: sequence of the last one of the page before,
  // 0 for the first page. UNSPECIFIED: all states.
  struct Page {
    std::vector<v1::VerificationSummary> checks;
    int64_t next_before = 0;  // 0 after the last page
  };
  absl::StatusOr<Page> List(const std::string& org, v1::VerificationState state, int page_size,
                            int64_t before);

  // Loads a check, applies `change` and stores it with the next version when `change` returns true. The check
  // as it is then. `change` runs again when somebody else changed the check in between. CASE_NOT_FOUND.
  using ChangeFn = absl::FunctionRef<bool(v1::Verification*)>;
  absl::StatusOr<v1::Verification> Change(const std::string& verification_no, absl::Time now,
                                          ChangeFn change);

  // The number of the check that an exchange request belongs to; CASE_NOT_FOUND.
  absl::StatusOr<std::string> CaseOfQuestion(const std::string& request_id);

  // Questions without receipt and without answer, by request id, after `after`; at most `limit`.
  absl::StatusOr<std::vector<OpenQuestion>> Unsubmitted(const std::string& after, int limit);

  // Numbers of checks that wait although their deadline has passed, at most `limit`.
  absl::StatusOr<std::vector<std::string>> Overdue(absl::Time now, int limit);

 private:
  CaseStore(sql::Pool& pool, const crypto::Sealer& sealer, const Options& options)
      : pool_(pool), sealer_(sealer), options_(options) {}

  absl::StatusOr<std::optional<v1::Verification>> FindIn(sql::Session& session, const RequestKey& key,
                                                         const BodyMac& body);
  absl::StatusOr<v1::Verification> Load(sql::Session& session, const std::string& verification_no);
  absl::StatusOr<std::string> SealText(const std::string& plain, const std::string& name) const;
  absl::StatusOr<std::string> OpenText(const std::string& sealed, const std::string& name) const;
  absl::Status HoldApplicants(sql::Session& session, const NewCase& new_case, const std::string& number);
  absl::Status Insert(sql::Session& session, const NewCase& new_case, int64_t sequence,
                      const v1::Verification& verification);
  absl::Status InsertQuestions(sql::Session& session, const NewCase& new_case, const std::string& number);
  absl::Status Save(sql::Session& session, const v1::Verification& before, const v1::Verification& after);

  sql::Pool& pool_;
  const crypto::Sealer& sealer_;
  const Options options_;
};

// What binds a sealed question to its row.
inline std::string QuestionSealName(const std::string& request_id) { return "question/" + request_id; }

// Milliseconds since 1970, as the store and protobuf carry instants.
int64_t MillisOf(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp TimestampOf(absl::Time time);

}  // namespace chuanyu::family_economy
