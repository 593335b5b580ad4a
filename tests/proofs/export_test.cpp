// Definitions as machines of other tools: golden files, events of adoption, and well-formed XML. tests/interpreters
// runs the machines in those tools.
#include <catch2/catch_all.hpp>
#include <fstream>
#include <map>

#include "domain/export_graph.h"
#include "domain/export_mermaid.h"
#include "workflows/company.h"

namespace assay::test::export_test {
namespace {

/// state -> event -> target, as a reader of the exported text finds them.
using Machine = std::map<std::string, std::map<std::string, std::string>>;

Machine machine_of_xstate(const std::string& text) {
  const Json json = Json::parse(text);
  Machine machine;
  for (const auto& [name, state] : json.at("states").items()) {
    machine[name];
    const Json events = state.value("on", Json::object());  // named: items() refers to it
    for (const auto& [event, transition] : events.items()) machine[name][event] = transition.at("target");
  }
  return machine;
}

/// A strict reader of the XML that has elements and attributes only: REQUIREs what XML 1.0 does of tags, names,
/// attributes given once, references and one root.
class XmlReader {
 public:
  XmlReader(std::string_view text, Machine& machine) : text_(text), machine_(machine) {}

  void read() {
    const auto head = text_.find("?>");
    REQUIRE(text_.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    at_ = head + 2;
    while (skip_space(), at_ < text_.size()) tag();
    REQUIRE(open_.empty());
    REQUIRE(roots_ == 1);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  std::string name() {
    const auto from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == ':')) ++at_;
    REQUIRE(at_ > from);
    return std::string(text_.substr(from, at_ - from));
  }
  std::string value() {
    REQUIRE(text_.substr(at_, 2) == "=\"");
    const auto end = text_.find('"', at_ + 2);
    REQUIRE(end != std::string_view::npos);
    std::string raw(text_.substr(at_ + 2, end - at_ - 2)), found;
    at_ = end + 1;
    REQUIRE(raw.find('<') == std::string::npos);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '&') {
        found += raw[i];
        continue;
      }
      const auto stop = raw.find(';', i);
      REQUIRE(stop != std::string::npos);
      static const std::map<std::string, char> references{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}};
      found += references.at(raw.substr(i + 1, stop - i - 1));
      i = stop;
    }
    return found;
  }
  void tag() {
    REQUIRE(text_[at_++] == '<');
    if (text_[at_] == '/') {
      ++at_;
      REQUIRE(!open_.empty());
      CHECK(name() == open_.back());
      open_.pop_back();
      REQUIRE(text_[at_++] == '>');
      return;
    }
    const std::string element = name();
    if (open_.empty()) ++roots_;
    std::map<std::string, std::string> attributes;
    while (skip_space(), text_[at_] != '>' && text_[at_] != '/') {
      const std::string attribute = name();
      REQUIRE(attributes.emplace(attribute, value()).second);
    }
    note(element, attributes);
    const bool closed = text_[at_] == '/';
    if (closed) ++at_;
    REQUIRE(text_[at_++] == '>');
    if (!closed) open_.push_back(element);
  }
  void note(const std::string& element, std::map<std::string, std::string>& attributes) {
    if (element == "state" || element == "final") {
      state_ = attributes.at("id");
      machine_[state_];
    } else if (element == "transition") {
      const auto target = attributes.find("target");
      machine_[state_][attributes.at("event")] = target == attributes.end() ? state_ : target->second;
    }
  }

  std::string_view text_;
  Machine& machine_;
  std::size_t at_ = 0, roots_ = 0;
  std::vector<std::string> open_;
  std::string state_;
};

Machine machine_of_scxml(const std::string& text) {
  Machine machine;
  XmlReader(text, machine).read();
  return machine;
}

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/proofs/golden/" + name;
  if (std::getenv("ASSAY_UPDATE_GOLDEN")) std::ofstream(path) << text;
  std::ifstream input(path);
  CHECK(text == std::string{std::istreambuf_iterator<char>(input), {}});
}

TEST_CASE("exported machines are as they were") {
  const Definition& observation = *shipped().find("observation");
  check_golden("observation.dot", export_dot(observation, "de"));
  check_golden("observation.xstate.json", export_xstate(observation));
  check_golden("observation.scxml", export_scxml(observation));
  check_golden("audit-programme.scxml", export_scxml(*shipped().find("audit-programme")));
}

TEST_CASE("what is adopted has an event for each state that it may come in") {
  const Definition& programme = *shipped().find("audit-programme");
  for (const Machine& machine :
       {machine_of_xstate(export_xstate(programme)), machine_of_scxml(export_scxml(programme))}) {
    const auto& made = machine.at("unmade");
    CHECK(made.at("adopt.approved") == "approved");
    CHECK(made.at("adopt.running") == "running");
    CHECK_FALSE(made.contains("adopt"));
    CHECK_FALSE(made.contains("adopt.closed"));
  }
  const std::string diagram = export_mermaid(programme, "en");
  CHECK(diagram.find("[*] --> running : Adopt from an earlier system") != std::string::npos);
  CHECK(export_dot(programme, "en").find("\"unmade\" -> \"running\"") != std::string::npos);
}

TEST_CASE("names and texts of a definition cannot leave their quotes") {
  Definition definition = *shipped().find("observation");
  definition.states.begin()->second.label = "a\" <b> & \\ \n c";
  Machine machine;
  XmlReader(export_scxml(definition), machine).read();
  CHECK(machine.size() == definition.states.size() + 1);
  CHECK(!Json::parse(export_xstate(definition)).empty());
  CHECK(export_dot(definition, "en").find("[label=\"a\\\" <b> & \\\\   c\"") != std::string::npos);
}

}  // namespace
}  // namespace assay::test::export_test
