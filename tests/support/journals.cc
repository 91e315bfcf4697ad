#include "tests/support/journals.h"

#include <filesystem>
#include <sstream>

#include "common/base/status_macros.h"
#include "services/exchange/journal/scan.h"

namespace chuanyu::testing {
namespace {

using exchange::FramePlace;
using exchange::RecordContent;
using exchange::ScannedFrame;
using exchange::SectionTag;
using exchange::v1::JournalRecord;

void AddRecords(const ScannedFrame& frame, std::vector<JournalRecord>& records) {
  for (const exchange::Section& section : frame.sections) {
    if (section.tag != SectionTag::kRecord) continue;
    const auto content = exchange::ParseRecordContent(section.content);
    JournalRecord record;
    if (content.has_value() && record.ParseFromString(std::string(content->record)))
      records.push_back(record);
  }
}

// A node's trust file holds checkpoint keys and cosignature keys.
absl::StatusOr<exchange::LogTrust> TrustOf(const Region& region, const Region& witness) {
  exchange::LogTrust trust{.origin = region.origin()};
  for (const Region* source : {&region, &witness}) {
    std::istringstream lines(ReadWholeFile(source->trust_file()));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      CHUANYU_ASSIGN_OR_RETURN(const merkle::VerifierKey key, merkle::VerifierKey::Parse(line));
      const bool cosigns = merkle::IsCosignature(key.type());
      if (source == &region && !cosigns) trust.node_keys.push_back(key);
      if (source == &witness && cosigns) trust.witness_keys.push_back(key);
    }
  }
  return trust;
}

void AddFailures(const std::vector<exchange::LogCheck>& checks, std::string& text) {
  for (const exchange::LogCheck& check : checks) {
    if (!check.ok) text += check.id + ": " + check.failure + " (" + check.place + ")\n";
  }
}

}  // namespace

std::vector<JournalRecord> ReadJournal(const Region& region) {
  std::vector<JournalRecord> records;
  FramePlace next;
  for (;; ++next.segment, next.offset = 0) {
    auto reader = exchange::SegmentReader::Open(exchange::SegmentPath(region.journal_folder(), next.segment));
    if (!reader.ok()) return records;
    const auto scanned =
        exchange::ScanSegment(*reader, next, [&](const ScannedFrame& frame) -> absl::StatusOr<bool> {
          AddRecords(frame, records);
          return true;
        });
    if (!scanned.ok() || next.offset == 0) return records;
  }
}

std::map<std::string, int> CountByRequest(const std::vector<JournalRecord>& records,
                                          exchange::v1::RecordKind kind) {
  std::map<std::string, int> counts;
  for (const JournalRecord& record : records) {
    if (record.kind() == kind) ++counts[record.request_id()];
  }
  return counts;
}

absl::StatusOr<exchange::PairReport> VerifyJournals(const Region& first, const Region& second) {
  CHUANYU_ASSIGN_OR_RETURN(exchange::LogTrust first_trust, TrustOf(first, second));
  CHUANYU_ASSIGN_OR_RETURN(exchange::LogTrust second_trust, TrustOf(second, first));
  return exchange::VerifyLogPair({.dir = first.journal_folder(), .trust = std::move(first_trust)},
                                 {.dir = second.journal_folder(), .trust = std::move(second_trust)});
}

std::string Failures(const exchange::PairReport& report) {
  std::string text;
  AddFailures(report.first.checks, text);
  AddFailures(report.second.checks, text);
  AddFailures(report.between, text);
  return text;
}

}  // namespace chuanyu::testing
