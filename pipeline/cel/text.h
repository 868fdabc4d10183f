#ifndef PIPELINE_CEL_TEXT_H
#define PIPELINE_CEL_TEXT_H

#include "pipeline/cel/arithmetic.h"

/* Rows of the overload table over strings, bytes, lists and maps. */
CEL_ROW(text_size);
CEL_ROW(bytes_size);
CEL_ROW(list_size);
CEL_ROW(text_add);
CEL_ROW(list_add);
CEL_ROW(contains);
CEL_ROW(starts_with);
CEL_ROW(ends_with);
CEL_ROW(matches);
CEL_ROW(lower_ascii);
CEL_ROW(upper_ascii);
CEL_ROW(trim);

#endif
