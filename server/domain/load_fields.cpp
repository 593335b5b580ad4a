// Loads the nouns of a definition: fields, links, seats and states.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "domain/load_parts.h"
#include "domain/schema.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 13> reserved{"adopted", "disposed", "entered_on", "waived",  "by_waiver",
                                                    "comment", "id",       "state",      "version", "number",
                                                    "type",    "links",    "people"};

std::string audience_of(const Place& place) {
  if (!place.find("audience")) return "client";
  auto audience = place.text("audience");
  if (!audience.empty() && audience != "body" && audience != "client" && audience != "public") {
    place.at("audience").flaw("must be body, client or public");
  }
  return audience;
}

Json form_of(const Place& place) {
  const auto form = place.find("form");
  if (!form || !form->is_object()) return Json::object();
  form->only({"badge", "widget", "order", "help"});
  for (const char* name : {"widget", "help"}) form->text(name, false);
  for (const auto& [value, colour] : form->members("badge")) {
    if (!colour.is_text()) colour.flaw("a badge is the name of a colour");
  }
  form->number("order", 0, 0);
  return form->json();
}

std::map<std::string, std::string> texts_of(const Place& place, std::string_view name) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, text] : place.members(name)) {
    if (!text.is_text() || text.text().empty()) {
      text.flaw("must be a string that is not empty");
    } else {
      texts.emplace(key, text.text());
    }
  }
  return texts;
}

Json where_of(const Place& place) {
  const auto where = place.find("where");
  if (!where || !where->is_object()) return Json::object();
  for (const auto& [field, values] : where->members()) {
    if (!values.is_list() || values.size() == 0) values.flaw("must be a list of at least one value");
  }
  return where->json();
}

/// What lines and the counts within a list have in common.
PrefillLine count_of(const Place& place) {
  PrefillLine line;
  line.name = place.text("name");
  if (!line.name.empty()) good_name(place.at("name"), line.name);
  line.label = place.text("label");
  line.type = place.text("type");
  line.in = place.names("in");
  line.where = where_of(place);
  line.by = place.text("by", false);
  return line;
}

PrefillLine prefill_line(const Place& place) {
  place.only({"name", "label", "type", "in", "where", "during", "linked", "by", "list", "with"});
  PrefillLine line = count_of(place);
  if (const auto during = place.find("during"); during && during->is_object()) {
    during->only({"field", "from", "to"});
    line.during = during->text("field");
    line.from = during->text("from");
    line.to = during->text("to");
  }
  line.linked = texts_of(place, "linked");
  line.list = place.flag("list");
  if (line.list && !line.by.empty())
    place.at("by").flaw("a list is not counted: the counts of its records go `with` it");
  for (const Place& one : place.elements("with")) {
    if (!line.list) one.flaw("goes with the records of a list");
    if (!one.is_object()) continue;
    one.only({"name", "label", "type", "link", "in", "where", "by"});
    PrefillLine count = count_of(one);
    count.link = one.text("link");
    line.with.push_back(std::move(count));
  }
  return line;
}

bool names_person(const Json& schema) {
  if (schema.contains("x-person")) return true;
  const auto items = schema.find("items");
  return items != schema.end() && items->is_object() && items->contains("x-person");
}

void load_list(const Place& place, FieldDefinition& field) {
  place.only({"list", "title", "audience", "form"});
  field.keep = Keep::list;
  field.list_of = place.names("list");
  if (field.list_of.empty()) place.at("list").flaw("a list keeps versions of at least one field");
}

void load_dossier(const Place& place, FieldDefinition& field) {
  place.only({"dossier", "title", "audience", "form"});
  field.keep = Keep::dossier;
  field.dossier = place.names("dossier");
  if (field.dossier.empty()) place.at("dossier").flaw("a dossier holds the records of at least one path");
}

/// The schema is what is left when our own keys are taken out.
void load_schema(const Place& place, FieldDefinition& field) {
  if (const auto keep = place.find("keep")) {
    if (!keep->is_text() || keep->text() != "event") keep->flaw("must be `event` or absent");
    field.keep = Keep::event;
  }
  field.filter = place.flag("x-filter");
  field.catalogue_items = place.text("x-catalogue", false);
  field.schema = place.json({"title", "keep", "audience", "x-filter", "x-catalogue", "form", "prefill"});
  for (const Place& line : place.elements("prefill")) {
    if (line.is_object()) field.prefill.push_back(prefill_line(line));
  }
  for (Flaw& flaw : check_schema(field.schema, place.file(), place.pointer())) place.flaws().push_back(std::move(flaw));
  if (field.schema.contains("type") && field.schema["type"].is_string()) field.person = names_person(field.schema);
}

}  // namespace

