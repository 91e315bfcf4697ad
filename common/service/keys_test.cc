#include "common/service/keys.h"

#include "common/errors/error.h"
#include "common/rpc/test_pki.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

class KeysTest : public ::testing::Test {
 protected:
  const rpc::TestPki pki_{{"500000/exchange/node/node"}};
  const std::string keys_ = pki_.folder() + "/500000/keys/";
};

TEST_F(KeysTest, AreReadFromTheFilesThatTheConfigurationNames) {
  EXPECT_TRUE(LoadSealer(keys_ + "kek.bin", "test/kek").ok());
  EXPECT_TRUE(LoadIndexer(pki_.folder() + "/match.bin").ok());
  const auto signers = LoadSigners("500000.chuanyu/test", keys_ + "ed25519.key", keys_ + "sm2.key");
  ASSERT_TRUE(signers.ok()) << signers.status();
  EXPECT_EQ(signers->size(), 2u);
  EXPECT_EQ(LoadSigners("500000.chuanyu/test", "", keys_ + "sm2.key").value().size(), 1u);
}

TEST_F(KeysTest, WhatCannotBeReadOrIsAnotherKindIsRefusedAtTheStart) {
  EXPECT_TRUE(HasReason(LoadSealer(keys_ + "none.bin", "test/kek").status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(LoadIndexer(keys_ + "none.bin").status(), Reason::CONFIG_INVALID));
  const auto swapped = LoadSigners("500000.chuanyu/test", keys_ + "sm2.key", "");
  EXPECT_TRUE(HasReason(swapped.status(), Reason::CONFIG_INVALID)) << swapped.status();
}

}  // namespace
}  // namespace chuanyu
