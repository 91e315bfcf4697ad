// What the tracker costs: lifecycles a second with appendfsync always, and bytes a retained request. Not a
// test; all content is synthetic.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "common/redis/client.h"
#include "common/redis/test_server.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {
namespace {

std::string Id(uint64_t n) {
  char text[40];
  std::snprintf(text, sizeof text, "0197e2a4-0000-7000-8000-%012llx", static_cast<unsigned long long>(n));
  return text;
}

uint64_t UsedMemory(redis::RedisClient& client) {
  const std::string info = *client.Run({"INFO", "memory"})->text();
  return std::stoull(info.substr(info.find("used_memory:") + 12));
}

std::vector<TrackerChange> NewRequests(uint64_t first, size_t count) {
  std::vector<TrackerChange> changes;
  for (uint64_t n = first; n < first + count; ++n) {
    changes.push_back(NewRequest{.request_id = Id(n),
                                 .caller = "500000/mzj/family-economy",
                                 .peer_region = "510000",
                                 .operation = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus",
                                 .at_ms = 1'780'000'000'000,
                                 .deadline_ms = 1'780'000'300'000,
                                 .location = "00000001:123456789:1234",
                                 .journal_index = n});
  }
  return changes;
}

std::vector<TrackerChange> Transitions(uint64_t first, size_t count, Event event) {
  std::vector<TrackerChange> changes;
  for (uint64_t n = first; n < first + count; ++n) {
    Transition transition{.request_id = Id(n), .event = event, .at_ms = 1'780'000'000'100};
    if (event == Event::kAnswered) transition.location = "00000001:123456999:1234";
    if (event == Event::kAnswered) transition.outcome = "OK";
    changes.push_back(transition);
  }
  return changes;
}

// One iteration: a batch of requests goes from SUBMITTED to DELIVERED in four calls, as a busy node makes
// them.
void BM_Lifecycles(benchmark::State& state) {
  redis::TestRedis server;
  auto tracker = Tracker::Open({.redis = {.unix_socket = server.socket()}, .shard = "bench"});
  redis::RedisClient client({.unix_socket = server.socket()});
  const auto count = static_cast<size_t>(state.range(0));
  const uint64_t before = UsedMemory(client);
  uint64_t next = 0;
  for (auto _ : state) {
    bool ok = (*tracker)->ApplyBatch(NewRequests(next, count), next).ok();
    for (const Event event : {Event::kDispatched, Event::kAnswered, Event::kDelivered}) {
      ok = ok && (*tracker)->ApplyBatch(Transitions(next, count, event), next).ok();
    }
    if (!ok) state.SkipWithError("the tracker refused a batch");
    next += count;
  }
  state.counters["tracker_lifecycles_per_second"] =
      benchmark::Counter(static_cast<double>(next), benchmark::Counter::kIsRate);
  state.counters["redis_bytes_per_request"] =
      static_cast<double>(UsedMemory(client) - before) / static_cast<double>(next);
}
BENCHMARK(BM_Lifecycles)->Arg(1)->Arg(64)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chuanyu::exchange

BENCHMARK_MAIN();
