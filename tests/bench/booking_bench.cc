// Couples that book at one office on one day, at a fixed rate whatever the service does, and 200 couples at
// once for a last place (domain page §10, scenario 20): how long each call took, and that what was answered,
// the slots and the rows of the store agree. Two whole regions; the office is in the region of the caller, or
// in the other one behind both nodes. The couples are synthetic.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/sql/sql.h"
#include "tests/support/couples.h"
#include "tests/support/eventually.h"
#include "tests/support/marriage_region.h"
#include "tests/support/world.h"

namespace chuanyu::bench {
namespace {

namespace v1 = marriage::v1;

struct Options {
  bool across = false;
  bool postgresql = false;
  int couples = 10'000;
  int places = 9'000;  // the others hear SLOT_FULL
  int rate = 500;      // couples a second
  int rush = 200;      // couples that want the last place
};

// A copy of the policy that is shipped, with enough places in the morning and one in the afternoon.
absl::Status WritePolicy(const std::string& folder, int places) {
  std::filesystem::create_directories(folder);
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage")) {
    std::ifstream in(entry.path());
    std::ofstream out(folder + "/" + entry.path().filename().string());
    bool afternoon = false;
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("name = \"", 0) == 0) afternoon = line.rfind("name = \"PM", 0) == 0;
      const bool capacity = line.rfind("capacity = ", 0) == 0;
      out << (capacity ? absl::StrCat("capacity = ", afternoon ? 1 : places) : line) << "\n";
    }
    if (!out) return MakeError(Reason::INTERNAL, {.detail = "the policy could not be written"});
  }
  return absl::OkStatus();
}

// marriage with that policy.
testing::RegionService BenchMarriage(const std::string& policy) {
  testing::RegionService service = testing::Marriage();
  service.config = [policy](const testing::Region& region, const testing::RegionService& self) {
    return absl::StrReplaceAll(
        testing::Marriage().config(region, self),
        {{std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage\"", policy + "\""}});
  };
  return service;
}

int64_t Percentile(const std::vector<int64_t>& sorted, double percent) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(percent / 100 * static_cast<double>(sorted.size() - 1))];
}

// Holds and confirms for couples; counts what comes of it. Thread-safe.
class Bookers {
 public:
  Bookers(const std::shared_ptr<grpc::Channel>& channel, v1::Slot slot, std::string region, std::string run)
      : stub_(v1::Marriage::NewStub(channel)),
        slot_(std::move(slot)),
        region_(std::move(region)),
        run_(std::move(run)) {}

  // `due`: what the couple waits from, also when the call went out later.
  void Book(int couple, absl::Time due) {
    auto* const call = new Call<v1::HoldAppointmentRequest, v1::HoldAppointmentResponse>{.due = due};
    call->request.set_request_id(absl::StrCat(run_, "-", couple));
    call->request.set_region(region_);
    v1::Appointment& wanted = *call->request.mutable_appointment();
    wanted.set_office_code(slot_.office_code());
    *wanted.mutable_date() = slot_.date();
    wanted.set_period(slot_.period());
    wanted.set_service(slot_.service());
    *wanted.mutable_person_a() = testing::CoupleRef(testing::AdultNumber(true, couple));
    *wanted.mutable_person_b() = testing::CoupleRef(testing::AdultNumber(false, couple));
    {
      MutexLock lock(mu_);
      ++running_;
    }
    rpc::SetDeadline(call->context, absl::Now() + absl::Seconds(60));
    stub_->async()->HoldAppointment(&call->context, &call->request, &call->response,
                                    [this, call](const grpc::Status& status) {
                                      Note(status, absl::Now() - call->due, &holds_us_);
                                      if (status.ok())
                                        Confirm(call->response.appointment().appointment_no());
                                      else
                                        Ended();
                                      delete call;
                                    });
  }

  // Once everybody has an answer.
  void Await() {
    MutexLock lock(mu_);
    while (running_ > 0) ended_.Wait(mu_);
    std::sort(holds_us_.begin(), holds_us_.end());
    std::sort(confirms_us_.begin(), confirms_us_.end());
  }

  // After Await.
  const std::vector<int64_t>& holds_us() const { return holds_us_; }
  const std::vector<int64_t>& confirms_us() const { return confirms_us_; }
  int confirmed() const { return confirmed_; }
  int full() const { return full_; }
  // What nobody expects: reason to number.
  const std::map<std::string, int>& others() const { return others_; }

 private:
  template <typename Request, typename Response>
  struct Call {
    absl::Time due;
    grpc::ClientContext context = {};
    Request request = {};
    Response response = {};
  };

