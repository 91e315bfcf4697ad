// Files households of three persons one after another, as a window with a person waiting does, and says how
// long each took: from the call that files the application until the answers of both regions are in.
// Synthetic persons; the second of each household has the 户籍 in the other region, so every check crosses
// the link.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/channel.h"
#include "tests/support/batches.h"
#include "tests/support/front_client.h"
#include "tests/support/households.h"

namespace chuanyu::bench {
namespace {

namespace v1 = family_economy::v1;

constexpr int64_t kFirstPerson = 2'000'000;  // none of them is in a register

// Sex is the parity of the 17th digit (GB 11643).
testing::TestPerson Person(const std::string& number, const char* hukou) {
  const bool male = (number[16] - '0') % 2 == 1;
  return {number.c_str(), testing::kSyntheticName, male ? type::v1::SEX_MALE : type::v1::SEX_FEMALE, hukou};
}

v1::CreateVerificationRequest Household(const std::string& run, int64_t n) {
  const std::string numbers[] = {testing::SyntheticNumber(kFirstPerson + 3 * n),
                                 testing::SyntheticNumber(kFirstPerson + 3 * n + 1),
                                 testing::SyntheticNumber(kFirstPerson + 3 * n + 2)};
  return testing::Filing(
      run + "-" + std::to_string(n),
      {{Person(numbers[0], "500112"), "01"},
       {Person(numbers[1], "511623"), "12"},
       {Person(numbers[2], "500112"), "21"}},
      {v1::DATA_CLASS_A02_MARRIAGE, v1::DATA_CLASS_A03_DEATH, v1::DATA_CLASS_A10_ASSISTANCE});
}

absl::StatusOr<absl::Duration> FileOne(testing::FrontClient& front,
                                       const v1::CreateVerificationRequest& request) {
  const absl::Time begin = absl::Now();
  const auto created = front.Create(request);
  if (!created.ok()) return created.status();
  const auto answered = front.Await(created->verification_no(), v1::VERIFICATION_STATE_REPORTED);
  if (!answered.ok()) return answered.status();
  return absl::Now() - begin;
}

int Main(int argc, char** argv) {
  CLI::App app("Households of three, one after another.");
  rpc::ChannelOptions options;
  std::string run;
  int64_t count = 200;
  int64_t warm_up = 20;
  app.add_option("--target", options.target)->required();
  app.add_option("--server-spiffe", options.server_spiffe)->required();
  app.add_option("--cert", options.tls.certificate)->required();
  app.add_option("--key", options.tls.key)->required();
  app.add_option("--ca", options.tls.ca)->required();
  app.add_option("--run", run, "Begins every request id")->required();
  app.add_option("--count", count);
  app.add_option("--warm-up", warm_up, "Not counted");
  CLI11_PARSE(app, argc, argv);

  const auto channel = rpc::OpenChannel(options);
  if (!channel.ok()) return 1;
  testing::FrontClient front(*channel);
  std::vector<absl::Duration> took;
  for (int64_t n = 0; n < warm_up + count; ++n) {
    const auto one = FileOne(front, Household(run, n));
    if (!one.ok()) {
      std::fprintf(stderr, "household %lld: %s\n", static_cast<long long>(n),
                   std::string(one.status().message()).c_str());
      return 1;
    }
    if (n >= warm_up) took.push_back(*one);
  }
  std::sort(took.begin(), took.end());
  std::printf("{\"households\": %zu, \"p50_us\": %lld, \"p99_us\": %lld}\n", took.size(),
              static_cast<long long>(absl::ToInt64Microseconds(took[took.size() / 2])),
              static_cast<long long>(absl::ToInt64Microseconds(took[took.size() * 99 / 100])));
  return 0;
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
