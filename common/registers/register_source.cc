#include "common/registers/register_source.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/service/keys.h"
#include "common/telemetry/log.h"

namespace chuanyu::registers {

using cases::v1::RegisterAnswer;

absl::StatusOr<RegistersConfig> ReadRegistersConfig(const Config& top) {
  RegistersConfig out;
  if (!top.Has("registers")) return out;
  CHUANYU_ASSIGN_OR_RETURN(const Config table, top.Table("registers"));
  CHUANYU_ASSIGN_OR_RETURN(out.url, table.String("url"));
  CHUANYU_ASSIGN_OR_RETURN(out.mapping, table.Path("mapping"));
  CHUANYU_ASSIGN_OR_RETURN(out.index, table.Path("index"));
  return out;
}

absl::StatusOr<std::unique_ptr<CaseRegisters>> CaseRegisters::Open(const RegistersConfig& config,
                                                                   const google::protobuf::Message& record,
                                                                   const std::vector<std::string>& words,
                                                                   CheckFn check) {
  std::unique_ptr<CaseRegisters> out(new CaseRegisters(config, record, std::move(check)));
  if (config.url.empty()) return out;
  CHUANYU_ASSIGN_OR_RETURN(out->indexer_, LoadIndexer(config.index));
  CHUANYU_RETURN_IF_ERROR(out->LoadAll(words));
  const absl::StatusOr<sql::Pool*> pool = out->Database();
  for (const Source& source : out->sources_) {
    const absl::Status tried = pool.ok() ? out->TryOnce(**pool, source) : pool.status();
    if (!tried.ok() && !IsDown(tried)) return tried;
    if (tried.ok()) continue;
    LogEvent(Severity::kWarning, "register_not_reached",
             {{"mapping", source.statement.file}, {"reason", std::string(ReasonName(*ReasonOf(tried)))}});
  }
  return out;
}

absl::StatusOr<sql::Pool*> CaseRegisters::Database() const {
  {
    MutexLock lock(mu_);
    if (pool_ != nullptr) return pool_.get();
  }
  // Not under the lock: a host that does not answer takes its time, and so it would for all one after
  // another.
  CHUANYU_ASSIGN_OR_RETURN(auto opened,
                           sql::Pool::Open({.url = config_.url, .unavailable = Reason::SOURCE_UNAVAILABLE}));
  MutexLock lock(mu_);
  if (pool_ == nullptr) pool_ = std::move(opened);
  return pool_.get();
}

absl::Status CaseRegisters::TryOnce(sql::Pool& pool, const Source& source) const {
  {
    MutexLock lock(mu_);
    if (tried_.contains(source.statement.file)) return absl::OkStatus();
  }
  CHUANYU_RETURN_IF_ERROR(pool.Run([&](sql::Session& session) { return Try(session, source.statement); }));
  MutexLock lock(mu_);
  tried_.insert(source.statement.file);
  return absl::OkStatus();
}

absl::Status CaseRegisters::LoadAll(const std::vector<std::string>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> paths, MappingFiles(config_.mapping));
  for (const std::string& path : paths) {
    CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
    Source source;
    CHUANYU_ASSIGN_OR_RETURN(source.statement, LoadStatement(file, path, *record_.GetDescriptor()));
    CHUANYU_ASSIGN_OR_RETURN(source.knows, file.Strings("knows"));
    for (const std::string& word : source.knows) {
      if (std::find(words.begin(), words.end(), word) == words.end()) {
        return file.Invalid("knows", "holds a word that is not known");
      }
    }
    if (source.knows.empty()) return file.Invalid("knows", "is empty");
    CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
    sources_.push_back(std::move(source));
  }
  return absl::OkStatus();
}

absl::Status CaseRegisters::Read(const Source& source, const sql::Binds& binds, Answer* out) const {
  out->records.clear();
  CHUANYU_ASSIGN_OR_RETURN(sql::Pool* const pool, Database());
  CHUANYU_RETURN_IF_ERROR(TryOnce(*pool, source));
  Found found;
  CHUANYU_RETURN_IF_ERROR(pool->Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(found, Find(session, source.statement, binds));
    return absl::OkStatus();
  }));
  if (found.as_of) out->answer.mutable_data_as_of()->set_seconds(*found.as_of);
  for (const sql::Row& row : found.rows.rows) {
    std::unique_ptr<google::protobuf::Message> record(record_.New());
    CHUANYU_RETURN_IF_ERROR(ReadRow(source.statement.columns, found.rows.columns, row, record.get()));
    out->records.push_back(std::move(record));
  }
  return check_(source, out->records);
}

std::vector<CaseRegisters::Answer> CaseRegisters::Unasked(absl::Time now) const {
  std::vector<Answer> out;
  for (const Source& source : sources_) {
    Answer& one = out.emplace_back();
    one.source = &source;
    one.answer.set_source(source.statement.source);
    one.answer.set_state(cases::v1::REGISTER_STATE_NOT_CHECKED);
    one.answer.set_reason(std::string(ReasonName(Reason::ID_DOC_TYPE)));
    one.answer.mutable_asked_at()->set_seconds(absl::ToUnixSeconds(now));
  }
  return out;
}

crypto::BlindIndex CaseRegisters::IndexOf(const Person& person) const {
  const auto [type, number] = person.Key();
  return indexer_->Index({.type = type, .number = number});
}

std::vector<CaseRegisters::Answer> CaseRegisters::Ask(const std::optional<Person>& person, Date as_of,
                                                      absl::Time now) const {
  std::vector<Answer> out = Unasked(now);
  if (out.empty() || !person || !person->document) return out;
  const sql::Binds binds = BindsOf(IndexOf(*person), as_of);
  for (Answer& one : out) {
    RegisterAnswer& answer = one.answer;
    answer.clear_reason();
    const absl::Status read = AskAgainIfDown([&] { return Read(*one.source, binds, &one); });
    if (read.ok()) {
      answer.set_state(one.records.empty() ? cases::v1::REGISTER_STATE_NO_HIT
                                           : cases::v1::REGISTER_STATE_HIT);
      continue;
    }
    const bool down = IsDown(read);
    one.records.clear();
    answer.set_state(down ? cases::v1::REGISTER_STATE_NOT_CHECKED : cases::v1::REGISTER_STATE_ERROR);
    answer.set_reason(std::string(
        ReasonName(down ? Reason::SOURCE_UNAVAILABLE : ReasonOf(read).value_or(Reason::INTERNAL))));
  }
  return out;
}

}  // namespace chuanyu::registers