  void Confirm(const std::string& number) {
    auto* const call =
        new Call<v1::ActOnAppointmentRequest, v1::ActOnAppointmentResponse>{.due = absl::Now()};
    call->request.set_request_id(absl::StrCat(run_, "-confirm-", number));
    call->request.set_region(region_);
    call->request.set_appointment_no(number);
    call->request.set_act(v1::APPOINTMENT_ACT_CONFIRM);
    rpc::SetDeadline(call->context, absl::Now() + absl::Seconds(60));
    stub_->async()->ActOnAppointment(
        &call->context, &call->request, &call->response, [this, call](const grpc::Status& status) {
          Note(status, absl::Now() - call->due, &confirms_us_);
          if (status.ok() && call->response.appointment().state() == v1::APPOINTMENT_STATE_CONFIRMED) {
            MutexLock lock(mu_);
            ++confirmed_;
          }
          Ended();
          delete call;
        });
  }

  void Note(const grpc::Status& status, absl::Duration took, std::vector<int64_t>* into) {
    MutexLock lock(mu_);
    const auto reason = ReasonOf(rpc::FromGrpc(status));
    const bool full = !status.ok() && reason == Reason::SLOT_FULL;
    full_ += full ? 1 : 0;
    if (status.ok() || full) {
      into->push_back(absl::ToInt64Microseconds(took));
    } else {
      ++others_[reason ? std::string(ReasonName(*reason)) : absl::StrCat("code ", status.error_code())];
    }
  }

  void Ended() {
    MutexLock lock(mu_);
    if (--running_ == 0) ended_.NotifyAll();
  }

  const std::unique_ptr<v1::Marriage::Stub> stub_;
  const v1::Slot slot_;
  const std::string region_;
  const std::string run_;
  Mutex mu_;
  CondVar ended_;
  int running_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<int64_t> holds_us_;
  std::vector<int64_t> confirms_us_;
  int confirmed_ = 0;
  int full_ = 0;
  std::map<std::string, int> others_;
};

// The slots of the first day that is open to bookings.
absl::StatusOr<std::vector<v1::Slot>> OpenDay(testing::MarriageClient& client, const std::string& region,
                                              const std::string& office) {
  for (int days = 3; days < 20; ++days) {
    const std::string day = absl::FormatTime("%Y-%m-%d", absl::Now() + absl::Hours(24 * days), ChinaTime());
    CHUANYU_ASSIGN_OR_RETURN(auto slots, client.Slots(region, office, day));
    if (!slots.empty()) return slots;
  }
  return MakeError(Reason::INTERNAL, {.detail = "no day is open"});
}

absl::StatusOr<int64_t> Count(sql::Pool& pool, const std::string& query) {
  int64_t out = 0;
  CHUANYU_RETURN_IF_ERROR(pool.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(query));
    if (found.rows.empty()) return MakeError(Reason::INTERNAL);
    out = sql::IntOf(found.rows[0][0]);
    return absl::OkStatus();
  }));
  return out;
}

// What was answered is what the store of the office's region holds.
absl::Status CheckStore(const testing::Region& region, int confirmed) {
  CHUANYU_ASSIGN_OR_RETURN(const auto pool, sql::Pool::Open({.url = region.StoreUrl("marriage")}));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t over,
                           Count(*pool, "SELECT COUNT(*) FROM mr_slot WHERE booked > capacity"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t booked,
                           Count(*pool, "SELECT CAST(SUM(booked) AS BIGINT) FROM mr_slot"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t rows,
                           Count(*pool, absl::StrCat("SELECT COUNT(*) FROM mr_appointment WHERE state = ",
                                                     v1::APPOINTMENT_STATE_CONFIRMED)));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t all, Count(*pool, "SELECT COUNT(*) FROM mr_appointment"));
  if (over != 0 || booked != confirmed || rows != confirmed || all != confirmed) {
    return MakeError(Reason::INTERNAL,
                     {.detail = absl::StrCat("over capacity ", over, ", booked ", booked, ", rows ", rows,
                                             " of ", all, ", answered ", confirmed)});
  }
  return absl::OkStatus();
}

absl::Status CheckCounts(const Bookers& bookers, int confirmed, int full) {
  if (bookers.others().empty() && bookers.confirmed() == confirmed && bookers.full() == full)
    return absl::OkStatus();
  std::string others;
  for (const auto& [reason, count] : bookers.others()) absl::StrAppend(&others, " ", reason, " ", count);
  return MakeError(Reason::INTERNAL, {.detail = absl::StrCat(bookers.confirmed(), " confirmed, ",
                                                             bookers.full(), " full, others:", others)});
}

