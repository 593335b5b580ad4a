// Records, people and the rest as JSON answers: one function for each noun; stored bodies are spliced in as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/decide.h"
#include "domain/definition.h"
#include "storage/events.h"
#include "storage/evidence.h"
#include "storage/items.h"
#include "storage/people.h"
#include "storage/records.h"
#include "storage/webhooks.h"

namespace assay {

/// A record, as far as it is for the reader, with its seats and the records that it points at; changes only with its
/// version, so "v<version>" is its ETag.
std::string record_text(const RecordRow& row, const Definition& definition, const std::vector<SeatRow>& seats,
                        const std::vector<LinkRow>& links, const Reader& reader);
/// About how many bytes stand around the fields of a record, to make room at once.
inline constexpr std::size_t record_frame = 512;

/// Appends a record as a list shows it: without seats and links.
void append_record_summary(std::string& to, const RecordRow& row, const Definition& definition, const Reader& reader);

Json link_json(const LinkRow& link, bool back);
/// The same around the schema of a command.
inline constexpr std::size_t offer_frame = 640;

/// Appends a command as it stands for a person; its input's schema is spliced in.
void append_offer(std::string& to, const Offer& offer, const WorkflowSet& set, const Definition& definition,
                  std::string_view language);
Json proposal_json(const ProposalRow& proposal, const std::string& proposer);
Json item_json(const ItemRow& item);
Json evidence_json(const EvidenceRow& evidence, std::string_view record_path);
Json report_json(const ReportRow& report, std::string_view record_path);
Json person_json(const PersonRow& person);
Json token_json(const TokenRow& token);
Json webhook_json(const WebhookRow& webhook);
Json delivery_json(const DeliveryRow& delivery);
Json attempt_json(const AttemptRow& attempt);

Json or_null(const std::string& text);

}  // namespace assay
