// The annexes: the checklist with its answers, the evidence, and the hashes.
#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

/// How the results of a catalogue are shown, by id.
struct Scale {
  std::map<std::string_view, std::string> classes;
  std::map<std::string_view, std::string_view> titles;
};

Scale scale_of(const Json& catalogue) {
  Scale scale;
  for (const Json& result : list_of(catalogue, "results")) {
    const std::string_view id = text_of(result, "id");
    scale.classes.emplace(id, result_class(id, scale.classes.size()));
    scale.titles.emplace(id, text_of(result, "title"));
  }
  return scale;
}

std::string result_chip(const Scale& scale, std::string_view result, const Words& words) {
  if (result.empty()) return chip("r-open", words.open);
  const auto known = scale.classes.find(result);
  if (known == scale.classes.end()) return chip("r-open", run(result));
  return chip(known->second, run(scale.titles.at(result)));
}

std::string answer_cells(const Source& source, const Scale& scale, const Json& answer) {
  const Words& words = source.words;
  const std::string_view subject = text_of(answer, "subject"), reason = text_of(answer, "reason");
  const std::string_view notes = text_of(answer, "notes"), auditor = text_of(answer, "auditor");
  const std::string links = evidence_links(source, list_of(answer, "evidence"));
  std::string finding_links;
  for (const Json& number : list_of(answer, "findings")) {
    if (!finding_links.empty()) finding_links += ", ";
    finding_links += finding_link(source, number.get_ref<const std::string&>());
  }
  std::string html = "<td>";
  add(html, {subject.empty() ? std::string(words.whole) : run(subject)});
  if (!auditor.empty()) add(html, {"<div class=\"small\">", run(auditor), "</div>"});
  if (const auto assigned = text_of(answer, "assigned_to"); !assigned.empty())
    add(html, {"<div class=\"small\">", words.assigned_to, " ", run(assigned), "</div>"});
  add(html, {"</td><td>", result_chip(scale, text_of(answer, "result"), words)});
  if (const auto maturity = answer.find("maturity"); maturity != answer.end()) {
    add(html, {"<div class=\"small\">", words.maturity, " ", std::to_string(maturity->get<int>()), "</div>"});
  }
  html += "</td><td>";
  if (!reason.empty()) html += block(reason);
  if (!notes.empty()) html += block(notes);
  if (!links.empty()) add(html, {"<div class=\"small\">", links, "</div>"});
  if (!finding_links.empty()) {
    add(html, {"<div class=\"small\"><b>", finding_links, "</b></div>"});
  }
  return html += "</td></tr>\n";
}

std::string item_rows(const Source& source, const Scale& scale, const Json& item) {
  std::string html;
  for (const Json& question : list_of(item, "questions")) {
    const Json& answers = list_of(question, "answers");
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (html.empty()) {
        add(html, {"<tr class=\"sub\"><td colspan=\"4\">", run(text_of(item, "clause")), " &ensp;",
                   run(text_of(item, "title")), "</td></tr>\n"});
      }
      html += text_of(answers[i], "notes").size() > 1500 ? "<tr class=\"big\"><td>" : "<tr><td>";
      if (i == 0) html += block(text_of(question, "question"));
      html += "</td>" + answer_cells(source, scale, answers[i]);
    }
  }
  return html;
}

std::string group_table(const Source& source, const Scale& scale, const Json& catalogue, const Json& group) {
  const Words& words = source.words;
  std::string rows, skipped;
  for (const Json& item : list_of(catalogue, "items")) {
    if (text_of(item, "group") != text_of(group, "id")) continue;
    const std::string added = item_rows(source, scale, item);
    if (added.empty()) skipped += (skipped.empty() ? "" : ", ") + run(text_of(item, "clause"));
    rows += added;
  }
  std::string html = "<h3>";
  add(html, {run(text_of(group, "id")), " &ensp;", run(text_of(group, "title")), "</h3>\n"});
  if (!rows.empty()) {
    add(html,
        {"<table class=\"list\"><thead><tr><th scope=\"col\" class=\"w36\">", words.item,
         "</th><th scope=\"col\" class=\"w14\">", words.subject, "</th><th scope=\"col\" class=\"w18\">", words.result,
         "</th><th scope=\"col\">", words.notes, "</th></tr></thead><tbody>\n", rows, "</tbody></table>\n"});
  }
  if (!skipped.empty()) add(html, {"<p class=\"skipped\">", words.not_planned, " ", skipped, "</p>\n"});
  return html;
}

std::string_view kind_word(std::string_view kind, const Words& words) {
  if (kind == "file") return words.file;
  if (kind == "reference") return words.reference;
  if (kind == "interview") return words.interview;
  return words.observation;
}

/// What a kind of evidence says of itself, in one line: "Document: P-7 · Version: 3 · Place: intranet". When it was
/// seen is told unless it was collected in that moment.
std::string evidence_details(const Json& entry, const Words& words) {
  std::string html;
  const auto part = [&](std::string_view label, const std::string& content) {
    if (!content.empty()) add(html, {html.empty() ? "" : " · ", label, ": ", content});
  };
  const auto text = [&](const char* name) {
    const std::string_view value = text_of(entry, name);
    return value.empty() ? std::string() : run(value);
  };
  std::string role = text("role");
  if (const auto name = text("name"); !name.empty()) add(role, {" (", name, ")"});
  const std::string_view seen = text_of(entry, "seen_at");
  part(words.document, text("document"));
  part(words.version, text("document_version"));
  part(words.role, role);
  part(words.place, text("place"));
  if (seen != text_of(entry, "collected_at")) part(words.seen, escape(moment(seen, words)));
  part(words.held, escape(day(text_of(entry, "held_on"), words)));
  part(words.consent, text("consent"));
  return html.empty() ? html : "<div class=\"small\">" + html + "</div>";
}

