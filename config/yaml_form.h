#ifndef CONFIG_YAML_FORM_H
#define CONFIG_YAML_FORM_H

#include <yaml.h>

#include "config/document.h"

/*
 * The form of a YAML text, below its meaning: encoding, positions, and what
 * libyaml's complaints mean to somebody who wrote an expression without quotes.
 */

/* The text without a byte order mark. */
struct span form_after_mark(struct span text);

/* Size, UTF-8, no control characters; mistakes are reported. */
bool form_legal(
    struct arena *arena, const struct file *file, struct report *report);

/* libyaml counts characters, everybody else bytes. */
struct form_cursor {
	struct span text;
	size_t first; /* the byte of character 0 */
	size_t index;
	size_t offset;
};
struct form_cursor form_cursor_of(struct span text);
/* The byte at which a character begins.  Cheap where calls are near. */
size_t form_offset(struct form_cursor *cursor, size_t index);

/* Line and column of a byte, from 1; columns in code points. */
size_t form_line(struct span text, size_t offset);
size_t form_column(struct span text, size_t offset);
/* The line that holds the byte, without its end. */
struct span form_line_text(struct span text, size_t offset);

/* Tags, anchors and merge keys: reported, and the node is wrong then. */
void form_check_properties(struct arena *arena, struct report *report,
    struct node *node, const char *tag, const char *anchor);
void form_refuse_alias(
    struct arena *arena, struct report *report, struct node *node);

/* What libyaml could not read, in the words of who wrote it. */
void form_explain(struct arena *arena, struct report *report,
    const struct file *file, const yaml_parser_t *parser);

#endif
