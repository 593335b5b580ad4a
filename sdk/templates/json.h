/* A small reader of JSON in memory: no allocation, at most 64 levels. A value is where its text begins; `at` is null
 * when there is none. json_whole() must have accepted the text before anything else looks into it. */
#pragma once

#include <assay/abi.h>
#include <string.h>

typedef struct json {
  const char* at;
  const char* end; /* of the whole text */
} json;

static inline const char* json_space(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

/* Behind the string that begins at `at`; null when it has no end. */
static inline const char* json_string_end(const char* at, const char* end) {
  for (++at; at < end; ++at) {
    if ((unsigned char)*at < 0x20) return NULL;
    if (*at == '"') return at + 1;
    if (*at == '\\' && ++at == end) return NULL;
  }
  return NULL;
}

/* Behind the value that begins at `at`; null when it is none. */
static inline const char* json_skip(const char* at, const char* end, int depth) {
  at = json_space(at, end);
  if (at == end || depth > 64) return NULL;
  if (*at == '"') return json_string_end(at, end);
  if (*at != '{' && *at != '[') {
    const char* begin = at;
    while (at < end && strchr(",]} \n\r\t", *at) == NULL) ++at;
    return at == begin ? NULL : at;
  }
  const char close = *at == '{' ? '}' : ']';
  at = json_space(at + 1, end);
  if (at < end && *at == close) return at + 1;
  while (at != NULL && at < end) {
    if (close == '}') {
      at = *at == '"' ? json_string_end(at, end) : NULL;
      at = at == NULL ? NULL : json_space(at, end);
      if (at == NULL || at == end || *at++ != ':') return NULL;
    }
    at = json_skip(at, end, depth + 1);
    at = at == NULL ? NULL : json_space(at, end);
    if (at == NULL || at == end) return NULL;
    if (*at == close) return at + 1;
    if (*at != ',') return NULL;
    at = json_space(at + 1, end);
  }
  return NULL;
}

/* The value that `text` is; none when it is malformed or more than one. */
static inline json json_whole(assay_string text) {
  json value = {NULL, NULL};
  if (text.length == 0) return value;
  const char* end = text.data + text.length;
  const char* behind = json_skip(text.data, end, 0);
  if (behind == NULL || json_space(behind, end) != end) return value;
  value.at = json_space(text.data, end);
  value.end = end;
  return value;
}

/* The member `name`, which needs no escapes; none when `object` is no object or has not got it. */
static inline json json_member(json object, const char* name) {
  const json none = {NULL, NULL};
  const size_t length = strlen(name);
  if (object.at == NULL || *object.at != '{') return none;
  const char* at = json_space(object.at + 1, object.end);
  while (*at == '"') {
    const char* behind = json_string_end(at, object.end);
    const int found = (size_t)(behind - at) == length + 2 && memcmp(at + 1, name, length) == 0;
    const char* value = json_space(json_space(behind, object.end) + 1, object.end);
    if (found) {
      const json member = {value, object.end};
      return member;
    }
    at = json_space(json_skip(value, object.end, 0), object.end);
    if (*at == ',') at = json_space(at + 1, object.end);
  }
  return none;
}

/* The first element; none when `array` is no array or is empty. */
static inline json json_first(json array) {
  json first = {NULL, NULL};
  if (array.at == NULL || *array.at != '[') return first;
  const char* at = json_space(array.at + 1, array.end);
  if (*at == ']') return first;
  first.at = at;
  first.end = array.end;
  return first;
}

/* The element behind `element`; none when that was the last one. */
static inline json json_next(json element) {
  json next = {NULL, NULL};
  const char* at = json_space(json_skip(element.at, element.end, 0), element.end);
  if (*at != ',') return next;
  next.at = json_space(at + 1, element.end);
  next.end = element.end;
  return next;
}

static inline unsigned json_hex(const char* at) {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    value = value * 16 + (unsigned)(c >= '0' && c <= '9'                 ? c - '0'
                                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                                         : 0);
  }
  return value;
}

/* The next character of a string at `*at`, which is moved behind it; 0 at the string's end. `*at` begins behind the
 * quotation mark. Bytes of UTF-8 come one by one, as the negative of their value. */
static inline long json_character(const char** at, const char* end) {
  const unsigned char c = (unsigned char)*(*at)++;
  if (c == '"') return 0;
  if (c >= 0x80) return -(long)c;
  if (c != '\\') return c;
  const char kind = *(*at)++;
  if (kind == 'n') return '\n';
  if (kind == 't') return '\t';
  if (kind == 'r') return '\r';
  if (kind == 'b' || kind == 'f') return ' ';
  if (kind != 'u') return kind;
  if (end - *at < 5) return '?';
  long code = (long)json_hex(*at);
  *at += 4;
  if (code >= 0xD800 && code < 0xDC00 && end - *at > 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
    const long low = (long)json_hex(*at + 2);
    *at += 6;
    code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : '?';
  } else if (code >= 0xD800 && code < 0xE000) {
    code = '?';
  }
  return code == 0 ? ' ' : code;
}
