// A closed loop of unary calls: a fixed number is always in flight, each is replaced when it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/channel.h"

namespace chuanyu::bench {

struct LoadOptions {
  int in_flight = 64;
  std::string method = "/bench.Echo/Call";
  // Serialised request of call `n`; empty: 512 bytes, as the figures of the architecture page.
  std::function<std::string(uint64_t n)> payload = nullptr;
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration duration = absl::Seconds(5);
};

struct LoadResult {
  uint64_t calls = 0;   // that ended well inside the measured time
  uint64_t errors = 0;  // in all
  double seconds = 0;
  std::vector<int64_t> latencies_us;  // sorted; of `calls`
  int64_t longest_us = 0;             // of all calls that ended well, also before and after the measured time
  std::string first_error;
  int64_t PercentileUs(double percent) const;
  // One line of JSON.
  std::string ToJson() const;
};

LoadResult RunLoad(std::shared_ptr<grpc::Channel> channel, const LoadOptions& options);

}  // namespace chuanyu::bench
