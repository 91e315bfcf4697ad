// The marriage register and the certificate numbers of one region, in SQL: what is registered here, and what
// other regions told of. Persons are blind indexes. Every call runs in the caller's transaction. Blocks;
// thread-safe as far as sessions are each one thread's.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/provider.pb.h"
#include "common/sql/sql.h"
#include "services/marriage/rules/certificate.h"

namespace chuanyu::marriage {

struct RegisteredEvent {
  v1::RegistrationKind kind = v1::REGISTRATION_KIND_UNSPECIFIED;
  std::string certificate_no;
  std::string subject_a;
  std::string subject_b;
  Date registered_on;
  std::string region;
};

class Register {
 public:
  absl::StatusOr<v1::MaritalStatus> StatusOf(sql::Session& session, const std::string& subject,
                                             Date today) const;
  absl::StatusOr<bool> HasSpouse(sql::Session& session, const std::string& subject) const;
  absl::StatusOr<bool> HasOpenDivorce(sql::Session& session, const std::string& subject) const;
  // They are married to each other.
  absl::StatusOr<bool> AreCouple(sql::Session& session, const std::string& a, const std::string& b) const;

  // Once for each certificate; again changes nothing.
  absl::Status Record(sql::Session& session, const RegisteredEvent& event) const;

  struct Use {
    std::string registration_no;  // empty: void
    std::string officer;
    std::string void_reason;
    int64_t at_ms = 0;
  };
  // The next number of the series, used up in this transaction: one that is rolled back was never given.
  absl::StatusOr<std::string> TakeNumber(sql::Session& session, const CertificateSeries& series,
                                         const Use& use) const;
};

}  // namespace chuanyu::marriage
