// Two regions in one process, for tests: the real desks, stores and outboxes, a clock for each that the test
// moves, and a link that delivers what the test lets through, late, twice or not at all. What an exchange
// node would add (who asks, for what purpose) is added here.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/case_service/case_desk_testing.h"
#include "services/marriage/rules/rules_testing.h"
#include "services/marriage/work.h"

namespace chuanyu::marriage {

inline constexpr char kCq[] = "500000";
inline constexpr char kSc[] = "510000";

// 09:00 in Asia/Shanghai.
inline absl::Time MorningOf(Date day) {
  return absl::FromCivil(absl::CivilSecond(day) + 9 * 3600, ChinaTime());
}

inline std::string NameOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  const auto reason = ReasonOf(status);
  return reason ? std::string(ReasonName(*reason)) : status.ToString();
}

class TwoRegions {
 public:
  // `capacity`: places of each period of each office; 0: as in the policy that is shipped. `registers`: of
  // both regions; none without.
  TwoRegions(sql::Dialect dialect, absl::Time start, int capacity = 0,
             const registers::RegistersConfig& registers = {}) {
    for (const auto& [region, peer] : {std::pair{kCq, kSc}, {kSc, kCq}}) {
      Side& side = sides_[region];
      side.files = std::make_unique<CaseDeskFiles>(dialect);
      side.clock = std::make_unique<FakeClock>(start);
      side.config = side.files->Config("marriage", region, {peer});
      side.config.registers = registers;
      if (capacity > 0) side.config.policy = PolicyWith(capacity, side.config);
      // As in the configuration of a region: its officers, and the counties before and after 2026-01-25.
      side.config.offices = {{.org = "county",
                              .roles = {kOfficer},
                              .counties = {"500112", "500109", "500199", "511623", "511681"}}};
    }
    // One key of the regions: both folders have the same bytes (case_desk_testing.h).
    Restart(kCq);
    Restart(kSc);
  }

  Work& at(const std::string& region) { return *sides_.at(region).work; }
  FakeClock& clock(const std::string& region) { return *sides_.at(region).clock; }
  void SetClocks(absl::Time now) {
    for (auto& [region, side] : sides_) side.clock->Set(now);
  }
  // Ends what runs and starts it again with what its store holds.
  void Restart(const std::string& region) {
    Side& side = sides_.at(region);
    side.work.reset();
    absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(side.config, *side.clock);
    if (!desk.ok()) {
      std::fprintf(stderr, "%s\n", desk.status().ToString().c_str());
      std::abort();
    }
    side.work = std::make_unique<Work>(*std::move(desk));
  }

  // A second process of the same service: it shares nothing with the first but the database.
  std::unique_ptr<Work> Another(const std::string& region) {
    Side& side = sides_.at(region);
    return std::make_unique<Work>(Desk::Open(side.config, *side.clock).value());
  }

