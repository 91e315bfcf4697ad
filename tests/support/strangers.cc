#include "tests/support/strangers.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/process.h"

namespace chuanyu::testing {

rpc::TlsFiles IssueWithoutSpiffe(const rpc::TestPki& pki) {
  const std::string ca = pki.folder() + "/500000/ca/issuing";
  const std::string stranger = pki.folder() + "/stranger";
  const std::string log = stranger + ".log";
  const absl::Status made = RunToEnd({"openssl",
                                      "req",
                                      "-x509",
                                      "-new",
                                      "-newkey",
                                      "ec",
                                      "-pkeyopt",
                                      "ec_paramgen_curve:P-256",
                                      "-nodes",
                                      "-keyout",
                                      stranger + ".key",
                                      "-CA",
                                      ca + ".pem",
                                      "-CAkey",
                                      ca + ".key",
                                      "-days",
                                      "1",
                                      "-subj",
                                      "/O=county/OU=role:system/CN=stranger",
                                      "-addext",
                                      "basicConstraints=critical,CA:FALSE",
                                      "-addext",
                                      "subjectAltName=DNS:localhost",
                                      "-out",
                                      stranger + ".leaf"},
                                     log);
  if (!made.ok()) {
    std::fprintf(stderr, "IssueWithoutSpiffe: %s\n", std::string(made.message()).c_str());
    std::abort();
  }
  WriteWholeFile(stranger + ".pem", ReadWholeFile(stranger + ".leaf") + ReadWholeFile(ca + ".pem"));
  return {.certificate = stranger + ".pem", .key = stranger + ".key", .ca = pki.folder() + "/trust.pem"};
}

}  // namespace chuanyu::testing