absl::Status Run(const Options& options) {
  char folder[] = "/tmp/chuanyu-booking-XXXXXX";
  if (mkdtemp(folder) == nullptr) return MakeError(Reason::INTERNAL);
  const std::string policy = absl::StrCat(folder, "/policy");
  CHUANYU_RETURN_IF_ERROR(WritePolicy(policy, options.places));
  const testing::RegionService marriage = BenchMarriage(policy);
  testing::World world(
      {.family_economy = false,
       .services = {&marriage},
       .backend = options.postgresql ? testing::Backend::kPostgresql : testing::Backend::kSqlite});
  CHUANYU_RETURN_IF_ERROR(world.Start());
  const std::string region = options.across ? "510000" : "";
  const auto channel = world.cq().ToFront(marriage, testing::kPlatform);
  testing::MarriageClient client(channel);
  CHUANYU_ASSIGN_OR_RETURN(const auto slots,
                           OpenDay(client, region, options.across ? "511623-01" : "500112-01"));

  Bookers day(channel, slots.front(), region, "day");
  const absl::Time begin = absl::Now();
  for (int couple = 0; couple < options.couples; ++couple) {
    const absl::Time due = begin + absl::Seconds(1) * couple / options.rate;
    if (const absl::Duration early = due - absl::Now(); early > absl::ZeroDuration()) absl::SleepFor(early);
    day.Book(couple, due);
  }
  day.Await();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const int confirmed = std::min(options.places, options.couples);
  CHUANYU_RETURN_IF_ERROR(CheckCounts(day, confirmed, options.couples - confirmed));

  // The other region's agreement comes by and by; the rush is measured without it.
  const testing::Region& office = options.across ? world.sc() : world.cq();
  CHUANYU_ASSIGN_OR_RETURN(const auto pool, sql::Pool::Open({.url = office.StoreUrl("marriage")}));
  const bool verified = testing::Eventually(absl::Minutes(5), [&] {
    const auto open = Count(*pool, "SELECT COUNT(*) FROM ob_message");
    const auto untold = Count(*pool, "SELECT COUNT(*) FROM uq_claim WHERE told = 0");
    return open.ok() && *open == 0 && untold.ok() && *untold == 0;
  });
  if (!verified) return MakeError(Reason::INTERNAL, {.detail = "the bookings are not verified"});
  const double until_verified = absl::ToDoubleSeconds(absl::Now() - begin);

  Bookers rush(channel, slots.back(), region, "rush");
  const absl::Time at_once = absl::Now();
  for (int i = 0; i < options.rush; ++i) rush.Book(options.couples + i, at_once);
  rush.Await();
  CHUANYU_RETURN_IF_ERROR(CheckCounts(rush, 1, options.rush - 1));
  CHUANYU_RETURN_IF_ERROR(CheckStore(office, confirmed + 1));

  std::printf(
      "{\"couples\": %d, \"confirmed\": %d, \"slot_full\": %d, \"over_capacity\": 0, "
      "\"bookings_per_second\": "
      "%.1f, \"verified_after_seconds\": %.1f, \"hold_p50_ms\": %.1f, \"hold_p99_ms\": %.1f, "
      "\"confirm_p50_ms\": %.1f, \"confirm_p99_ms\": %.1f, \"last_place_confirmed\": %d, "
      "\"last_place_full\": %d, \"last_place_max_ms\": %.1f}\n",
      options.couples, day.confirmed(), day.full(), options.couples / seconds, until_verified,
      Percentile(day.holds_us(), 50) / 1e3, Percentile(day.holds_us(), 99) / 1e3,
      Percentile(day.confirms_us(), 50) / 1e3, Percentile(day.confirms_us(), 99) / 1e3, rush.confirmed(),
      rush.full(), Percentile(rush.holds_us(), 100) / 1e3);
  std::filesystem::remove_all(folder);
  return world.Stop();
}

int Main(int argc, char** argv) {
  CLI::App app("Couples that book at one office on one day.");
  Options options;
  app.add_flag("--across", options.across, "The office is in the other region");
  app.add_flag("--postgresql", options.postgresql, "Instead of SQLite");
  app.add_option("--couples", options.couples)->check(CLI::Range(1, 14'000));
  app.add_option("--places", options.places);
  app.add_option("--rate", options.rate, "Couples a second");
  app.add_option("--rush", options.rush, "Couples that want the last place at once")
      ->check(CLI::Range(1, 500));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "booking_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
