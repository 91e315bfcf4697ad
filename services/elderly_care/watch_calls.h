// The watching calls of the front.
#pragma once

#include <string>
#include <utility>

#include "chuanyu/elderly_care/v1/elderly_care.pb.h"
#include "common/service/watching.h"
#include "services/elderly_care/filings.h"
#include "services/elderly_care/map.h"

namespace chuanyu::elderly_care {

// One filing until it is final.
class FilingWatch final : public Watching<v1::WatchFilingResponse> {
 public:
  FilingWatch(WatchingDeps deps, const Desk& desk, const Filings& filings, std::string org,
              std::string application_no)
      : Watching(std::move(deps), application_no),
        desk_(desk),
        filings_(filings),
        org_(std::move(org)),
        application_no_(std::move(application_no)) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  const Desk& desk_;
  const Filings& filings_;
  const std::string org_;
  const std::string application_no_;
};

// Changes of the map, in order, without end.
class MapWatch final : public Watching<v1::WatchInstitutionsResponse> {
 public:
  MapWatch(WatchingDeps deps, const Map& map, int64_t after)
      : Watching(std::move(deps), kMapTopic), map_(map), after_(after) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  const Map& map_;
  // Of the look that is under way; there is one at a time, and what it finds is written before the next.
  mutable int64_t after_;
};

}  // namespace chuanyu::elderly_care
