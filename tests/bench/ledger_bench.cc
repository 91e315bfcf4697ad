// One monthly comparison of subsidy ledgers between two whole regions, through both nodes, and how fast and
// in how much memory it was. The lines are synthetic: subjects are random, a hundredth is in both ledgers.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/disability/v1/disability.grpc.pb.h"
#include "common/base/status_macros.h"
#include "common/sql/sql.h"
#include "tests/support/disability_region.h"
#include "tests/support/eventually.h"
#include "tests/support/world.h"

namespace chuanyu::bench {
namespace {

using testing::Disability;

constexpr char kMonth[] = "2020-01";
constexpr size_t kPage = 200;  // lines a statement

// Spread over all subjects in an order of its own: SplitMix64.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}
std::string Subject(uint64_t serial) {
  std::string hex;
  for (int part = 0; part < 4; ++part)
    absl::StrAppend(&hex, absl::Hex(Mix(serial * 4 + part), absl::kZeroPad16));
  return hex;
}

// Of one side, in the order of the ledger's key, so that filling it is no random walk over the disk; every
// hundredth is of both sides.
std::vector<std::string> Subjects(int64_t lines, uint64_t side) {
  std::vector<std::string> out;
  out.reserve(static_cast<size_t>(lines));
  for (int64_t i = 0; i < lines; ++i)
    out.push_back(Subject((i % 100 == 0 ? 0 : side) + static_cast<uint64_t>(i)));
  std::sort(out.begin(), out.end());
  return out;
}

absl::Status Fill(testing::Region& region, int64_t lines, uint64_t side) {
  CHUANYU_ASSIGN_OR_RETURN(const auto pool, sql::Pool::Open({.url = region.StoreUrl(Disability().name)}));
  const std::vector<std::string> subjects = Subjects(lines, side);
  return pool->Transact([&](sql::Session& session) -> absl::Status {
    for (size_t at = 0; at < subjects.size(); at += kPage) {
      std::string rows;
      for (size_t i = at; i < std::min(subjects.size(), at + kPage); ++i) {
        absl::StrAppend(&rows, rows.empty() ? "" : ",", "('", kMonth, "',1,'", subjects[i], "','bench',100)");
      }
      CHUANYU_RETURN_IF_ERROR(
          session.Execute("INSERT INTO dis_ledger (month, benefit, subject, grant_no, fen) VALUES " + rows)
              .status());
    }
    return absl::OkStatus();
  });
}

int64_t PeakKib(const testing::Process& process) {
  const std::string status = testing::ReadWholeFile(absl::StrCat("/proc/", process.pid(), "/status"));
  const size_t at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::atoll(status.c_str() + at + 6);
}

absl::Status Run(int64_t lines) {
  testing::World world({.family_economy = false, .services = {&Disability()}});
  CHUANYU_RETURN_IF_ERROR(world.Start());  // makes the tables
  CHUANYU_RETURN_IF_ERROR(Fill(world.cq(), lines, uint64_t{1} << 40));
  CHUANYU_RETURN_IF_ERROR(Fill(world.sc(), lines, uint64_t{1} << 41));
  const auto stub = disability::v1::Disability::NewStub(world.cq().ToFront(Disability(), testing::kPlatform));
  const absl::Time begin = absl::Now();
  disability::v1::StartComparisonRequest start;
  start.mutable_month()->set_value(kMonth);
  grpc::ClientContext started;
  disability::v1::StartComparisonResponse nothing;
  if (!stub->StartComparison(&started, start, &nothing).ok()) return absl::InternalError("did not start");
  disability::v1::GetComparisonResponse seen;
  const bool done = testing::Eventually(absl::Minutes(20), [&] {
    disability::v1::GetComparisonRequest get;
    get.mutable_month()->set_value(kMonth);
    grpc::ClientContext call;
    return stub->GetComparison(&call, get, &seen).ok() && seen.comparisons_size() == 1 &&
           seen.comparisons(0).state() == disability::v1::COMPARISON_STATE_DONE;
  });
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (!done || seen.comparisons(0).lines() != lines || seen.comparisons(0).overlaps() != (lines + 99) / 100) {
    return absl::InternalError("the comparison is not what it should be");
  }
  std::printf(
      "{\"lines\": %lld, \"seconds\": %.3f, \"lines_per_second\": %.1f, \"overlaps\": %lld, "
      "\"asking_peak_kib\": %lld, \"answering_peak_kib\": %lld}\n",
      static_cast<long long>(lines), seconds, static_cast<double>(lines) / seconds,
      static_cast<long long>(seen.comparisons(0).overlaps()),
      static_cast<long long>(PeakKib(world.cq().process(Disability()))),
      static_cast<long long>(PeakKib(world.sc().process(Disability()))));
  return world.Stop();
}

int Main(int argc, char** argv) {
  CLI::App app("One monthly comparison of ledgers.");
  int64_t lines = 1'000'000;
  app.add_option("--lines", lines, "A side");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(lines);
  if (status.ok()) return 0;
  std::fprintf(stderr, "ledger_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
