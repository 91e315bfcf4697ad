// The SQL that every case service has: its cases, what callers asked for, and its sequence of numbers, in
// tables that begin with a prefix of the service ("cw_application"). What is about a person is sealed;
// persons are found by blind index. Every call runs in the caller's transaction, which begins with Lock: what
// a case does, its claim, and what other regions are told of it happen together or not at all. Blocks;
// thread-safe as far as sessions are each one thread's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/crypto/seal.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/sql/sql.h"

namespace chuanyu {

// Tells repeats from other requests under the same id.
struct ActKey {
  std::string org;
  std::string request_id;
  std::string body_mac;  // keyed: a plain hash about known persons could be found by trying
};

// A case as its table holds it.
struct CaseRow {
  std::string number;         // "CQ-B-500109-20261125-00000001"
  int64_t sequence = 0;       // of that number; not read by Save
  std::string org;            // whose window filed it; empty when another region pushed it
  std::string window_region;  // 6 digits
  std::string subject;        // hex of the index under the key of both regions
  std::string claim_id;
  int64_t state = 0;  // of the service's enum, for lists
  int64_t version = 0;
  std::string bytes;  // the application, serialised; sealed in the table
};

class CaseRows {
 public:
  // `prefix`: letters, of the program.
  CaseRows(std::string prefix, const crypto::Sealer& sealer) : prefix_(std::move(prefix)), sealer_(sealer) {}
  // What creates the tables; the first of a service's migrations begins with it.
  static std::vector<std::string> Statements(const std::string& prefix);

  // One writing transaction at a time: thousands of cases a day need no more, and none has to be run again.
  absl::Status Lock(sql::Session& session) const;
  absl::StatusOr<int64_t> NextSequence(sql::Session& session) const;

  // What the act was about when it was done before; IDEMPOTENCY_CONFLICT when its body was another.
  absl::StatusOr<std::optional<std::string>> FindAct(sql::Session& session, const ActKey& key) const;
  absl::Status RememberAct(sql::Session& session, const ActKey& key, const std::string& number) const;

  absl::Status Insert(sql::Session& session, const CaseRow& row) const;
  // CASE_NOT_FOUND.
  absl::StatusOr<CaseRow> Load(sql::Session& session, const std::string& number) const;
  absl::StatusOr<std::optional<CaseRow>> FindByClaim(sql::Session& session,
                                                     const std::string& claim_id) const;
  // Newest first, below sequence `before` (0: from the newest), in `state` unless 0.
  absl::StatusOr<std::vector<CaseRow>> Before(sql::Session& session, int64_t before, int64_t state,
                                              int limit) const;
  // Versions of those of `numbers` that are there.
  absl::StatusOr<std::map<std::string, int64_t>> Versions(sql::Session& session,
                                                          const std::vector<std::string>& numbers) const;
  // All of a subject, oldest first. A service that asks by it has an index on (subject).
  absl::StatusOr<std::vector<CaseRow>> OfSubject(sql::Session& session, const std::string& subject) const;
  // Its persons were erased: nothing finds it by them any more. An index is personal information, too.
  absl::Status ForgetSubject(sql::Session& session, const std::string& number) const;
  // State, version and bytes.
  absl::Status Save(sql::Session& session, const CaseRow& row) const;

  const crypto::Sealer& sealer() const { return sealer_; }

 private:
  absl::StatusOr<CaseRow> Read(const sql::Row& row) const;
  std::string SealOf(const std::string& number) const { return prefix_ + "_application/" + number; }

  const std::string prefix_;
  const crypto::Sealer& sealer_;
};

// Opens what was sealed under `name`; INTERNAL when it is no such message.
template <typename Message>
absl::StatusOr<Message> OpenMessage(const crypto::Sealer& sealer, const sql::Value& sealed,
                                    const std::string& name) {
  absl::StatusOr<std::string> bytes = crypto::OpenText(sealer, sql::TextOf(sealed), name);
  if (!bytes.ok()) return bytes.status();
  Message message;
  if (!message.ParseFromString(*bytes))
    return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
  return message;
}

// Removes rows of "<prefix>_<table>" (subject, day) of `last` or before of whose subjects no case is left:
// all are erased. At most `limit` subjects.
absl::Status ForgetOfErased(sql::Session& session, const std::string& prefix, const std::string& table,
                            Date last, int limit);

// The first column of what is found.
absl::StatusOr<std::vector<std::string>> Texts(sql::Session& session, const std::string& statement,
                                               const sql::Binds& binds);

}  // namespace chuanyu
