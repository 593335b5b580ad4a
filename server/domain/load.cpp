// Reads a workflow set from the texts of its files.
#include "domain/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "domain/decide.h"
#include "domain/document.h"
#include "domain/load_parts.h"
#include "domain/parallel.h"

namespace assay {
namespace {

/// Whether what stands at `at` has a backslash before it that is not one's own.
bool is_escaped(std::string_view text, std::size_t at) {
  const std::size_t before = text.find_last_not_of('\\', at - 1);
  return (at - before) % 2 == 0;
}

/// The text of valid JSON without what stands between its tokens, as a JSON string.
std::string quoted(std::string_view source) {
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);  // a byte order mark, as parsers let it pass
  std::string tokens;
  tokens.reserve(source.size());
  for (std::size_t at = 0; at < source.size(); ++at) {
    const char c = source[at];
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (c != '"') {
      tokens += c;
      continue;
    }
    const std::size_t begin = at;
    do at = source.find('"', at + 1);
    while (is_escaped(source, at));
    tokens.append(source, begin, at + 1 - begin);
  }
  std::string text;
  text.reserve(tokens.size() + tokens.size() / 4);
  append_quoted(text, tokens);
  return text;
}

/// "internal/audit.de.json" is of the folder "internal", the stem "audit" and the language "de".
struct Name {
  std::string folder;
  std::string stem;
  std::string language;

  bool of_pack() const { return !folder.empty() && language.empty(); }
  bool of_definition() const {
    return of_pack() && folder != "policies" && folder != "requirements" && stem != "migrate" && stem != "views";
  }
  bool is_roles() const { return folder.empty() && stem == "roles"; }
};

/// A file as it is read for itself, beside the others.
struct File {
  std::string path;
  Name name;
  std::optional<Document> document = {};  // none when it cannot be read
  std::string quoted = {};
  std::optional<Definition> definition = {};
  std::vector<Flaw> flaws = {};

  Place place() { return Place(document->root(), path, flaws); }
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

Definition read_definition(const Place& place, const Name& name) {
  place.only({"workflow", "version",   "label",         "label_plural", "plural",        "title",
              "number",   "register",  "root",          "read",         "holds",         "links",
              "people",   "fields",    "states",        "commands",     "timers",        "overrides",
              "grants",   "retention", "policies_from", "engages",      "retention_from"});
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
  const auto override_in = [&](const Place& one) {
    if (!one.is_object()) return;
    one.only({"list", "policy", "value"});
    definition.overrides.push_back({one.text("list"), one.text("policy"), one.text("value")});
  };
  if (const auto overrides = place.find("overrides"); overrides && overrides->is_list()) {
    for (const Place& one : place.elements("overrides")) override_in(one);
  } else if (overrides) {
    override_in(*overrides);
  }
  definition.policies_from = place.text("policies_from", false);
  definition.grants = load_grants(place, definition);
  definition.engages = load_engages(place, definition);
  definition.retention = place.text("retention", false);
  definition.retention_from = place.names("retention_from");
  // People's order.
  if (const auto states = place.find("states")) definition.state_order = states->written();
  if (const auto commands = place.find("commands")) definition.command_order = commands->written();
  return definition;
}

/// Reads a file for itself, whatever the others hold.
void read_file(File& file, std::string_view text) {
  auto read = Document::read(text);
  if (const auto* fault = std::get_if<JsonFault>(&read)) {
    file.flaws.push_back({file.path, fault->pointer, fault->reason});
    return;
  }
  file.document = std::move(std::get<Document>(read));
  file.quoted = quoted(text);
  const Place place = file.place();
  if (file.name.stem == "migrate") place.is_object();
  if (!file.name.of_definition() || !place.is_object()) return;
  file.definition = read_definition(place, file.name);
}

class Loader {
 public:
  std::variant<WorkflowSet, std::vector<Flaw>> load(const WorkflowFiles& files) {
    read(files);
    auto whole = std::async(std::launch::async, [this] { return text(); });  // of what nobody touches any more
    for_each([](const Name& name) { return name.is_roles() && name.language.empty(); },
             [&](File& file) { load_roles(file.place(), set_); });
    for_each([](const Name& name) { return name.of_pack(); }, [&](File& file) { pack_file(file); });
    read_labels();
    for_each([](const Name& name) { return !name.language.empty(); }, [&](File& file) { language_file(file); });
    for_each([](const Name& name) { return name.folder.empty() && name.language.empty() && !name.is_roles(); },
             [&](File& file) { file.place().flaw("is not a file of a workflow set"); });
    for (File& file : files_) flaws_.insert(flaws_.end(), file.flaws.begin(), file.flaws.end());
    if (!flaws_.empty()) return std::move(flaws_);
    set_.text = whole.get();
    prepare_schemas();
    return std::move(set_);
  }

