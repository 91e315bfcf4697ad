// chuanyu-test-register: a department's RegisterSource server as a process of its own, for tests and to try
// the protocol. It answers A05 and A14 from a file of synthetic records (tests/support/registers) and does
// what the word in its mode file says, which it reads at each call:
//
//   now      answers at once            later    gives a ticket, and honours it once the word is "now"
//   down     UNAVAILABLE                slow     holds each call until its deadline
//
// Questions that wait are lost with the process: a ticket of an earlier one is NOT_FOUND.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "chuanyu/family_economy/v1/register_source.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/process/server_process.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/rpc/server.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using google::protobuf::Struct;

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string TextAt(const Struct& record, const std::string& key) {
  const auto found = record.fields().find(key);
  return found == record.fields().end() ? "" : found->second.string_value();
}

int64_t NumberAt(const Struct& record, const std::string& key) {
  int64_t number = 0;
  return absl::SimpleAtoi(TextAt(record, key), &number) ? number : 0;
}

void AddItem(DataClass data_class, const Struct& record, ClassResult* result) {
  if (data_class == DATA_CLASS_A14_FINANCE) {
    FinancialAsset& item = *result->add_items()->mutable_financial_asset();
    item.set_type(FINANCIAL_ASSET_TYPE_DEPOSIT);
    item.set_balance_fen(NumberAt(record, "balance_fen"));
    return;
  }
  RealEstate& item = *result->add_items()->mutable_real_estate();
  item.set_use(TextAt(record, "usage_code") == "ZZ" ? REAL_ESTATE_USE_DWELLING : REAL_ESTATE_USE_HOMESTEAD);
  item.set_area_centi_m2(NumberAt(record, "area_centi_m2"));
  item.set_share_bp(static_cast<int32_t>(NumberAt(record, "share_bp")));
  item.mutable_division()->set_code(TextAt(record, "division"));
  item.mutable_from_month()->set_value(TextAt(record, "from_month"));
}

// Thread-safe.
class Department final : public RegisterSource::Service {
 public:
  Department(Struct data, std::string mode_file) : data_(std::move(data)), mode_file_(std::move(mode_file)) {}

  // Calls that are held end.
  void Stop() {
    MutexLock lock(mu_);
    stopping_ = true;
    stops_.NotifyAll();
  }

  grpc::Status Query(grpc::ServerContext* context, const QueryRequest* request,
                     QueryResponse* response) override {
    const grpc::Status held = Hold(*context);
    if (!held.ok()) return held;
    if (Mode() == "later") {
      const std::string ticket = "ticket-" + request->query_id();
      MutexLock lock(mu_);
      waiting_[ticket] = *request;
      response->mutable_later()->set_id(ticket);
      return grpc::Status::OK;
    }
    Answer(*request, response->mutable_answer());
    return grpc::Status::OK;
  }

  grpc::Status Collect(grpc::ServerContext* context, const CollectRequest* request,
                       CollectResponse* response) override {
    const grpc::Status held = Hold(*context);
    if (!held.ok()) return held;
    MutexLock lock(mu_);
    const auto found = waiting_.find(request->ticket_id());
    if (found == waiting_.end()) return {grpc::StatusCode::NOT_FOUND, "no such ticket"};
    if (Mode() == "later") {
      response->mutable_later()->set_id(request->ticket_id());
    } else {
      Answer(found->second, response->mutable_answer());
    }
    return grpc::Status::OK;
  }

 private:
  std::string Mode() const {
    std::string mode = ReadText(mode_file_);
    while (!mode.empty() && mode.back() == '\n') mode.pop_back();
    return mode;
  }
  grpc::Status Hold(const grpc::ServerContext& context) {
    const auto caller = rpc::IdentifyCaller(context);
    if (!caller.ok() || !rpc::RequireRole(*caller, rpc::CallerRole::kSystem).ok()) {
      return {grpc::StatusCode::PERMISSION_DENIED, "not a system"};
    }
    const std::string mode = Mode();
    if (mode == "down") return {grpc::StatusCode::UNAVAILABLE, "down"};
    if (mode != "slow") return grpc::Status::OK;
    // Until the caller has given up, or the process is to stop.
    MutexLock lock(mu_);
    for (absl::Duration left;
         !stopping_ && (left = rpc::RemainingTime(context, absl::Now())) > absl::ZeroDuration();) {
      stops_.WaitFor(mu_, absl::ToInt64Milliseconds(left) + 1);
    }
    return {grpc::StatusCode::UNAVAILABLE, "slow"};
  }
  void Answer(const QueryRequest& request, RegisterAnswer* answer) const {
    for (const int asked : request.classes()) {
      const auto data_class = static_cast<DataClass>(asked);
      const std::string code = data_class == DATA_CLASS_A14_FINANCE ? "A14" : "A05";
      ClassResult& result = *answer->add_results();
      result.set_data_class(data_class);
      for (const auto& value : data_.fields().at("records").list_value().values()) {
        const Struct& record = value.struct_value();
        const bool hers =
            TextAt(record, "register") == code && TextAt(record, "doc_no") == request.person().doc_no();
        if (hers) AddItem(data_class, record, &result);
      }
      result.set_state(result.items().empty() ? RESULT_STATE_NO_HIT : RESULT_STATE_HIT);
    }
  }

  const Struct data_;
  const std::string mode_file_;
  Mutex mu_;
  CondVar stops_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::map<std::string, QueryRequest> waiting_ ABSL_GUARDED_BY(mu_);
};

int Main(int argc, char** argv) {
  const ServerProcess process;
  CLI::App app("A department's register, for tests. Synthetic data only.");
  std::string listen, data, mode, ready;
  rpc::TlsFiles tls;
  app.add_option("--listen", listen)->required();
  app.add_option("--data", data, "synthetic records")->required();
  app.add_option("--mode", mode, "file with one word")->required();
  app.add_option("--ready", ready, "file that is written when serving")->required();
  app.add_option("--certificate", tls.certificate)->required();
  app.add_option("--key", tls.key)->required();
  app.add_option("--ca", tls.ca)->required();
  CLI11_PARSE(app, argc, argv);
  Struct records;
  if (!google::protobuf::util::JsonStringToMessage(ReadText(data), &records).ok()) {
    std::fprintf(stderr, "chuanyu-test-register: the data cannot be read\n");
    return 1;
  }
  Department department(std::move(records), mode);
  auto server = rpc::Server::Start({.listen = {listen}, .tls = tls}, {&department});
  if (!server.ok()) {
    std::fprintf(stderr, "chuanyu-test-register: %s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  std::ofstream(ready) << getpid() << "\n";
  process.WaitForStop();
  department.Stop();
  (*server)->Shutdown(absl::ZeroDuration());
  return 0;
}

}  // namespace
}  // namespace chuanyu::testing

int main(int argc, char** argv) { return chuanyu::testing::Main(argc, argv); }
