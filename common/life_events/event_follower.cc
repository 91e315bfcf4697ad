#include "common/life_events/event_follower.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/sql/migrate.h"
#include "common/telemetry/log.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace chuanyu::life_events {
namespace {

constexpr int kPage = 100;
constexpr int kAttempts = 5;
constexpr absl::Duration kTimeout = absl::Seconds(5);

const std::vector<sql::Migration>& Migrations() {
  static const auto* const migrations = new std::vector<sql::Migration>{{{
      "CREATE TABLE lf_cursor (name VARCHAR(64) PRIMARY KEY, sequence BIGINT NOT NULL)",
  }}};
  return *migrations;
}

std::string NameOf(const absl::Status& status) {
  return std::string(ReasonName(ReasonOf(status).value_or(Reason::SOURCE_UNAVAILABLE)));
}

}  // namespace

absl::StatusOr<FollowConfig> ReadFollowConfig(const Config& top) {
  FollowConfig out;
  CHUANYU_ASSIGN_OR_RETURN(const Config table, top.Table("life_events"));
  CHUANYU_ASSIGN_OR_RETURN(out.target, table.String("target", ""));
  CHUANYU_ASSIGN_OR_RETURN(out.identity, table.String("identity", ""));
  if (out.target.empty() != out.identity.empty()) {
    return table.Invalid("identity", "and target are given together or not at all");
  }
  CHUANYU_ASSIGN_OR_RETURN(out.every, table.Duration("every", out.every));
  if (out.every < absl::Milliseconds(10)) return table.Invalid("every", "is less than 10 ms");
  return out;
}

absl::StatusOr<std::unique_ptr<EventFollower>> EventFollower::Open(const FollowConfig& config, Deps deps) {
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(deps.pool, "life_events_follower", Migrations()));
  std::unique_ptr<EventFollower> out(new EventFollower(config, std::move(deps)));
  CHUANYU_ASSIGN_OR_RETURN(
      const std::shared_ptr<grpc::Channel> channel,
      rpc::OpenChannel({.target = config.target, .tls = out->deps_.tls, .server_spiffe = config.identity}));
  out->stub_ = v1::LifeEvents::NewStub(channel);
  if (out->deps_.metrics != nullptr) {
    out->applied_ = out->deps_.metrics->AddCounter("chuanyu_life_events_applied_total",
                                                   "Life events that this service has taken in");
  }
  CHUANYU_RETURN_IF_ERROR(out->deps_.pool.Run([&](sql::Session& session) {
    return session
        .Execute("INSERT INTO lf_cursor (name, sequence) VALUES (:name, 0) ON CONFLICT DO NOTHING",
                 {{"name", out->deps_.name}})
        .status();
  }));
  return out;
}

EventFollower::~EventFollower() { Stop(); }

void EventFollower::Start() {
  thread_ = std::thread([this] { Run(); });
}

void EventFollower::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<int64_t> EventFollower::Cursor() {
  int64_t sequence = 0;
  CHUANYU_RETURN_IF_ERROR(deps_.pool.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT sequence FROM lf_cursor WHERE name = :name", {{"name", deps_.name}}));
    if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "lf_cursor is empty"});
    sequence = sql::IntOf(found.rows[0][0]);
    return absl::OkStatus();
  }));
  return sequence;
}

// False when another process has applied it.
absl::StatusOr<bool> EventFollower::Apply(const v1::KnownEvent& event) {
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Topics changed;
    bool ours = false;
    status = deps_.pool.Transact([&](sql::Session& session) -> absl::Status {
      changed.clear();
      // First of all the row that another process would have to wait for.
      CHUANYU_ASSIGN_OR_RETURN(
          const int64_t moved,
          session.Execute("UPDATE lf_cursor SET sequence = :seq WHERE name = :name AND sequence < :seq",
                          {{"seq", event.sequence()}, {"name", deps_.name}}));
      ours = moved == 1;
      if (!ours) return absl::OkStatus();
      return (event.withdrawn() ? deps_.withdraw : deps_.apply)(session, event, &changed);
    });
    if (status.ok()) {
      if (ours) deps_.applied(changed);
      return ours;
    }
    if (!HasReason(status, Reason::STALE_VERSION)) return status;
  }
  return status;
}

// Past events that this service may not read.
absl::Status EventFollower::Pass(int64_t sequence) {
  return deps_.pool.Run([&](sql::Session& session) {
    return session
        .Execute("UPDATE lf_cursor SET sequence = :seq WHERE name = :name AND sequence < :seq",
                 {{"seq", sequence}, {"name", deps_.name}})
        .status();
  });
}

absl::StatusOr<int> EventFollower::RunOnce() {
  int applied = 0;
  for (;;) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t after, Cursor());
    v1::ReadEventsRequest request;
    request.set_after(after);
    request.set_page_size(kPage);
    v1::ReadEventsResponse response;
    grpc::ClientContext call;
    rpc::SetDeadline(call, absl::Now() + kTimeout);
    const grpc::Status read = stub_->ReadEvents(&call, request, &response);
    if (!read.ok()) return rpc::FromGrpc(read);
    for (const v1::KnownEvent& event : response.events()) {
      CHUANYU_ASSIGN_OR_RETURN(const bool ours, Apply(event));
      if (!ours) continue;
      applied_.Add();
      ++applied;
    }
    if (response.read_up_to() <= after) return applied;
    CHUANYU_RETURN_IF_ERROR(Pass(response.read_up_to()));
  }
}

void EventFollower::Run() {
  bool failing = false;  // said once, not at every run
  for (;;) {
    const absl::StatusOr<int> applied = RunOnce();
    if (!applied.ok() && !failing) {
      LogEvent(Severity::kError, "life_events_not_followed", {{"reason", NameOf(applied.status())}});
    }
    failing = !applied.ok();
    const absl::Time next = absl::Now() + config_.every;
    MutexLock lock(mu_);
    while (!stopping_ && absl::Now() < next) {
      wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next - absl::Now()) + 1);
    }
    if (stopping_) return;
  }
}

}  // namespace chuanyu::life_events
