// Two regions without servers and without a network: what one would send waits until the test delivers it,
// once, twice, late or with its answer lost. A region may be killed: it opens again from its store.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/case_service/case_desk_testing.h"
#include "common/errors/error.h"
#include "services/elderly_care/peers.h"
#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {

inline absl::Time At(Date day) { return absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, ChinaTime()); }

// One region: what Service wires, without its servers.
class TestRegion {
 public:
  TestRegion(const std::string& code, const std::string& peer, sql::Dialect dialect, const Clock& clock)
      : files_(dialect), clock_(clock) {
    config_ = files_.Config("elderly_care", code, {peer});
    const std::vector<std::string> counties = code == "500000"
                                                  ? std::vector<std::string>{"500109", "500112", "500199"}
                                                  : std::vector<std::string>{"511623", "511681", "511600"};
    config_.offices = {{.org = "county", .roles = {"WINDOW", "COUNTY"}, .counties = counties},
                       {.org = "window", .roles = {"WINDOW"}, .counties = {}}};
    Reopen();
  }
  // A kill: nothing of the process is left but its store.
  void Reopen() {
    parts_.reset();
    auto desk = Desk::Open(config_, clock_);
    if (!desk.ok()) {
      ADD_FAILURE() << desk.status();
      std::abort();
    }
    parts_ = std::make_unique<Parts>(*std::move(desk));
  }

  // A second process of the same service: it shares nothing with the first but the database.
  std::unique_ptr<Desk> Another() const { return Desk::Open(config_, clock_).value(); }

  Desk& desk() { return *parts_->desk; }
  Filings& filings() { return parts_->filings; }
  const Peers& peers() const { return parts_->peers; }
  const Map& map() const { return parts_->map; }
  const Unfiled& unfiled() const { return parts_->unfiled; }
  const std::string& code() const { return config_.region; }

  std::vector<std::string> Waiting() { return desk().outbox().Due(absl::InfiniteFuture(), "", 1000).value(); }
  // As the exchange node of this region calls it.
  absl::StatusOr<std::string> Provide(const std::string& from, const OutboxMessage& message) {
    const std::string method = message.operation.substr(message.operation.rfind('/') + 1);
    if (method == "ClaimSubject") {
      CHUANYU_ASSIGN_OR_RETURN(const auto answer,
                               parts_->claims.Claim(from, Read<cases::v1::ClaimSubjectRequest>(message)));
      return answer.SerializeAsString();
    }
    if (method == "ReleaseSubject") {
      CHUANYU_RETURN_IF_ERROR(parts_->claims.Release(from, Read<cases::v1::ReleaseSubjectRequest>(message)));
      return "";
    }
    if (method == kPushFiling) {
      CHUANYU_ASSIGN_OR_RETURN(const auto answer, peers().Push(from, Read<v1::PushFilingRequest>(message)));
      return answer.SerializeAsString();
    }
    absl::Status done = MakeError(Reason::INTERNAL);
    if (method == kReturnProgress) {
      done = peers().TakeProgress(from, Read<v1::ReturnProgressRequest>(message));
    } else if (method == kSendMap) {
      done = map().SendAll(from, message.purpose);
    } else if (method == kMapChanged) {
      done = map().Take(from, message.purpose, Read<v1::MapChangedRequest>(message));
    }
    CHUANYU_RETURN_IF_ERROR(done);
    return "";
  }