 private:
  void read(const WorkflowFiles& files) {
    std::vector<std::string_view> texts;
    for (const auto& [path, text] : files) {
      if (path.starts_with("schema/") || path.ends_with("/proof.json")) continue;  // neither is needed to run
      if (auto name = name_of(path)) {
        files_.push_back({path, std::move(*name)});
        texts.push_back(text);
      } else {
        flaws_.push_back(
            {path, "", "is not named as a file of a workflow set: FOLDER/NAME.json or FOLDER/NAME.LANGUAGE.json"});
      }
    }
    in_parallel(files_.size(), [&](std::size_t i) { read_file(files_[i], texts[i]); });
  }

  /// Null for what is no file of labels of a record type, or stands beside none.
  Definition* labelled(const Name& name) {
    if (name.language.empty() || name.is_roles() || name.folder.empty() || name.folder == "policies" ||
        name.folder == "requirements" || name.stem == "views")
      return nullptr;
    const auto type = set_.types.find(name.stem);
    const bool beside = type != set_.types.end() && type->second.source == name.folder + "/" + name.stem + ".json";
    return beside ? &type->second : nullptr;
  }

  /// Holds labels of record types against their definitions, beside each other.
  void read_labels() {
    in_parallel(files_.size(), [&](std::size_t i) {
      File& file = files_[i];
      if (!file.document) return;
      if (const Definition* definition = labelled(file.name)) check_labels(file.place(), *definition);
    });
  }

  template <class Which, class Read>
  void for_each(Which which, Read read) {
    for (File& file : files_) {
      if (file.document && which(file.name)) read(file);
    }
  }

  void pack_file(File& file) {
    if (file.name.folder == "policies") return load_policies(file.place(), set_);
    if (file.name.folder == "requirements") return load_requirements(file.place(), set_);
    if (file.name.stem == "views") return load_views(file.place(), set_);
    if (!file.definition) return;
    const std::string type = file.definition->type;
    if (!set_.types.emplace(type, std::move(*file.definition)).second) {
      file.place().flaw(fmt::format("another pack has a type `{}`", type));
    }
  }

  void language_file(File& file) {
    const Name& name = file.name;
    const Place place = file.place();
    if (name.is_roles()) return load_role_labels(place, name.language, set_);
    if (name.folder.empty() && name.stem == "guards") return load_guard_texts(place, name.language, set_);
    if (name.folder == "requirements") return load_requirement_titles(place, name.language, set_);
    if (name.folder == "policies") return load_policy_words(place, name.stem, name.language, set_);
    if (name.stem == "views") return load_view_labels(place, name.language, set_);
    Definition* const definition = labelled(name);
    if (!definition) return place.flaw(fmt::format("stands beside no definition {}/{}.json", name.folder, name.stem));
    if (Json labels = place.json(); labels.is_object()) definition->labels[name.language] = std::move(labels);
  }

  /// Canonical JSON: {"files": {PATH: TEXT}}.
  std::string text() const {
    std::string all = R"({"files":{)";
    std::size_t size = all.size();
    for (const File& file : files_) size += file.path.size() + file.quoted.size() + 16;
    all.reserve(size);
    for (const File& file : files_) {  // in the order of their paths
      if (&file != &files_.front()) all += ',';
      append_quoted(all, file.path);
      all.append(":").append(file.quoted);
    }
    return all += "}}";
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

  std::vector<File> files_;
  std::vector<Flaw> flaws_;
  WorkflowSet set_;
};

}  // namespace

std::variant<WorkflowSet, std::vector<Flaw>> load_workflows(const WorkflowFiles& files) { return Loader().load(files); }

std::vector<TypeFile> type_files(const std::string& text) {
  // A megabyte whose strings are full of escapes: names are picked out, and nothing is made of the rest.
  std::vector<TypeFile> types;
  const std::string_view all = text;
  for (std::size_t begin = all.find('"'); begin < all.size(); begin = all.find('"', begin)) {
    std::size_t end = begin + 1;
    while (end < all.size() && all[end] != '"') end += all[end] == '\\' ? 2 : 1;
    if (end + 1 < all.size() && all[end + 1] == ':') {
      auto name = name_of(all.substr(begin + 1, end - begin - 1));
      if (name && name->of_definition()) types.push_back({std::move(name->folder), std::move(name->stem)});
    }
    begin = end + 1;
  }
  return types;
}

WorkflowFiles files_of(const std::string& text) {
  WorkflowFiles files;
  const Json set = parse_stored(text);  // named: items() refers to it
  for (const auto& [path, file] : set.at("files").items()) files[path] = file.get<std::string>();
  return files;
}

}  // namespace assay
