#include "tests/bench/load.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/mutex.h"
#include "common/rpc/deadline.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/bench/buffers.h"

namespace chuanyu::bench {
namespace {

class Loop {
 public:
  Loop(std::shared_ptr<grpc::Channel> channel, const LoadOptions& options)
      : stub_(std::move(channel)), options_(options) {}

  LoadResult Run() {
    start_ = absl::Now() + options_.warm_up;
    end_ = start_ + options_.duration;
    {
      MutexLock lock(mu_);
      running_ = options_.in_flight;
    }
    for (int i = 0; i < options_.in_flight; ++i) StartCall();
    MutexLock lock(mu_);
    while (running_ > 0) ended_.Wait(mu_);
    result_.seconds = absl::ToDoubleSeconds(options_.duration);
    std::sort(result_.latencies_us.begin(), result_.latencies_us.end());
    return std::move(result_);
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer answer;
    absl::Time started;
  };

  void StartCall() {
    auto* call = new Call;
    call->request = ToBuffer(options_.payload ? options_.payload(started_++) : std::string(512, 'x'));
    call->started = absl::Now();
    rpc::SetDeadline(call->context, call->started + absl::Seconds(30));
    stub_.UnaryCall(&call->context, options_.method, {}, &call->request, &call->answer,
                    [this, call](const grpc::Status& status) { End(call, status); });
  }

  void End(Call* call, const grpc::Status& status) {
    const absl::Time now = absl::Now();
    {
      MutexLock lock(mu_);
      if (!status.ok()) {
        if (result_.errors++ == 0) result_.first_error = status.error_message();
      } else {
        const int64_t took_us = absl::ToInt64Microseconds(now - call->started);
        result_.longest_us = std::max(result_.longest_us, took_us);
        if (now >= start_ && now < end_) {
          ++result_.calls;
          result_.latencies_us.push_back(took_us);
        }
      }
      delete call;
      if (now >= end_) {
        if (--running_ == 0) ended_.NotifyAll();
        return;
      }
    }
    StartCall();
  }

  grpc::GenericStub stub_;
  const LoadOptions options_;
  std::atomic<uint64_t> started_ = 0;
  absl::Time start_;
  absl::Time end_;
  Mutex mu_;
  CondVar ended_;
  int running_ ABSL_GUARDED_BY(mu_) = 0;
  LoadResult result_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

int64_t LoadResult::PercentileUs(double percent) const {
  if (latencies_us.empty()) return 0;
  const auto index = static_cast<size_t>(percent / 100 * static_cast<double>(latencies_us.size() - 1));
  return latencies_us[index];
}

std::string LoadResult::ToJson() const {
  return absl::StrFormat(
      R"({"calls_per_second":%.1f,"p50_us":%d,"p99_us":%d,"max_us":%d,"calls":%d,"errors":%d,"first_error":"%s"})",
      static_cast<double>(calls) / seconds, PercentileUs(50), PercentileUs(99), longest_us, calls, errors,
      first_error);
}

LoadResult RunLoad(std::shared_ptr<grpc::Channel> channel, const LoadOptions& options) {
  return Loop(std::move(channel), options).Run();
}

}  // namespace chuanyu::bench
