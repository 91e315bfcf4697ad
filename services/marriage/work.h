// What the service does, wired, without servers and threads: for the service and for tests of two regions in
// one process.
#pragma once

#include <memory>

#include "services/marriage/peers.h"
#include "services/marriage/registrations.h"

namespace chuanyu::marriage {

struct Work {
  explicit Work(std::unique_ptr<Desk> opened)
      : desk(std::move(opened)),
        claims(*desk, {}),
        bookings(*desk),
        checks(*desk, registers, bookings),
        registrations(*desk, registers, checks),
        peers(*desk, claims, registers, bookings, checks) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // In the order in which they are built; each may use what stands above it.
  const std::unique_ptr<Desk> desk;
  const Register registers = {};
  const ClaimCalls claims;
  const Bookings bookings;
  const Checks checks;
  const Registrations registrations;
  const Peers peers;
};

}  // namespace chuanyu::marriage
