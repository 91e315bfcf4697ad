// What the journal costs: appends by batch size, and the verification of a published log. Not a test; all
// content is synthetic.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/crypto/seal.h"
#include "common/crypto/signer.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/publisher.h"
#include "services/exchange/journal/verify.h"
#include "services/exchange/vault/durable_file.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {
namespace {

constexpr char kOrigin[] = "500000.chuanyu/bench";

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

class BenchLog {
 public:
  explicit BenchLog(crypto::HashAlg tree_hash) {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/journal_benchXXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    root_ = pattern;
    Must(WriteFileDurably(root_ + "/kek", Must(crypto::RandomBytes(crypto::kSealKeyBytes))));
    vault_ = Must(Vault::Open({.dir = root_ + "/vault", .kek_file = root_ + "/kek"}));
    for (const auto alg : {crypto::KeyAlg::kEd25519, crypto::KeyAlg::kSm2}) {
      signers_.push_back(Must(crypto::GenerateSigner(alg)));
      const auto type =
          alg == crypto::KeyAlg::kSm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
      trust_.node_keys.push_back(
          Must(merkle::VerifierKey::Create(kOrigin, type, signers_.back()->verifier())));
    }
    trust_.origin = kOrigin;
    journal_ = Must(
        Journal::Open({.dir = dir(), .origin = kOrigin, .tree_hash = tree_hash}, clock_, *vault_, signers_));
    publisher_ =
        Must(Publisher::Open({.dir = dir(), .origin = kOrigin, .tree_hash = tree_hash}, *journal_, clock_));
  }
  ~BenchLog() {
    publisher_.reset();
    journal_.reset();
    std::filesystem::remove_all(root_);
  }

  std::string dir() const { return root_ + "/journal"; }
  Journal& journal() { return *journal_; }
  Publisher& publisher() { return *publisher_; }
  const LogTrust& trust() const { return trust_; }

  static std::vector<Draft> Drafts(size_t count, size_t payload_bytes) {
    Draft draft;
    draft.record.set_kind(v1::RECORD_KIND_REQUEST_SENT);
    draft.record.set_request_id("0197e2a4-0000-7000-8000-000000000001");
    draft.record.set_from_region("500000");
    draft.record.set_from_system("minzheng/window-1");
    draft.record.set_to_region("510000");
    draft.record.set_operation("/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus");
    draft.record.set_purpose("social_assistance");
    draft.record.set_legal_basis("社会救助暂行办法§58");
    draft.record.set_idempotency_key("0197e2a4-0000-7000-8000-000000000001");
    draft.record.set_sent_at_ms(1'773'100'800'000);
    draft.record.set_deadline_ms(1'773'100'900'000);
    draft.record.set_subject_count(1);
    draft.payload = std::string(payload_bytes, 'p');
    return std::vector<Draft>(count, draft);
  }

 private:
  std::string root_;
  SystemClock clock_;
  std::unique_ptr<Vault> vault_;
  std::vector<std::shared_ptr<const crypto::Signer>> signers_;
  LogTrust trust_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Publisher> publisher_;
};

// One iteration is one durable, signed batch of 512-byte payloads.
void BM_Append(benchmark::State& state) {
  BenchLog log(crypto::HashAlg::kSha256);
  const auto count = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Draft> drafts = BenchLog::Drafts(count, 512);
    state.ResumeTiming();
    Must(log.journal().Append(std::move(drafts), {}).status());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Append)->Arg(1)->Arg(10)->Arg(50)->Arg(200)->Arg(500)->UseRealTime()->Unit(
    benchmark::kMicrosecond);

void Verify(benchmark::State& state, crypto::HashAlg tree_hash, const std::string& folder) {
  constexpr int kBatches = 200;
  constexpr int kBatchRecords = 1000;
  BenchLog log(tree_hash);
  for (int i = 0; i < kBatches; ++i) {
    Must(log.journal().Append(BenchLog::Drafts(kBatchRecords, 64), {}).status());
    if (i % 5 == 0) Must(log.publisher().PublishNow());
  }
  Must(log.publisher().PublishNow());
  for (auto _ : state) {
    const LogReport report = Must(VerifyLog({log.dir() + folder, log.trust()}));
    if (!report.ok() || report.size != kBatches * kBatchRecords)
      state.SkipWithError("the log does not verify");
  }
  state.SetItemsProcessed(state.iterations() * kBatches * kBatchRecords);
}
// A mirror has one checkpoint a second, the node's own folder one a batch with two signatures to check each.
BENCHMARK_CAPTURE(Verify, MirrorSha256, crypto::HashAlg::kSha256, "/public")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Verify, MirrorSm3, crypto::HashAlg::kSm3, "/public")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Verify, SegmentsSha256, crypto::HashAlg::kSha256, "")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chuanyu::exchange

BENCHMARK_MAIN();
