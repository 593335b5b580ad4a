// A check for well-formed UTF-8 (Unicode 15, table 3-7) over text that arrives in pieces.
#include "plugins/utf8.h"

namespace assay {

bool Utf8Check::take(unsigned char byte) {
  if (missing_ > 0) {
    if (byte < lowest_ || byte > highest_) return false;
    --missing_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) lowest_ = 0xA0;
  if (byte == 0xED) highest_ = 0x9F;
  if (byte == 0xF0) lowest_ = 0x90;
  if (byte == 0xF4) highest_ = 0x8F;
  return true;
}

bool Utf8Check::feed(std::string_view piece) {
  for (const char c : piece) {
    if (!well_formed_) break;
    well_formed_ = take(static_cast<unsigned char>(c));
  }
  return well_formed_;
}

}  // namespace assay
