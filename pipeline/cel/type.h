#ifndef PIPELINE_CEL_TYPE_H
#define PIPELINE_CEL_TYPE_H

#include "pipeline/base/arena.h"
#include "pipeline/cel/host.h"

struct cel_type cel_type_of(enum cel_type_kind kind);
struct cel_type cel_type_list(
    struct arena *arena, const struct cel_type *element);
struct cel_type cel_type_map(struct arena *arena, const struct cel_type *key,
    const struct cel_type *value);
bool cel_type_equal(const struct cel_type *a, const struct cel_type *b);
/* "list(int)", as people and CEL write it. */
struct span cel_type_text(struct arena *arena, const struct cel_type *type);
/* The one word for it: "int". */
const char *cel_kind_text(enum cel_type_kind kind);
/* The kind named by a word; CEL_TYPE_WRONG if there is none. */
enum cel_type_kind cel_kind_named(struct span name);

/* dyn, or of what was reported: fits everything at load. */
bool cel_type_open(const struct cel_type *type);
/* One may stand where the other is: equal but for open parts. */
bool cel_type_fits(const struct cel_type *a, const struct cel_type *b);
/* What holds values of both; dyn where they differ. */
struct cel_type cel_type_join(
    struct arena *arena, const struct cel_type *a, const struct cel_type *b);

bool cel_kind_number(enum cel_type_kind kind);
/* < and its kin are defined. */
bool cel_kind_ordered(enum cel_type_kind kind);
/* What a value is at run time. */
enum cel_type_kind cel_kind_of(struct value v);

#endif
