// Sends one batch of the periodic re-check through two regions and says how fast it was: from the first byte
// of the upload until the last line has its result. Synthetic persons; every `--hits-every`-th is in the
// other region's registers (numbers 0, 1, 2 ... of tests/support/batches.h, which run.py puts there).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/channel.h"
#include "grpcpp/channel.h"
#include "tests/support/batches.h"
#include "tests/support/eventually.h"

namespace chuanyu::bench {
namespace {

namespace v1 = family_economy::v1;

constexpr int64_t kChunkLines = 5'000;
constexpr int64_t kUnregistered = 1'000'000;  // from here on nobody is in a register

int Main(int argc, char** argv) {
  CLI::App app("One batch through two regions.");
  rpc::ChannelOptions options;
  std::string batch_no;
  int64_t lines = 100'000;
  int64_t hits_every = 100;
  int limit_seconds = 600;
  app.add_option("--target", options.target)->required();
  app.add_option("--server-spiffe", options.server_spiffe)->required();
  app.add_option("--cert", options.tls.certificate)->required();
  app.add_option("--key", options.tls.key)->required();
  app.add_option("--ca", options.tls.ca)->required();
  app.add_option("--batch-no", batch_no)->required();
  app.add_option("--lines", lines);
  app.add_option("--hits-every", hits_every);
  app.add_option("--limit", limit_seconds, "Gives up after so many seconds");
  CLI11_PARSE(app, argc, argv);

  const testing::SyntheticBatch batch(batch_no, lines, kChunkLines, [&](int64_t at) {
    const int64_t person = at % hits_every == 0 ? at / hits_every : kUnregistered + at;
    return testing::SyntheticLine(testing::SyntheticNumber(person), at + 1);
  });
  const auto channel = rpc::OpenChannel(options);
  if (!channel.ok()) return 1;
  const auto stub = v1::FamilyEconomyBatches::NewStub(*channel);
  const absl::Time begin = absl::Now();
  const auto uploaded = testing::UploadChunks(*stub, batch, 0, batch.chunks());
  if (!uploaded.ok()) {
    std::fprintf(stderr, "%s\n", std::string(uploaded.status().message()).c_str());
    return 1;
  }
  const absl::Duration upload = absl::Now() - begin;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(begin + absl::Seconds(limit_seconds)));
  v1::WatchBatchRequest request;
  request.set_batch_no(batch_no);
  const auto reader = stub->WatchBatch(&context, request);
  v1::WatchBatchResponse last;
  while (reader->Read(&last)) {
  }
  const absl::Duration all = absl::Now() - begin;
  if (!reader->Finish().ok() || last.batch().state() != v1::BATCH_STATE_DONE) {
    std::fprintf(stderr, "the batch did not end\n");
    return 1;
  }
  const v1::BatchCounts& counts = last.batch().counts();
  std::printf(
      "{\"lines\": %lld, \"upload_seconds\": %.3f, \"seconds\": %.3f, \"lines_per_second\": %.1f, "
      "\"ok\": %lld, \"hits\": %lld, \"error\": %lld}\n",
      static_cast<long long>(lines), absl::ToDoubleSeconds(upload), absl::ToDoubleSeconds(all),
      static_cast<double>(lines) / absl::ToDoubleSeconds(all), static_cast<long long>(counts.ok()),
      static_cast<long long>(counts.hits()), static_cast<long long>(counts.error()));
  return 0;
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