bool good_name(const Place& place, std::string_view name) {
  if (is_name(name)) return true;
  place.flaw("a name begins with a letter and holds lower-case letters, digits and _");
  return false;
}

std::map<std::string, FieldDefinition> load_fields(const Place& definition) {
  std::map<std::string, FieldDefinition> fields;
  for (const auto& [name, place] : definition.members("fields")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) place.flaw("the name is reserved");
    FieldDefinition field;
    field.name = name;
    field.label = place.text("title");
    field.audience = audience_of(place);
    field.form = form_of(place);
    if (place.find("list")) {
      load_list(place, field);
    } else if (place.find("dossier")) {
      load_dossier(place, field);
    } else {
      load_schema(place, field);
    }
    fields.emplace(name, std::move(field));
  }
  return fields;
}

std::map<std::string, LinkDefinition> load_links(const Place& definition) {
  std::map<std::string, LinkDefinition> links;
  for (const auto& [name, place] : definition.members("links")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    place.only({"to", "parent", "many", "back", "label"});
    LinkDefinition link;
    link.name = name;
    link.to = place.text("to");
    link.parent = place.flag("parent");
    link.many = place.flag("many");
    link.back = place.text("back");
    link.label = place.text("label");
    if (!link.back.empty() && !is_name(link.back)) place.at("back").flaw("must be a name");
    if (link.parent && link.many) place.at("many").flaw("a parent is one record, never many");
    links.emplace(name, std::move(link));
  }
  return links;
}

std::map<std::string, SeatDefinition> load_seats(const Place& definition) {
  std::map<std::string, SeatDefinition> seats;
  for (const auto& [name, place] : definition.members("people")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    place.only({"max", "personal", "left", "label", "label_plural"});
    SeatDefinition seat{name,
                        place.number("max", 1, 0),
                        place.text("label"),
                        place.text("label_plural", false),
                        place.flag("personal"),
                        place.flag("left")};
    if (seat.left && !seat.personal) place.at("left").flaw("is for personal seats: who has left takes no part");
    if (seat.max == 1 && place.find("label_plural")) place.at("label_plural").flaw("one person at most holds the seat");
    seats.emplace(name, std::move(seat));
  }
  return seats;
}

namespace {

std::vector<NextCommand> load_next(const Place& state) {
  std::vector<NextCommand> all;
  for (const Place& entry : state.elements("next")) {
    NextCommand next;
    if (entry.is_text()) {
      next.command = entry.text();
      if (next.command.empty()) entry.flaw("must be a string that is not empty");
    } else if (entry.is_object()) {
      entry.only({"command", "when"});
      next.command = entry.text("command");
      next.when = load_when(entry);
      if (next.when.empty()) entry.flaw("`when` is missing: what fields say while the command is waited for");
    }
    if (next.command.empty()) continue;
    const bool twice = std::any_of(all.begin(), all.end(), [&](const NextCommand& other) {
      return other.command == next.command && (other.when.empty() || next.when.empty() || other.when == next.when);
    });
    if (twice) entry.flaw(fmt::format("`{}` is given twice", next.command));
    all.push_back(std::move(next));
  }
  return all;
}

}  // namespace

std::map<std::string, StateDefinition> load_states(const Place& definition) {
  std::map<std::string, StateDefinition> states;
  for (const auto& [name, place] : definition.members("states")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    place.only({"is", "end", "client", "next", "label"});
    StateDefinition state;
    state.name = name;
    for (const std::string& group : place.names("is")) {
      if (!is_name(group)) place.at("is").flaw(fmt::format("`{}` is not a name", group));
      state.groups.insert(group);
    }
    state.end = place.flag("end");
    state.client = place.flag("client");
    state.next = load_next(place);
    state.label = place.text("label");
    states.emplace(name, std::move(state));
  }
  return states;
}

}  // namespace assay