  absl::StatusOr<v1::Filing> Create(const v1::Filing& filing, const std::string& org = "county") {
    v1::CreateFilingRequest request;
    request.set_request_id(NextId());
    *request.mutable_filing() = filing;
    request.mutable_filing()->mutable_accept_division()->set_code(code() == "500000" ? "500109" : "511623");
    return filings().Create({.org = org, .name = org + "/test"}, request);
  }
  absl::StatusOr<v1::Filing> Act(const std::string& number, const std::string& act, const std::string& role,
                                 const v1::Filing& correction = {}, const std::string& org = "county") {
    v1::PerformStepRequest request;
    request.set_request_id(NextId());
    request.set_application_no(number);
    request.set_version(Load(number).version());
    request.set_act(act);
    request.set_role(role);
    request.set_officer_id("officer-1");
    *request.mutable_correction() = correction;
    if (act == "discrepancy") request.set_note("测试: 两间房未按图");
    return filings().Perform({.org = org, .name = org + "/test"}, request);
  }
  absl::StatusOr<v1::Filing> Change(const std::string& number, const v1::Change& change) {
    v1::ChangeFilingRequest request;
    request.set_request_id(NextId());
    request.set_application_no(number);
    *request.mutable_change() = change;
    request.set_role("COUNTY");
    request.set_officer_id("officer-1");
    return filings().Change({.org = "county", .name = "county/test"}, request);
  }
  absl::StatusOr<v1::Filing> End(const std::string& number, v1::EndReason reason = v1::END_REASON_CLOSED) {
    v1::EndFilingRequest request;
    request.set_request_id(NextId());
    request.set_application_no(number);
    request.set_reason(reason);
    request.set_role("COUNTY");
    request.set_officer_id("officer-1");
    return filings().End({.org = "county", .name = "county/test"}, request);
  }
  // As it is stored; empty when it is not here.
  v1::Filing Load(const std::string& number) {
    v1::Filing out;
    (void)desk().Read([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(const StoredFiling stored, desk().store().Load(session, number));
      out = stored.application;
      return absl::OkStatus();
    });
    return out;
  }
  std::vector<v1::PublicEntry> Entries() {
    const auto response = map().List({});
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->entries().begin(), response->entries().end()};
  }

 private:
  struct Parts {
    explicit Parts(std::unique_ptr<Desk> opened)
        : desk(std::move(opened)),
          claims(*desk, {}),
          map(*desk),
          unfiled(*desk),
          filings(*desk, claims, map, unfiled),
          peers(*desk, claims, filings) {}
    const std::unique_ptr<Desk> desk;
    const ClaimCalls claims;
    const Map map;
    const Unfiled unfiled;
    Filings filings;
    const Peers peers;
  };
  template <typename Message>
  static Message Read(const OutboxMessage& message) {
    Message out;
    EXPECT_TRUE(out.ParseFromString(message.payload));
    return out;
  }
  std::string NextId() { return absl::StrCat("request-", ++requests_); }

  const CaseDeskFiles files_;
  const Clock& clock_;
  CaseConfig config_;
  std::unique_ptr<Parts> parts_;
  int requests_ = 0;
};

class TwoRegions {
 public:
  TwoRegions(sql::Dialect dialect, const Clock& clock)
      : cq_("500000", "510000", dialect, clock), sc_("510000", "500000", dialect, clock) {}

  TestRegion& cq() { return cq_; }
  TestRegion& sc() { return sc_; }
  TestRegion& Other(const TestRegion& region) { return &region == &cq_ ? sc_ : cq_; }

  // What the other side does with a message of `from`; with `answered`, its answer comes back.
  absl::Status Deliver(TestRegion& from, const std::string& id, bool answered = true) {
    CHUANYU_ASSIGN_OR_RETURN(const auto message, from.desk().outbox().Find(id));
    if (!message) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const std::string payload, Other(from).Provide(from.code(), *message));
    if (!answered) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(from.peers().TakeAnswer(*message, payload));
    return from.peers().TellCases();
  }
  // Until nothing waits any more.
  void Settle() {
    for (int round = 0; round < 100; ++round) {
      bool quiet = true;
      for (TestRegion* region : {&cq_, &sc_}) {
        for (const std::string& id : region->Waiting()) {
          quiet = false;
          const absl::Status delivered = Deliver(*region, id);
          EXPECT_TRUE(delivered.ok()) << delivered;
        }
      }
      if (quiet) return;
    }
    ADD_FAILURE() << "messages without end";
  }

 private:
  TestRegion cq_;
  TestRegion sc_;
};

}  // namespace chuanyu::elderly_care
