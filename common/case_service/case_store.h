// Cases of one item as the messages they are, over CaseRows: same contract. `Application` is the item's
// message, with application_no, state and version.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_rows.h"

namespace chuanyu {

template <typename Application>
struct StoredCase {
  Application application;
  std::string org;            // whose window filed it; empty when another region pushed it
  std::string window_region;  // 6 digits
  std::string subject;        // hex of the index under the key of both regions
  std::string claim_id;
};

template <typename Application>
class CaseStoreOf : public CaseRows {
 public:
  using Stored = StoredCase<Application>;
  using State = decltype(std::declval<Application>().state());
  using CaseRows::CaseRows;

  absl::Status Insert(sql::Session& session, const Stored& stored, int64_t sequence) const {
    CaseRow row = RowOf(stored);
    row.sequence = sequence;
    return CaseRows::Insert(session, row);
  }
  // CASE_NOT_FOUND.
  absl::StatusOr<Stored> Load(sql::Session& session, const std::string& number) const {
    CHUANYU_ASSIGN_OR_RETURN(CaseRow row, CaseRows::Load(session, number));
    return Parse(std::move(row));
  }
  absl::StatusOr<std::optional<Stored>> FindByClaim(sql::Session& session,
                                                    const std::string& claim_id) const {
    CHUANYU_ASSIGN_OR_RETURN(std::optional<CaseRow> row, CaseRows::FindByClaim(session, claim_id));
    if (!row) return std::optional<Stored>();
    CHUANYU_ASSIGN_OR_RETURN(Stored stored, Parse(*std::move(row)));
    return std::optional<Stored>(std::move(stored));
  }
  // Newest first, below sequence `before` (0: from the newest), in `state` unless UNSPECIFIED; with their
  // sequences.
  absl::StatusOr<std::vector<std::pair<int64_t, Stored>>> Before(sql::Session& session, int64_t before,
                                                                 State state, int limit) const {
    CHUANYU_ASSIGN_OR_RETURN(std::vector<CaseRow> rows, CaseRows::Before(session, before, state, limit));
    std::vector<std::pair<int64_t, Stored>> out;
    for (CaseRow& row : rows) {
      const int64_t sequence = row.sequence;
      CHUANYU_ASSIGN_OR_RETURN(Stored stored, Parse(std::move(row)));
      out.emplace_back(sequence, std::move(stored));
    }
    return out;
  }
  // All of a subject, oldest first.
  absl::StatusOr<std::vector<Stored>> OfSubject(sql::Session& session, const std::string& subject) const {
    CHUANYU_ASSIGN_OR_RETURN(std::vector<CaseRow> rows, CaseRows::OfSubject(session, subject));
    std::vector<Stored> out;
    for (CaseRow& row : rows) {
      CHUANYU_ASSIGN_OR_RETURN(out.emplace_back(), Parse(std::move(row)));
    }
    return out;
  }
  // With the next version, which it sets.
  absl::Status Save(sql::Session& session, Stored* stored) const {
    stored->application.set_version(stored->application.version() + 1);
    return CaseRows::Save(session, RowOf(*stored));
  }

 private:
  static CaseRow RowOf(const Stored& stored) {
    return {.number = stored.application.application_no(),
            .org = stored.org,
            .window_region = stored.window_region,
            .subject = stored.subject,
            .claim_id = stored.claim_id,
            .state = stored.application.state(),
            .version = stored.application.version(),
            .bytes = stored.application.SerializeAsString()};
  }
  static absl::StatusOr<Stored> Parse(CaseRow row) {
    Stored out{.org = std::move(row.org),
               .window_region = std::move(row.window_region),
               .subject = std::move(row.subject),
               .claim_id = std::move(row.claim_id)};
    if (!out.application.ParseFromString(row.bytes)) {
      return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
    }
    return out;
  }
};

}  // namespace chuanyu
