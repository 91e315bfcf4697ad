// Numbers for Prometheus. A metric is named once, at start, and its handle kept:
//
//   Metrics metrics;
//   Counter submitted = metrics.AddCounter("chuanyu_submitted_total", "Requests accepted", {{"region",
//   region}}); submitted.Add();
//
// A label never holds anything of a person, nor a value without bound such as a request id. Names and labels
// are constants of the program: a malformed one ends the process. Everything here is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace prometheus {
class Counter;
class Exposer;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace chuanyu {

using Labels = std::map<std::string, std::string>;

// Handles are cheap to copy and valid as long as their Metrics. A default-constructed one counts nothing.

// Only goes up.
class Counter {
 public:
  Counter() = default;
  void Add(double amount = 1);

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_ = nullptr;
};

// Goes up and down.
class Gauge {
 public:
  Gauge() = default;
  void Set(double value);
  void Add(double amount);

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_ = nullptr;
};

// How values are distributed.
class Histogram {
 public:
  Histogram() = default;
  void Observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_ = nullptr;
};

// Upper bounds in seconds for a call or a step: 100 µs to 100 s, three a decade.
const std::vector<double>& LatencyBuckets();

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same metric; the same name with other labels another row of it.
  Counter AddCounter(const std::string& name, const std::string& help, const Labels& labels = {}) noexcept;
  Gauge AddGauge(const std::string& name, const std::string& help, const Labels& labels = {}) noexcept;
  // `buckets`: ascending upper bounds.
  Histogram AddHistogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                         const Labels& labels = {}) noexcept;

  // All metrics in Prometheus's text format.
  std::string Text() const;

 private:
  friend class MetricsServer;
  std::shared_ptr<prometheus::Registry> registry_;
};

// Serves "/metrics" over plain HTTP, for a collector on the same machine.
class MetricsServer {
 public:
  // `address` is "127.0.0.1:9101" or "[::1]:0" (port 0: any free one); the numbers are nobody else's
  // business, so anything but loopback is CONFIG_INVALID, as is an address that cannot be bound.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address,
                                                              const Metrics& metrics);
  ~MetricsServer();
  // The port really bound.
  int port() const { return port_; }

 private:
  MetricsServer(std::unique_ptr<prometheus::Exposer> exposer, std::shared_ptr<prometheus::Registry> registry,
                int port);
  const std::shared_ptr<prometheus::Registry> registry_;  // the exposer only has a weak pointer
  const std::unique_ptr<prometheus::Exposer> exposer_;
  const int port_;
};

}  // namespace chuanyu