  // Ids of messages that `region` has to send.
  std::vector<std::string> Waiting(const std::string& region) {
    Work& work = at(region);
    return work.desk->outbox().Due(clock(region).Now() + absl::Hours(24 * 365), "", 10000).value();
  }
  // Delivers one message; the answer gets lost when `answered` is false.
  absl::Status Deliver(const std::string& from, const std::string& id, bool answered = true) {
    Work& work = at(from);
    CHUANYU_ASSIGN_OR_RETURN(const auto message, work.desk->outbox().Find(id));
    if (!message) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const std::string answer, Serve(at(message->to_region), from, *message));
    if (!answered) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(work.peers.TakeAnswer(*message, answer));
    return work.peers.TellCases();
  }
  void Tick(const std::string& region) {
    Work& work = at(region);
    for (const absl::Status& status : {work.peers.TellCases(), work.bookings.RunClock(1000),
                                       work.checks.RunClock(1000), work.registrations.RunClock(1000)}) {
      if (!status.ok()) failures_.push_back(region + " tick " + status.ToString());
    }
  }
  // Until nothing is left to say.
  void Settle() {
    for (int round = 0; round < 1000; ++round) {
      Tick(kCq);
      Tick(kSc);
      bool idle = true;
      for (const char* from : {kCq, kSc}) {
        for (const std::string& id : Waiting(from)) {
          idle = false;
          const absl::Status status = Deliver(from, id);
          if (!status.ok()) failures_.push_back(std::string(from) + " message " + status.ToString());
        }
      }
      if (idle) return;
    }
    failures_.emplace_back("the regions never come to rest");
  }
  // What nobody expects to fail and failed all the same.
  const std::vector<std::string>& failures() const { return failures_; }

  std::vector<std::vector<std::string>> Rows(const std::string& region, const std::string& query,
                                             const sql::Binds& binds = {}) {
    std::vector<std::vector<std::string>> out;
    const absl::Status status = at(region).desk->pool().Run([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(query, binds));
      for (const sql::Row& row : found.rows) {
        auto& texts = out.emplace_back();
        for (const sql::Value& value : row) {
          texts.push_back(std::holds_alternative<int64_t>(value) ? std::to_string(sql::IntOf(value))
                                                                 : sql::TextOf(value));
        }
      }
      return absl::OkStatus();
    });
    if (!status.ok()) failures_.push_back(status.ToString());
    return out;
  }

 private:
  // A copy of the policy, beside the keys.
  static std::string PolicyWith(int capacity, const ServiceConfig& config) {
    const std::string folder = std::filesystem::path(config.kek).parent_path().string() + "/policy";
    std::filesystem::create_directories(folder);
    for (const auto& entry : std::filesystem::directory_iterator(config.policy)) {
      std::ifstream in(entry.path());
      std::ofstream out(folder + "/" + entry.path().filename().string());
      for (std::string line; std::getline(in, line);) {
        const bool places = line.rfind("capacity = ", 0) == 0;
        out << (places ? "capacity = " + std::to_string(capacity) : line) << "\n";
      }
    }
    return folder;
  }

  struct Side {
    std::unique_ptr<CaseDeskFiles> files;
    std::unique_ptr<FakeClock> clock;
    ServiceConfig config;
    std::unique_ptr<Work> work;
  };

  static absl::StatusOr<std::string> Serve(Work& to, const std::string& from, const OutboxMessage& message) {
    const std::string method = message.operation.substr(message.operation.rfind('/') + 1);
    if (method == "ClaimSubject") {
      cases::v1::ClaimSubjectRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_ASSIGN_OR_RETURN(const auto response, to.claims.Claim(from, request));
      return response.SerializeAsString();
    }
    if (method == "ReleaseSubject") {
      cases::v1::ReleaseSubjectRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_RETURN_IF_ERROR(to.claims.Release(from, request));
      return std::string();
    }
    if (method == kCheckMaritalStatus) {
      v1::CheckMaritalStatusRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_ASSIGN_OR_RETURN(const auto response,
                               to.peers.CheckMaritalStatus(from, message.purpose, request));
      return response.SerializeAsString();
    }
    if (method == kRecordNoShow) {
      v1::RecordNoShowRequest request;
      request.ParseFromString(message.payload);
      CHUANYU_RETURN_IF_ERROR(to.bookings.no_shows().Take(from, request));
      return std::string();
    }
    v1::RecordEventRequest request;
    request.ParseFromString(message.payload);
    CHUANYU_RETURN_IF_ERROR(to.peers.RecordEvent(from, request));
    return std::string();
  }

  std::map<std::string, Side> sides_;
  std::vector<std::string> failures_;
};

// Requests as a window makes them; ids are made from a counter.
class Counter {
 public:
  explicit Counter(TwoRegions& regions) : regions_(regions) {}

