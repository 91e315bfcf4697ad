// Who is asked about each member: the own registers, the other region's, or nobody. Domain page §2.1: the
// 户籍 decides, never the number on the card. Pure, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "chuanyu/family_economy/v1/provider.pb.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

// Pointers into the application that was routed.
struct Routing {
  std::vector<const Member*> own;
  std::vector<const Member*> remote;
  // Their region is none that is connected: NOT_CHECKED, which must never read as "has nothing".
  std::vector<const Member*> nobody;
};

Routing Route(const Application& application, const std::string& own_region,
              const std::set<std::string>& peer_regions);

// The question about one member in some of the classes, as it is asked anywhere.
v1::QueryStatusRequest QuestionFor(const Application& application, const Member& member,
                                   const std::vector<v1::DataClass>& classes);

// The classes of a query to another region.
std::vector<v1::DataClass> ClassesOf(const v1::RemoteQuery& query);

// One NOT_CHECKED or ERROR for each class.
std::vector<v1::ClassResult> WithoutAnswer(const std::vector<v1::DataClass>& classes, v1::ResultState state,
                                           const std::string& reason);

// What the other region answered, brought to one result for each class asked in that order: a class that it
// left out, or a result without a state, is an ERROR and never "has nothing".
std::vector<v1::ClassResult> ReadAnswer(const v1::QueryStatusResponse& answer,
                                        const std::vector<v1::DataClass>& classes);

}  // namespace chuanyu::family_economy
