// The signature of a report. What it states (EvidenceOf) is serialised once, and these bytes travel with it,
// so that nobody has to serialise it again in the same way to check it. A signed note (common/merkle/note.h)
// names the report and the hashes of the bytes; one signature line for each key, Ed25519 and SM2.
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/verification.pb.h"
#include "common/merkle/note.h"
#include "common/merkle/note_key.h"

namespace chuanyu::family_economy {

// Whose name stands on signatures: "<region>.chuanyu/family-economy".
std::string ReportKeyName(const std::string& region);

// Sets statement and note of the report, which must be complete otherwise. With no signer it does nothing.
absl::Status SignReport(const std::vector<merkle::NoteSigner>& signers, v1::Verification* verification);

struct OpenedReport {
  v1::Verification evidence;  // what was signed, with statement and note of the report
  std::vector<merkle::VerifiedSignature> signatures;
};
// SIG_INVALID when the report is not signed, not by all keys that `trusted` requires, or not over this
// statement. Take what the report says from the result: everything beside it is not signed.
absl::StatusOr<OpenedReport> OpenReport(const v1::Report& report, const merkle::NoteVerifier& trusted);

// "500000.chuanyu/family-economy，Ed25519，密钥 1a2b3c4d": one signature, for people.
std::string SignatureWord(const merkle::VerifiedSignature& signature);

}  // namespace chuanyu::family_economy