std::string evidence_row(const Json& entry, std::size_t position, const Words& words) {
  const std::string_view description = text_of(entry, "description"), file = text_of(entry, "file_name");
  const std::string_view by = text_of(entry, "collected_by"), hash = text_of(entry, "sha256");
  std::string html = "<tr id=\"evidence-";
  add(html, {std::to_string(position), "\"><td>", run(text_of(entry, "id")), "</td><td>",
             kind_word(text_of(entry, "kind"), words)});
  if (flag_of(entry, "withdrawn")) add(html, {"<br>", chip("late", words.withdrawn)});
  add(html, {"</td><td><b>", run(text_of(entry, "title")), "</b>",
             description.empty() ? std::string() : block(description), evidence_details(entry, words)});
  if (!file.empty()) {
    const auto bytes = entry.find("size");
    add(html, {"<div class=\"small\">", run(file),
               bytes == entry.end() ? std::string() : " · " + size(bytes->get<std::uint64_t>(), words), "</div>"});
  }
  if (!hash.empty()) add(html, {"<div class=\"hash\">", escape(hash), "</div>"});
  add(html, {"</td><td>", escape(moment(text_of(entry, "collected_at"), words))});
  if (!by.empty()) add(html, {"<div class=\"small\">", run(by), "</div>"});
  return html += "</td></tr>\n";
}

std::string hash_row(std::string_view name, std::string_view detail, std::string_view hash) {
  std::string html = "<tr><td><b>";
  add(html, {name, "</b>"});
  if (!detail.empty()) add(html, {"<div class=\"small\">", detail, "</div>"});
  add(html, {"</td><td class=\"hash\">", escape(hash), "</td></tr>\n"});
  return html;
}

}  // namespace

std::string checklist(const Source& source) {
  const Words& words = source.words;
  const Json& catalogues = list_of(source.input, "catalogues");
  std::string html = "<section";
  add(html, {catalogues.empty() ? "" : " class=\"break\"", ">", heading("checklist", "A", words.checklist)});
  if (catalogues.empty()) add(html, {"<p>", words.no_answers, "</p>\n"});
  for (const Json& catalogue : catalogues) {
    const Scale scale = scale_of(catalogue);
    add(html,
        {"<p class=\"lead\">", run(text_of(catalogue, "title")), "</p><p class=\"quiet\">",
         run(text_of(catalogue, "standard")), " · ", words.version, " ", run(text_of(catalogue, "version")), "</p>\n"});
    for (const Json& group : list_of(catalogue, "groups")) html += group_table(source, scale, catalogue, group);
  }
  return html += "</section>\n";
}

std::string evidence(const Source& source) {
  const Words& words = source.words;
  const Json& entries = list_of(source.input, "evidence");
  std::string html = "<section>" + heading("evidence", "B", words.evidence);
  if (entries.empty()) {
    add(html, {"<p>", words.no_evidence, "</p>\n</section>\n"});
    return html;
  }
  add(html, {"<table class=\"list\"><thead><tr><th scope=\"col\" class=\"w10\">", words.number,
             "</th><th scope=\"col\" class=\"w12\">", words.kind, "</th><th scope=\"col\">", words.title,
             "</th><th scope=\"col\" class=\"w22\">", words.collected, "</th></tr></thead><tbody>\n"});
  for (std::size_t i = 0; i < entries.size(); ++i) html += evidence_row(entries[i], i + 1, words);
  return html += "</tbody></table>\n</section>\n";
}

std::string integrity(const Source& source) {
  const Words& words = source.words;
  std::string html = "<section>" + heading("integrity", "C", words.integrity) + "<p class=\"keep\">";
  add(html, {words.integrity_lead, "</p>\n<table class=\"list\"><thead><tr><th scope=\"col\" class=\"wide\">",
             words.subject, "</th><th scope=\"col\">SHA-256</th></tr>", "</thead><tbody>\n"});
  html += hash_row(words.input_hash, escape(moment(text_of(source.input, "generated_at"), words)),
                   text_of(source.input, "input_hash"));
  for (const Json& catalogue : list_of(source.input, "catalogues")) {
    std::string detail = run(text_of(catalogue, "id")) + " " + run(text_of(catalogue, "version"));
    if (const auto plugin = text_of(catalogue, "plugin"); !plugin.empty()) detail += " · " + run(plugin);
    html += hash_row(words.catalogue_hash, detail, text_of(catalogue, "hash"));
  }
  for (const Json& further : list_of(source.input, "hashes")) {
    html += hash_row(run(text_of(further, "name")), {}, text_of(further, "sha256"));
  }
  for (const Json& entry : list_of(source.input, "evidence")) {
    if (const auto hash = text_of(entry, "sha256"); !hash.empty()) {
      html += hash_row(run(text_of(entry, "id")), run(text_of(entry, "title")), hash);
    }
  }
  return html += "</tbody></table>\n</section>\n";
}

}  // namespace report_html
