// Checking a whole log without trusting the node that wrote it: the library behind `chuanyu audit
// verify-log`.
//
// The folder is a publication or a mirror of one (the folder with `checkpoint` and `tile/` in it), or the
// journal folder itself (the one with `segments/`), where the segments and the publication beside them are
// both checked. Nothing is written, no lock is taken, no network is used; sealed payloads are not opened. A
// running node may append meanwhile.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/hash.h"
#include "common/merkle/note_key.h"

namespace chuanyu::exchange {

// Whom the auditor trusts, provisioned out of band.
struct LogTrust {
  std::string origin;
  std::vector<merkle::VerifierKey> node_keys;     // all of them must have signed every checkpoint,
  std::vector<merkle::VerifierKey> retired_keys;  // unless it was signed by these, before a change of keys
  std::vector<merkle::VerifierKey> witness_keys;  // empty: cosignatures are not checked
};

struct LogToVerify {
  std::string dir;
  LogTrust trust;
};

// One thing that was checked, in words for a person who is no programmer.
struct LogCheck {
  std::string id;    // stable, e.g. "records"
  std::string text;  // "Every record is complete, in its place and of the agreed form"
  bool ok = true;
  uint64_t count = 0;   // how many things were looked at
  std::string failure;  // what is wrong with the first bad one
  std::string place;    // where it is: file and record or offset
};

struct LogReport {
  std::string origin;
  std::vector<LogCheck> checks;
  uint64_t size = 0;  // records read
  crypto::Digest root{};
  std::map<std::string, uint64_t>
      cosigned;                  // by witness name: greatest size with a cosignature that verifies
  bool unfinished_tail = false;  // a frame without its end: a write that was cut off and never acknowledged
  bool ok() const;
};

// An error only when there is no log at `dir` or it cannot be read; what is wrong with it is in the report.
absl::StatusOr<LogReport> VerifyLog(const LogToVerify& log);

struct PairReport {
  LogReport first;
  LogReport second;
  std::vector<LogCheck> between;
  bool ok() const;
};

// Both logs, and that every message of one that the other cosigned has its counterpart there, with the same
// request and the same commitment, and the other way round that nothing was received that was not sent. The
// nodes may run meanwhile. Copies are best made of both at rest: one that is older than what the other shows
// to have been acknowledged is reported, because a log whose end was cut off looks the same.
absl::StatusOr<PairReport> VerifyLogPair(const LogToVerify& first, const LogToVerify& second);

}  // namespace chuanyu::exchange
