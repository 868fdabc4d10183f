/*
 * Any bytes as a file: read as a tree, bound by its kind, and every finding
 * printed, with its place.  No crash, no hang, and no memory beyond what the
 * limits allow.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/report_text.h"
#include "config/sources.h"
#include "pipeline/base/zone_table.h"
#include "tests/unit/read_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 64 * 1024 * 1024 };

static const struct zone_table always_utc = {NULL, (const int32_t[]){0}, 0};
static const struct zone utc = {{"UTC", 3}, &always_utc};
static const struct zones zones = {{"fuzz", 4}, &utc, 1, NULL, 0};
static const struct config config = {.zones = &zones};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct binder b = {.arena = arena,
	    .report = findings_report(findings),
	    .zones = &zones};
	struct file file = {.name = SPAN("x"), .number = 1};
	struct documents documents;
	struct buffer text;

	file.text = arena_span(arena, (struct span){(const char *)data, size});
	documents = document_read(arena, &file, b.report);
	for (size_t i = 0; i < documents.n; i++) {
		struct document document = {
		    .root = documents.roots[i], .file = &file};

		document.kind = kind_of(&b, document.root);
		read_document(&b, &document, &config);
	}
	buffer_init(&text, arena);
	for (int format = FINDINGS_TEXT; format <= FINDINGS_GITHUB; format++)
		findings_print(
		    findings, (enum findings_format)format, true, &text);
	if (size < 4096 && arena_used(arena) > ARENA_MAX)
		abort();
	arena_free(arena);
	return (0);
}
