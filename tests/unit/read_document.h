#ifndef TESTS_UNIT_READ_DOCUMENT_H
#define TESTS_UNIT_READ_DOCUMENT_H

#include "config/kinds.h"
#include "config/test_file.h"

/* Bind a document by its kind, as config does, but alone. */
static inline void
read_document(struct binder *b, const struct document *document,
    const struct config *config)
{
	switch (document->kind) {
	case KIND_DAEMON:
		(void)read_daemon(b, document->root);
		return;
	case KIND_SCHEMA:
		(void)read_schema(b, document->root);
		return;
	case KIND_POLICY:
		(void)read_policy(b, document->root, NULL);
		return;
	case KIND_LOYALTY:
		(void)read_loyalty(b, document->root);
		return;
	case KIND_MODELS:
		(void)read_models(b, document->root, NULL);
		return;
	case KIND_RULES:
		(void)read_rules(b, document->root);
		return;
	case KIND_TEST:
		(void)read_test(b, document, config);
		return;
	case KINDS:
	case KIND_NONE:
	default:
		return;
	}
}

#endif
