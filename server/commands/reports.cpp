// Having a plugin make a report, and attaching it to its record.
#include "commands/reports.h"

#include "commands/records.h"

namespace assay {

Result<void> may_attach_report(Context& context, const Principal& who, std::string_view type, std::string_view uuid) {
  return may_perform(context, who, type, uuid, "attach_report");
}

Result<Performed> attach_report(Context& context, const Call& call, std::string_view type, std::string_view uuid,
                                const FinishedReport& report) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, type, uuid);
    if (!record) return record.error();
    auto decision = permit(moment, call, *record, "attach_report", Json::object());
    if (!decision) return decision.error();
    EventDraft event{Subject::report, context.store.new_id(Subject::report), context.new_uuid(), record->organisation};
    event.record = record->id;
    event.type = record->type + ".report_attached";
    event.command = "attach_report";
    event.version = 1;
    event.actor = call.who.person.id;
    event.at = moment.now;
    event.facts = {{"record", record->uuid},
                   {"plugin", report.plugin},
                   {"plugin_version", report.plugin_version},
                   {"package_hash", report.package_hash},
                   {"format", report.format},
                   {"language", report.language},
                   {"input_hash", report.input_hash},
                   {"sha256", report.file.sha256},
                   {"file_name", report.file_name},
                   {"media_type", report.media_type},
                   {"size", report.file.size}};
    event.ids.emplace(record->uuid, static_cast<std::int64_t>(record->id));
    Planned planned;
    planned.uuid = event.uuid;
    planned.status = 201;
    planned.events = {std::move(event)};
    return planned;
  });
}

}  // namespace assay
