// The guard about disposal: what is named, and all below it, need not be kept any longer.
#include <algorithm>
#include <set>

#include "domain/disposal.h"
#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

constexpr std::size_t most_reasons = 20;

/// Judges what one disposal would take.
class Disposable {
 public:
  explicit Disposable(const GuardContext& context)
      : context_(context),
        hold_(*context.set.find(context.parameters.at("type").get<std::string>())),
        states_(context.parameters.at("in")) {}

  Unmet judged() {
    bool any = false;
    for (const Json& link : context_.parameters.at("links")) {
      const auto name = link.get<std::string>();
      if (context_.awaits(name)) return {};
      for (const RecordId record : context_.facts.linked(context_.record.id, name)) {
        any = true;
        held_above(record);
        for (const RecordId one : with_all_below(context_.set, context_.facts, record)) judge(one);
      }
    }
    if (!any) found_.push_back(unmet(context_, "disposable", "none", Json::object()));
    return std::move(found_);
  }

 private:
  void judge(RecordId id) {
    if (!seen_.insert(id).second || found_.size() >= most_reasons) return;
    const RecordView& record = record_at(context_.facts, id);
    if (!has_ended(record)) return say("open", named(record));
    if (is_disposed(record)) return say("disposed", named(record));
    const Keeping kept = keeping(context_.set, context_.facts, record, context_.now.zone);
    if (kept.going_on) return say("goes_on", with_other(record, record_at(context_.facts, *kept.going_on)));
    if (!kept.until) return say("kept", named(record));
    if (local_date(context_.now.at, context_.now.zone) <= *kept.until) {
      Json values = named(record);
      values["date"] = to_text(*kept.until);
      return say("too_early", std::move(values));
    }
    held(record);
  }

  /// What is held is held with all that hangs below it.
  void held_above(RecordId id) {
    constexpr int most_above = 20;  // links that run in circles end somewhere
    for (int above = 0; above < most_above; ++above) {
      const RecordView& record = record_at(context_.facts, id);
      if (above > 0) held(record);
      const LinkDefinition* parent = record.definition->parent();
      const auto next = parent ? context_.facts.linked(id, parent->name) : std::vector<RecordId>{};
      if (next.empty()) return;
      id = next.front();
    }
  }

  void held(const RecordView& record) {
    for (const auto& [name, link] : hold_.links) {
      if (link.to != record.definition->type) continue;
      for (const RecordId id : context_.facts.naming(record.id, hold_, link)) {
        const RecordView& hold = record_at(context_.facts, id);
        if (!in_states(hold, states_) || !holds_.insert({hold.id, record.id}).second) continue;
        return say("held", with_other(record, hold));
      }
    }
  }

  static Json with_other(const RecordView& record, const RecordView& other) {
    Json values = named(record);
    values["other_type"] = other.definition->type;
    values["other_number"] = other.number;
    return values;
  }

  void say(std::string_view code, Json values) {
    found_.push_back(unmet(context_, "disposable", code, std::move(values)));
  }

  const GuardContext& context_;
  const Definition& hold_;
  const Json& states_;
  std::set<RecordId> seen_ = {};
  std::set<std::pair<RecordId, RecordId>> holds_ = {};
  Unmet found_ = {};
};

}  // namespace

Unmet disposable(const GuardContext& context) { return Disposable(context).judged(); }

}  // namespace assay::guard
