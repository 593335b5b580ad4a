// Reads a workflow set from the texts of its files.
#include "domain/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/decide.h"
#include "domain/load_parts.h"

namespace assay {
namespace {

/// Text with the members in the order in which they were written: people's order of states and commands lives there.
using Ordered = nlohmann::ordered_json;

struct File {
  std::string path;
  Json value;
  Ordered written;
};

/// "internal/audit.de.json" is of the folder "internal", the stem "audit" and the language "de".
struct Name {
  std::string folder;
  std::string stem;
  std::string language;
};

std::optional<Name> name_of(std::string_view path) {
  constexpr std::string_view suffix = ".json";
  if (!path.ends_with(suffix)) return {};
  path.remove_suffix(suffix.size());
  Name name;
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) name.folder = path.substr(0, slash);
  const auto base = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const auto dot = base.find('.');
  name.stem = base.substr(0, dot);
  if (dot != std::string_view::npos) name.language = base.substr(dot + 1);
  const bool language = name.language.empty() || (name.language.size() == 2 && is_name(name.language));
  if (name.stem.empty() || !language || name.folder.find('/') != std::string::npos) return {};
  return name;
}

bool is_type(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '_');
  return is_name(plain) && text.find('_') == std::string_view::npos;
}

class Loader {
 public:
  explicit Loader(const WorkflowFiles& files) : files_(files) {}

  std::variant<WorkflowSet, std::vector<Flaw>> load() {
    read();
    for_each([](const Name& name) { return name.folder.empty() && name.stem == "roles" && name.language.empty(); },
             [&](const Place& place, const Name&, const Ordered&) { load_roles(place, set_); });
    for_each([](const Name& name) { return !name.folder.empty() && name.language.empty(); },
             [&](const Place& place, const Name& name, const Ordered& written) { pack_file(place, name, written); });
    for_each([](const Name& name) { return !name.language.empty(); },
             [&](const Place& place, const Name& name, const Ordered&) { language_file(place, name); });
    for_each([](const Name& name) { return name.folder.empty() && name.language.empty() && name.stem != "roles"; },
             [&](const Place& place, const Name&, const Ordered&) { place.flaw("is not a file of a workflow set"); });
    if (!flaws_.empty()) return std::move(flaws_);
    set_.text = text();
    prepare_schemas();
    return std::move(set_);
  }

