// Marriages that were registered before the exchange, from a file of the region's own register. Blocks.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/marriage/desk.h"
#include "services/marriage/register.h"

namespace chuanyu::marriage {

// Reads CSV with this head:
//
//   certificate_no,doc_type_a,doc_no_a,doc_type_b,doc_no_b,registered_on
//   J511681-2019-000007,1,511681199811089954,1,511602199503149948,2019-05-20
//
// where doc_type is the number of chuanyu.type.v1.DocType. Only blind indexes are kept. How many were new: a
// file may be read again. The first line that is wrong ends it with its number and reason, and nothing of the
// file is taken in: C_ALREADY_MARRIED for somebody who has a spouse by another certificate.
absl::StatusOr<int> ImportMarriages(const Desk& desk, const Register& registers, const std::string& path);

}  // namespace chuanyu::marriage
