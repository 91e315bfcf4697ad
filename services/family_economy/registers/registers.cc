#include "services/family_economy/registers/registers.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

v1::ClassResult Without(v1::DataClass data_class, v1::ResultState state, Reason reason) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(state);
  result.set_reason(std::string(ReasonName(reason)));
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registers>> Registers::Load(sql::Pool& pool, const Options& options) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> paths, registers::MappingFiles(options.folder));
  std::unique_ptr<Registers> registers(new Registers(pool, options));
  for (const std::string& path : paths) {
    CHUANYU_ASSIGN_OR_RETURN(RegisterMapping mapping, LoadMapping(path));
    CHUANYU_RETURN_IF_ERROR(registers->Try(mapping));
    const v1::DataClass data_class = mapping.register_class->data_class;
    if (!registers->mappings_.emplace(data_class, mapping).second) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.field = mapping.statement.file, .detail = "maps a class a second time"});
    }
  }
  return registers;
}

absl::Status Registers::Try(const RegisterMapping& mapping) const {
  return pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(registers::Try(session, mapping.statement));
    if (!mapping.persons.empty()) {
      const auto persons = session.Query(mapping.persons, {{"after", ""}, {"limit", int64_t{1}}});
      if (!persons.ok()) {
        return MakeError(Reason::CONFIG_INVALID,
                         {.field = mapping.statement.file, .detail = "persons: statement failed"});
      }
    }
    return absl::OkStatus();
  });
}

v1::ClassResult Registers::Ask(v1::DataClass data_class, const crypto::BlindIndex& person, Date as_of) const {
  const auto found = mappings_.find(data_class);
  if (found == mappings_.end()) {
    return Without(data_class, v1::RESULT_STATE_NOT_CHECKED, Reason::SOURCE_NOT_CONFIGURED);
  }
  absl::StatusOr<v1::ClassResult> result = v1::ClassResult();
  const absl::Status read = registers::AskAgainIfDown([&] {
    result = Read(found->second, registers::BindsOf(person, as_of));
    return result.status();
  });
  if (read.ok()) return *std::move(result);
  const Reason reason = ReasonOf(read).value_or(Reason::SOURCE_UNAVAILABLE);
  const bool down = registers::IsDown(read);
  v1::ClassResult failed = Without(data_class, down ? v1::RESULT_STATE_NOT_CHECKED : v1::RESULT_STATE_ERROR,
                                   down ? Reason::SOURCE_UNAVAILABLE : reason);
  if (!down) failed.set_source(found->second.statement.source);
  return failed;
}

absl::StatusOr<v1::ClassResult> Registers::Read(const RegisterMapping& mapping,
                                                const sql::Binds& binds) const {
  v1::ClassResult result;
  result.set_data_class(mapping.register_class->data_class);
  result.set_source(mapping.statement.source);
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const registers::Found found,
                             registers::Find(session, mapping.statement, binds));
    if (found.as_of) result.mutable_data_as_of()->set_seconds(*found.as_of);
    for (const sql::Row& row : found.rows.rows) {
      CHUANYU_ASSIGN_OR_RETURN(*result.add_items(), ReadItem(mapping, found.rows.columns, row, region_));
    }
    return absl::OkStatus();
  }));
  result.set_state(result.items().empty() ? v1::RESULT_STATE_NO_HIT : v1::RESULT_STATE_HIT);
  return result;
}

}  // namespace chuanyu::family_economy
