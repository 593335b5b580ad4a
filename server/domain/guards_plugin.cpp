// The guard that asks a plugin: what it is asked, and what its answer means.
#include <algorithm>
#include <utility>

#include "domain/guard_rows.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"

namespace assay::guard {
namespace {

constexpr std::size_t most_seen = 500;  // records that a plugin is shown besides the one at hand

Json shown(const GuardContext& context, const RecordView& record) {
  Json fields = *record.body;
  fields.erase("waived");
  Json seats = Json::object();
  for (const auto& [seat, definition] : record.definition->people) {
    for (const PersonId person : context.facts.seat(record.id, seat))
      seats[seat].push_back(context.facts.person_uuid(person));
  }
  return {{"id", record.uuid},     {"type", record.definition->type}, {"number", record.number},
          {"state", record.state}, {"fields", std::move(fields)},     {"seats", std::move(seats)}};
}

Json shown(const GuardContext& context, PersonId person) {
  return {{"id", context.facts.person_uuid(person)},
          {"roles", context.facts.roles(person, context.record.organisation)}};
}

/// The records on the paths of `sees`; nothing when they are too many.
std::optional<Json> shown_there(const GuardContext& context) {
  Json there = Json::object();
  std::size_t count = 0;
  for (const Json& path : context.parameters.value("sees", Json::array())) {
    const auto& name = path.get_ref<const std::string&>();
    Json& list = there[name] = Json::array();
    for (const RecordId id : walk(context.facts, context.record.id, name)) {
      if (++count > most_seen) return {};
      list.push_back(shown(context, record_at(context.facts, id)));
    }
  }
  return there;
}

std::string_view verdict_name(PluginAnswer::Verdict verdict) {
  switch (verdict) {
    case PluginAnswer::Verdict::allow:
      return "allow";
    case PluginAnswer::Verdict::warn:
      return "warn";
    case PluginAnswer::Verdict::deny:
      return "deny";
    case PluginAnswer::Verdict::failed:
      return "failed";
    case PluginAnswer::Verdict::unknown:
      return "unknown";
    case PluginAnswer::Verdict::unasked:
      return "unasked";
  }
  return "unknown";
}

/// The question about the command as it is given; nothing when the plugin would be shown too many records.
std::optional<PluginQuestion> question_of(const GuardContext& context) {
  auto there = shown_there(context);
  if (!there) return {};
  Json input = {{"guard_input", 1},
                {"guard", text_parameter(context, "rule")},
                {"command", context.command.name},
                {"today", to_text(local_date(context.now.at, context.now.zone))},
                {"record", shown(context, context.record)},
                {"given", *context.input}};
  if (const auto with = context.parameters.find("with"); with != context.parameters.end()) input["with"] = *with;
  if (!there->empty()) input["linked"] = std::move(*there);
  if (context.actor.person) input["person"] = shown(context, *context.actor.person);
  if (context.actor.second) input["second"] = shown(context, *context.actor.second);
  return PluginQuestion{std::string(text_parameter(context, "plugin")), context.record.organisation, std::move(input)};
}

/// Why the answer stands in the way, as a code of the guard's reasons; "" when it does not. What whoever gives the
/// command can bring about, so that the plugin is not asked, is no failure that `on_failure` could let pass.
std::string_view hindrance(const PluginAnswer& answer, std::string_view on_failure) {
  switch (answer.verdict) {
    case PluginAnswer::Verdict::allow:
    case PluginAnswer::Verdict::warn:
      return "";
    case PluginAnswer::Verdict::failed:
      return on_failure == "allow" ? "" : "failed";
    case PluginAnswer::Verdict::deny:
      return "denied";
    case PluginAnswer::Verdict::unknown:
      return "unknown";
    case PluginAnswer::Verdict::unasked:
      return "not_asked";
  }
  return "unknown";
}

}  // namespace

PluginJudgement judge_by_plugin(const GuardContext& context) {
  const Json about = {{"plugin", text_parameter(context, "plugin")}, {"rule", text_parameter(context, "rule")}};
  const auto question = question_of(context);
  const auto answer = question ? context.facts.judged(*question)
                               : PluginAnswer{PluginAnswer::Verdict::unasked,
                                              "it would be shown more than " + std::to_string(most_seen) + " records"};
  if (!answer) return {{unmet(context, "plugin_allows", "unanswered", about)}, nullptr, true};

  PluginJudgement judgement;
  judgement.note = about;
  judgement.note["verdict"] = verdict_name(answer->verdict);
  if (!answer->version.empty()) judgement.note.update({{"version", answer->version}, {"package", answer->package}});
  if (!answer->reason.empty()) judgement.note["reason"] = answer->reason;
  const auto on_failure = text_parameter(context, "on_failure");
  if (answer->verdict == PluginAnswer::Verdict::failed && !on_failure.empty())
    judgement.note["on_failure"] = on_failure;
  if (const auto code = hindrance(*answer, on_failure); !code.empty()) {
    Json values = about;
    values["reason"] = answer->reason.substr(0, answer->reason.find_last_not_of('.') + 1);  // the sentence has its own
    judgement.unmet.push_back(unmet(context, "plugin_allows", code, std::move(values)));
    judgement.unmet.back().retry_after = answer->retry_after;
  }
  return judgement;
}

Unmet plugin_allows(const GuardContext& context) {
  if (!context.input) return {};  // it is asked when the command is given
  return judge_by_plugin(context).unmet;
}

}  // namespace assay::guard

namespace assay {

bool asks_plugin(const GuardUse& use) { return use.name == "plugin_allows"; }

bool may_pass_later(const Refusal& refusal) {
  return refusal.reason == Reason::unmet && !refusal.unmet.empty() &&
         std::all_of(refusal.unmet.begin(), refusal.unmet.end(),
                     [](const UnmetGuard& one) { return one.guard == "plugin_allows" && one.retry_after.has_value(); });
}

UnmetGuard too_many_questions(const WorkflowSet& set, std::size_t count, std::size_t limit) {
  UnmetGuard made{"plugin_allows", "too_many", {}, {{"count", count}, {"limit", limit}}};
  made.detail = explain(set, made, "en");
  return made;
}

}  // namespace assay
