// JSON, written piece by piece: every call adds one member or element, and commas, indentation and
// escapes come out right by themselves. In an object `key` names the member; in an array, and for
// the outermost value, it is NULL. The text may stand inside HTML's <script>: no `<` is in it.
#ifndef JSON_H
#define JSON_H

#include "mem.h"

#include <stdbool.h>

struct json;
struct json *json_new(bool indented); // or all in one line
void json_clear(struct json *json);   // to begin anew, with the same memory

void json_object(struct json *json, const char *key); // until its json_end
void json_array(struct json *json, const char *key);  // until its json_end
void json_end(struct json *json);

// Bytes that are no UTF-8 become U+FFFD. A NULL value adds nothing.
void json_text(struct json *json, const char *key, const char *value);
// Up to 15 digits count; what is no finite number is null.
void json_number(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);

// The text with a newline at its end, once everything has ended. In the arena.
const char *json_done(struct json *json);

#endif
