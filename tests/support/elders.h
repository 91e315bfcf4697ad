// Synthetic elderly-care institutions and their filings, as a window would type them in.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/elderly_care/v1/elderly_care.grpc.pb.h"
#include "grpcpp/channel.h"
#include "tests/support/households.h"

namespace chuanyu::testing {

// A company (U2 of domain page §10) with complete papers; the head is P08. `address` is a town.
elderly_care::v1::Filing ElderFiling(const std::string& premises_id, const std::string& address,
                                     const std::string& window);

// One system's side of ElderlyCare. Owned by one thread.
class ElderClient {
 public:
  explicit ElderClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(elderly_care::v1::ElderlyCare::NewStub(channel)) {}

  absl::StatusOr<elderly_care::v1::Filing> Create(const elderly_care::v1::Filing& filing,
                                                  const std::string& request_id = "");
  // Created, submitted and forwarded.
  absl::StatusOr<elderly_care::v1::Filing> File(const elderly_care::v1::Filing& filing);
  absl::StatusOr<elderly_care::v1::Filing> Get(const std::string& number, bool full = true);
  // `role` acts; the version seen is the newest one.
  absl::StatusOr<elderly_care::v1::Filing> Act(const std::string& number, const std::string& act,
                                               const std::string& role,
                                               const elderly_care::v1::Filing& correction = {},
                                               const std::string& note = "");
  absl::StatusOr<elderly_care::v1::Filing> End(const std::string& number);
  absl::Status Subscribe(const std::string& region);
  // All of the public list, page by page.
  absl::StatusOr<std::vector<elderly_care::v1::PublicEntry>> Institutions();
  absl::StatusOr<elderly_care::v1::FilingStatus> Check(const std::string& filing_no,
                                                       const std::string& region, const std::string& purpose);
  // The first changes of the map after a sequence; waits for one.
  absl::StatusOr<std::vector<elderly_care::v1::MapChange>> Changes(int64_t after, absl::Duration limit);

  // The filing once it is in `state`, or once its claim is as said.
  absl::StatusOr<elderly_care::v1::Filing> Await(const std::string& number,
                                                 elderly_care::v1::FilingState state);
  absl::StatusOr<elderly_care::v1::Filing> AwaitCheck(const std::string& number, cases::v1::PeerCheck check);

 private:
  std::string NextId();
  const std::unique_ptr<elderly_care::v1::ElderlyCare::Stub> stub_;
  int requests_ = 0;
};

}  // namespace chuanyu::testing
