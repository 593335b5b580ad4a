// The charts: answers by result and by chapter, as inline SVG.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

constexpr std::int64_t full = 10'000;  // length of a whole circle or bar

struct Slice {
  std::string kind;        // class of the style sheet
  std::string_view title;  // not escaped
  std::int64_t count;
};

/// The results of the scale in order, then what is open. Counts come from `counted`.
template <class Counted>
std::vector<Slice> slices_of(const Json& catalogue, const Words& words, std::int64_t open, Counted&& counted) {
  std::vector<Slice> slices;
  for (const Json& result : list_of(catalogue, "results")) {
    const std::string_view id = text_of(result, "id");
    slices.push_back({result_class(id, slices.size()), text_of(result, "title"), counted(id)});
  }
  slices.push_back({"r-open", words.open_answers, open});
  return slices;
}

/// Lengths in proportion to the counts that add up to `full`; none when there is nothing.
std::vector<std::int64_t> lengths_of(const std::vector<Slice>& slices) {
  std::int64_t total = 0, done = 0, at = 0;
  for (const Slice& slice : slices) total += slice.count;
  std::vector<std::int64_t> lengths;
  for (const Slice& slice : slices) {
    done += slice.count;
    const std::int64_t next = total == 0 ? 0 : done * full / total;
    lengths.push_back(next - at);
    at = next;
  }
  return lengths;
}

std::int64_t number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// The slices of the answers to the items of one group, or of all for an empty `group`.
std::vector<Slice> group_slices(const Json& catalogue, const Words& words, std::string_view group) {
  std::map<std::string_view, std::int64_t> counts;
  for (const Json& item : list_of(catalogue, "items")) {
    if (text_of(item, "group") != group) continue;
    for (const Json& question : list_of(item, "questions")) {
      for (const Json& answer : list_of(question, "answers")) ++counts[text_of(answer, "result")];
    }
  }
  return slices_of(catalogue, words, counts[{}], [&](std::string_view id) { return counts[id]; });
}

/// One bar. What does not conform is taller than the rest, so that it stands out without its colour too.
std::string bar(const std::vector<Slice>& slices) {
  std::string svg = "<svg viewBox=\"0 0 10000 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"";
  std::string spoken;
  for (const Slice& slice : slices) {
    if (slice.count == 0) continue;
    add(spoken, {spoken.empty() ? "" : ", ", escape(cut(slice.title)), " ", std::to_string(slice.count)});
  }
  add(svg, {spoken, "\"><rect class=\"frame\" y=\"18\" width=\"10000\" height=\"64\"/>"});
  const std::vector<std::int64_t> lengths = lengths_of(slices);
  std::int64_t at = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (lengths[i] > 0) {
      const bool tall = slices[i].kind == "r1";
      add(svg, {"<rect class=\"", slices[i].kind, "\" x=\"", std::to_string(at), "\" width=\"",
                std::to_string(lengths[i]), tall ? "\" height=\"100\"/>" : "\" y=\"18\" height=\"64\"/>"});
    }
    at += lengths[i];
  }
  return svg += "</svg>";
}

}  // namespace

std::string result_class(std::string_view id, std::size_t position) {
  constexpr std::array<std::string_view, 4> known = {"conforms", "does_not_conform", "not_applicable", "not_assessed"};
  const auto found = std::find(known.begin(), known.end(), id);
  if (found != known.end()) return "r" + std::to_string(found - known.begin());
  // Never the colour of what conforms or does not: what another scale's results mean is not known here.
  constexpr std::array<std::string_view, 6> others = {"r5", "r4", "r6", "r7", "r2", "r3"};
  return std::string(others[position % others.size()]);
}

std::string result_donut(const Json& catalogue, const Words& words) {
  const Json& coverage = catalogue.at("coverage");
  const std::int64_t planned = number_of(coverage, "planned"), answered = number_of(coverage, "answered");
  const auto slices =
      slices_of(catalogue, words, std::max<std::int64_t>(0, planned - answered), [&](std::string_view id) {
        for (const Json& result : list_of(coverage, "results")) {
          if (text_of(result, "id") == id) return number_of(result, "count");
        }
        return std::int64_t{0};
      });
  const std::vector<std::int64_t> lengths = lengths_of(slices);
  std::string html = "<div><svg class=\"donut\" viewBox=\"0 0 100 100\" role=\"img\" aria-label=\"";
  add(html, {words.by_result, "\"><circle class=\"r-open\" cx=\"50\" cy=\"50\" r=\"40\"/>"});
  std::int64_t at = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (lengths[i] > 0 && slices[i].kind != "r-open") {
      // An arc of the circle, which is `full` long; it begins at the top and goes clockwise.
      add(html, {"<circle class=\"", slices[i].kind,
                 "\" cx=\"50\" cy=\"50\" r=\"40\" pathLength=\"10000\" "
                 "stroke-dasharray=\"",
                 std::to_string(lengths[i]), " 10000\" stroke-dashoffset=\"", std::to_string(-at),
                 "\" transform=\"rotate(-90 50 50)\"/>"});
    }
    at += lengths[i];
  }
  add(html, {"<text class=\"big\" x=\"50\" y=\"53\">", number(answered, words),
             "</text><text class=\"small\" x=\"50\" "
             "y=\"63\">/ ",
             number(planned, words), "</text></svg>\n<ul class=\"legend\">\n"});
  for (const Slice& slice : slices) {
    add(html, {"<li", slice.kind == "r-open" ? " class=\"open\"" : "", "><i class=\"", slice.kind,
               "\"></i><span class=\"name\">", brief(slice.title), "</span><span class=\"num\">",
               number(slice.count, words), "</span></li>\n"});
  }
  return html += "</ul></div>\n";
}

std::string chapter_bars(const Json& catalogue, const Words& words) {
  std::string html = "<table class=\"bars\"><tbody>\n";
  for (const Json& group : list_of(catalogue, "groups")) {
    const auto slices = group_slices(catalogue, words, text_of(group, "id"));
    std::int64_t total = 0;
    for (const Slice& slice : slices) total += slice.count;
    add(html, {"<tr><th scope=\"row\">", run(text_of(group, "id")), " ", brief(text_of(group, "title")), "</th><td>",
               total == 0 ? std::string() : bar(slices), "</td><td class=\"count num\">",
               total == 0 ? "–" : number(total, words), "</td></tr>\n"});
  }
  return html += "</tbody></table>\n";
}

}  // namespace report_html
