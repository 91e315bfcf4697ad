#include "common/rpc/tls_files.h"

#include <filesystem>
#include <fstream>

#include "common/errors/error.h"
#include "common/rpc/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class TlsFilesTest : public ::testing::Test {
 protected:
  std::string ErrorOf(const TlsFiles& files) {
    const absl::Status status = CheckTlsFiles(files);
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID)) << status;
    return std::string(status.message());
  }

  const TestPki pki_{{"500000/a/b/system", "500000/a/c/system", "510000/a/b/system"}};
  TlsFiles files_ = pki_.Files("500000/a/b");
};

TEST_F(TlsFilesTest, ACompleteSetIsAccepted) {
  EXPECT_TRUE(CheckTlsFiles(files_).ok()) << CheckTlsFiles(files_);
}

TEST_F(TlsFilesTest, AbsentFilesAreNamed) {
  for (std::string TlsFiles::*member : {&TlsFiles::certificate, &TlsFiles::key, &TlsFiles::ca}) {
    TlsFiles files = files_;
    files.*member = pki_.folder() + "/absent";
    EXPECT_THAT(ErrorOf(files), HasSubstr("/absent: cannot be read"));
  }
}

TEST_F(TlsFilesTest, WhatIsNotACertificateOrKeyIsRefused) {
  const std::string junk = pki_.folder() + "/junk.pem";
  std::ofstream(junk) << "junk";
  fs::permissions(junk, fs::perms::owner_read);
  for (std::string TlsFiles::*member : {&TlsFiles::certificate, &TlsFiles::key, &TlsFiles::ca}) {
    TlsFiles files = files_;
    files.*member = junk;
    EXPECT_THAT(ErrorOf(files), HasSubstr("junk.pem: is not"));
  }
}

TEST_F(TlsFilesTest, ABundleWithABrokenEntryIsRefused) {
  std::ofstream(files_.ca, std::ios::app) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_THAT(ErrorOf(files_), HasSubstr("trust.pem"));
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsRefused) {
  files_.key = pki_.Files("500000/a/c").key;
  EXPECT_THAT(ErrorOf(files_), HasSubstr("not the key of the certificate"));
}

TEST_F(TlsFilesTest, AKeyThatEveryUserCanReadIsRefused) {
  fs::permissions(files_.key, fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(ErrorOf(files_), HasSubstr("open to every user"));
}

TEST_F(TlsFilesTest, SeveralRootsMustEachBeConfinedToOneTrustDomain) {
  // A certificate without name constraints stands in for a root that could name anybody.
  std::ifstream unconfined(files_.certificate);
  std::ofstream(files_.ca, std::ios::app) << unconfined.rdbuf();
  EXPECT_THAT(ErrorOf(files_), HasSubstr("not confined"));
}

}  // namespace
}  // namespace chuanyu::rpc
