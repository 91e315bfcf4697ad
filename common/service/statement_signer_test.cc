#include "common/service/statement_signer.h"

#include <atomic>
#include <future>

#include "common/crypto/signer.h"
#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

class StatementSignerTest : public ::testing::Test {
 protected:
  static merkle::NoteSigner MakeKey() {
    auto key = crypto::GenerateSigner(crypto::KeyAlg::kSm2);
    EXPECT_TRUE(key.ok());
    return *merkle::NoteSigner::Create("510000.chuanyu/test", merkle::SignatureType::kSm2, *std::move(key));
  }
  static merkle::Statement Make(int n) {
    return {.kind = "test.Kind", .name = "", .bytes = "statement " + std::to_string(n)};
  }
  bool Opens(int n, const std::string& note) const {
    return merkle::OpenStatement(trusted_, {.kind = "test.Kind", .name = ""}, Make(n).bytes, note).ok();
  }

 private:
  const merkle::NoteSigner key_ = MakeKey();
  const merkle::NoteVerifier trusted_{{key_.key()}};

 protected:
  StatementSigner signer_{{key_}};
};

TEST_F(StatementSignerTest, SignsWhatCameMeanwhileTogetherAndEachForItself) {
  constexpr int kCalls = 500;
  std::vector<std::string> notes(kCalls);
  std::atomic<int> failed = 0;
  for (int i = 0; i < kCalls; ++i) {
    signer_.Sign(Make(i), [&, i](absl::StatusOr<std::string> note) {
      failed += note.ok() ? 0 : 1;
      if (note.ok()) notes[static_cast<size_t>(i)] = *std::move(note);
    });
  }
  signer_.Stop();  // signs what waits
  EXPECT_EQ(failed, 0);
  int together = 0;
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_TRUE(Opens(i, notes[static_cast<size_t>(i)])) << i;
    together += notes[static_cast<size_t>(i)].starts_with("chuanyu-batch") ? 1 : 0;
  }
  // 500 calls come faster than a few signatures are made.
  EXPECT_GT(together, kCalls / 2);
}

TEST_F(StatementSignerTest, RefusesMoreThanItCanHoldAndSignsWhatItTook) {
  std::promise<void> go;
  std::promise<void> held;
  signer_.Sign(Make(0), [&](const absl::StatusOr<std::string>&) {
    held.set_value();
    go.get_future().wait();
  });
  held.get_future().wait();  // its thread does nothing now
  int taken = 0;
  std::atomic<int> signed_ones = 0;
  absl::Status refused;
  while (refused.ok() && taken < 100'000) {
    signer_.Sign(Make(++taken), [&](const absl::StatusOr<std::string>& note) {
      if (note.ok())
        ++signed_ones;
      else
        refused = note.status();  // on this thread
    });
  }
  EXPECT_TRUE(HasReason(refused, Reason::QUOTA)) << refused;
  go.set_value();
  signer_.Stop();
  EXPECT_EQ(signed_ones, taken - 1);
}

TEST_F(StatementSignerTest, RefusesWhenStopped) {
  signer_.Stop();
  absl::Status end;
  signer_.Sign(Make(1), [&](const absl::StatusOr<std::string>& note) { end = note.status(); });
  EXPECT_TRUE(HasReason(end, Reason::SHUTTING_DOWN)) << end;
}

}  // namespace
}  // namespace chuanyu
