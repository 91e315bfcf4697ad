// The claims of one item in SQL, for claim.h. Every call runs in the caller's transaction, beside the case or
// the answer that it belongs to, and writes what other regions are to be told in the same one. A unique index
// holds against a mistake in the code what the protocol promises: one open claim a subject. Blocks;
// thread-safe as far as sessions are each one thread's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/sql/sql.h"
#include "common/uniqueness/claim.h"

namespace chuanyu::uniqueness {

// Of a person, under the key that both regions share: hex of 32 bytes.
struct Subject {
  std::string hex;
};

struct ClaimMessage {
  enum class Kind { kClaim, kRelease };
  Kind kind = Kind::kClaim;
  Subject subject;
  std::string claim_id;
  int64_t accepted_at_ms = 0;  // of kClaim
  std::string to_region;
};

class ClaimStore {
 public:
  struct Options {
    std::string item;  // "child_welfare"
    std::string own_region;
    std::set<std::string> peers;
    // Writes a message that must arrive, in the same transaction.
    std::function<absl::Status(sql::Session&, const ClaimMessage&)> tell;
  };
  static absl::StatusOr<std::unique_ptr<ClaimStore>> Open(sql::Pool& pool, Options options);

  // As ClaimBook.
  absl::StatusOr<std::optional<Holder>> OpenClaim(sql::Session& session, const Subject& subject,
                                                  const std::string& claim_id, int64_t accepted_at_ms);
  absl::StatusOr<Reply> OnClaim(sql::Session& session, const Subject& subject, const std::string& claim_id,
                                const std::string& region, int64_t accepted_at_ms);
  // CASE_NOT_FOUND for a claim that is not there.
  absl::Status OnReply(sql::Session& session, const std::string& claim_id, const std::string& peer,
                       const Reply& reply);
  absl::Status Release(sql::Session& session, const std::string& claim_id);
  absl::Status OnRelease(sql::Session& session, const Subject& subject, const std::string& claim_id,
                         const std::string& region);

  // Nothing when there is none. Locks the item, so that what it says still holds when the transaction
  // commits.
  absl::StatusOr<std::optional<Claim>> Find(sql::Session& session, const std::string& claim_id);

  // Whether every region has agreed to all of these, now and until the transaction commits. No id twice.
  absl::StatusOr<bool> AreConfirmed(sql::Session& session, const std::vector<std::string>& claim_ids);

  // Whether a claim about the subject is open, of this region or of another: OpenClaim would find a holder.
  // Locks nothing.
  absl::StatusOr<bool> HasOpen(sql::Session& session, const Subject& subject);

  // Whom a claim is about; nothing when there is none.
  absl::StatusOr<std::optional<Subject>> SubjectOf(sql::Session& session, const std::string& claim_id);

  // Removes claims that have ended and were opened before, at most `limit`; how many. Only once no repeat of
  // a message about them can come any more: it would be granted anew.
  absl::StatusOr<int64_t> Forget(sql::Session& session, int64_t opened_before_ms, int limit);

  // Own claims that became CONFIRMED or REFUSED and whose cases have not been told, oldest first; at most
  // `limit`.
  absl::StatusOr<std::vector<Claim>> Untold(sql::Session& session, int limit);
  absl::Status Told(sql::Session& session, const std::string& claim_id);

 private:
  explicit ClaimStore(Options options) : options_(std::move(options)) {}
  absl::Status Lock(sql::Session& session);
  absl::StatusOr<ClaimBook> Load(sql::Session& session, const std::string& subject);
  struct Book {
    Subject subject;
    ClaimBook claims;
  };
  // Of the subject that a claim is about; nothing when there is no such claim.
  absl::StatusOr<std::optional<Book>> LoadOf(sql::Session& session, const std::string& claim_id);
  // Writes what differs from `before` and tells the others of what ended.
  absl::Status Save(sql::Session& session, const Subject& subject, const ClaimBook& before,
                    const ClaimBook& after);
  absl::Status Write(sql::Session& session, const Subject& subject, const Claim& claim);
  absl::Status TellAll(sql::Session& session, const Subject& subject, const Claim& claim,
                       ClaimMessage::Kind kind);

  const Options options_;
};

}  // namespace chuanyu::uniqueness
