// Reads a workflow set from the texts of its files.
#include "domain/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/decide.h"
#include "domain/load_parts.h"

namespace assay {
namespace {

/// A file's text without what stands between its tokens, and the members of its states and commands in the order in
/// which they were written: people's order lives there.
struct Written {
  std::string text;
  std::map<std::string, std::vector<std::string>, std::less<>> order = {};
};

/// Reads valid JSON once, token by token.
class Writing {
 public:
  explicit Writing(std::string_view source) : source_(source) {
    if (source_.starts_with("\xEF\xBB\xBF")) source_.remove_prefix(3);  // a byte order mark, as parsers let it pass
    written_.text.reserve(source_.size());
  }

  Written take() {
    for (std::size_t at = 0; at < source_.size(); ++at) {
      const char c = source_[at];
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
      if (c == '"') {
        const std::size_t end = end_of_string(at);
        last_ = source_.substr(at + 1, end - at - 1);
        written_.text += source_.substr(at, end - at + 1);
        at = end;
        continue;
      }
      written_.text += c;
      if (c == ':') name();
      if (c == '{' || c == '[') ++depth_;
      if (c == '}' || c == ']') --depth_;
    }
    return std::move(written_);
  }

 private:
  std::size_t end_of_string(std::size_t at) const {
    for (++at; source_[at] != '"'; ++at) at += source_[at] == '\\' ? 1 : 0;
    return at;
  }

  void name() {
    if (depth_ == 1) section_ = last_;
    if (depth_ == 2 && (section_ == "states" || section_ == "commands"))
      written_.order[std::string(section_)].emplace_back(last_);
  }

  std::string_view source_, last_, section_;
  int depth_ = 0;
  Written written_;
};

struct File {
  std::string path;
  Json value;
  Written written;
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
             [&](const Place& place, const Name&, const Written&) { load_roles(place, set_); });
    for_each([](const Name& name) { return !name.folder.empty() && name.language.empty(); },
             [&](const Place& place, const Name& name, const Written& written) { pack_file(place, name, written); });
    for_each([](const Name& name) { return !name.language.empty(); },
             [&](const Place& place, const Name& name, const Written&) { language_file(place, name); });
    for_each([](const Name& name) { return name.folder.empty() && name.language.empty() && name.stem != "roles"; },
             [&](const Place& place, const Name&, const Written&) { place.flaw("is not a file of a workflow set"); });
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
        values_.push_back({path, std::move(std::get<Json>(parsed)), Writing(text).take()});
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

  void pack_file(const Place& place, const Name& name, const Written& written) {
    if (name.folder == "policies") return load_policies(place, set_);
    if (name.stem == "views") return load_views(place, set_);
    if (name.stem == "migrate") {
      place.is_object();
      return;
    }
    if (!place.is_object()) return;
    Definition definition = read_definition(place, name);
    keep_order(place, definition, written);
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

  static void keep_order(const Place& place, Definition& definition, const Written& written) {
    const auto keep = [&](const char* section, const auto& members, std::vector<std::string>& order) {
      if (const auto found = written.order.find(section); found != written.order.end()) order = found->second;
      const bool plain =
          order.size() == members.size() &&
          std::all_of(order.begin(), order.end(), [&](const auto& name) { return members.contains(name); });
      if (!plain) place.at(section).flaw("must be written without escapes in its names");
    };
    if (!place.flaws().empty()) return;  // what is not there is told already
    keep("states", definition.states, definition.state_order);
    keep("commands", definition.commands, definition.command_order);
  }

  void language_file(const Place& place, const Name& name) {
    if (name.folder.empty() && name.stem == "roles") return load_role_labels(place, name.language, set_);
    if (name.folder.empty() && name.stem == "guards") return load_guard_texts(place, name.language, set_);
    if (name.stem == "views") return load_view_labels(place, name.language, set_);
    const auto type = set_.types.find(name.stem);
    if (type == set_.types.end() || type->second.source != name.folder + "/" + name.stem + ".json") {
      return place.flaw(fmt::format("stands beside no definition {}/{}.json", name.folder, name.stem));
    }
    load_labels(place, name.language, type->second);
  }

  std::string text() const {
    Json files = Json::object();
    for (const File& file : values_) files[file.path] = file.written.text;
    return canonical(Json{{"files", std::move(files)}});
  }

  /// Room for the schemas of each language; a schema is made when it is first asked for.
  void prepare_schemas() {
    for (auto& [type, definition] : set_.types) {
      for (auto& [name, command] : definition.commands) {
        command.schemas["en"] = std::make_shared<SchemaText>();
        for (const auto& [language, labels] : definition.labels)
          command.schemas[language] = std::make_shared<SchemaText>();
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
