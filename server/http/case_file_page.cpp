// The file of a case as a page.
#include "http/case_file_page.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

#include "commands/sentence.h"
#include "domain/time.h"
#include "http/web_pages.h"

namespace assay {
namespace {

namespace case_words {
constexpr Sentence contents{"Contents", "Inhalt"};
constexpr Sentence extent{"Extent", "Umfang"};
constexpr Sentence one_record{"record", "Datensatz"};
constexpr Sentence records{"records", "Datensätze"};
constexpr Sentence one_piece{"piece of evidence", "Nachweis"};
constexpr Sentence pieces{"pieces of evidence", "Nachweise"};
constexpr Sentence evidence{"Evidence", "Nachweise"};
constexpr Sentence answers{"Checklist answers", "Antworten auf die Checkliste"};
constexpr Sentence reports{"Reports", "Berichte"};
constexpr Sentence history{"History", "Verlauf"};
constexpr Sentence people{"People", "Personen"};
constexpr Sentence links{"Linked records", "Verknüpfte Datensätze"};
constexpr Sentence organisation{"Organisation", "Organisation"};
constexpr Sentence made_for{"Made for", "Erstellt für"};
constexpr Sentence made_at{"As of", "Stand"};
constexpr Sentence everything{"This record and all below it, as far as the person named below may see it.",
                              "Dieser Datensatz und alles darunter, soweit die unten genannte Person es sehen darf."};
constexpr Sentence not_complete{
    "This file is not complete: it would be larger than this server makes one. What is only named can be opened by "
    "itself.",
    "Diese Akte ist nicht vollständig: Sie wäre größer, als dieser Server sie erstellt. Was nur genannt ist, lässt "
    "sich einzeln öffnen."};
constexpr Sentence only_named{"Only named here: the file was full.", "Hier nur genannt: Die Akte war voll."};
constexpr Sentence read_only{
    "Hashes are SHA-256 of the files as they were attached. Times are those of",
    "Prüfsummen sind SHA-256 der Dateien, wie sie angehängt wurden. Zeitangaben gelten in der Zeitzone"};
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
constexpr Sentence back_up{"Back to the contents", "Zum Inhalt"};
constexpr Sentence unanswered{"not answered yet", "noch nicht beantwortet"};
constexpr Sentence nameless{"name not told", "Name nicht mitgeteilt"};
constexpr Sentence due{"Due", "Frist"};

struct Word {
  std::string_view value;
  Sentence sentence;
};
constexpr Word kinds_of_evidence[] = {{"file", {"File", "Datei"}},
                                      {"reference", {"Document elsewhere", "Dokument an anderem Ort"}},
                                      {"interview", {"Interview", "Befragung"}},
                                      {"observation", {"Observation", "Beobachtung"}}};
constexpr Word details_of_evidence[] = {{"document", {"Document", "Dokument"}},
                                        {"document_version", {"Version", "Version"}},
                                        {"place", {"Place", "Ort"}},
                                        {"role", {"Function", "Funktion"}},
                                        {"name", {"Name", "Name"}},
                                        {"consent", {"Consent", "Einwilligung"}}};
constexpr Word languages[] = {{"en", {"English", "Englisch"}}, {"de", {"German", "Deutsch"}}};
}  // namespace case_words

std::string member_of(const Json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string safe_member(const Json& value, const char* name) { return escape_html(member_of(value, name)); }

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  return text;
}

/// A table with these headings; the style sheet knows the widths of its columns by its name.
std::string html_table(const std::string& name, std::initializer_list<std::string> heads, const std::string& rows) {
  std::string text = "<table class=\"" + name + "\"><thead><tr>";
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
                                   {"made", say(case_words::read_only) + " " + escape_html(zone_) + "."}});
  }

 private:
  std::string say(const Sentence& sentence) const { return escape_html(sentence.in(language_)); }

  /// The word for a value, or the value itself.
  std::string word(std::span<const case_words::Word> words, const std::string& value) const {
    const auto found = std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.value == value; });
    return found == words.end() ? escape_html(value) : say(found->sentence);
  }

  /// The name of somebody, as far as it is told; nothing for nobody.
  std::string person(const Json& value) const {
    if (!value.is_object()) return {};
    const std::string name = member_of(value, "name");
    return name.empty() ? "<span class=\"untold\">" + say(case_words::nameless) + "</span>" : escape_html(name);
  }

  std::string minute(const std::string& instant) const {
    const auto at = parse_instant(instant);
    return at ? local_minute(*at, zone_) : escape_html(instant);
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
    const auto count = [this](std::size_t number, const Sentence& one, const Sentence& many) {
      return std::to_string(number) + " " + say(number == 1 ? one : many);
    };
    return fact(say(case_words::organisation), safe_member(file_, "organisation")) +
           fact(say(case_words::made_at), minute(member_of(file_, "made_at"))) +
           fact(say(case_words::made_for), person(file_.at("made_by"))) +
           fact(say(case_words::extent), count(all.size(), case_words::one_record, case_words::records) + "<br>" +
                                             count(pieces, case_words::one_piece, case_words::pieces));
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

  static bool is_hash(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  }

  /// Without the title, which stands above.
  std::string fields(const Json& record) const {
    std::string rows;
    for (const Json& field : record.at("fields")) {
      const std::string text = member_of(field, "text");
      if (text == member_of(record, "title")) continue;
      rows += "<dt>" + safe_member(field, "label") + (is_hash(text) ? "</dt><dd class=\"hash\">" : "</dt><dd>") +
              escape_html(text) + "</dd>";
    }
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
    return html_table("links", {say(case_words::kind), say(case_words::what), say(case_words::state)}, rows);
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
        "answers",
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
      for (const auto& [detail, label] : case_words::details_of_evidence) {
        if (const std::string more = safe_member(piece, std::string(detail).c_str()); !more.empty())
          about += "<span class=\"said\">" + say(label) + ": " + more + "</span>";
      }
      const auto kept = piece.find("file");
      rows += "<tr><td class=\"when\">" + minute(member_of(piece, "collected_at")) + "</td><td>" + about + "</td><td>" +
              word(case_words::kinds_of_evidence, member_of(piece, "kind")) + "</td><td>" +
              (kept == piece.end() ? "" : stored(*kept)) + "</td></tr>";
    }
    return html_table(
        "evidence", {say(case_words::when), say(case_words::what), say(case_words::kind), say(case_words::file)}, rows);
  }

  std::string reported(const Json& all) const {
    std::string rows;
    for (const Json& report : all) {
      rows += "<tr><td class=\"when\">" + minute(member_of(report, "created")) + "</td><td>" +
              upper_case(safe_member(report, "format")) + ", " +
              word(case_words::languages, member_of(report, "language")) + "</td><td>" + stored(report.at("file")) +
              "</td></tr>";
    }
    return html_table("reports", {say(case_words::when), say(case_words::kind), say(case_words::file)}, rows);
  }

  /// A step of the history as a row of it, but for when it was.
  std::string step(const Json& one, std::size_t times) const {
    // No actor: a timer, or the server itself (storage/event.h).
    std::string by = one.at("actor").is_object() ? person(one.at("actor")) : "Assay";
    if (const std::string second = person(one.at("second")); !second.empty()) by += (by.empty() ? "" : ", ") + second;
    std::string about = safe_member(one, "label");
    if (times > 1) about += " <span class=\"times\">× " + std::to_string(times) + "</span>";
    for (const Json& said : one.value("said", Json::array()))
      about += "<span class=\"said\">" + safe_member(said, "label") + ": " + safe_member(said, "text") + "</span>";
    return "<td>" + about + "</td><td>" + safe_member(one, "state_label") + "</td><td>" + by + "</td>";
  }

  /// What one person did many times one after the other on a day, such as planning the items of a checklist, is a row.
  std::string happened(const Json& all) const {
    std::string rows;
    for (std::size_t first = 0, next = 0; first < all.size(); first = next) {
      const std::string what = step(all[first], 1), from = minute(member_of(all[first], "at"));
      std::string until = from;
      for (next = first + 1; next < all.size() && step(all[next], 1) == what; ++next) {
        const std::string at = minute(member_of(all[next], "at"));
        if (at.substr(0, 10) != from.substr(0, 10)) break;
        until = at;
      }
      const std::string when = until == from ? from : from + "–" + until.substr(11);
      rows += "<tr><td class=\"when\">" + when + "</td>" + step(all[first], next - first) + "</tr>";
    }
    return html_table(
        "history", {say(case_words::when), say(case_words::what), say(case_words::state), say(case_words::who)}, rows);
  }

  const Json& file_;
  const std::string language_;
  const std::string zone_;
};

}  // namespace

Response case_file_page(const Json& file, std::string_view zone) { return CaseFilePage(file, zone).make(); }

}  // namespace assay
