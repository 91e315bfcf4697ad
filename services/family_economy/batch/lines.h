// One line of a batch, read into types that were checked. Domain page §2.1 (identity), §4.5: the
// authorisation must still be in force for each line. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.pb.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

inline constexpr int kMaxChunkLines = 5'000;           // domain page §4.5
inline constexpr int64_t kMaxBatchLines = 10'000'000;  // a full month of both regions is 7.5 million

// BAD_REQUEST, DATE_INVALID, CODE_UNKNOWN or PURPOSE_DENIED, naming the field: only an office that looks
// again at what was granted sends a batch.
absl::Status CheckManifest(const v1::BatchManifest& manifest);

// The person of a line that may be checked; otherwise why not: ID_*, BAD_REQUEST, AUTH_MISSING, AUTH_REVOKED,
// AUTH_EXPIRED, AUTH_SCOPE, DATE_INVALID, CODE_UNKNOWN. The field is a path inside the line.
absl::StatusOr<Person> CheckLine(const v1::BatchLine& line, const v1::BatchManifest& manifest,
                                 const RuleContext& context);

// What is asked about a person that is in another region's registers: the same question as for a household.
v1::QueryStatusRequest QuestionAbout(const Person& person, const v1::BatchManifest& manifest);

// What is on file of a line's person, which a hit may differ from.
struct OnFile {
  std::string marital_code = {};  // GB/T 2261.2; empty: not known
  std::string until_month = {};   // "2026-03": what began in it or later is new; empty: everything is
};
OnFile OnFileOf(const v1::BatchLine& line, const v1::BatchManifest& manifest);

// A reference that may be stored and shown: a token, and nothing of the form of an ID number.
bool IsReference(std::string_view text);

}  // namespace chuanyu::family_economy