 private:
  void read() {
    for (const auto& [path, text] : files_) {
      if (path.starts_with("schema/") || path.ends_with("/proof.json")) continue;  // neither is needed to run
      if (!name_of(path)) {
        flaws_.push_back(
            {path, "", "is not named as a file of a workflow set: FOLDER/NAME.json or FOLDER/NAME.LANGUAGE.json"});
        continue;
      }
      auto parsed = parse_strict(text);
      if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
        flaws_.push_back({path, fault->pointer, fault->reason});
      } else {
        values_.push_back({path, std::move(std::get<Json>(parsed)), Ordered::parse(text)});
      }
    }
  }

  template <class Which, class Read>
  void for_each(Which which, Read read) {
    for (const File& file : values_) {
      const Name name = *name_of(file.path);
      if (which(name)) read(Place(file.value, file.path, "", flaws_), name, file.written);
    }
  }

  void pack_file(const Place& place, const Name& name, const Ordered& written) {
    if (name.folder == "policies") return load_policies(place, set_);
    if (name.stem == "migrate") {
      place.is_object();
      return;
    }
    if (!place.is_object()) return;
    Definition definition = read_definition(place, name);
    keep_order(definition, written);
    const std::string type = definition.type;
    if (!set_.types.emplace(type, std::move(definition)).second) {
      place.flaw(fmt::format("another pack has a type `{}`", type));
    }
  }

  Definition read_definition(const Place& place, const Name& name) {
    place.only({"workflow", "version", "label", "label_plural", "plural", "title", "number", "register", "root", "read",
                "holds", "links", "people", "fields", "states", "commands", "timers"});
    Definition definition;
    definition.source = place.file();
    definition.workflow = place.text("workflow");
    definition.type = name.stem;
    if (!definition.workflow.empty() && definition.workflow != name.folder + "/" + name.stem) {
      place.at("workflow").flaw(fmt::format("must be `{}/{}`, as the file is named", name.folder, name.stem));
    }
    if (!is_type(name.stem)) place.flaw("the file's name, which is the type, holds lower-case letters, digits and -");
    if (!place.find("version")) place.flaw("`version` is missing");
    definition.version = place.number("version", 1, 1);
    definition.label = place.text("label");
    definition.label_plural = place.text("label_plural");
    definition.plural = place.text("plural");
    if (!definition.plural.empty() && !is_type(definition.plural)) {
      place.at("plural").flaw("a URL segment holds lower-case letters, digits and -");
    }
    definition.title = place.text("title");
    definition.number = place.text("number");
    definition.is_register = place.flag("register");
    definition.root = place.flag("root");
    definition.read = place.names("read");
    definition.holds = place.names("holds");
    for (const std::string& kind : definition.holds) {
      if (kind != "answers" && kind != "evidence" && kind != "reports") {
        place.at("holds").flaw(fmt::format("`{}` is none of answers, evidence, reports", kind));
      }
    }
    definition.links = load_links(place);
    definition.people = load_seats(place);
    definition.fields = load_fields(place);
    for (const auto& [field_name, field] : definition.fields) {
      if (field.audience == "body") definition.kept_from_clients.push_back(field_name);
    }
    definition.states = load_states(place);
    if (definition.states.empty()) place.flaw("`states` is missing: a record is always in a state");
    definition.commands = load_commands(place, definition);
    if (definition.commands.empty()) place.flaw("`commands` is missing: nothing could ever happen");
    definition.timers = load_timers(place, definition);
    return definition;
  }

  static void keep_order(Definition& definition, const Ordered& written) {
    for (const auto& [section, order] :
         {std::pair{"states", &definition.state_order}, {"commands", &definition.command_order}}) {
      const auto found = written.find(section);
      if (found == written.end() || !found->is_object()) continue;
      for (const auto& [name, member] : found->items()) order->push_back(name);
    }
  }

  void language_file(const Place& place, const Name& name) {
    if (name.folder.empty() && name.stem == "roles") return load_role_labels(place, name.language, set_);
    if (name.folder.empty() && name.stem == "guards") return load_guard_texts(place, name.language, set_);
    const auto type = set_.types.find(name.stem);
    if (type == set_.types.end() || type->second.source != name.folder + "/" + name.stem + ".json") {
      return place.flaw(fmt::format("stands beside no definition {}/{}.json", name.folder, name.stem));
    }
    load_labels(place, name.language, type->second);
  }

  std::string text() const {
    Json files = Json::object();
    for (const File& file : values_) files[file.path] = file.written.dump();
    return canonical(Json{{"files", std::move(files)}});
  }

  void prepare_schemas() {
    for (auto& [type, definition] : set_.types) {
      std::vector<std::string> languages{"en"};
      for (const auto& [language, labels] : definition.labels) languages.push_back(language);
      for (auto& [name, command] : definition.commands) {
        for (const std::string& language : languages) {
          command.schema_text[language] = canonical(input_schema(set_, definition, command, language));
        }
      }
    }
  }

  const WorkflowFiles& files_;
  std::vector<File> values_;
  std::vector<Flaw> flaws_;
  WorkflowSet set_;
};

}  // namespace

std::variant<WorkflowSet, std::vector<Flaw>> load_workflows(const WorkflowFiles& files) { return Loader(files).load(); }

WorkflowFiles files_of(const std::string& text) {
  WorkflowFiles files;
  const Json set = Json::parse(text);  // named: items() refers to it
  for (const auto& [path, file] : set.at("files").items()) files[path] = file.get<std::string>();
  return files;
}

}  // namespace assay
