// A journal in a temporary folder, for the tests of this folder. All content is synthetic.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/crypto/seal.h"
#include "common/crypto/signer.h"
#include "common/errors/error.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/cosign.h"
#include "common/merkle/note.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/vault/durable_file.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {

inline constexpr char kTestOrigin[] = "500000.chuanyu/node1";
inline constexpr char kTestPeerOrigin[] = "510000.chuanyu/node1";

inline std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  ASSERT_TRUE(out.good()) << path;
}

// Made once: an SM2 key pair costs more than most tests. Ends the program when a key cannot be made or cannot
// sign: every test that appends would wait for records that never come.
inline const std::vector<std::shared_ptr<const crypto::Signer>>& TestSigners() {
  static const auto signers = [] {
    std::vector<std::shared_ptr<const crypto::Signer>> made;
    for (const auto alg : {crypto::KeyAlg::kEd25519, crypto::KeyAlg::kSm2}) {
      auto signer = crypto::GenerateSigner(alg);
      if (!signer.ok() || !(*signer)->Sign("synthetic").ok()) {
        std::fprintf(stderr, "TestSigners: this OpenSSL cannot sign\n");
        std::abort();
      }
      made.push_back(*std::move(signer));
    }
    return made;
  }();
  return signers;
}

// The keys that sign a test journal, as an auditor has them.
inline std::vector<merkle::VerifierKey> TestNodeKeys(const std::string& origin = kTestOrigin) {
  std::vector<merkle::VerifierKey> keys;
  for (const auto& signer : TestSigners()) {
    const auto type =
        signer->alg() == crypto::KeyAlg::kSm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
    keys.push_back(*merkle::VerifierKey::Create(origin, type, signer->verifier()));
  }
  return keys;
}

inline merkle::NoteSigner TestCosigner(const std::string& name = kTestPeerOrigin) {
  return *merkle::NoteSigner::Create(name, merkle::SignatureType::kCosignature, TestSigners()[0]);
}

// The peer's cosignature line over a checkpoint.
inline std::string TestCosign(const SignedCheckpoint& checkpoint, int64_t second = 1'773'100'801,
                              const std::string& origin = kTestOrigin,
                              const std::string& cosigner = kTestPeerOrigin) {
  const auto line = merkle::CosignCheckpoint(
      TestCosigner(cosigner), {origin, {checkpoint.size, checkpoint.root}}, absl::FromUnixSeconds(second));
  EXPECT_TRUE(line.ok()) << line.status();
  return line.ok() ? merkle::FormatSignatureLine(*line) : "";
}

inline Draft MakeDraft(const std::string& payload, const std::string& request_id = "") {
  Draft draft;
  draft.record.set_kind(v1::RECORD_KIND_REQUEST_SENT);
  draft.record.set_request_id(request_id.empty() ? "0197e2a4-0000-7000-8000-000000000001" : request_id);
  draft.record.set_from_region("500000");
  draft.record.set_from_system("minzheng/window-1");
  draft.record.set_to_region("510000");
  draft.record.set_operation("/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus");
  draft.record.set_purpose("social_assistance");
  draft.record.set_legal_basis("社会救助暂行办法§58");
  draft.record.set_subject_count(1);
  draft.payload = payload;
  return draft;
}

class JournalFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/journalXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    const auto kek = crypto::RandomBytes(crypto::kSealKeyBytes);
    ASSERT_TRUE(kek.ok() && WriteFileDurably(root_ + "/kek", *kek).ok());
    auto vault = Vault::Open({.dir = root_ + "/vault", .kek_file = root_ + "/kek"});
    ASSERT_TRUE(vault.ok()) << vault.status();
    vault_ = *std::move(vault);
  }
  void TearDown() override {
    vault_.reset();
    std::filesystem::remove_all(root_);
  }

  JournalOptions options() const { return {.dir = dir(), .origin = kTestOrigin, .reserve_bytes = 64u << 10}; }
  std::string dir() const { return root_ + "/journal"; }
  std::string Segment(int number) const {
    return dir() + "/segments/0000000" + std::to_string(number) + ".seg";
  }

  absl::StatusOr<std::unique_ptr<Journal>> TryOpen(const JournalOptions& options) {
    return Journal::Open(options, clock_, *vault_, TestSigners());
  }
  std::unique_ptr<Journal> MustOpen(const JournalOptions& options) {
    auto journal = TryOpen(options);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return journal.ok() ? *std::move(journal) : nullptr;
  }
  std::unique_ptr<Journal> MustOpen() { return MustOpen(options()); }

  static std::shared_ptr<const DurableBatch> MustAppend(Journal& journal,
                                                        const std::vector<std::string>& payloads) {
    std::vector<Draft> drafts;
    for (const std::string& payload : payloads) drafts.push_back(MakeDraft(payload));
    auto batch = journal.Append(std::move(drafts), {});
    EXPECT_TRUE(batch.ok()) << batch.status();
    return batch.ok() ? *std::move(batch) : nullptr;
  }

  std::string root_;
  FakeClock clock_{absl::FromUnixSeconds(1'773'100'800)};  // 2026-03-10 in Shanghai
  std::unique_ptr<Vault> vault_;
};

}  // namespace chuanyu::exchange
