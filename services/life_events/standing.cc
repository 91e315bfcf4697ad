#include "services/life_events/standing.h"

#include <algorithm>

namespace chuanyu::life_events {
namespace {

bool IsIn(const std::string& division, const std::string& region) {
  return !division.empty() && division.compare(0, 2, region, 0, 2) == 0;
}

}  // namespace

bool SamePlaces(const v1::HukouMove& a, const v1::HukouMove& b) {
  return a.from().code() == b.from().code() && a.to().code() == b.to().code();
}

bool Standing::SaysTheSame(const Standing& other) const {
  if (withdrawn || other.withdrawn) return withdrawn == other.withdrawn;
  return disputed == other.disputed && SamePlaces(hukou_move, other.hukou_move);
}

int RankOf(const std::string& region, const v1::HukouMove& move) {
  if (IsIn(move.to().code(), region)) return 2;
  return IsIn(move.from().code(), region) ? 1 : 0;
}

const v1::RegionReport* ReportOf(const Reports& reports, const std::string& region) {
  const auto at = std::find_if(reports.begin(), reports.end(), [&](const v1::RegionReport& report) {
    return report.region().code() == region;
  });
  return at == reports.end() ? nullptr : &*at;
}

v1::RegionReport& SetReport(const std::string& region, Reports* reports) {
  for (v1::RegionReport& report : *reports) {
    if (report.region().code() == region) return report;
  }
  v1::RegionReport& report = *reports->Add();
  report.mutable_region()->set_code(region);
  return report;
}

Standing StandingOf(const Reports& reports) {
  const v1::RegionReport* best = nullptr;
  int rank = 0;
  for (const v1::RegionReport& report : reports) {
    if (!Stands(report)) continue;
    const int own = RankOf(report.region().code(), report.hukou_move());
    if (best != nullptr && (own < rank || (own == rank && report.region().code() > best->region().code()))) {
      continue;
    }
    best = &report;
    rank = own;
  }
  if (best == nullptr) return {};
  Standing out{.withdrawn = false, .region = best->region().code(), .hukou_move = best->hukou_move()};
  out.disputed = std::any_of(reports.begin(), reports.end(), [&](const v1::RegionReport& report) {
    return Stands(report) && RankOf(report.region().code(), report.hukou_move()) == rank &&
           !SamePlaces(report.hukou_move(), best->hukou_move());
  });
  return out;
}

}  // namespace chuanyu::life_events
