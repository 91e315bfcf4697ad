// What a process shows to Prometheus, read over loopback.
#pragma once

#include <string>

namespace chuanyu::testing {

// The answer to GET /metrics on the "metrics_port" of a ready file; aborts when there is none.
std::string ScrapeMetrics(const std::string& ready_file);

}  // namespace chuanyu::testing