  absl::StatusOr<v1::Registration> Start(const std::string& region, v1::RegistrationKind kind,
                                         const std::string& office, const v1::Party& a, const v1::Party& b) {
    v1::StartRegistrationRequest request;
    request.set_request_id(NextId());
    v1::Registration& registration = *request.mutable_registration();
    registration.set_kind(kind);
    registration.set_office_code(office);
    *registration.mutable_party_a() = a;
    *registration.mutable_party_b() = b;
    if (kind == v1::REGISTRATION_KIND_DIVORCE) registration.set_marriage_region(marriage_region);
    return regions_.at(region).registrations.Start("county", request);
  }
  absl::StatusOr<v1::Registration> Act(const std::string& region, const std::string& number,
                                       const std::string& act, bool both = true) {
    v1::PerformStepRequest request;
    request.set_request_id(NextId());
    request.set_registration_no(number);
    request.set_act(act);
    request.set_role(kOfficer);
    request.set_officer_id("officer-1");
    request.set_party_a_present(true);
    request.set_party_b_present(both);
    request.set_refused_reason(act == "refuse" ? "C_NOT_VOLUNTARY" : "");
    return regions_.at(region).registrations.Perform("county", request);
  }
  absl::StatusOr<v1::Registration> Get(const std::string& region, const std::string& number,
                                       v1::RegistrationView view = v1::REGISTRATION_VIEW_BASIC) {
    v1::GetRegistrationRequest request;
    request.set_registration_no(number);
    request.set_view(view);
    return regions_.at(region).registrations.Get("county", request);
  }
  v1::RegistrationState StateOf(const std::string& region, const std::string& number) {
    const auto found = Get(region, number);
    return found.ok() ? found->state() : v1::REGISTRATION_STATE_UNSPECIFIED;
  }
  // From the counter's start to the certificate; the reason when something stands in the way.
  std::string Marry(const std::string& region, const std::string& office, const v1::Party& a,
                    const v1::Party& b) {
    const auto started = Start(region, v1::REGISTRATION_KIND_MARRIAGE, office, a, b);
    if (!started.ok()) return NameOf(started.status());
    regions_.Settle();
    auto checked = Get(region, started->registration_no());
    if (checked->state() == v1::REGISTRATION_STATE_PENDING_REMOTE_CHECK) {
      // Held by the other region: looked at again after seconds.
      regions_.clock(region).Advance(absl::Seconds(2));
      regions_.Settle();
      checked = Get(region, started->registration_no());
    }
    if (checked->state() == v1::REGISTRATION_STATE_REFUSED) return checked->refused_reasons(0);
    for (const char* act : {"declare", "register"}) {
      const auto done = Act(region, started->registration_no(), act);
      if (!done.ok()) return NameOf(done.status());
      if (done->state() == v1::REGISTRATION_STATE_REGISTERED) {
        regions_.Settle();
        return done->certificate_no();
      }
    }
    return "not registered";
  }
  absl::StatusOr<v1::Appointment> Hold(const std::string& region, const std::string& office,
                                       const std::string& day, const std::string& period,
                                       v1::SlotService service, const std::string& a, const std::string& b,
                                       const std::string& registration_no = "",
                                       const std::string& org = "county") {
    v1::HoldAppointmentRequest request;
    request.set_request_id(NextId());
    v1::Appointment& appointment = *request.mutable_appointment();
    appointment.set_office_code(office);
    appointment.mutable_date()->set_value(day);
    appointment.set_period(period);
    appointment.set_service(service);
    appointment.set_registration_no(registration_no);
    *appointment.mutable_person_a() = RefOf(a);
    *appointment.mutable_person_b() = RefOf(b);
    return regions_.at(region).bookings.Hold(org, request);
  }
  absl::StatusOr<v1::Appointment> ActOn(const std::string& region, const std::string& number,
                                        v1::AppointmentAct act, const std::string& a = "",
                                        const std::string& b = "") {
    v1::ActOnAppointmentRequest request;
    request.set_request_id(NextId());
    request.set_appointment_no(number);
    request.set_act(act);
    if (!a.empty()) *request.mutable_person_a() = RefOf(a);
    if (!b.empty()) *request.mutable_person_b() = RefOf(b);
    return regions_.at(region).bookings.Act("county", request);
  }
  std::string NextId() { return "act-" + std::to_string(++acts_); }

  std::string marriage_region = kCq;

 private:
  TwoRegions& regions_;
  int acts_ = 0;
};

}  // namespace chuanyu::marriage
