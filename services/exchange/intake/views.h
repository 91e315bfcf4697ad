// The tracker's types as the protocol shows them. Pure.
#pragma once

#include "chuanyu/exchange/v1/exchange.pb.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

v1::RequestState ToProto(State state);
v1::RequestView ToView(const TrackedRequest& request);

}  // namespace chuanyu::exchange
