// Comma-separated values, RFC 4180.
#include "domain/csv.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_cells = 1000;

Refusal broken(std::size_t row, std::string detail) {
  return Refusal{
      Reason::malformed, "the table cannot be read", {}, {{"#row=" + std::to_string(row), std::move(detail)}}, {}};
}

/// The separator of the first row. What stands between quotes says nothing.
char separator_of(std::string_view text) {
  std::size_t commas = 0, semicolons = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    commas += c == ',' ? 1 : 0;
    semicolons += c == ';' ? 1 : 0;
  }
  return semicolons > commas ? ';' : ',';
}

/// Bytes of the character at `at`; 0 when it is no UTF-8 (RFC 3629).
std::size_t utf8_size(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at + i < text.size() ? text[at + i] : 0); };
  const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(i) >= least && byte(i) <= most;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, std::size_t most_rows)
      : text_(text), separator_(separator_of(text)), most_rows_(most_rows) {}

  Result<std::vector<CsvRow>> read() {
    while (at_ < text_.size()) {
      if (rows_.size() == most_rows_) {
        return broken(rows_.size() + 1, "is beyond the " + std::to_string(most_rows_) + " rows that may be sent");
      }
      rows_.emplace_back();
      if (auto row = read_row(); !row) return row.error();
    }
    return std::move(rows_);
  }

 private:
  /// Reads to behind the end of the line.
  Result<void> read_row() {
    for (;;) {
      if (rows_.back().size() == most_cells) return fault("has more than 1000 cells");
      rows_.back().emplace_back();
      auto cell = at_ < text_.size() && text_[at_] == '"' ? quoted() : plain();
      if (!cell) return cell;
      if (at_ == text_.size()) return {};
      if (text_[at_] == separator_) {
        ++at_;
        continue;
      }
      if (const auto end = line_end(); end > 0) {
        at_ += end;
        return {};
      }
      return fault(text_[at_] == '\r' ? "has a carriage return without a line feed"
                                      : "has something behind the quote that ends a cell");
    }
  }

  /// Bytes of the line end here; 0 when there is none.
  std::size_t line_end() const {
    if (text_[at_] == '\n') return 1;
    return text_.substr(at_).starts_with("\r\n") ? 2 : 0;
  }

  Result<void> plain() {
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"')
        return fault("has a quote within a cell: the cell must begin with one, and the quote be doubled");
      if (auto taken = take(); !taken) return taken;
    }
    return {};
  }

  Result<void> quoted() {
    ++at_;
    for (;;) {
      if (at_ == text_.size()) return fault("has a quote that is not closed");
      if (text_[at_] != '"') {
        if (auto taken = take(); !taken) return taken;
        continue;
      }
      ++at_;
      if (at_ == text_.size() || text_[at_] != '"') return {};
      rows_.back().back() += '"';
      ++at_;
    }
  }

  /// One character into the cell.
  Result<void> take() {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) return fault("has a control character");
    const auto size = utf8_size(text_, at_);
    if (size == 0) return fault("is not in UTF-8");
    rows_.back().back().append(text_.substr(at_, size));
    at_ += size;
    return {};
  }

  Result<void> fault(std::string detail) const { return broken(rows_.size(), std::move(detail)); }

  std::string_view text_;
  const char separator_;
  const std::size_t most_rows_;
  std::size_t at_ = 0;
  std::vector<CsvRow> rows_;
};

bool needs_quotes(const std::string& cell, bool alone) {
  return (alone && cell.empty()) || cell.starts_with(byte_order_mark) ||
         cell.find_first_of(",;\"\r\n") != std::string::npos;
}

}  // namespace

Result<std::vector<CsvRow>> read_csv(std::string_view text, std::size_t most_rows) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return CsvReader(text, most_rows).read();
}

std::string write_csv(const std::vector<CsvRow>& rows) {
  std::string text;
  for (const CsvRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      if (!needs_quotes(row[i], row.size() == 1)) {
        text += row[i];
        continue;
      }
      text += '"';
      for (const char c : row[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace assay
