// The three PEM files behind every connection. gRPC watches them and takes new ones without a restart; what
// is already connected keeps its old certificate until it reconnects. Source: architecture §6.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace chuanyu::rpc {

struct TlsFiles {
  std::string certificate;  // own certificate, then its intermediates
  std::string key;          // own private key (PKCS#8); not readable by others than owner and group
  std::string ca;           // roots of every region we talk to
};

// CONFIG_INVALID, naming the file, when one cannot be read or parsed, the key is not the certificate's or is
// readable by everyone, or, with roots of several regions, a root is not confined by a name constraint to
// exactly one trust domain: without it, one region's authority could issue certificates in the other's name.
// Contents of the files are never part of the error.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Makes every TLS connection of this process TLS 1.3. Called by Server and OpenChannel; a program that opens
// gRPC connections otherwise calls it first. Idempotent, thread-safe.
void RequireTls13();

}  // namespace chuanyu::rpc
