// The file of a case as a page.
#include "http/case_file_page.h"

#include <algorithm>
#include <initializer_list>

#include "commands/sentence.h"
#include "domain/time.h"
#include "http/web_pages.h"

namespace assay {
namespace {

namespace case_words {
constexpr Sentence contents{"Contents", "Inhalt"};
constexpr Sentence records{"Records", "Datensätze"};
constexpr Sentence evidence{"Evidence", "Nachweise"};
constexpr Sentence answers{"Checklist answers", "Antworten auf die Checkliste"};
constexpr Sentence reports{"Reports", "Berichte"};
constexpr Sentence history{"History", "Verlauf"};
constexpr Sentence people{"People", "Personen"};
constexpr Sentence links{"Linked records", "Verknüpfte Datensätze"};
constexpr Sentence organisation{"Organisation", "Organisation"};
constexpr Sentence made_for{"Made for", "Erstellt für"};
constexpr Sentence made_at{"As of", "Stand"};
constexpr Sentence everything{"Everything about this record and what hangs below it, as far as the reader may see it.",
                              "Alles zu diesem Datensatz und allem darunter, soweit die lesende Person es sehen darf."};
constexpr Sentence not_complete{
    "This file is not complete: it would be larger than this server makes one. What is only named can be opened by "
    "itself.",
    "Diese Akte ist nicht vollständig: sie wäre größer, als dieser Server sie erstellt. Was nur genannt ist, lässt "
    "sich "
    "einzeln öffnen."};
constexpr Sentence only_named{"Only named here: the file was full.", "Hier nur genannt: die Akte war voll."};
constexpr Sentence read_only{"Read only. Hashes are SHA-256 of the files as they were attached.",
                             "Nur zum Lesen. Prüfsummen sind SHA-256 der Dateien, wie sie angehängt wurden."};
constexpr Sentence when{"When", "Wann"};
constexpr Sentence what{"What", "Was"};
constexpr Sentence who{"Who", "Wer"};
constexpr Sentence state{"State", "Zustand"};
constexpr Sentence kind{"Kind", "Art"};
constexpr Sentence question{"Question", "Frage"};
constexpr Sentence result{"Result", "Ergebnis"};
constexpr Sentence notes{"Notes", "Notizen"};
constexpr Sentence auditor{"Auditor", "Auditor/in"};
constexpr Sentence file{"File", "Datei"};
constexpr Sentence withdrawn{"withdrawn", "zurückgezogen"};
constexpr Sentence back_up{"Contents", "Zum Inhalt"};
constexpr Sentence unanswered{"not answered yet", "noch nicht beantwortet"};
constexpr Sentence nameless{"name not told", "Name nicht mitgeteilt"};
constexpr Sentence due{"Due", "Frist"};
}  // namespace case_words

std::string member_of(const Json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string safe_member(const Json& value, const char* name) { return escape_html(member_of(value, name)); }

/// A table with these headings.
std::string html_table(std::initializer_list<std::string> heads, const std::string& rows) {
  std::string text = "<table><thead><tr>";
  for (const std::string& head : heads) text += "<th scope=\"col\">" + head + "</th>";
  return text + "</tr></thead><tbody>" + rows + "</tbody></table>";
}

class CaseFilePage {
 public:
  CaseFilePage(const Json& file, std::string_view zone)
      : file_(file), language_(member_of(file, "language")), zone_(zone) {}

  Response make() {
    const Json& all = file_.at("records");
    std::string list, cards;
    for (std::size_t i = 0; i < all.size(); ++i) {
      list += entry(all[i], i);
      cards += card(all[i], i);
    }
    return page("case-file.html", {{"language", escape_html(language_)},
                                   {"title", heading(all.empty() ? Json::object() : all.front())},
                                   {"subtitle", say(case_words::everything)},
                                   {"facts", facts(all)},
                                   {"notice", notice()},
                                   {"contents_label", say(case_words::contents)},
                                   {"contents", list},
                                   {"records", cards},
                                   {"made", say(case_words::read_only)}});
  }

 private:
  std::string say(const Sentence& sentence) const { return escape_html(sentence.in(language_)); }

  /// The name of somebody, as far as it is told; nothing for nobody.
  std::string person(const Json& value) const {
    if (!value.is_object()) return {};
    const std::string name = member_of(value, "name");
    return name.empty() ? "<span class=\"untold\">" + say(case_words::nameless) + "</span>" : escape_html(name);
  }

  std::string minute(const std::string& instant) const {
    const auto at = parse_instant(instant);
    if (!at) return escape_html(instant);
    const Date day = local_date(*at, zone_);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*at - start_of(day, zone_)).count();
    const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return to_text(day) + " " + two(minutes / 60) + ":" + two(minutes % 60);
  }

  static std::string heading(const Json& record) {
    std::string text = safe_member(record, "type_label");
    if (const std::string number = safe_member(record, "number"); !number.empty()) text += " " + number;
    const std::string title = safe_member(record, "title");
    return title.empty() ? text : text + ": " + title;
  }

  static std::string depth(const Json& record) { return "d" + std::to_string(std::min(record.value("depth", 0), 5)); }

  std::string facts(const Json& all) const {
    const auto fact = [](const std::string& label, const std::string& value) {
      return "<div class=\"card\"><p class=\"label\">" + label + "</p><p class=\"value\">" + value + "</p></div>";
    };
    std::size_t pieces = 0;
    for (const Json& record : all) pieces += record.value("evidence", Json::array()).size();
    return fact(say(case_words::organisation), safe_member(file_, "organisation")) +
           fact(say(case_words::made_at), minute(member_of(file_, "made_at"))) +
           fact(say(case_words::made_for), person(file_.at("made_by"))) +
           fact(say(case_words::records) + " / " + say(case_words::evidence),
                std::to_string(all.size()) + " / " + std::to_string(pieces));
  }

  std::string notice() const {
    if (file_.value("complete", false)) return {};
    return "<section class=\"card notice\"><p class=\"message\">" + say(case_words::not_complete) + "</p></section>";
  }

  static std::string badge(const Json& record) {
    return "<span class=\"badge\">" + safe_member(record, "state_label") + "</span>";
  }

  static std::string entry(const Json& record, std::size_t index) {
    return "<li><span class=\"" + depth(record) + "\"><a href=\"#r" + std::to_string(index) + "\">" + heading(record) +
           "</a></span>" + badge(record) + "</li>";
  }

  std::string card(const Json& record, std::size_t index) const {
    std::string text = "<section class=\"card record\" id=\"r" + std::to_string(index) + "\"><div class=\"head\"><h2>" +
                       heading(record) + "</h2>" + badge(record) + "</div>";
    if (!record.value("told", false)) {
      return text + "<p>" + say(case_words::only_named) + " <a href=\"" + safe_member(record, "href") + "\">" +
             safe_member(record, "href") + "</a></p></section>";
    }
    text += fields(record) + seats(record) + part(record, "links", case_words::links, &CaseFilePage::linked) +
            part(record, "answers", case_words::answers, &CaseFilePage::answered) +
            part(record, "evidence", case_words::evidence, &CaseFilePage::shown) +
            part(record, "reports", case_words::reports, &CaseFilePage::reported) +
            part(record, "history", case_words::history, &CaseFilePage::happened);
    return text + "<p class=\"back\"><a href=\"#\">" + say(case_words::back_up) + "</a></p></section>";
  }

  std::string part(const Json& record, const char* name, const Sentence& title,
                   std::string (CaseFilePage::*show)(const Json&) const) const {
    const auto rows = record.find(name);
    if (rows == record.end() || rows->empty()) return {};
    return "<h3>" + say(title) + "</h3>" + (this->*show)(*rows);
  }

  std::string fields(const Json& record) const {
    std::string rows;
    for (const Json& field : record.at("fields"))
      rows += "<dt>" + safe_member(field, "label") + "</dt><dd>" + safe_member(field, "text") + "</dd>";
    if (const std::string day = safe_member(record, "due"); !day.empty())
      rows += "<dt>" + say(case_words::due) + "</dt><dd>" + day + "</dd>";
    return rows.empty() ? rows : "<dl>" + rows + "</dl>";
  }

  std::string seats(const Json& record) const {
    std::string rows;
    for (const Json& seat : record.at("people"))
      rows += "<dt>" + safe_member(seat, "label") + "</dt><dd>" + person(seat) + "</dd>";
    return rows.empty() ? rows : "<h3>" + say(case_words::people) + "</h3><dl>" + rows + "</dl>";
  }

  std::string linked(const Json& all) const {
    std::string rows;
    for (const Json& link : all) {
      rows += "<tr><td>" + safe_member(link, "label") + "</td><td>" + safe_member(link, "number") + " " +
              safe_member(link, "title") + "</td><td>" + safe_member(link, "state_label") + "</td></tr>";
    }
    return html_table({say(case_words::kind), say(case_words::what), say(case_words::state)}, rows);
  }

  std::string answered(const Json& all) const {
    std::string rows;
    for (const Json& item : all) {
      std::string asked =
          "<strong>" + safe_member(item, "question") + "</strong> " + safe_member(item, "question_text");
      if (const std::string subject = member_of(item, "subject"); subject != "whole")
        asked += " <span class=\"badge\">" + escape_html(subject) + "</span>";
      std::string outcome = safe_member(item, "result_text");
      if (outcome.empty()) outcome = safe_member(item, "result");
      if (outcome.empty()) outcome = say(case_words::unanswered);
      if (const std::string reason = safe_member(item, "reason"); !reason.empty())
        outcome += "<span class=\"said\">" + reason + "</span>";
      const Json& by = item.at("answered_by").is_object() ? item.at("answered_by") : item.at("auditor");
      rows += "<tr><td>" + asked + "</td><td>" + outcome + "</td><td>" + safe_member(item, "notes") + "</td><td>" +
              person(by) + "</td></tr>";
    }
    return html_table(
        {say(case_words::question), say(case_words::result), say(case_words::notes), say(case_words::auditor)}, rows);
  }

  static std::string stored(const Json& file) {
    return "<a href=\"" + safe_member(file, "href") + "\">" + safe_member(file, "name") + "</a><span class=\"hash\">" +
           safe_member(file, "sha256") + "</span>";
  }

  std::string shown(const Json& all) const {
    std::string rows;
    for (const Json& piece : all) {
      const bool gone = piece.value("withdrawn", false);
      std::string about =
          gone ? "<span class=\"gone\">" + safe_member(piece, "title") + "</span> " + say(case_words::withdrawn)
               : safe_member(piece, "title");
      if (const std::string more = safe_member(piece, "description"); !more.empty())
        about += "<span class=\"said\">" + more + "</span>";
      for (const char* detail : {"document", "document_version", "place", "role", "name"}) {
        if (const std::string more = safe_member(piece, detail); !more.empty())
          about += "<span class=\"said\">" + more + "</span>";
      }
      const auto kept = piece.find("file");
      rows += "<tr><td class=\"when\">" + minute(member_of(piece, "collected_at")) + "</td><td>" + about + "</td><td>" +
              safe_member(piece, "kind") + "</td><td>" + (kept == piece.end() ? "" : stored(*kept)) + "</td></tr>";
    }
    return html_table({say(case_words::when), say(case_words::what), say(case_words::kind), say(case_words::file)},
                      rows);
  }

  std::string reported(const Json& all) const {
    std::string rows;
    for (const Json& report : all) {
      rows += "<tr><td class=\"when\">" + minute(member_of(report, "created")) + "</td><td>" +
              safe_member(report, "format") + ", " + safe_member(report, "language") + "</td><td>" +
              stored(report.at("file")) + "</td></tr>";
    }
    return html_table({say(case_words::when), say(case_words::kind), say(case_words::file)}, rows);
  }

  std::string happened(const Json& all) const {
    std::string rows;
    for (const Json& step : all) {
      std::string by = person(step.at("actor"));
      if (const std::string second = person(step.at("second")); !second.empty())
        by += (by.empty() ? "" : ", ") + second;
      std::string about = safe_member(step, "label");
      for (const Json& said : step.value("said", Json::array()))
        about += "<span class=\"said\">" + safe_member(said, "label") + ": " + safe_member(said, "text") + "</span>";
      rows += "<tr><td class=\"when\">" + minute(member_of(step, "at")) + "</td><td>" + about + "</td><td>" +
              safe_member(step, "state_label") + "</td><td>" + by + "</td></tr>";
    }
    return html_table({say(case_words::when), say(case_words::what), say(case_words::state), say(case_words::who)},
                      rows);
  }

  const Json& file_;
  const std::string language_;
  const std::string zone_;
};

}  // namespace

Response case_file_page(const Json& file, std::string_view zone) { return CaseFilePage(file, zone).make(); }

}  // namespace assay
