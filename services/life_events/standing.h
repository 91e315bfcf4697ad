// What is known of an event by what the source of each region says of it. Every region has the same
// statements in the end, each in the version that its own region made last, so all come to the same, in
// whatever order they hear them. Pure, thread-safe.
//
// Of two places of one move, that of the region of the new 户籍 is known: its police enters the person (迁入)
// and is the last to act. Then that of the region of the old one; whoever only heard of it comes last. Two of
// the same rank that contradict each other are for people.
#pragma once

#include <string>

#include "chuanyu/life_events/v1/life_events.pb.h"

namespace chuanyu::life_events {

using Reports = google::protobuf::RepeatedPtrField<v1::RegionReport>;

struct Standing {
  bool withdrawn = true;  // no report stands
  bool disputed = false;
  std::string region;  // whose report is known; of several that say the same, the first by code
  v1::HukouMove hukou_move;

  // Whether a reader has to hear of it.
  bool SaysTheSame(const Standing& other) const;
};

bool SamePlaces(const v1::HukouMove& a, const v1::HukouMove& b);
inline bool Stands(const v1::RegionReport& report) { return report.revision() % 2 == 0; }

// How well `region` knows of a move: the higher, the better.
int RankOf(const std::string& region, const v1::HukouMove& move);

// The statement of a region; null without one.
const v1::RegionReport* ReportOf(const Reports& reports, const std::string& region);
v1::RegionReport& SetReport(const std::string& region, Reports* reports);

Standing StandingOf(const Reports& reports);

}  // namespace chuanyu::life_events
