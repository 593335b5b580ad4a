// What the calculations take.
#include "domain/calculation_schemas.h"

#include <array>
#include <map>
#include <string>

namespace assay {
namespace {

struct Text {
  const char* english;
  const char* german;
};
struct Kind {
  const char* value;
  Text label;
};

/// Names what a schema has in one language.
struct Speaker {
  bool german;

  const char* operator()(Text text) const { return german ? text.german : text.english; }

  Json titled(Text title, Json schema) const {
    schema["title"] = (*this)(title);
    return schema;
  }
  Json titled(Text title, Json schema, Text description) const {
    schema["description"] = (*this)(description);
    return titled(title, std::move(schema));
  }
  Json kinds(Text title, std::initializer_list<Kind> all) const {
    Json schema{{"type", "string"}, {"enum", Json::array()}, {"x-labels", Json::object()}};
    for (const auto& [value, label] : all) {
      schema["enum"].push_back(value);
      schema["x-labels"][value] = (*this)(label);
    }
    return titled(title, std::move(schema));
  }
};

Json text(unsigned longest) { return {{"type", "string"}, {"minLength", 1U}, {"maxLength", longest}}; }
Json whole(std::int64_t least, std::int64_t most) {
  return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}
Json date() { return {{"type", "string"}, {"format", "date"}}; }
Json flag() { return {{"type", "boolean"}}; }
Json rows(Json items, unsigned most) { return {{"type", "array"}, {"items", std::move(items)}, {"maxItems", most}}; }
Json closed(Json properties, Json required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

constexpr Text reason_title{"Reason", "Begründung"}, in_percent{"Percent", "Prozent"};

Json policies_of(const Speaker& in) {
  return in.titled({"Policies of", "Vorgaben von"}, {{"type", "string"}, {"format", "uuid"}},
                   {"Id of a record whose policies hold, a programme or what hangs below it; as published if not given",
                    "Id eines Datensatzes, dessen Vorgaben gelten, eines Programms oder dessen, was unter ihm hängt; "
                    "ohne Angabe die veröffentlichten"});
}

Json audits(const Speaker& in) {
  return in.kinds({"Audit", "Audit"}, {{"initial", {"Initial audit", "Erstaudit"}},
                                       {"surveillance", {"Surveillance", "Überwachung"}},
                                       {"recertification", {"Recertification", "Rezertifizierung"}}});
}

Json factors(const Speaker& in) {
  const std::array<Kind, 6> all{{{"sector", {"Sector and regulation", "Branche und Regulierung"}},
                                 {"processes", {"Processes", "Prozesse"}},
                                 {"maturity", {"Maturity of the system", "Reife des Systems"}},
                                 {"infrastructure", {"Infrastructure", "Infrastruktur"}},
                                 {"outsourcing", {"Outsourcing and cloud", "Ausgliederung und Cloud"}},
                                 {"development", {"Development", "Entwicklung"}}}};
  Json members = Json::object(), names = Json::array();
  for (const auto& [name, label] : all) {
    members[name] = in.titled(label, whole(1, 3));
    names.push_back(name);
  }
  return in.titled({"Factors", "Faktoren"}, closed(std::move(members), std::move(names)),
                   {"1 simple to 3 demanding", "1 einfach bis 3 anspruchsvoll"});
}

Json audit_time_schema(const Speaker& in) {
  constexpr std::int64_t most = 10'000'000;
  const Json persons = in.titled({"Persons", "Personen"}, whole(1, most));
  const Text root{"The square root of persons, rounded up, if not given",
                  "Ohne Angabe die Quadratwurzel der Personen, aufgerundet"};
  Json work =
      closed({{"activity", in.titled({"Activity", "Tätigkeit"}, text(200))},
              {"persons", persons},
              {"counted_as", in.titled({"Counted as", "Zählen als"}, whole(1, most), root)},
              {"justification", in.titled({"Why the risk allows it", "Warum das Risiko es erlaubt"}, text(2000))}},
             {"activity", "persons", "justification"});
  Json site = closed({{"reduction", in.titled({"Reduction", "Verringerung"}, whole(0, 100), in_percent)},
                      {"reason", in.titled(reason_title, text(2000))}},
                     {"reduction", "reason"});
  return closed({{"audit", audits(in)},
                 {"persons", in.titled({"Persons", "Personen"}, whole(1, most),
                                       {"Under control of the organisation, with those of identical_work",
                                        "Unter Aufsicht der Organisation, mit denen gleicher Arbeit"})},
                 {"identical_work", in.titled({"People with identical work", "Personen mit gleicher Arbeit"},
                                              rows(std::move(work), 100))},
                 {"factors", factors(in)},
                 {"adjustment", in.titled({"Adjustment", "Anpassung"}, whole(-100, 1000),
                                          {"Percent; negative reduces", "Prozent; negativ verringert"})},
                 {"site", in.titled({"Site", "Standort"}, std::move(site),
                                    {"For one site of several", "Für einen von mehreren Standorten"})},
                 {"policies_of", policies_of(in)}},
                {"audit", "persons", "factors", "adjustment"});
}

Json site_sampling_schema(const Speaker& in) {
  const Text yes{"true if not given", "Ja, wenn nicht angegeben"};
  Json site = closed(
      {{"id", in.titled({"Site", "Standort"}, text(200))},
       {"eligible", in.titled({"May be sampled", "Darf ausgewählt werden"}, flag(), yes)},
       {"chosen", in.titled({"Chosen", "Gewählt"}, flag(),
                            {"By a person; false if not given", "Von einer Person; nein, wenn nicht angegeben"})},
       {"last_audited", in.titled({"Last audited on", "Zuletzt auditiert am"}, date())}},
      {"id"});
  Json group = closed({{"name", in.titled({"Group", "Gruppe"}, text(200))},
                       {"sites", in.titled({"Sites", "Standorte"}, rows(std::move(site), 10'000))},
                       {"sampling", in.titled({"Sampling", "Stichprobe"}, flag(),
                                              {"false where sampling is not allowed; true if not given",
                                               "Nein, wo sie nicht erlaubt ist; ja, wenn nicht angegeben"})}},
                      {"name", "sites"});
  return closed(
      {{"audit", audits(in)},
       {"effective", in.titled({"Effective", "Wirksam"}, flag(),
                               {"The system proved effective; false if not given",
                                "Das System hat sich als wirksam erwiesen; nein, wenn nicht angegeben"})},
       {"central_function", in.titled({"Site of the central function", "Standort der Zentralfunktion"}, text(200))},
       {"groups", in.titled({"Groups", "Gruppen"}, rows(std::move(group), 100),
                            {"Sites with similar processes", "Standorte mit ähnlichen Prozessen"})},
       {"seed", in.titled({"Seed", "Startwert"}, whole(0, 9'007'199'254'740'991),
                          {"Repeats the draw: keep it with the result",
                           "Wiederholt die Auslosung: mit dem Ergebnis aufbewahren"})},
       {"policies_of", policies_of(in)}},
      {"audit", "central_function", "groups", "seed"});
}

Json integrated_time_schema(const Speaker& in) {
  Json half_days = in.titled({"Audit days", "Audittage"}, {{"type", "number"}, {"minimum", 0.5}, {"maximum", 10'000}},
                             {"Whole or half days", "Ganze oder halbe Tage"});
  Json single = closed({{"standard", in.titled({"Standard", "Norm"}, text(200))},
                        {"days", std::move(half_days)},
                        {"adjustment", in.titled({"Adjustment", "Anpassung"}, whole(-100, 1000),
                                                 {"Percent; 0 if not given", "Prozent; 0, wenn nicht angegeben"})}},
                       {"standard", "days"});
  return closed({{"single_times", in.titled({"Audit times of the single standards", "Auditzeiten der einzelnen Normen"},
                                            rows(std::move(single), 20))},
                 {"reduction", in.titled({"Reduction", "Verringerung"}, whole(0, 100),
                                         {"Percent, because the systems are integrated",
                                          "Prozent, weil die Systeme integriert sind"})},
                 {"reason", in.titled(reason_title, text(2000))},
                 {"policies_of", policies_of(in)}},
                {"single_times", "reduction"});
}

Json certificate_dates_schema(const Speaker& in) {
  return closed(
      {{"step", in.kinds({"Step", "Schritt"}, {{"grant", {"Grant", "Erteilung"}},
                                               {"renew", {"Renewal", "Verlängerung"}},
                                               {"restore", {"Restoration", "Wiederherstellung"}}})},
       {"decision", in.titled({"Day of the decision", "Tag der Entscheidung"}, date())},
       {"effective", in.titled({"Effective on", "Gültig ab"}, date(),
                               {"The day of the decision if not given", "Ohne Angabe der Tag der Entscheidung"})},
       {"old_expiry", in.titled({"Old expiry", "Bisheriger Ablauf"}, date(),
                                {"Needed to renew and to restore", "Nötig zu Verlängerung und Wiederherstellung"})},
       {"stage_2_last_day", in.titled({"Last day of stage 2", "Letzter Tag der Stufe 2"}, date())},
       {"suspended_on", in.titled({"Suspended on", "Ausgesetzt am"}, date())},
       {"policies_of", policies_of(in)}},
      {"step", "decision"});
}

Json due_day_schema(const Speaker& in) {
  return closed(
      {{"from", in.titled({"From", "Ab"}, date())},
       {"policy", in.titled({"Policy", "Vorgabe"}, text(100),
                            {"Name of a policy with days, months or years",
                             "Name einer Vorgabe mit Tagen, Monaten oder Jahren"})},
       {"holidays", in.titled({"Holidays", "Feiertage"}, rows(date(), 10'000),
                              {"Those of the organisation if not given", "Ohne Angabe die der Organisation"})},
       {"policies_of", policies_of(in)}},
      {"from", "policy"});
}

/// The groups of IEC 62443; those of another list are refused where the calculation knows them.
Json security_levels_schema(const Speaker& in) {
  Json levels = Json::object();
  for (const char* group : {"iac", "uc", "si", "dc", "rdf", "tre", "ra"}) levels[group] = whole(0, 4);
  Json answer = closed(
      {{"requirement",
        in.titled({"Requirement", "Anforderung"}, text(50),
                  {"SR 1.1, or SR 1.1 RE 2 for an enhancement", "SR 1.1, oder SR 1.1 RE 2 für eine Erweiterung"})},
       {"result", in.kinds({"Result", "Ergebnis"}, {{"met", {"Met", "Erfüllt"}},
                                                    {"partly_met", {"Partly met", "Teilweise erfüllt"}},
                                                    {"not_met", {"Not met", "Nicht erfüllt"}},
                                                    {"not_applicable", {"Not applicable", "Nicht anwendbar"}},
                                                    {"compensated", {"Compensated", "Ausgeglichen"}}})},
       {"reason",
        in.titled(reason_title, text(4000),
                  {"Needed for not_applicable and compensated", "Nötig, wenn nicht anwendbar oder ausgeglichen"})}},
      {"requirement", "result"});
  return closed({{"requirements", in.titled({"Requirements", "Anforderungen"}, text(100),
                                            {"Name of a list of requirements: iec62443_3_3",
                                             "Name einer Liste von Anforderungen: iec62443_3_3"})},
                 {"target", in.titled({"Target", "Ziel"}, closed(std::move(levels), Json::array()),
                                      {"By foundational requirement; 0 if not given",
                                       "Je grundlegender Anforderung; 0, wenn nicht angegeben"})},
                 {"answers", in.titled({"Answers", "Antworten"}, rows(std::move(answer), 1000))}},
                {"requirements", "target"});
}

constexpr std::array calculations{
    CalculationName{"audit-time", "Audit time", "Auditzeit"},
    CalculationName{"certificate-dates", "Dates of a certification", "Daten einer Zertifizierung"},
    CalculationName{"due-day", "Due day", "Fälliger Tag"},
    CalculationName{"integrated-time", "Time of an integrated audit", "Zeit eines integrierten Audits"},
    CalculationName{"security-levels", "Security levels", "Security Levels"},
    CalculationName{"site-sampling", "Sites that an audit visits", "Standorte, die ein Audit besucht"},
};

std::map<std::string, Json, std::less<>> schemas_for(const Speaker& speaker) {
  return {{"audit-time", audit_time_schema(speaker)},
          {"site-sampling", site_sampling_schema(speaker)},
          {"integrated-time", integrated_time_schema(speaker)},
          {"certificate-dates", certificate_dates_schema(speaker)},
          {"due-day", due_day_schema(speaker)},
          {"security-levels", security_levels_schema(speaker)}};
}

}  // namespace

std::span<const CalculationName> calculation_names() { return calculations; }

const Json& calculation_schema(std::string_view name, std::string_view language) {
  static const auto english = schemas_for({false}), german = schemas_for({true});
  static const Json none;
  const auto& all = language == "de" ? german : english;
  const auto found = all.find(name);
  return found == all.end() ? none : found->second;
}

}  // namespace assay
