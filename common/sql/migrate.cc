#include "common/sql/migrate.h"

#include "common/base/status_macros.h"

namespace chuanyu::sql {
namespace {

absl::StatusOr<int64_t> VersionOf(Session& session, const Binds& component) {
  CHUANYU_RETURN_IF_ERROR(session
                              .Execute("CREATE TABLE IF NOT EXISTS chuanyu_schema "
                                       "(component VARCHAR(64) PRIMARY KEY, version BIGINT NOT NULL)")
                              .status());
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO chuanyu_schema(component, version) VALUES (:component, 0) "
                   "ON CONFLICT DO NOTHING",
                   component)
          .status());
  CHUANYU_ASSIGN_OR_RETURN(
      const Result found,
      session.Query("SELECT version FROM chuanyu_schema WHERE component = :component", component));
  return IntOf(found.rows.at(0).at(0));
}

}  // namespace

absl::Status Migrate(Pool& pool, std::string_view component, const std::vector<Migration>& migrations) {
  const std::string name(component);
  return pool.Transact([&](Session& session) -> absl::Status {
    // CREATE TABLE IF NOT EXISTS is not safe against itself in PostgreSQL; SQLite already holds its write
    // lock.
    if (session.dialect() == Dialect::kPostgresql) {
      CHUANYU_RETURN_IF_ERROR(session.Execute("SELECT pg_advisory_xact_lock(7216254)").status());
    }
    CHUANYU_ASSIGN_OR_RETURN(const int64_t version, VersionOf(session, {{"component", name}}));
    const int64_t known = static_cast<int64_t>(migrations.size());
    if (version > known) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.detail = "the tables of " + name + " are newer than this program"});
    }
    for (int64_t next = version; next < known; ++next) {
      for (const std::string& statement : migrations[next].statements) {
        CHUANYU_RETURN_IF_ERROR(session.Execute(statement).status());
      }
    }
    return session
        .Execute("UPDATE chuanyu_schema SET version = :version WHERE component = :component",
                 {{"version", known}, {"component", name}})
        .status();
  });
}

}  // namespace chuanyu::sql
