// A small workflow set that the tests of the engine bend: a project with tasks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/world.h"

namespace assay::test {

using Ordered = nlohmann::ordered_json;

inline const char* const small_roles = R"({"roles": {
  "manager": {"side": "organisation", "label": "Manager"},
  "worker": {"side": "organisation", "label": "Worker"},
  "board": {"side": "organisation", "label": "Board"},
  "customer": {"side": "client", "label": "Customer"}}})";

inline const char* const small_policies = R"({"policies": {
  "five_days": {"label": "Five days", "value": 5, "unit": "calendar_days", "source": "test", "presets": {"slow": 10}},
  "three_working_days": {"label": "Three working days", "value": 3, "unit": "working_days", "source": "test"},
  "reminders": {"label": "Reminders", "value": [0, -2], "unit": "calendar_days", "source": "test"},
  "share": {"label": "A share", "value": 30, "unit": "percent", "source": "test"}}})";

inline const char* const small_project = R"({
  "workflow": "small/project", "version": 1, "label": "Project", "label_plural": "Projects", "plural": "projects",
  "title": "title", "number": "P-{year}-{seq:3}", "read": ["manager"],
  "people": {"lead": {"max": 1, "label": "Lead"}, "member": {"label": "Members"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "noted": {"title": "Noted", "type": "string", "maxLength": 100},
    "closed_on": {"title": "Closed on", "type": "string", "format": "date"}},
  "states": {"running": {"is": ["active"], "label": "Running"}, "closed": {"end": true, "label": "Closed"}},
  "commands": {
    "start": {"label": "Start", "event": "started", "from": [], "to": "running", "by": ["manager"], "must": ["title"],
              "may": ["lead", "member"], "why": "1"},
    "staff": {"label": "Staff", "event": "staffed", "from": ["running"], "by": ["manager"], "may": ["lead", "member"], "why": "1"},
    "note": {"label": "Note", "event": "noted", "from": ["running"], "by": ["via:task"], "may": ["noted"], "why": "1"},
    "close": {"label": "Close", "event": "closed", "from": ["#active"], "to": "closed", "by": ["manager", "lead"],
              "guards": [{"guard": "linked_all", "link": "tasks", "in": ["#done"]}],
              "effects": [{"do": "set", "values": {"closed_on": "@today"}}], "why": "2"}}})";

