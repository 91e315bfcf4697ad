// What all work of the service shares: stores, rules and the outside world, and the steps that more than one
// act takes. One object a process; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/provider.pb.h"
#include "common/cases/progress.h"
#include "common/clock/clock.h"
#include "common/clock/timestamp.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "common/merkle/note_key.h"
#include "common/outbox/outbox_store.h"
#include "common/person/person.h"
#include "common/uniqueness/claim_store.h"
#include "services/child_welfare/case_store.h"
#include "services/child_welfare/offices.h"
#include "services/child_welfare/rules/application.h"

namespace chuanyu::child_welfare {

inline constexpr char kPushApplication[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/PushApplication";
inline constexpr char kReturnResult[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/ReturnResult";
inline constexpr char kClaimSubject[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/ClaimSubject";
inline constexpr char kReleaseSubject[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/ReleaseSubject";
inline constexpr char kStatusChanged[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/StatusChanged";
inline constexpr char kCheckStatus[] = "/chuanyu.child_welfare.v1.ChildWelfareProvider/CheckStatus";

inline constexpr char kPurpose[] = "P-CHILD";                 // 认定
inline constexpr char kServicePurpose[] = "P-CHILD-SERVICE";  // education, health: the status alone

struct DeskDeps {
  sql::Pool& pool;
  CaseStore& store;
  uniqueness::ClaimStore& claims;
  OutboxStore& outbox;
  const ChildPolicy& policy;
  const cases::Flow& flow;
  const WorkCalendar& calendar;
  const DivisionTable& divisions;
  const crypto::BlindIndexer& own_indexer;    // of this service's own MACs
  const crypto::BlindIndexer& claim_indexer;  // under the key of both regions
  std::string claim_key_id;
  const Clock& clock;
  std::string own_region;
  std::set<std::string> peers;
  std::vector<Office> offices;
  std::vector<merkle::NoteSigner> signers;
  // After a transaction: an application has another version, a change of a status is there for an
  // organisation, something waits in the outbox.
  std::function<void(const std::string& name)> changed;
  std::function<void()> wake;
};

// Names under which watchers wait.
inline std::string OrgTopic(const std::string& org) { return "org/" + org; }

class Desk {
 public:
  explicit Desk(DeskDeps deps) : d(std::move(deps)) {}

  Date Today() const { return TodayShanghai(d.clock); }
  absl::StatusOr<PolicyDay> PolicyToday() const { return d.policy.On(Today()); }

  // Runs `work` in one writing transaction, then tells who waits for `topics`, which `work` fills.
  absl::Status Transact(
      absl::FunctionRef<absl::Status(sql::Session& session, std::vector<std::string>* topics)> work);

  // Under the key of both regions; hex.
  std::string SubjectOf(const Person& person) const;
  // BAD_REQUEST for a request_id that is none.
  absl::StatusOr<ActKey> KeyOf(const std::string& org, const std::string& request_id,
                               const google::protobuf::Message& request) const;

  // Reads what the application says, by the policy of today.
  absl::StatusOr<ChildApplication> Parse(const v1::Application& application) const;
  // Sets state and light from the steps, and the proposal when this region decides.
  absl::Status Refresh(v1::Application* application) const;
  bool DecidesHere(const v1::Application& application) const {
    return application.deciding_region().code() == d.own_region;
  }

  // Writes a message that must arrive, in the same transaction.
  absl::Status Send(sql::Session& session, const std::string& to_region, const std::string& operation,
                    const std::string& correlation_id, const google::protobuf::Message& message) const;
  // Ends an own application's claim.
  absl::Status Release(sql::Session& session, const StoredApplication& stored) const;

  const DeskDeps d;
};

// Of the current step, whose names are those of the enum.
v1::ApplicationState StateOf(const v1::Application& application);

// What of an application goes to the region that decides, and nothing else.
void CopyPushed(const v1::Application& from, v1::Application* to);

void SetHolder(const uniqueness::Holder& holder, cases::v1::ClaimHolder* out);

}  // namespace chuanyu::child_welfare
