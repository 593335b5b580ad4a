// Evidence: attached to a record or one of its checklist items, superseded or withdrawn, never deleted.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "commands/perform.h"
#include "storage/blob_store.h"
#include "storage/evidence.h"

namespace assay {

struct EvidenceWish {
  std::string kind;  // file | reference | interview | observation
  std::string title;
  std::string description = {};              // mandatory but for files
  std::optional<std::string> item = {};      // uuid of a checklist item of the same audit
  std::optional<Instant> collected_at = {};  // now, if not given; not in the future
  std::optional<Date> effective_from = {}, effective_to = {};
  std::optional<std::string> supersedes = {};  // uuid of evidence on the same record
  std::string file_name = {}, media_type = {};
  bool photograph = false;                  // of kind file: stated so; images and videos are, whatever is stated
  std::optional<StoredFile> file = {};      // of kind file: stored and durable already
  std::optional<std::string> consent = {};  // who consented to its being taken, and how
  /// What its kind asks for besides, as it was given. Reference: document, document_version?, place, seen_at?.
  /// Interview: role, name?, held_on?. Observation: place, seen_at?. Days and times are those of `collected_at` if they
  /// are not given.
  std::map<std::string, std::string> details = {};
};

/// Whether the person may attach such evidence to the record now: asked before an upload is taken in, of which `file`
/// is not known yet.
Result<void> may_attach_evidence(Context& context, const Principal& who, std::string_view type, std::string_view record,
                                 const EvidenceWish& wish);
/// 201. The command "attach_evidence" is asked; as far as it takes them, its input says the kinds that the evidence is
/// of (`evidence_kinds`: its kind, and "photograph" besides "file") and the `consent`.
Result<Performed> attach_evidence(Context& context, const Call& call, std::string_view type, std::string_view record,
                                  const EvidenceWish& wish);
/// Marks evidence as not valid any more, with a reason; it stays readable. By who collected it, or by those whom the
/// command "withdraw_evidence" names. Needs its version.
Result<Performed> withdraw_evidence(Context& context, const Call& call, std::string_view type, std::string_view record,
                                    std::string_view evidence, std::string_view reason);

}  // namespace assay