inline const char* const small_task = R"({
  "workflow": "small/task", "version": 2, "label": "Task", "label_plural": "Tasks", "plural": "tasks",
  "title": "title", "number": "T-{year}-{seq:4}", "read": ["manager"],
  "links": {"project": {"to": "project", "parent": true, "back": "tasks", "label": "Project"},
            "follows": {"to": "task", "many": true, "back": "followed_by", "label": "Follows"}},
  "people": {"owner": {"max": 1, "label": "Owner"}, "checker": {"label": "Checkers"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "grade": {"title": "Grade", "type": "string", "enum": ["major", "minor"], "x-labels": {"major": "Major", "minor": "Minor"},
              "x-filter": true, "form": {"widget": "radio"}},
    "cause": {"title": "Cause", "type": "string", "maxLength": 1000},
    "due": {"title": "Due", "type": "string", "format": "date"},
    "extended_to": {"title": "Extended to", "type": "string", "format": "date"},
    "done_on": {"title": "Done on", "type": "string", "format": "date"},
    "seen_at": {"title": "Seen at", "type": "string", "format": "date-time"},
    "approver": {"title": "Approver", "type": "string", "format": "uuid", "x-person": true},
    "itself": {"title": "Itself", "type": "string", "format": "uuid"},
    "overdue": {"title": "Overdue", "type": "boolean"},
    "effort": {"title": "Effort", "type": "integer", "minimum": 0, "maximum": 99},
    "items": {"title": "Items", "type": "array", "maxItems": 20, "keep": "event", "items": {"type": "object",
       "properties": {"question": {"type": "string", "maxLength": 20}, "subject": {"type": "string", "maxLength": 20},
                      "auditor": {"type": "string", "format": "uuid", "x-person": true}},
       "required": ["question", "subject", "auditor"], "additionalProperties": false}},
    "reason": {"title": "Reason", "type": "string", "maxLength": 1000, "keep": "event"},
    "plans": {"title": "Plans", "list": ["cause", "due", "reason"]},
    "exempt_auditor": {"title": "Exempt", "type": "string", "format": "uuid", "x-person": true, "keep": "event"},
    "exempt_items": {"title": "Exempt items", "type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 20}, "keep": "event"},
    "exempt_subject": {"title": "Exempt subject", "type": "string", "maxLength": 20, "keep": "event"},
    "exceptions": {"title": "Exceptions", "list": ["exempt_auditor", "exempt_items", "exempt_subject"]}},
  "states": {"draft": {"label": "Draft"}, "open": {"is": ["live"], "label": "Open"},
             "finished": {"is": ["live", "done"], "label": "Finished"},
             "closed": {"is": ["done"], "end": true, "label": "Closed"}},
  "commands": {
    "create": {"label": "Create", "event": "created", "from": [], "to": "draft", "by": ["manager", "lead", "worker"],
               "must": ["title"], "may": ["project", "follows", "owner", "checker", "grade", "due"], "why": "1"},
    "edit": {"label": "Edit", "event": "edited", "from": ["draft", "#live"], "by": ["worker", "owner"],
             "may": ["title", "grade", "cause", "due", "extended_to", "done_on", "approver", "effort", "owner", "checker", "follows", "items"],
             "why": "1"},
    "open": {"label": "Open", "event": "opened", "from": ["draft"], "to": "open", "by": ["worker", "lead"],
             "may": ["due"], "guards": [{"guard": "filled", "fields": ["grade"]}], "why": "1"},
    "finish": {"label": "Finish", "event": "finished", "from": ["open"], "to": "finished", "by": ["owner"],
               "must": ["cause"], "may": ["reason"], "guards": [{"guard": "seated", "seats": ["checker"]}],
               "effects": [{"do": "append", "list": "plans"}], "why": "2"},
    "close": {"label": "Close", "event": "closed", "from": ["finished"], "to": "closed", "by": ["checker", "manager"],
              "guards": [{"guard": "actor_not", "seats": ["owner"], "waiver": "own_check"},
                         {"guard": "is", "field": "grade", "one_of": ["minor"], "waiver": "own_check"},
                         {"guard": "has_evidence"}], "why": "2"},
    "allow": {"label": "Allow", "event": "allowed", "from": ["#live"], "by": ["manager"], "second": ["board"],
              "must": ["reason"], "guards": [{"guard": "actor_not", "seats": ["owner"], "who": "second"}],
              "effects": [{"do": "waive", "waiver": "own_check"}], "why": "3"},
    "note_overdue": {"label": "Note overdue", "event": "overdue", "from": ["open"], "by": ["timer"],
                     "effects": [{"do": "set", "values": {"overdue": true}}, {"do": "tell", "roles": ["owner", "manager"]}], "why": "4"}},
  "timers": {
    "finish_due": {"label": "Finish", "while": ["open"], "when": {"grade": ["major"]}, "from": "due", "after": "five_days",
                   "extended": "extended_to", "remind": "reminders", "tell": ["owner"], "fires": "note_overdue"}}})";

inline WorkflowFiles small_files() {
  return {{"roles.json", small_roles},
          {"policies/days.json", small_policies},
          {"small/project.json", small_project},
          {"small/task.json", small_task}};
}

/// One change to a file: the value at a JSON pointer is added or replaced; null removes it.
struct Bend {
  std::string file;
  std::string pointer;
  Ordered value;
};

inline WorkflowFiles bent(const std::vector<Bend>& bends, WorkflowFiles files = small_files()) {
  for (const Bend& bend : bends) {
    Ordered file = Ordered::parse(files.at(bend.file));
    const Ordered::json_pointer pointer(bend.pointer);
    if (!bend.value.is_null()) {
      file[pointer] = bend.value;
    } else {
      Ordered& parent = file[pointer.parent_pointer()];
      if (parent.is_array()) {
        parent.erase(std::stoul(pointer.back()));
      } else {
        parent.erase(pointer.back());
      }
    }
    files[bend.file] = file.dump();
  }
  return files;
}

/// A world on the small set: a manager, a worker, a board member, and a project with its lead.
struct SmallWorld : World {
  explicit SmallWorld(const std::vector<Bend>& bends = {}) : SmallWorld(bent(bends), true) {}
  SmallWorld(const WorkflowFiles& files, bool checked) : World(load_or_throw(files, checked)) {}
  PersonId chief = facts.add_person({"manager"});
  PersonId worker = facts.add_person({"worker"});
  PersonId board = facts.add_person({"board"});
  PersonId lead = facts.add_person({});
  PersonId owner = facts.add_person({});
  PersonId checker = facts.add_person({});
  RecordId project = facts.add("project", "running", {{"title", "Bridge"}}, {}, {{"lead", {lead}}});

  RecordId task(std::string state, Json body = Json::object()) {
    body["title"] = "Paint";
    return facts.add("task", std::move(state), std::move(body), {{"project", project}},
                     {{"owner", {owner}}, {"checker", {checker}}});
  }
};

}  // namespace assay::test
