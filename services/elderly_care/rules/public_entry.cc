#include "services/elderly_care/rules/public_entry.h"

namespace chuanyu::elderly_care {

std::optional<v1::PublicEntry> PublicOf(const v1::Filing& filing) {
  if (!filing.has_receipt() || filing.state() == v1::FILING_STATE_CHANGE_PENDING ||
      filing.state() == v1::FILING_STATE_SUPPLEMENT) {
    return std::nullopt;
  }
  v1::PublicEntry out;
  out.set_shown(filing.state() == v1::FILING_STATE_FILED || filing.state() == v1::FILING_STATE_VERIFIED);
  if (!out.shown()) return out;
  out.set_name(filing.institution().name());
  out.set_nature(filing.institution().nature());
  *out.mutable_address_code() = filing.premises().address_code();
  out.set_address(filing.premises().address());
  if (filing.premises().has_location()) *out.mutable_location() = filing.premises().location();
  out.set_beds_total(filing.premises().beds_total());
  out.set_phone(filing.institution().phone());
  out.set_grade(filing.premises().grade());
  *out.mutable_filed_at() = filing.receipt().filed_at();
  return out;
}

bool TellsTheSame(const v1::PublicEntry& a, const v1::PublicEntry& b) {
  const auto content = [](v1::PublicEntry entry) {
    entry.clear_entry_id();
    entry.clear_region();
    entry.clear_version();
    entry.clear_stated_at();
    return entry.SerializeAsString();
  };
  return content(a) == content(b);
}

v1::FilingStatus StatusOf(v1::FilingState state) {
  switch (state) {
    case v1::FILING_STATE_FILED:
    case v1::FILING_STATE_VERIFIED:
    // What a check found is the authority's: the filing is in force all the same.
    case v1::FILING_STATE_DISCREPANCY:
    case v1::FILING_STATE_RECTIFIED:
    case v1::FILING_STATE_CHANGE_PENDING:
    case v1::FILING_STATE_SUPPLEMENT:  // of a change: a number is asked for, so there was a receipt
      return v1::FILING_STATUS_FILED;
    case v1::FILING_STATE_SUSPENDED:
      return v1::FILING_STATUS_SUSPENDED;
    case v1::FILING_STATE_TERMINATED:
    case v1::FILING_STATE_MOVED_OUT:
      return v1::FILING_STATUS_ENDED;
    default:
      return v1::FILING_STATUS_NONE;
  }
}

}  // namespace chuanyu::elderly_care
