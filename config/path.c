#include "config/path.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	PATHS_MAX = 2000,
	FOLDER_DEPTH_MAX = 8,
	REASON_MAX = 128,
	CHUNK = 64 * 1024,
};

struct span
path_beside(struct arena *arena, struct span file, struct span path)
{
	size_t folder = file.length;

	if (path.length > 0 && path.at[0] == '/')
		return (path);
	while (path.length > 2 && path.at[0] == '.' && path.at[1] == '/') {
		path.at += 2;
		path.length -= 2;
	}
	while (folder > 0 && file.at[folder - 1] != '/')
		folder--;
	return (arena_print(
	    arena, "%.*s%.*s", (int)folder, file.at, SPAN_ARGS(path)));
}

static enum outcome
fail_errno(struct failure *why)
{
	char text[REASON_MAX];

	/* GNU's strerror_r: the text may be elsewhere. */
	return (fail_with(why, REJECT, "cannot be read: %s",
	    strerror_r(errno, text, sizeof text)));
}

/* Read in pieces: a pipe has no size. */
static enum outcome
read_all(struct arena *arena, FILE *file, size_t max, struct span *ret,
    struct failure *why)
{
	size_t room = max + 1 < CHUNK ? max + 1 : CHUNK;
	char *text = arena_alloc(arena, room);
	size_t length = 0;

	for (;;) {
		size_t n = fread(text + length, 1, room - length, file);

		length += n;
		if (length > max)
			return (fail_with(
			    why, REJECT, "is longer than %zu bytes", max));
		if (n == 0)
			break;
		if (length == room) {
			char *longer = arena_alloc(arena, 2 * room);

			memcpy(longer, text, length);
			text = longer;
			room *= 2;
		}
	}
	if (ferror(file))
		return (fail_errno(why));
	*ret = arena_span(arena, (struct span){text, length});
	return (DONE);
}

enum outcome
path_read(struct arena *arena, struct span path, size_t max, struct span *ret,
    struct failure *why)
{
	const char *name = arena_span(arena, path).at;
	enum outcome outcome;
	struct stat status;
	FILE *file;

	if (stat(name, &status) != 0)
		return (fail_errno(why));
	if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
		return (fail_with(why, REJECT, "is not a file"));
	file = fopen(name, "rbe");
	if (file == NULL)
		return (fail_errno(why));
	outcome = read_all(arena, file, max, ret, why);
	(void)fclose(file);
	return (outcome);
}

/* What was found, and the folders that are still to be looked into. */
struct search {
	struct arena *arena;
	struct span *files;
	size_t n;
	struct span *folders;
	int *depths;
	size_t n_folders;
};

static bool
ends_in_yaml(struct span path)
{
	static const char *const ends[] = {".yaml", ".yml"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t length = strlen(ends[i]);

		if (path.length > length &&
		    memcmp(path.at + path.length - length, ends[i], length) ==
			0)
			return (true);
	}
	return (false);
}

/* `named`: by the user or a pattern of the user's, not met in a folder. */
static void
add(struct search *s, const char *path, bool named, int depth)
{
	struct span span = span_of(path);
	struct stat status;

	while (span.length > 1 && span.at[span.length - 1] == '/')
		span.length--;
	if (!named && span.length > 2 && memcmp(span.at, "./", 2) == 0) {
		span.at += 2;
		span.length -= 2;
	}
	if (stat(path, &status) != 0 || s->n == PATHS_MAX ||
	    s->n_folders == PATHS_MAX)
		return;
	if (S_ISDIR(status.st_mode) && depth < FOLDER_DEPTH_MAX) {
		s->folders[s->n_folders] = arena_span(s->arena, span);
		s->depths[s->n_folders++] = depth + 1;
	} else if (!S_ISDIR(status.st_mode) && (named || ends_in_yaml(span))) {
		s->files[s->n++] = arena_span(s->arena, span);
	}
}

static void
add_matches(struct search *s, const char *pattern, bool named, int depth)
{
	glob_t found;

	/* Not safe beside others for ~ alone, which is not asked for.
	   NOLINTNEXTLINE(concurrency-mt-unsafe) */
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			add(s, found.gl_pathv[i], named, depth);
	}
	globfree(&found);
}

/* A folder's name as a pattern that matches nothing else. */
static struct span
literally(struct arena *arena, struct span path)
{
	char *text = arena_alloc(arena, 2 * path.length + 1);
	size_t n = 0;

	for (size_t i = 0; i < path.length; i++) {
		if (strchr("*?[]\\", path.at[i]) != NULL)
			text[n++] = '\\';
		text[n++] = path.at[i];
	}
	return ((struct span){text, n});
}

static int
compare_paths(const void *a, const void *b)
{
	return (span_compare(*(const struct span *)a, *(const struct span *)b));
}

enum outcome
path_find(struct arena *arena, struct span path, struct paths *ret,
    struct failure *why)
{
	const char *text = arena_span(arena, path).at;
	struct search s = {.arena = arena};
	struct stat status;

	s.files = ARENA_ARRAY(arena, PATHS_MAX, struct span);
	s.folders = ARENA_ARRAY(arena, PATHS_MAX, struct span);
	s.depths = ARENA_ARRAY(arena, PATHS_MAX, int);
	if (stat(text, &status) == 0)
		add(&s, text, true, 0);
	else if (strpbrk(text, "*?[") == NULL)
		return (fail_errno(why));
	else
		add_matches(&s, text, true, 0);
	for (size_t i = 0; i < s.n_folders; i++) {
		struct span folder = literally(arena, s.folders[i]);

		add_matches(&s,
		    arena_print(arena, "%.*s/*", SPAN_ARGS(folder)).at, false,
		    s.depths[i]);
	}
	if (s.n == 0)
		return (fail_with(why, REJECT,
		    s.n_folders > 0 ? "has no *.yaml file in it"
				    : "matches no file"));
	qsort(s.files, s.n, sizeof s.files[0], compare_paths);
	ret->paths = s.files;
	ret->n = s.n;
	return (DONE);
}
