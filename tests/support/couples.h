// Synthetic couples, and one system's side of Marriage. The numbers belong to nobody (sequence 99x).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "chuanyu/marriage/v1/marriage.grpc.pb.h"
#include "grpcpp/channel.h"

namespace chuanyu::testing {

inline constexpr char kCoupleName[] = "秦测婚";

// Of somebody born on that day; `n` from 0 to 4.
std::string NumberBorn(absl::CivilDay birth, bool man, int n = 0);
// Of somebody born in the 1980s; a number for each `serial` up to 15,000.
std::string AdultNumber(bool man, int serial);
type::v1::PersonRef CoupleRef(const std::string& number);
// With the documents of today's rules.
marriage::v1::Party CoupleParty(const std::string& number);

// Owned by one thread.
class MarriageClient {
 public:
  explicit MarriageClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(marriage::v1::Marriage::NewStub(channel)) {}

  absl::StatusOr<std::vector<marriage::v1::Slot>> Slots(const std::string& region, const std::string& office,
                                                        const std::string& day);
  absl::StatusOr<marriage::v1::Appointment> Hold(const std::string& request_id, const std::string& region,
                                                 const marriage::v1::Slot& slot, const std::string& a,
                                                 const std::string& b);
  absl::StatusOr<marriage::v1::Appointment> Act(const std::string& request_id, const std::string& region,
                                                const std::string& number, marriage::v1::AppointmentAct act);
  absl::StatusOr<marriage::v1::Appointment> GetAppointment(const std::string& region,
                                                           const std::string& number);
  absl::StatusOr<marriage::v1::Registration> Start(
      const std::string& request_id, const std::string& office, const marriage::v1::Party& a,
      const marriage::v1::Party& b,
      marriage::v1::RegistrationKind kind = marriage::v1::REGISTRATION_KIND_MARRIAGE);
  absl::StatusOr<marriage::v1::Registration> Get(const std::string& number);
  absl::StatusOr<marriage::v1::Registration> Perform(const std::string& request_id, const std::string& number,
                                                     const std::string& act);
  // The registration once it waits for nobody.
  absl::StatusOr<marriage::v1::Registration> AwaitChecked(const std::string& number);

 private:
  const std::unique_ptr<marriage::v1::Marriage::Stub> stub_;
};

}  // namespace chuanyu::testing
