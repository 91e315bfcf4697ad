// What the registers of the deciding place say, as findings: 低保 and other statuses from own data, the
// certificate as 残联 has it (domain page §8). A register that is away or cannot be read says nothing, and
// never that something is not so. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/disability/v1/application.pb.h"
#include "services/disability/rules/certificate.h"

namespace chuanyu::disability {

// Words of a register's `knows`: the names of statuses without their prefix, "DIBAO", or this one.
inline constexpr char kCertificate[] = "CERTIFICATE";
std::vector<std::string> RegisterWords();
// UNSPECIFIED for a name that is none.
v1::Status StatusNamed(const std::string& name);

// Of the statuses that registers know, what they say together: one that has it outweighs one that is away,
// and that one outweighs one that has nothing. Nothing of the certificate.
v1::Findings StatusesFrom(const std::vector<v1::RegisterCheck>& checks);

// Adds what registers say of statuses to what was found: `stated` by an officer with this act, `found` all
// that was, `stated` included. What a register has counts; an officer's own finding, with a source of its
// own, stands where registers have nothing or are away. STATE_CONFLICT, naming the status, when the officer
// says that something is not so which a register has, but for a death that an office found wrong.
absl::Status TakeStatuses(const std::vector<v1::RegisterCheck>& checks, const v1::Findings& stated,
                          v1::Findings* found);

// Fills in what 残联 did not state of the certificate. STATE_CONFLICT when it stated otherwise, E_CERT_CODE
// when the register has another kind of disability or grade than the number, SOURCE_UNAVAILABLE when nothing
// is stated and a register is away; BAD_REQUEST when nothing is stated and none has it.
absl::Status TakeCertificate(const std::vector<v1::RegisterCheck>& checks, const Certificate& certificate,
                             v1::Findings* stated);

}  // namespace chuanyu::disability
