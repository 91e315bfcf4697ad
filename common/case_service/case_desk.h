// What all work of a case service shares: its stores, the rules that every item has, and the steps that more
// than one act takes. A service derives its own desk from it, with its item's policy and store. One object a
// process; thread-safe once it is attached.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/calendar/work_calendar.h"
#include "common/case_service/case_config.h"
#include "common/case_service/case_days.h"
#include "common/case_service/case_rows.h"
#include "common/cases/progress.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "common/outbox/outbox_store.h"
#include "common/person/person.h"
#include "common/sql/migrate.h"
#include "common/uniqueness/claim_store.h"

namespace chuanyu {

// What differs between items. All of it is the program's, nothing of it configuration.
struct CaseItem {
  std::string name;       // "child_welfare": its claims and its tables' version
  std::string tables;     // "cw": prefix of CaseRows
  std::string seal_name;  // "child-welfare/kek": bound into every seal of the store
  std::string provider;   // "chuanyu.child_welfare.v1.ChildWelfareProvider"
  std::string purpose;    // of messages that must arrive: "P-CHILD"
  cases::Flow::Rules flow;
  const std::vector<sql::Migration>& (*migrations)();  // the first begins with CaseRows::Statements
};

class CaseDesk {
 public:
  // Topics of watchers that are told when the transaction has happened.
  using Topics = std::vector<std::string>;
  using Work = absl::FunctionRef<absl::Status(sql::Session& session, Topics* topics)>;

  virtual ~CaseDesk() = default;
  CaseDesk(const CaseDesk&) = delete;
  CaseDesk& operator=(const CaseDesk&) = delete;

  // Who is told after a transaction: `changed` for each topic, then `wake`, for the outbox. Once, before the
  // first transaction of a service; a test may leave it out.
  void Attach(std::function<void(const std::string& topic)> changed, std::function<void()> wake);

  const CaseConfig& config() const { return config_; }
  const CaseItem& item() const { return item_; }
  const std::string& own_region() const { return config_.region; }
  const Clock& clock() const { return clock_; }
  const DivisionTable& divisions() const { return *divisions_; }
  const WorkCalendar& calendar() const { return *calendar_; }
  const cases::Flow& flow() const { return *flow_; }
  const crypto::Sealer& sealer() const { return *sealer_; }
  const crypto::BlindIndexer& own_indexer() const { return *own_indexer_; }  // of this service's own MACs
  sql::Pool& pool() const { return *pool_; }
  OutboxStore& outbox() const { return *outbox_; }
  uniqueness::ClaimStore& claims() const { return *claims_; }
  const CaseRows& rows() const { return *rows_; }

  const CaseDays& closed() const { return closed_; }      // of items whose tables have it
  const CaseDays& untold() const { return untold_; }      // of items whose tables have it
  const CaseDays& accounts() const { return accounts_; }  // of items whose tables have it

  Date Today() const { return TodayShanghai(clock_); }

  // Runs `work` in one writing transaction, then tells who waits for the topics that it filled.
  absl::Status Transact(Work work) const;
  // The telling alone, after a transaction that another part ran.
  void Changed(const Topics& topics) const;
  // A reading one; `work` may be run again.
  absl::Status Read(absl::FunctionRef<absl::Status(sql::Session& session)> work) const {
    return pool_->Run(work);
  }

  // Index of a person under the key of both regions; hex. Within `scope`, a word of the program: indexes of
  // two scopes do not tell that they are of one person.
  std::string SubjectOf(const Person& person, const std::string& scope = "") const;
  // Of what is no person: `kind` is a word of the program ("premises"), `id` the same in all regions.
  std::string SubjectOf(std::string_view kind, std::string_view id) const;
  // Such an index as another region sent it; KEY_UNKNOWN for another key.
  absl::StatusOr<std::string> ReadSubject(const std::string& bytes, const std::string& key_id) const;
  // BAD_REQUEST for a request_id that is none.
  absl::StatusOr<ActKey> KeyOf(const std::string& org, const std::string& request_id,
                               const google::protobuf::Message& request) const;
  // Full method path of a call of the item's provider.
  std::string Operation(const std::string& method) const;
  // Domain page §2.4: "{CQ|SC}-{letter}-{county}-{yyyymmdd}-{8 seq}"; another region by its code.
  std::string NumberOf(const std::string& letter, const std::string& county, int64_t sequence) const;
  // The county of a window, of this region: ORG_NOT_COMPETENT for another's. Names the field.
  absl::StatusOr<std::string> WindowCounty(const type::v1::DivisionCode& division,
                                           const std::string& field) const;

  // Writes a message that must arrive, in the same transaction. `purpose` other than the item's.
  absl::Status Send(sql::Session& session, const std::string& to_region, const std::string& method,
                    const std::string& correlation_id, const google::protobuf::Message& message,
                    const std::string& purpose = "") const;

 protected:
  CaseDesk(CaseConfig config, CaseItem item, const Clock& clock);
  // Opens what the accessors show; nothing of the desk may be used before. CONFIG_INVALID,
  // STORE_UNAVAILABLE.
  absl::Status Open();

 private:
  absl::Status LoadRules();
  absl::Status TellClaim(sql::Session& session, const uniqueness::ClaimMessage& message) const;
  // The claims of one transaction go out together: an exchange costs more than the claims in it.
  absl::Status SendClaims(sql::Session& session, const std::string& to_region,
                          const std::vector<std::string>& claims) const;

  const CaseConfig config_;
  const CaseItem item_;
  const CaseDays closed_;
  const CaseDays untold_;
  const CaseDays accounts_;
  const Clock& clock_;
  std::function<void(const std::string& topic)> changed_ = [](const std::string&) {};
  std::function<void()> wake_ = [] {};
  // In the order in which they are built; each may use what stands above it.
  std::optional<DivisionTable> divisions_;
  std::optional<WorkCalendar> calendar_;
  std::optional<cases::Flow> flow_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::BlindIndexer> own_indexer_;
  std::unique_ptr<crypto::BlindIndexer> claim_indexer_;
  std::unique_ptr<sql::Pool> pool_;
  std::optional<CaseRows> rows_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<uniqueness::ClaimStore> claims_;
};

}  // namespace chuanyu
