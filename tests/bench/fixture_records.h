// The events of the fixture's records, made as the commands would make them but without deciding each.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "commands/context.h"
#include "storage/event.h"

namespace bench {

/// Somebody of the fixture.
struct Member {
  assay::PersonId id;
  std::string uuid;
};

/// Writes whole trees of records: a programme with its audits, each with its nonconformities. Used by one thread.
class RecordWriter {
 public:
  /// `auditors` take the seats and raise what is found; `managers` run the programme.
  RecordWriter(assay::Context& context, const assay::OrganisationRow& organisation, std::vector<Member> managers,
               std::vector<Member> auditors);

  struct Tree {
    std::int64_t audits;
    std::int64_t nonconformities;  // of all audits together
    std::int64_t fillers;          // events beyond five a record, among the nonconformities
  };
  /// A programme and what is below it. Five events a record, and the fillers. Throws std::runtime_error.
  void write(const Tree& tree);

 private:
  struct Record;
  void programme(Record& record);
  void audit(Record& record, const Record& programme, std::size_t number);
  void nonconformity(Record& record, const Record& audit, std::size_t number, std::int64_t fillers);
  Record begin(const char* type);
  void add(Record& record, const char* event, const char* command, const char* state, const Member& actor,
           assay::Json facts);
  void seat(assay::Json& facts, const char* name, const Member& member);
  void flush();

  assay::Context& context_;
  const assay::OrganisationRow& organisation_;
  const std::vector<Member> managers_, auditors_;
  std::vector<assay::EventDraft> events_ = {};
  assay::Instant now_;
  std::size_t count_ = 0;
};

}  // namespace bench
